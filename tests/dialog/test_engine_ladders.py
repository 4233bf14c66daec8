"""Words that work everywhere, misses, lost streams, deploys under a call, and hanging up."""

from dataclasses import replace

import pytest

from ivr.dialog.commands import HangUp, Listen, Transfer
from ivr.dialog.engine import advance
from ivr.dialog.events import Finished, Heard, NoInput, StreamLost, keyed, said
from ivr.dialog.forms import Form, Limits, Prompt
from ivr.dialog.meaning import universal_of
from tests.dialog.small_book import FIELDS, Caller, at_code, at_day, at_read_back, small_book

PLACES = {
    "question": Caller,
    "partial": lambda: Caller().say("12"),
    "read-back": at_read_back,
    "second question": at_day,
    "second read-back": lambda: at_day().say("05"),
    "secret question": at_code,
    "keypad question": lambda: Caller(keypad=True),
    "keypad read-back": lambda: at_day(keypad=True).press("05"),
}
everywhere = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())


@everywhere
@pytest.mark.parametrize("word", ["оператор", "живой человек", "[unk] оператор [unk]", "оператор [unk]"])
def test_the_operator_is_one_word_away(place: type[Caller], word: str) -> None:
    assert place().say(word).calls_operator


@everywhere
@pytest.mark.parametrize("keys", ["0", "0#"])
def test_the_operator_is_one_key_away(place: type[Caller], keys: str) -> None:
    assert place().press(keys).calls_operator


@everywhere
def test_help_says_how_and_listens_on(place: type[Caller]) -> None:
    caller = place()
    before = caller.listens
    caller.say("помощь")
    assert caller.prompts == [f"{before.field}.help"]
    assert caller.listens == before


@everywhere
@pytest.mark.parametrize("again", ["повторите", "еще раз", "*"])
def test_repeat_asks_what_is_open_once_more(place: type[Caller], again: str) -> None:
    caller = place()
    asked, state = caller.says[-1], caller.now
    caller.press(again) if again == "*" else caller.say(again)
    assert caller.says == (asked,)
    assert caller.now == state


def test_restart_forgets_the_answers_of_the_form_only() -> None:
    caller = at_day().say("в начало")
    assert caller.prompts == ["number.ask"]
    assert caller.now.slots == {}
    caller = at_code().say("в начало")
    assert caller.prompts == ["code.ask"]
    assert set(caller.now.slots) == {"number", "day"}


def test_a_word_inside_an_answer_is_no_command() -> None:
    book = small_book()
    assert universal_of(book, said("12 оператор")) is None
    assert universal_of(book, keyed("10")) is None
    assert universal_of(book, said("12") + keyed("0")) is None


def test_silence_climbs_three_wordings_then_keys_then_an_operator() -> None:
    caller = Caller()
    heard = [caller.silence().prompts for _ in range(4)]
    assert heard[:3] == [["number.noinput.1"], ["number.noinput.2"], ["number.noinput.3"]]
    assert heard[3] == ["keypad_only", "number.keys"]
    assert caller.listens == Listen("number", False, True)
    assert [caller.silence().prompts for _ in range(3)] == heard[:3]
    assert caller.silence().calls_operator


def test_misunderstandings_climb_a_ladder_of_their_own() -> None:
    caller = Caller()
    heard = [caller.say("шум").prompts for _ in range(4)]
    assert heard[:3] == [["number.nomatch.1"], ["number.nomatch.2"], ["number.nomatch.3"]]
    assert heard[3] == ["keypad_only", "number.keys"]
    assert caller.silence().prompts == ["number.noinput.1"]


def test_a_read_back_has_a_ladder_of_its_own() -> None:
    caller = at_read_back()
    assert caller.silence().prompts == ["number.confirm.noinput.1"]
    assert caller.say("шум").prompts == ["number.confirm.nomatch.1"]
    assert caller.silence().prompts == ["number.confirm.noinput.2"]
    assert caller.silence().prompts == ["keypad_only", "number.confirm"]
    assert caller.listens == Listen("number", True, True)
    assert caller.press("1").prompts == ["day.keys"]


def test_an_answer_ends_a_ladder() -> None:
    caller = Caller().silence(2).say("1234")
    assert caller.silence().prompts == ["number.confirm.noinput.1"]
    caller.say("да")
    assert caller.silence().prompts == ["day.noinput.1"]
    assert caller.now.misses == 4


def test_the_whole_call_has_a_budget_of_misses() -> None:
    caller = Caller(small_book(limits=Limits(misses=3, stream_losses=2)))
    caller.silence(2).say("1234").silence().say("да")
    assert caller.now.misses == 3
    assert caller.silence().calls_operator


def test_a_lost_stream_resumes_where_it_broke() -> None:
    assert Caller().lose_stream().prompts == ["resume", "number.ask"]
    assert Caller().say("12").lose_stream().prompts == ["resume", "number.more"]
    assert at_read_back().lose_stream().prompts == ["resume", "number.confirm"]
    assert Caller().say("12").lose_stream().say("34").now.candidates == ("1234",)


