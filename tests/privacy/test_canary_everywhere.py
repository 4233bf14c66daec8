"""One person on every channel, then a search for what must be nowhere: logs, metrics, pages, exports, acts, tables."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.application import Application
from ivr.clock import SetClock
from ivr.content import GRAMMARS
from ivr.dialog.events import Heard, keyed, said
from ivr.erasure import ErasureSetting, erase_person, person_to_erase
from ivr.erasure_act import ActPaper, load_act_words
from ivr.inbox import Text
from ivr.reports.pages import PAGES, TABLES
from ivr.store.cards import find_card, sample_cards
from ivr.store.tables import outbox
from tests.cabinet.cabinet_world import NOON, Visitor, standing
from tests.desk.desk_world import PASSWORD, add_account
from tests.listening import listening
from tests.privacy.persons import dump

PHONE, CARD, BIRTH, NAME = "+79160000104", "4276051200040048", "07111972", "Елена"
SPOKEN = (
    "активировать карту",
    "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль четыре ноль ноль сорок восемь",
)
SOUND = b"sound-of-a-voice" * 300
PLANTED = {
    "card": CARD,
    "card in groups": "4276 0512 0004 0048",
    "end of the card": CARD[4:],
    "birth date": BIRTH,
    "birth date in dots": "07.11.1972",
    "birth date in ISO form": "1972-11-07",
    "phone": PHONE[2:],
    "phone as written": "916 000-01-04",
    "words of the card": "сорок восемь",
    "sound": "sound-of-a-voice",
}
CHANCE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?|\b[A-Z]{0,2}[0-9a-f]{32,64}\b")
"""Timestamps, ids and digests: six digits of a code turn up in them by chance."""
DIGESTS = (
    *("codes", "code_events", "messages", "consents", "consent_texts", "visits", "captures", "erasures", "clips"),
    *("ways", "callers", "desk_actions", "line_events", "topics", "answers", "seen", "questionnaire_changes"),
    "wrong_entries",
)
"""Tables that hold digests, seals or counts: a copy of them tells of nobody."""


@dataclass
class Day:
    """What was left behind by a person on all channels."""

    application: Application
    log: str
    pages: dict[str, str]
    codes: list[str] = field(default_factory=list)

    def found_in(self, text: str) -> list[str]:
        """What of the planted stands in a text; codes only where they stand alone."""
        cleaned = CHANCE.sub("", text)
        planted = [what for what, one in PLANTED.items() if one in cleaned.lower()]
        planted += ["name"] if re.search(rf"\b{NAME}\b", cleaned, re.IGNORECASE) else []
        return planted + ["code" for code in self.codes if re.search(rf"(?<![0-9]){code}(?![0-9])", cleaned)]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The day is lived once; what it left is searched by each test."""
    clock, folder = SetClock(NOON), tmp_path_factory.mktemp("canary")
    with ExitStack() as stack:
        with listening("json") as log:
            application = stack.enter_context(standing(folder, clock, debug_capture=True))
            with application.db.transaction() as conn:
                sample_cards(conn)
                add_account(conn, "vera", "Вера", role="supervisor")
            day = Day(application, "", {})
            _live(day, clock)
        day.log = log.getvalue()
        yield day


def _live(day: Day, clock: SetClock) -> None:
    _write(day)
    clock.move(timedelta(minutes=2))
    _call(day)
    clock.move(timedelta(minutes=2))
    web = day.application.web(local_phone=False)
    holder = Visitor(web.test_client(), day.application.db)
    _visit(day, holder)
    _supervise(day, Visitor(web.test_client(), day.application.db))
    clock.move(timedelta(minutes=15))
    _stray(day, Visitor(web.test_client(), day.application.db))


def _write(day: Day) -> None:
    """A message to the short number: the code is for the cabinet."""
    day.application.inbox.take(Text("SM" + "1" * 32, PHONE, f"{NAME} {CARD} 07.11.1972"))
    _note_code(day)


def _call(day: Day) -> None:
    """Spoken, with sound that is kept; a wrong code, then the right one."""
    calls, sid = day.application.calls, "CA" + "1" * 32
    step = calls.begin(sid, PHONE, "+78002009002").reply.step
    for heard in (said(SPOKEN[0]), keyed("1"), said(SPOKEN[1]), keyed("1"), keyed(BIRTH), keyed("1"), said(NAME)):
        day.application.captures.keep_turn(day.application.db, sid, step, SOUND)
        step = calls.step(sid, step, Heard(heard), None, SOUND).reply.step
    step = calls.step(sid, step, Heard(keyed("1"))).reply.step
    code = _note_code(day)
    for entered in ("000000" if code != "000000" else "111111", code):
        day.application.captures.keep_turn(day.application.db, sid, step, SOUND)
        step = calls.step(sid, step, Heard(keyed(entered))).reply.step
    calls.status(sid, "completed", 5)


