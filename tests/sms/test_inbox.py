"""What messages come to: codes, answers, limits; the same for known and unknown cards, and the same as in a call."""

import re
import threading
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from sqlalchemy import text

from ivr.clock import SetClock
from ivr.codes import ActivationForm
from ivr.errors import LoyaltyUnavailable
from ivr.hotline import Hotline
from ivr.inbox import ANSWERED, KNOWN_FOR, WITHIN, Inbox, Text, own_senders, read_sms_words
from ivr.received import last_received
from ivr.settings import ROOT
from ivr.store.db import Database
from ivr.store.messages import purge_messages
from tests.actions.card_world import World, make_world
from tests.codes.code_caller import statements

CARD, PHONE, BORN = "4276051200020024", "+79160000102", "23.05.1985"
UNKNOWN, STRANGER = "4276051299999999", "+79261112233"
NO_PHONE = "4276051200110123"
GOOD = f"Мария {CARD} {BORN}"
_names = count(1)


class Post:
    """An inbox on the fictional cards."""

    def __init__(self, world: World, hotline: Hotline) -> None:
        self.world, self.database = world, world.database
        self.handed_over: list[str] = []
        words, own = read_sms_words(ROOT / "grammars", hotline), own_senders(hotline, "Magnit")
        self.inbox = Inbox(world.database, world.desk, words, self.handed_over.append, own)

    def send(self, body: str, sender: str = PHONE, sid: str = "", token: str | None = None) -> None:
        self.inbox.take(Text(sid or f"SM{next(_names):032x}", sender, body, token))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.database.reading() as conn:
            return [tuple(row) for row in conn.execute(text(query))]

    def sent(self, kind: str) -> list[tuple[object, ...]]:
        """Phone and text of what was promised; ``kind``: ``code`` or ``answer``."""
        order = "ORDER BY created_at, id"
        return self.rows(f"SELECT to_number, body FROM outbox WHERE unique_key LIKE '{kind}:%' {order}")

    def verdicts(self) -> list[object]:
        return [row[0] for row in self.rows("SELECT verdict FROM messages ORDER BY id")]


@pytest.fixture
def post(database: Database, hotline: Hotline, clock: SetClock) -> Post:
    return Post(make_world(database, hotline, clock), hotline)


def test_a_good_form_sends_a_code_to_the_phone_on_file_and_a_neutral_answer(post: Post) -> None:
    post.send(GOOD, STRANGER)
    [(to, body)] = post.sent("code")
    assert to == PHONE
    assert re.fullmatch(r"Код для сайта: (\d{6})\. Не сообщайте его\.\n\n@moy\.magnit\.ru #\1", str(body))
    assert len(str(body)) <= 70
    assert post.sent("answer") == [(STRANGER, "Принято: Мария ****0024 **.**.1985. Дождитесь СМС с кодом.")]
    assert post.verdicts() == ["accepted"]
    assert len(post.handed_over) == 2
    assert post.rows("SELECT purpose FROM codes") == [("web",)]


def test_a_fault_is_named_and_sends_no_code(post: Post) -> None:
    post.send(f"Мария {CARD[:-1]} {BORN}")
    assert post.sent("answer") == [(PHONE, "Цифр в номере 15, нужно 16. Ждём: Мария 16 ЦИФР **.**.1985")]
    assert post.sent("code") == []
    assert post.verdicts() == ["card_too_short"]


@pytest.mark.parametrize("body", [f"Мария {UNKNOWN} {BORN}", f"Мария {CARD} 24.05.1985"])
def test_a_stranger_gets_the_same_answer_and_no_code(post: Post, body: str) -> None:
    post.send(body)
    [(_, answer)] = post.sent("answer")
    assert re.sub(r"\d{4}", "0000", str(answer)) == "Принято: Мария ****0000 **.**.0000. Дождитесь СМС с кодом."
    assert post.sent("code") == []
    assert len(post.handed_over) == 2


