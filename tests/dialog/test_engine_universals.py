"""Slower, back, a minute of patience, and the key that ends."""

from ivr.dialog.commands import Listen
from tests.dialog.small_book import Caller, at_code, at_day, at_read_back, small_book


def test_it_speaks_slower_until_it_is_told_otherwise() -> None:
    caller = Caller().say("медленнее")
    assert caller.prompts == ["slower", "number.ask"]
    assert all(say.slow for say in caller.says)
    assert caller.now.facts["pace"] == "slow"
    assert caller.press("1234").says[0].slow
    caller.say("быстрее")
    assert caller.prompts == ["normal_pace", "day.ask"]
    assert not any(say.slow for say in caller.says)


def test_it_goes_back_to_the_question_before_and_drops_its_answer() -> None:
    caller = at_day().say("назад")
    assert caller.prompts == ["number.ask"]
    assert caller.now.slots == {}
    assert caller.press("5678").prompts == ["day.ask"]


def test_it_goes_back_over_an_action() -> None:
    caller = at_code().say("назад")
    assert (caller.now.form, caller.listens.field) == ("ask", "day")
    assert caller.now.slots == {"number": "1234"}
    assert caller.say("назад").listens.field == "number"


def test_back_from_a_read_back_or_half_an_answer_is_its_question() -> None:
    assert at_read_back().say("назад").prompts == ["number.ask"]
    caller = Caller().say("12").say("назад")
    assert caller.prompts == ["number.ask"]
    assert not caller.now.heard


def test_there_is_no_way_back_from_the_first_question() -> None:
    assert Caller().say("назад").prompts == ["no_way_back", "number.ask"]
    assert at_day().say("назад").say("назад").prompts == ["no_way_back", "number.ask"]


def test_the_way_back_passes_over_what_a_deploy_removed() -> None:
    caller = at_code()
    forms = {name: form for name, form in caller.book.forms.items() if name != "ask"}
    caller.book = small_book(forms=forms)
    assert caller.say("назад").prompts == ["no_way_back", "code.ask"]


def test_it_waits_a_minute_without_counting_the_silence() -> None:
    caller = Caller().say("минуту")
    assert caller.prompts == ["wait"]
    assert caller.listens == Listen("number", patient=True)
    assert (caller.listens.silence_seconds(6), Listen("number").silence_seconds(6)) == (60, 6)
    caller.silence()
    assert caller.prompts == ["number.ask"]
    assert caller.listens == Listen("number")
    assert (caller.now.misses, caller.now.noinputs) == (0, 0)
    assert caller.silence().prompts == ["number.noinput.1"]


def test_any_word_or_the_end_key_goes_on() -> None:
    assert Caller().say("минуту").say("шум").prompts == ["number.ask"]
    caller = Caller().say("минуту").press("#")
    assert caller.prompts == ["number.ask"]
    assert caller.now.misses == 0
    assert not caller.listens.patient
    assert at_read_back().say("минуту").say("шум").prompts == ["number.confirm"]


def test_an_answer_ends_the_wait_at_once() -> None:
    assert Caller().say("минуту").press("1234").prompts == ["day.ask"]
    assert Caller().say("12").say("минуту").say("34").prompts == ["number.confirm"]
    assert at_read_back().say("минуту").say("да").prompts == ["day.ask"]
    assert Caller().say("минуту").say("оператор").calls_operator


def test_a_lone_end_key_cuts_the_prompt_and_counts_as_nothing() -> None:
    caller = Caller().press("#")
    assert caller.prompts == []
    assert caller.listens == Listen("number")
    assert caller.now.misses == 0
