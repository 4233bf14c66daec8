"""The blocks of the screen that tell of the call: who, why, wait, the caller's answers, appeals."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from ivr.case.ground import CARD, CaseSetting, OpenCase
from ivr.case.screen import CaseAppeal, CaseField, Moment, Source, TranscriptLine, Wait, Who, Why
from ivr.case.values import choices_of, phone_masked, shown
from ivr.codes import message_key
from ivr.dialog.answered import Answered
from ivr.outbox import message_id_of
from ivr.phones import is_number
from ivr.store.appeals import Appeal
from ivr.store.case_rows import AnswerRow, LineRow, calls_since, codes_of, topics_of
from ivr.store.clips import clip_fields
from ivr.store.desk_actions import desk_actions_of
from ivr.store.line import events_of
from ivr.store.outbox import find_message

DAY, MONTH = timedelta(days=1), timedelta(days=30)
LOST = ("failed", "unknown")
"""States of a message that did not arrive, or nobody knows."""
GIVEN = (Answered.KEYS, Answered.UNDERSTOOD, Answered.DENIED)
"""Results that brought an answer."""
APPEALS_SHOWN = 10


def who(case: OpenCase) -> Who:
    """Masked; a withheld number is nobody's, so its calls are not counted."""
    phone, now = case.row.from_number, case.now()
    if not is_number(phone):
        return Who("", case.proven, 0, 0)
    counts = (calls_since(case.conn, phone, now - span) for span in (DAY, MONTH))
    return Who(phone_masked(phone), case.proven, *counts)


# -- why ---------------------------------------------------------------------------------------------------------------


def why(case: OpenCase, answers: list[AnswerRow], own: list[Appeal]) -> Why:
    """``own``: the caller's appeals."""
    last = case.state.field or (answers[-1].field if answers else None)
    return Why(
        category=case.category,
        title=case.setting.category_title(case.category),
        path=tuple(sorted(_path(case, answers, own), key=lambda moment: moment.at)),
        failures=tuple(_failures(case, answers)),
        misses=case.state.misses,
        last_question=case.setting.question_title(last) if last else None,
    )


def _path(case: OpenCase, answers: list[AnswerRow], own: list[Appeal]) -> Iterator[Moment]:
    setting = case.setting
    say = setting.texts.say
    yield Moment(case.row.started_at, say("moments", "began"))
    for at, category in topics_of(case.conn, case.row.sid):
        yield Moment(at, say("moments", "category", category=setting.category_title(category)))
    for number, answer in enumerate(answers):
        if number == 0 or answers[number - 1].field != answer.field:
            yield Moment(answer.at, say("moments", "question", question=setting.question_title(answer.field)))
    for code in codes_of(case.conn, case.row.sid):
        yield Moment(code.created_at, say("moments", "code_sent"))
        if code.used_at:
            yield Moment(code.used_at, say("moments", "code_entered"))
    for appeal in own:
        if appeal.call_sid == case.row.sid:
            yield Moment(
                appeal.created_at, say("moments", "appeal", number=case.services.digits_in_words(appeal.number))
            )


def _failures(case: OpenCase, answers: list[AnswerRow]) -> Iterator[str]:
    setting = case.setting
    counts = Counter((answer.field, answer.result) for answer in answers)
    for (name, result), times in counts.items():
        words = setting.texts.say("failures", result, question=setting.question_title(name), times=times)
        if words:
            yield words
    yield from _code_failures(case)
    if case.state.stream_losses:
        yield setting.texts.say("failures", "stream_lost", times=case.state.stream_losses)
    if case.state.keypad:
        yield setting.texts.say("failures", "keypad")
    for way in case.services.failed_ways(case.card_number):
        yield setting.texts.say("failures", "way", way=setting.texts.ways.get(way, way))


def _code_failures(case: OpenCase) -> Iterator[str]:
    """Of the call's codes. What became of the SMS of a code for a card that is not there, nobody is told."""
    sent, say = codes_of(case.conn, case.row.sid), case.setting.texts.say
    if not sent:
        return
    if wrong := sum(code.tries for code in sent):
        yield say("failures", "code_wrong", times=wrong)
    message = find_message(case.conn, message_id_of(message_key(sent[-1].id)))
    if message is not None and message.state in LOST:
        yield say("failures", "code_lost")
    if not any(code.used_at for code in sent):
        yield say("failures", "code_unused")


# -- wait --------------------------------------------------------------------------------------------------------------