def test_known_and_unknown_cards_run_the_same_statements(post: Post) -> None:
    post.send("как дела")  # a first message prepares connections
    runs = []
    for card in (CARD, UNKNOWN):
        with statements(post.database) as seen:
            post.send(f"Мария {card} {BORN}")
        runs.append(seen)
    assert runs[0] == runs[1]
    assert len(runs[0]) > 5


def test_known_and_unknown_cards_meet_the_same_limit(post: Post, hotline: Hotline, clock: SetClock) -> None:
    for card in (CARD, UNKNOWN):
        for number in range(hotline.codes.codes_per_card_per_day + 1):
            post.send(f"Мария {card} {BORN}", f"+7926111{number:04}")
            clock.move(timedelta(seconds=601))
    verdicts = post.verdicts()
    half = len(verdicts) // 2
    assert verdicts[:half] == verdicts[half:] == ["accepted"] * (half - 1) + ["limited"]
    assert len(post.sent("code")) == half - 1


@pytest.mark.parametrize(
    "body", [GOOD, f"Мария {CARD} 24.05.1985", f"Мария {UNKNOWN} {BORN}", f"Мария {NO_PHONE} 10.10.2001"]
)
@pytest.mark.parametrize("caller", [PHONE, STRANGER, "+442071838750"])
def test_a_message_comes_to_what_a_call_with_the_same_data_comes_to(post: Post, body: str, caller: str) -> None:
    number, born = body.split()[1:]
    day, month, year = born.split(".")
    slots = {"card_number": number, "birth_date": f"{year}-{month}-{day}", "person_name": "мария"}
    by_voice = post.world.run("send_code", caller=caller, slots=slots).outcome
    to_voice = [to for to, _ in post.sent("code")]
    post.send(body, caller)
    assert post.verdicts() == [{"sent": "accepted"}[by_voice]]
    assert [to for to, _ in post.sent("code")] == to_voice * 2


def test_a_code_of_a_message_is_none_for_a_call(post: Post, clock: SetClock) -> None:
    post.send(GOOD)
    [(_, body)] = post.sent("code")
    code = str(body).split(": ")[1][:6]
    codes = post.world.desk.codes
    with post.world.services() as services:
        assert services.check_code(CARD, code) == "none"
    clock.move(timedelta(seconds=60))
    with post.world.services() as services:
        assert services.resend_code() == "sent"
    again = str(post.sent("code")[-1][1]).split(": ")[1][:6]
    with post.world.services() as services:
        assert services.check_code(CARD, again) == "none"
    with post.database.transaction() as conn:
        found = codes.redeem(conn, "web", codes.key_of("web", PHONE), None, again)
    assert found.verdict == "right"
    assert ActivationForm.from_bytes(found.carried or b"") == ActivationForm(CARD, "мария", date(1985, 5, 23))


def test_a_message_that_comes_twice_counts_once(post: Post, clock: SetClock) -> None:
    for _ in range(3):
        post.send(GOOD, sid="SM1")
    clock.move(timedelta(minutes=1))
    post.send(GOOD, sid="SM2", token="t")
    post.send(GOOD, sid="SM3", token="t")
    assert len(post.sent("code")) == len(post.sent("answer")) == 2
    assert post.verdicts() == ["accepted"] * 2


def test_twins_at_one_moment_count_once(post: Post) -> None:
    threads = [threading.Thread(target=post.send, args=(GOOD,), kwargs={"sid": "SM1"}) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.sent("code")) == len(post.sent("answer")) == 1


def test_messages_out_of_order_stand_each_for_itself(post: Post) -> None:
    bodies = [("SM1", "привет"), ("SM2", GOOD)]
    for sid, body in (*reversed(bodies), *bodies):
        post.send(body, sid=sid)
    assert sorted(map(str, post.verdicts())) == ["accepted", "nothing"]
    assert len(post.sent("code")) == 1