def test_the_second_lost_stream_leads_to_keys() -> None:
    caller = Caller().lose_stream()
    assert caller.listens.keypad is False
    caller.lose_stream()
    assert caller.prompts == ["resume", "number.keys"]
    assert caller.listens == Listen("number", False, True)


def test_a_stream_lost_in_a_transfer_transfers_again() -> None:
    caller = Caller().say("оператор").finish("open")
    assert isinstance(caller.commands[-1], Transfer)
    assert isinstance(caller.lose_stream().commands[-1], Transfer)


def test_a_call_without_a_stream_is_asked_for_keys_at_once() -> None:
    caller = Caller(keypad=True)
    assert caller.prompts == ["hello", "number.keys"]
    assert caller.listens.keypad


def test_a_form_that_a_deploy_removed_leads_to_an_operator() -> None:
    caller = at_day()
    forms = {name: form for name, form in small_book().forms.items() if name != "ask"}
    caller.book = small_book(forms=forms, version="v2")
    assert caller.say("05").calls_operator
    assert caller.now.book == "v2"


def test_a_question_that_a_deploy_removed_leads_to_an_operator() -> None:
    caller = at_day()
    caller.book = small_book(fields={"number": FIELDS["number"], "code": FIELDS["code"]}, version="v2")
    caller.book = replace(caller.book, forms={**caller.book.forms, "ask": Form("ask", "Вопросы", ask=("number",))})
    assert caller.silence().calls_operator


def test_a_read_back_that_a_deploy_removed_leads_to_an_operator() -> None:
    caller = at_read_back()
    caller.book = small_book(fields={**FIELDS, "number": replace(FIELDS["number"], confirm=None)}, version="v2")
    assert caller.say("да").calls_operator


def test_a_changed_book_that_still_knows_the_question_goes_on() -> None:
    caller = at_day()
    caller.book = small_book(version="v2")
    assert caller.press("05").prompts == ["day.confirm"]
    assert caller.now.book == "v2"


def test_an_unanswered_transfer_becomes_an_appeal() -> None:
    caller = Caller().say("оператор").finish("open")
    assert caller.prompts == ["operator.open"]
    assert caller.now.disposition == "operator"
    caller.finish("unanswered")
    assert caller.prompts == ["connect.unanswered"]
    assert caller.runs.action == "register"
    assert isinstance(caller.finish("registered").commands[-1], HangUp)


def test_an_answered_transfer_ends_the_call() -> None:
    caller = Caller().say("оператор").finish("open").finish("answered")
    assert caller.prompts == ["goodbye"]
    assert caller.hangs_up == HangUp("solved")


def test_hanging_up_leaves_a_disposition_and_no_commands() -> None:
    caller = Caller().say("12").leave()
    assert caller.commands == ()
    assert caller.now.disposition == "hung_up"
    assert caller.now.heard == said("12")


def test_hanging_up_after_the_end_changes_nothing() -> None:
    caller = at_code().press("111").finish("right", since="вчера").leave()
    assert caller.now.disposition == "solved"


@pytest.mark.parametrize("event", [Heard(said("12")), Heard(keyed("0")), NoInput(), StreamLost()])
def test_an_event_without_an_open_question_says_again_what_stands(event: Heard | NoInput | StreamLost) -> None:
    transfer = Caller().say("оператор").finish("open")
    assert transfer.take(event).commands == (Transfer(),)
    ended = at_code().press("111").finish("right", since="вчера")
    assert ended.take(event).commands == (HangUp("solved"),)


def test_forms_that_only_speak_in_a_circle_end_with_an_operator() -> None:
    forms = dict(small_book().forms)
    forms["hello"] = Form("hello", "Раз", opening=Prompt("a", "а"), then={"done": "again"})
    forms["again"] = Form("again", "Два", then={"done": "hello"})
    caller = Caller(small_book(forms=forms))
    assert caller.calls_operator
    assert len(caller.says) < 20


def test_a_late_end_of_an_action_is_no_error() -> None:
    state, commands = advance(small_book(), at_day().now, Finished("transfer", "answered"))
    assert state.form == "operator"
    assert commands


def test_silence_is_an_answer_where_the_question_says_so() -> None:
    book = small_book()
    fields = {**book.fields, "day": replace(book.fields["day"], unanswered="01")}
    caller = at_day()
    caller.book = replace(book, fields=fields)
    asked = len(book.fields["day"].noinput)
    assert "day" not in caller.silence(asked).now.slots
    assert caller.silence().now.slots["day"] == "01"


def test_silence_is_that_answer_also_when_the_calls_patience_is_used_up() -> None:
    book = small_book(limits=Limits(misses=1, stream_losses=2))
    fields = {**book.fields, "day": replace(book.fields["day"], unanswered="01")}
    caller = Caller(replace(book, fields=fields)).silence().press("1234")
    assert caller.silence().now.slots["day"] == "01"
    noise = Caller(replace(book, fields=fields)).silence().press("1234")
    assert noise.say("шум").calls_operator


def test_it_counts_how_often_a_person_is_asked_for() -> None:
    caller = Caller().say("оператор")
    assert caller.now.facts["operator_asked"] == "1"
    assert "operator_asked" not in Caller().silence(8).now.facts