def _visit(day: Day, holder: Visitor) -> None:
    holder.post("/cabinet/sign-in", {"phone": PHONE, "do": "ask"})
    holder.post("/cabinet/code", {"code": "12"})
    holder.post("/cabinet/code", {"code": _note_code(day)})
    assert NAME in holder.get("/cabinet").text
    holder.post("/cabinet", {"given": "yes"}, "/cabinet/consents/messages")


def _supervise(day: Day, desk: Visitor) -> None:
    desk.post("/desk/sign-in", {"name": "vera", "password": PASSWORD})
    for path in ("/reports", *(f"/reports/{name}" for name in PAGES), *(f"/reports/{name}.csv" for name in TABLES)):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        day.pages[path] = answer.text


def _stray(day: Day, stranger: Visitor) -> None:
    """Somebody who has proven nothing."""
    for path in ("/metrics", "/readyz", f"/no/{CARD}", "/cabinet", "/cabinet/sign-in", "/cabinet/register", "/desk"):
        day.pages[f"stranger: {path}"] = stranger.get(path).text
    asked = stranger.post("/cabinet/sign-in", {"phone": PHONE, "do": "ask"})
    day.pages["stranger: asked"] = stranger.get(asked.headers["location"]).text
    day.pages["stranger: form"] = stranger.browser.post("/voice/step", data={"Digits": CARD, "From": PHONE}).text


def _note_code(day: Day) -> str:
    with day.application.db.reading() as conn:
        bodies = select(outbox.c.body).where(outbox.c.to_number == PHONE).order_by(outbox.c.created_at)
        texts = [str(body) for body in conn.execute(bodies).scalars()]
    found = [code for body in texts for code in re.findall(r"(?<![0-9])[0-9]{6}(?![0-9])", body)]
    day.codes += [code for code in found if code not in day.codes]
    return day.codes[-1]


def test_the_day_was_lived(day: Day) -> None:
    """A search where nothing was planted would prove nothing."""
    with day.application.db.reading() as conn:
        card = find_card(conn, CARD)
        sounds = day.application.captures.sounds(conn, "CA" + "1" * 32)
    assert card is not None
    assert card.status == "active"
    assert len(set(day.codes)) >= 3
    told = dump(day.application.db)
    empty = {table for table in DIGESTS if not told[table]} - {"seen", "line_events", "questionnaire_changes"}
    assert empty <= {"ways", "callers", "clips", "topics", "erasures"}
    assert told["messages"].count("accepted") == 1
    given = re.findall(r'"kind": "(\w+)".*?"channel": "(\w+)"', told["consents"])
    assert given == [("personal_data", "sms"), ("personal_data", "call"), ("messages", "web")]
    assert {one.mulaw for one in sounds} == {SOUND}
    assert len(sounds) == 7


def test_no_log_holds_anything_of_the_person(day: Day) -> None:
    assert '"event": "step"' in day.log
    assert day.found_in(day.log) == []


def test_no_page_file_or_metric_holds_anything_of_the_person(day: Day) -> None:
    assert len(day.pages) > 20
    assert {path: found for path, text in day.pages.items() if (found := day.found_in(text))} == {}


@pytest.mark.parametrize("table", DIGESTS)
def test_a_copy_of_the_table_tells_of_nobody(day: Day, table: str) -> None:
    assert day.found_in(dump(day.application.db)[table]) == []


def test_the_queue_of_jobs_holds_ids_only(day: Day) -> None:
    jobs = Path(f"{day.application.db.url.database}-jobs").read_bytes()
    assert day.found_in(jobs.decode("utf-8", "replace")) == []


def test_no_act_holds_anything_of_the_person_and_no_table_does_after_it(day: Day) -> None:
    """Comes last: it takes away what the others search for."""
    application = day.application
    key_of = application.cabinet.setting.codes.key_of
    setting = ErasureSetting(key_of, application.clock, application.loyalty)
    with application.db.reading() as conn:
        person = person_to_erase(conn, setting, PHONE, "petrova")
    act = erase_person(application.db, setting, person, "request", "petrova")
    words = load_act_words(GRAMMARS / "erasure.yaml", "Мой Магнит")
    paper = ActPaper(words, application.content.consents.processor, application.settings.zone)
    assert day.found_in(paper.markdown(act) + json.dumps(paper.plain(act), ensure_ascii=False)) == []
    left = {table: found for table, text in dump(application.db).items() if (found := day.found_in(text))}
    assert left == {"cards": ["card", "end of the card"]}