def test_a_sender_is_answered_five_times_in_ten_minutes(post: Post, clock: SetClock) -> None:
    for _ in range(ANSWERED + 3):
        post.send("привет")
    post.send("привет", STRANGER)
    assert post.verdicts() == ["nothing"] * ANSWERED + ["muted"] * 3 + ["nothing"]
    assert len(post.sent("answer")) == ANSWERED + 1
    clock.move(WITHIN + timedelta(seconds=1))
    post.send("привет")
    assert post.verdicts()[-1] == "nothing"


def test_a_muted_sender_gets_no_code_either(post: Post) -> None:
    for _ in range(ANSWERED):
        post.send("привет")
    post.send(GOOD)
    assert post.sent("code") == []


@pytest.mark.parametrize("sender", ["+78002009002", "+78002009003", "9002", "900", "Magnit", "BANK", "", "+1234"])
def test_machines_are_never_answered(post: Post, sender: str) -> None:
    post.send(GOOD, sender)
    assert post.verdicts() == ["ignored"]
    assert post.rows("SELECT id FROM outbox") == []


@pytest.mark.parametrize("sender", ["+442071838750", "+74951234567"])
def test_a_number_that_may_not_be_texted_is_not_answered(post: Post, sender: str) -> None:
    post.send("привет", sender)
    assert post.verdicts() == ["nothing"]
    assert post.rows("SELECT id FROM outbox") == []


def test_a_base_that_is_away_is_told(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise LoyaltyUnavailable("away")

    monkeypatch.setattr("ivr.card_services.CardServices.find_card", away)
    post.send(GOOD)
    assert post.verdicts() == ["unavailable"]
    assert "Повторите позже" in str(post.sent("answer")[0][1])


def test_a_failure_leaves_nothing_and_the_next_try_is_the_first(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr("ivr.inbox.enqueue_sms", fail)
        with pytest.raises(RuntimeError):
            post.send(GOOD, sid="SM1", token="t")
    assert post.rows("SELECT id FROM outbox") == post.rows("SELECT id FROM codes") == []
    post.send(GOOD, sid="SM1", token="t")
    assert post.verdicts() == ["accepted"]


def test_the_last_message_of_a_phone_is_known_for_days(post: Post, clock: SetClock) -> None:
    post.send("привет")
    first = clock.now()
    clock.move(timedelta(seconds=60))
    with post.database.reading() as conn:
        last = last_received(conn, post.world.desk.codes, PHONE, first - KNOWN_FOR)
        assert last_received(conn, post.world.desk.codes, STRANGER, first - KNOWN_FOR) is None
    assert last is not None
    assert (last.at, last.verdict) == (first, "nothing")
    clock.move(KNOWN_FOR)
    with post.database.transaction() as conn:
        assert last_received(conn, post.world.desk.codes, PHONE, clock.now() - KNOWN_FOR) is None
        assert purge_messages(conn, clock.now() - KNOWN_FOR - timedelta(hours=1)) == 0
        assert purge_messages(conn, clock.now() - KNOWN_FOR) == 1


def test_nothing_personal_is_kept_of_a_message(post: Post) -> None:
    post.send(GOOD, sid="SM1")
    kept = str(post.rows("SELECT * FROM messages")) + str(post.rows("SELECT * FROM codes"))
    kept += str(post.rows("SELECT * FROM code_events")) + repr(Text("SM1", PHONE, GOOD))
    for personal in (CARD, CARD[-4:], PHONE[1:], "мария", "Мария", "1985"):
        assert personal not in re.sub(r"[0-9a-f]{32,64}", "", kept)


def test_a_check_digit_that_does_not_fit_is_a_fault_before_the_base_is_asked(
    database: Database, hotline: Hotline, clock: SetClock
) -> None:
    strict = replace(hotline, card_scheme=replace(hotline.card_scheme, luhn=True))
    post = Post(make_world(database, strict, clock), strict)
    post.send(f"Мария 4276051200030032 {BORN}")
    assert post.verdicts() == ["card_check_digit"]