def wait(case: OpenCase) -> Wait:
    """Nothing but zeros for a call that has not joined the line."""
    place = case.place
    if place is None:
        return Wait(None, None, 0, (), None, 0)
    until = place.answered_at or place.ended_at or case.now()
    return Wait(
        place=place.number,
        since=place.joined_at,
        seconds=max(0, round((until - place.joined_at).total_seconds())),
        positions=tuple(_moments(case, place.number)),
        call_back=case.promised.due_at if case.promised else None,
        tries=place.tries,
    )


def _moments(case: OpenCase, number: int) -> Iterator[Moment]:
    for event in events_of(case.conn, number):
        words = case.setting.texts.say("line", event.kind, position=event.data.get("position", ""))
        if words:
            yield Moment(event.at, words)


# -- answers -----------------------------------------------------------------------------------------------------------


def fields(case: OpenCase, answers: list[AnswerRow]) -> tuple[CaseField, ...]:
    """The caller's answers, and those that an operator may fill in."""
    texts, clips = case.setting.texts, clip_fields(case.conn, case.row.sid)
    corrected = {
        action.data.get("field")
        for action in desk_actions_of(case.conn, case.row.sid)
        if (action.kind, action.outcome) == ("correct_field", "corrected")
    }
    names = [name for name in texts.fields if name in texts.always or name in case.state.slots]
    sources = {name: _source(name, answers, corrected, case.state.slots) for name in names}
    made = (_field(case, name, sources[name], clip=name in clips) for name in names)
    return tuple(field for field in made if field is not None)


def _field(case: OpenCase, name: str, source: Source, *, clip: bool) -> CaseField | None:
    question, value = case.field(name), case.state.slots.get(name)
    if question is None:
        return None
    return CaseField(
        name=name,
        title=case.setting.texts.fields[name],
        value=shown(question.slot, value) if value else "",
        source=source,
        fits=_fits(case, name, value) if value else None,
        proven=name == CARD and case.proven,
        clip=clip,
        choices=choices_of(question.slot),
    )


def _source(name: str, answers: list[AnswerRow], corrected: set[str | None], slots: Mapping[str, str]) -> Source:
    if name in corrected:
        return "corrected"
    if name not in slots:
        return "missing"
    last = next((one.result for one in reversed(answers) if one.field == name and one.result in GIVEN), None)
    return "keyed" if last == Answered.KEYS else "heard"


def _fits(case: OpenCase, name: str, value: str) -> bool | None:
    """Does the answer agree with the base? None where the base knows nothing to compare with."""
    card = case.card
    if name == CARD:
        return None if case.base_away else card is not None
    if card is None:
        return None
    if name == "birth_date":
        return date.fromisoformat(value) == card.birth_date if card.birth_date else None
    if name == "person_name":
        return value.casefold() == card.name.casefold() if card.name else None
    return None


# -- appeals and the dialogue ------------------------------------------------------------------------------------------


def appeals(case: OpenCase, own: list[Appeal]) -> tuple[CaseAppeal, ...]:
    """Those that are not closed, newest first."""
    live = [appeal for appeal in own if appeal.status != "closed"]
    return tuple(_appeal(case, appeal) for appeal in reversed(live[-APPEALS_SHOWN:]))


def _appeal(case: OpenCase, appeal: Appeal) -> CaseAppeal:
    setting = case.setting
    return CaseAppeal(
        number=appeal.number,
        title=setting.category_title(appeal.category),
        status=appeal.status,
        status_title=setting.texts.appeal_statuses[appeal.status],
        due_at=appeal.due_at,
        timeline=tuple(_timeline(setting, appeal)),
        this_call=appeal.call_sid == case.row.sid,
    )


def _timeline(setting: CaseSetting, appeal: Appeal) -> Iterator[Moment]:
    words = setting.texts.appeals
    yield Moment(appeal.created_at, words["registered"])
    if appeal.parent:
        yield Moment(appeal.created_at, words["merged"].format(number=appeal.parent))
    if appeal.reopened:
        yield Moment(appeal.created_at, words["reopened"])
    if appeal.ended_at and appeal.answer:
        yield Moment(appeal.ended_at, words["answered"].format(answer=appeal.answer))


def told(rows: list[LineRow]) -> tuple[TranscriptLine, ...]:
    """Lines of the dialogue as the screen shows them."""
    return tuple(
        TranscriptLine(row.id, row.at, "caller" if row.who == "caller" else "hotline", row.text) for row in rows
    )
