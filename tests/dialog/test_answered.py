"""What becomes of a question at each turn, on the small book."""

from collections.abc import Callable

import pytest

from ivr.dialog.answered import Answered, answered
from ivr.dialog.events import CallEvent, Heard, Keyed, NoInput, StreamLost, Utterance, keyed, said
from tests.dialog.small_book import Caller, at_code, at_day, at_read_back


def half() -> Caller:
    return Caller().say("12")


def waiting() -> Caller:
    return Caller().say("минуту")


def at_last_miss() -> Caller:
    return Caller().silence(3)


def mixed(text: str, keys: str) -> Heard:
    return Heard(Utterance((*said(text).parts, Keyed(keys))))


@pytest.mark.parametrize(
    ("caller", "event", "expected"),
    [
        (Caller, Heard(said("1234")), Answered.UNDERSTOOD),
        (Caller, mixed("12", "34"), Answered.UNDERSTOOD),
        (Caller, Heard(keyed("1234")), Answered.KEYS),
        (Caller, Heard(said("12")), None),
        (half, Heard(said("34")), Answered.UNDERSTOOD),
        (Caller, Heard(said("шум")), Answered.NOT_UNDERSTOOD),
        (Caller, Heard(said("12345")), Answered.NOT_UNDERSTOOD),
        (Caller, Heard(keyed("12345#")), Answered.WRONG_KEYS),
        (Caller, NoInput(), Answered.SILENCE),
        (at_last_miss, NoInput(), Answered.SILENCE),
        (Caller, Heard(said("оператор")), None),
        (Caller, Heard(keyed("0")), None),
        (Caller, mixed("шум", "0"), None),
        (Caller, Heard(said("повторите")), None),
        (Caller, Heard(said("минуту")), None),
        (Caller, Heard(keyed("#")), None),
        (waiting, NoInput(), None),
        (waiting, Heard(said("шум")), None),
        (Caller, StreamLost(), None),
        (at_read_back, Heard(said("да")), Answered.CONFIRMED),
        (at_read_back, Heard(said("1234")), Answered.CONFIRMED),
        (at_read_back, Heard(said("нет")), Answered.DENIED),
        (at_read_back, Heard(said("1235")), Answered.DENIED),
        (at_read_back, Heard(said("шум")), Answered.UNCONFIRMED),
        (at_read_back, NoInput(), Answered.UNCONFIRMED),
        (at_read_back, Heard(said("назад")), None),
        (at_read_back, Heard(keyed("#")), Answered.UNCONFIRMED),
        (at_day, Heard(keyed("05")), Answered.KEYS),
        (at_code, Heard(keyed("123")), Answered.KEYS),
    ],
)
def test_it_tells_what_a_turn_was_to_the_question(
    caller: Callable[[], Caller], event: CallEvent, expected: Answered | None
) -> None:
    one = caller()
    before = one.now
    one.take(event)
    assert answered(one.book, before, event, one.now) is expected


def test_a_question_that_a_deploy_has_taken_away_is_not_counted() -> None:
    one = Caller()
    event = Heard(said("1234"))
    before = one.now
    fields = {name: field for name, field in one.book.fields.items() if name != "number"}
    book = type(one.book)(**{name: getattr(one.book, name) for name in one.book.__slots__} | {"fields": fields})
    assert answered(book, before, event, one.take(event).now) is None
