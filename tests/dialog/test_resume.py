"""A call that broke off is gone on with by the next one."""

from dataclasses import replace

import pytest

from ivr.content import current_content
from ivr.dialog.commands import Listen, Say
from ivr.dialog.events import Finished, Started
from ivr.dialog.forms import DialogBook
from ivr.dialog.resume import kept_of
from tests.dialog.small_book import Caller

CARD = "4276051200020024"


@pytest.fixture(scope="module")
def book() -> DialogBook:
    return current_content().book


def at_the_number(book: DialogBook) -> Caller:
    """Asked for the card's number, to activate it."""
    return Caller(book).press("1").press("1")


def prompts(caller: Caller) -> list[str]:
    return [command.prompt for command in caller.commands if isinstance(command, Say)]


def call_again(caller: Caller, **facts: str) -> Caller:
    return caller.leave().take(Started(facts={"brand": "Магазин", **facts}))


@pytest.mark.parametrize(("keys", "blocks"), [("4276", 1), ("427605", 1), ("42760512", 2), ("427605120002002", 3)])
def test_it_keeps_the_whole_blocks_of_a_number(book: DialogBook, keys: str, blocks: int) -> None:
    caller = call_again(at_the_number(book).press(keys))
    assert prompts(caller) == ["welcome_back", f"card_number.kept.{blocks}"]
    assert caller.commands[-1] == Listen("card_number")
    caller.press(CARD[4 * blocks :])
    assert caller.now.slots["card_number"] == CARD


def test_it_asks_for_the_last_block_only_where_the_read_back_was_not_answered(book: DialogBook) -> None:
    spoken = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре"
    caller = at_the_number(book).say(spoken)
    assert caller.now.confirming
    assert prompts(call_again(caller)) == ["welcome_back", "card_number.kept.3"]


def test_it_asks_the_question_that_was_open_and_keeps_the_answers_before(book: DialogBook) -> None:
    caller = call_again(at_the_number(book).press(CARD))
    assert prompts(caller) == ["welcome_back", "birth_date.ask"]
    assert caller.now.slots["card_number"] == CARD
    assert caller.now.facts["category"] == "activate"


def test_what_was_proven_belongs_to_one_call(book: DialogBook) -> None:
    caller = at_the_number(book).press(CARD)
    caller.state = replace(caller.now, facts={**caller.now.facts, "verified": "yes", "balance": "сто"})
    assert {"verified", "balance"} & set(call_again(caller).now.facts) == set()


def test_less_than_a_block_is_not_worth_an_explanation(book: DialogBook) -> None:
    assert kept_of(book, at_the_number(book).press("427").now) is None
    assert prompts(call_again(Caller(book)))[0] == "greeting.opening"


def test_a_code_is_never_gone_on_with(book: DialogBook) -> None:
    caller = at_the_number(book).press(CARD).press("23051985").press("52649#").press("1")
    caller.take(Finished("send_code", "sent"))
    assert caller.now.field == "one_time_code"
    assert kept_of(book, caller.press("123").now) is None


def test_a_deploy_that_changed_the_dialogues_begins_anew(book: DialogBook) -> None:
    caller = at_the_number(book).press("42760512")
    for changed in ({"form": "gone"}, {"field": "gone"}, {"field": None}):
        assert kept_of(book, replace(caller.now, **changed)) is None
