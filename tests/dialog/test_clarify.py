"""Answers put right in part: one block of a number, one piece of a date, with the delivered slot types."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialog.commands import Listen, Run
from ivr.dialog.events import Heard, Hypothesis, Keyed, Spoken, Utterance, said
from ivr.dialog.forms import Clarify, Complete, DialogBook, Field, Form, Partial, Prompt
from ivr.dialog.meaning import read_confirmation
from ivr.dialog.state import state_from_json, state_to_json
from ivr.slots import load_slot_types
from tests.dialog.small_book import FORMS, Caller, confirm, prompts, small_book

SLOTS = load_slot_types(Path(__file__).parents[2] / "grammars" / "lexicon")
NUMBER = "4276051245710024"
HEARD = "сорок два семьдесят шесть ноль пять двенадцать {} ноль ноль двадцать четыре"
FIVE, SIX = "сорок пять семьдесят один", "сорок шесть семьдесят один"
WHOLE = HEARD.format(FIVE)
WITH_SIX = "4276051246710024"
NOISE = "сорок сорок"


def question(name: str, slot: str, ask: str = "Назовите.", **more: object) -> Field:
    return Field(
        name=name,
        slot=SLOTS[slot],
        ask=Prompt(f"{name}.ask", ask),
        keys=Prompt(f"{name}.keys", "Наберите."),
        help=Prompt(f"{name}.help", "Вот как."),
        noinput=prompts(f"{name}.noinput", 3),
        nomatch=prompts(f"{name}.nomatch", 3),
        **{"more": None, **more},  # type: ignore[arg-type]
    )


FIELDS = (
    question(
        "card_number",
        "card_number",
        more=Prompt("card_number.more", "Слышно: {heard}."),
        choose="pick",
        clarify=Clarify("which_block", "wrong_block", "one_block"),
        confirm=confirm("card_number", "spoken"),
    ),
    question("which_block", "which_version", "Уточним {block}, в нём {first_version} или {second_version}, как верно?"),
    question("wrong_block", "wrong_block", "В каком блоке ошибка?"),
    question("one_block", "one_block", "Ещё раз {block}."),
    question(
        "birth_date",
        "birth_date",
        pieces=("birth_day", "birth_month", "birth_year"),
        confirm=confirm("birth_date", "spoken"),
    ),
    *(question(name, name) for name in ("birth_day", "birth_month", "birth_year")),
)
FORM = Form("ask", "Вопросы", ask=("card_number", "birth_date"), finish="send", then={"sent": "goodbye"})


def book() -> DialogBook:
    forms = {form.name: form for form in (*FORMS, FORM)}
    del forms["check"]
    return small_book(fields={field.name: field for field in FIELDS}, forms=forms, yes_no=SLOTS["yes_no"])


BOOK = book()


def caller() -> Caller:
    return Caller(BOOK)


def heard(near: str, other: str, nats: float = 0.5) -> Heard:
    hypotheses = (Hypothesis(HEARD.format(near), 300.0), Hypothesis(HEARD.format(other), 300.0 - nats))
    return Heard(Utterance((Spoken(hypotheses),)))


def asked_which() -> Caller:
    """A caller whose third block may be either of two."""
    asked = caller().take(heard(FIVE, SIX))
    assert asked.runs == Run("pick", {}, (NUMBER, WITH_SIX))
    asked.finish("unclear", card_base_asked="1")
    assert asked.listens == Listen("which_block", False, False)
    return asked


def at_read_back() -> Caller:
    asked = caller().say(WHOLE)
    assert asked.prompts == ["card_number.confirm"]
    assert asked.now.candidates == (NUMBER,)
    return asked


def read_back(asked: Caller) -> str:
    assert asked.listens.confirming
    assert asked.prompts[-1].endswith(".confirm")
    return asked.now.candidates[0]


def at_where() -> Caller:
    asked = at_read_back().say("нет")
    assert asked.listens == Listen("wrong_block", False, False)
    return asked


def at_date() -> Caller:
    asked = at_read_back().say("да")
    assert asked.listens.field == "birth_date"
    return asked


# -- which of two versions --------------------------------------------------------------------------------------------


def test_it_asks_one_precise_question() -> None:
    asked = asked_which()
    assert asked.says[0].text == (
        "Уточним третий блок, в нём сорок пять семьдесят один или сорок шесть семьдесят один, как верно?"
    )
    assert [segment.text for segment in asked.says[0].segments if segment.secret] == [*_pairs(FIVE), *_pairs(SIX)]


def _pairs(block: str) -> list[str]:
    words = block.split()
    return [" ".join(words[:2]), " ".join(words[2:])]


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("первое", NUMBER),
        ("первый вариант", NUMBER),
        ("второе", WITH_SIX),
        ("нет второй вариант", WITH_SIX),
        (SIX, WITH_SIX),
        (FIVE, NUMBER),
        ("сорок семь семьдесят один", "4276051247710024"),
        (HEARD.format("сорок восемь семьдесят один"), "4276051248710024"),
    ],
)
def test_the_answer_is_put_into_the_number_and_read_back(answer: str, number: str) -> None:
    asked = asked_which().say(answer)
    assert read_back(asked) == number
    asked.say("да")
    assert asked.now.slots == {"card_number": number}
    assert asked.listens.field == "birth_date"


@pytest.mark.parametrize(("key", "number"), [("1", NUMBER), ("2", WITH_SIX)])
def test_keys_choose_a_version(key: str, number: str) -> None:
    assert read_back(asked_which().press(key)) == number


def test_a_version_that_was_offered_is_likelier_than_another() -> None:
    assert read_back(asked_which().say("сорок семь семьдесят один", SIX)) == WITH_SIX


@pytest.mark.parametrize("answer", ["ни то ни другое", "нет", "<3>"])
def test_neither_asks_for_this_block_only(answer: str) -> None:
    asked = asked_which()
    if answer == "<3>":
        asked.press("3")
    else:
        asked.say(answer)
    assert asked.listens == Listen("one_block", False, False)
    assert asked.says[0].text == "Ещё раз третий блок"
    asked.say(FIVE)
    assert asked.prompts == ["one_block.nomatch.1"]
    assert read_back(asked.say("сорок семь семьдесят один")) == "4276051247710024"


def test_what_the_base_of_cards_picks_is_read_back_at_once() -> None:
    asked = caller().take(heard(FIVE, SIX)).finish("picked", {"card_number": WITH_SIX}, card_base_asked="1")
    assert read_back(asked) == WITH_SIX
    assert asked.now.facts["card_base_asked"] == "1"


def test_a_reading_that_stands_out_is_read_back_at_once() -> None:
    assert read_back(caller().take(heard(FIVE, SIX, nats=4.0)).finish("unclear")) == NUMBER


def test_readings_that_differ_in_two_blocks_are_read_back() -> None:
    two = Spoken((Hypothesis(WHOLE, 300.0), Hypothesis(WHOLE.replace("сорок", "тридцать"), 299.9)))
    assert read_back(caller().take(Heard(Utterance((two,)))).finish("unclear")) == NUMBER


# -- a wrong block ----------------------------------------------------------------------------------------------------


def test_after_a_refusal_it_asks_where_and_then_for_this_block_only() -> None:
    asked = at_where().say("во втором")
    assert asked.listens == Listen("one_block", False, False)
    assert asked.says[0].text == "Ещё раз второй блок"
    assert read_back(asked.say("ноль шесть двенадцать")) == "4276061245710024"


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("второй ноль шесть двенадцать", "4276061245710024"),
        ("в последнем ноль один один девять", "4276051245710119"),
        ("последние четыре ноль один один девять", "4276051245710119"),
        ("вместо ноль пять ноль шесть", "4276061245710024"),
        ("ноль шесть двенадцать", "4276061245710024"),
        (HEARD.format(SIX), WITH_SIX),
    ],
)
def test_place_and_digits_may_come_together(answer: str, number: str) -> None:
    assert read_back(at_where().say(answer)) == number


def test_a_correction_that_lacks_its_place_waits_for_it() -> None:
    asked = at_read_back().say("нет ноль шесть")
    assert asked.listens.field == "wrong_block"
    assert read_back(asked.say("во втором")) == "4276061245710024"


def test_keys_name_the_block_and_give_it() -> None:
    asked = at_where().press("2")
    assert asked.listens.field == "one_block"
    assert read_back(asked.press("0612")) == "4276061245710024"


@pytest.mark.parametrize("answer", ["во всех", "<5>"])
def test_the_whole_number_may_be_read_again(answer: str) -> None:
    asked = at_where().press("5") if answer == "<5>" else at_where().say(answer)
    assert asked.prompts == ["card_number.ask"]
    assert asked.now.refused == (NUMBER,)
    assert asked.now.aside is None


def test_a_block_said_as_before_is_no_mending() -> None:
    asked = at_where().say("во втором").say("ноль пять двенадцать")
    assert asked.prompts == ["one_block.nomatch.1"]
    assert read_back(asked.say("ноль пять двенадцать", "ноль пять тринадцать")) == "4276051345710024"


def test_after_two_refusals_the_whole_number_is_asked_for() -> None:
    asked = at_where().say("второй ноль шесть двенадцать").say("нет")
    assert asked.listens.field == "wrong_block"
    asked.say("второй ноль семь двенадцать").say("нет")
    assert asked.prompts == ["card_number.wrong", "card_number.ask"]
    assert asked.now.refused == (NUMBER, "4276061245710024", "4276071245710024")


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("нет последние четыре ноль один один девять", "4276051245710119"),
        ("второй блок ноль шесть двенадцать", "4276061245710024"),
        ("нет вместо ноль пять ноль шесть", "4276061245710024"),
        ("не ноль пять а ноль шесть", "4276061245710024"),
        ("нет ноль шесть двенадцать", "4276061245710024"),
        (HEARD.format(SIX), WITH_SIX),
    ],
)
def test_a_correction_inside_a_read_back_is_read_back_in_its_turn(words: str, number: str) -> None:
    asked = at_read_back().say(words)
    assert read_back(asked) == number
    assert asked.now.refused == (NUMBER,)
    assert asked.say("да").now.slots == {"card_number": number}


def test_a_block_named_inside_a_read_back_is_asked_for() -> None:
    asked = at_read_back().say("нет ошибка в третьем блоке")
    assert asked.says[0].text == "Ещё раз третий блок"
    assert read_back(asked.say(SIX)) == WITH_SIX


def test_starting_over_is_no_miss() -> None:
    for asked in (caller().say("сорок два"), at_read_back()):
        asked.say("нет сначала")
        assert asked.prompts == ["card_number.ask"]
        assert not asked.now.heard
        assert asked.now.misses == 0
        assert read_back(asked.say(WHOLE)) == NUMBER


def test_a_correction_while_reading_is_carried_out() -> None:
    texts = ["сорок два семьдесят шесть ноль пять", "нет ноль шесть", "двенадцать", FIVE, "ноль ноль двадцать четыре"]
    asked = caller()
    for text in texts:
        asked.say(text)
    assert read_back(asked.finish("unclear")) == "4276061245710024"


def test_blocks_come_in_any_order_over_several_turns() -> None:
    asked = caller().say("последние четыре ноль один один девять")
    assert asked.says[0].text == "Слышно: четвёртый блок: ноль один девятнадцать"
    asked.say("первые сорок два семьдесят шесть ноль пять двенадцать").press("4571")
    assert read_back(asked) == "4276051245710119"


def test_speech_keys_and_the_star_fill_one_number() -> None:
    asked = caller().take(Heard(Utterance((*said("сорок два семьдесят шесть").parts, Keyed("0612")))))
    asked.press("*0512").say(f"{FIVE} ноль ноль двадцать четыре")
    assert read_back(asked) == NUMBER


def test_a_read_back_waits_for_a_correction_that_has_begun() -> None:
    field = BOOK.fields["card_number"]
    for text, value in {"да": "yes", "нет": "no"}.items():
        assert read_confirmation(BOOK, field, said(text)) == Complete((value,))
    assert read_confirmation(BOOK, field, said("нет ноль шесть")) == Complete(("no",), closed=False)
    assert read_confirmation(BOOK, field, said("ноль шесть")) == Partial("06")


# -- a date piece by piece --------------------------------------------------------------------------------------------


def at_day() -> Caller:
    asked = at_date()
    for _ in range(4):
        asked.say(NOISE)
    assert asked.listens == Listen("birth_day", False, False)
    return asked


def test_when_all_else_fails_a_date_is_asked_for_piece_by_piece() -> None:
    asked = at_day().say("двадцать третье")
    assert asked.listens.field == "birth_month"
    asked.say("марта")
    assert asked.listens.field == "birth_year"
    asked.say("восемьдесят пятого")
    assert read_back(asked) == "1985-03-23"
    assert asked.say("да").runs.slots["birth_date"] == "1985-03-23"


def test_pieces_may_be_keyed_and_mixed() -> None:
    asked = at_day().press("23").say("март").press("1985")
    assert read_back(asked) == "1985-03-23"


def test_the_whole_date_may_be_given_instead_of_its_day() -> None:
    assert read_back(at_day().say("двадцать третье марта восемьдесят пятого года")) == "1985-03-23"


def test_a_year_in_digits_is_no_date() -> None:
    assert read_back(at_day().say("пятое").say("мая").say("один девять восемь пять")) == "1985-05-05"


def test_pieces_that_are_no_date_lead_to_the_keys_and_then_to_an_operator() -> None:
    asked = at_day().say("тридцать первое").say("февраля").say("восемьдесят пятого")
    assert asked.prompts == ["keypad_only", "birth_date.keys"]
    for _ in range(4):
        asked.press("99999999")
    assert asked.listens == Listen("birth_day", False, True)
    asked.press("31").press("02").press("1985")
    assert asked.calls_operator


def test_a_piece_that_is_not_understood_leads_to_keys() -> None:
    asked = at_day()
    for _ in range(4):
        asked.say("шум")
    assert asked.prompts == ["keypad_only", "birth_day.keys"]
    assert asked.press("23").listens.field == "birth_month"


@pytest.mark.parametrize(("words", "date"), [
    ("нет восемьдесят шестого", "1986-03-23"), ("не март а май", "1985-05-23"), ("двадцать пятое", "1985-03-25"),
])  # fmt: skip
def test_a_part_of_a_date_is_put_right_inside_its_read_back(words: str, date: str) -> None:
    asked = at_date().say("двадцать третье марта восемьдесят пятого года")
    assert read_back(asked.say(words)) == date


# -- nobody is trapped ------------------------------------------------------------------------------------------------


def test_back_leads_from_a_small_question_to_the_bigger_one() -> None:
    for asked in (asked_which(), at_where(), at_where().say("во втором")):
        asked.say("назад")
        assert asked.prompts == ["card_number.ask"]
        assert asked.now.aside is None


def test_a_small_question_goes_on_after_the_line_broke() -> None:
    asked = asked_which().lose_stream()
    assert asked.prompts == ["resume", "which_block.ask"]
    assert read_back(asked.say("второй")) == WITH_SIX


def test_back_from_half_a_block_asks_for_the_block_again() -> None:
    asked = at_where().say("во втором").say("ноль")
    asked.say("назад")
    assert asked.prompts == ["one_block.ask"]
    assert read_back(asked.say("ноль шесть двенадцать")) == "4276061245710024"


def test_useless_answers_climb_the_ladder_of_the_small_question() -> None:
    asked = at_where().say("во втором")
    for _ in range(4):
        asked.say("ноль пять двенадцать")
    assert asked.prompts == ["keypad_only", "one_block.keys"]
    for _ in range(4):
        asked.say("ноль пять двенадцать")
    assert asked.calls_operator


def test_silence_at_a_small_question_ends_with_an_operator() -> None:
    for asked in (asked_which(), at_where(), at_where().say("во втором"), at_day()):
        assert asked.silence(8).calls_operator


def test_a_call_whose_bigger_question_is_gone_goes_to_an_operator() -> None:
    asked = asked_which()
    asked.book = small_book(fields={**BOOK.fields, "card_number": question("card_number", "card_number")})
    assert asked.say("второй").calls_operator


def test_an_operator_is_one_word_away_from_every_small_question() -> None:
    for asked in (asked_which(), at_where(), at_where().say("во втором"), at_day()):
        assert asked.say("оператор").calls_operator
        assert asked.now.aside is None


WORDS = (
    WHOLE, HEARD.format(SIX), FIVE, SIX, "да", "нет", "первый", "второй", "во втором", "ни то ни другое", "во всех",
    "сначала", "ноль шесть двенадцать", "последние четыре ноль один один девять", "нет ноль шесть", "назад",
    "в начало", "двадцать третье", "марта", "восемьдесят пятого", "двадцать третье марта восемьдесят пятого", NOISE,
    "повторите",
)  # fmt: skip
moves = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(lambda texts: ("say", texts)),
    st.sampled_from(["1", "2", "3", "5", "0512", "*", "4276051245710024", "23", "1985"]).map(
        lambda keys: ("press", [keys])
    ),
    st.just(("silence", list[str]())),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(moves, max_size=25))
def test_whatever_is_said_the_number_stays_whole_and_the_state_survives_storage(
    turns: list[tuple[str, list[str]]],
) -> None:
    asked = caller()
    for kind, given_texts in turns:
        if not isinstance(asked.commands[-1], Listen):
            break
        asked.take(Heard(said(*given_texts))) if kind == "say" else getattr(asked, kind)(*given_texts)
        while isinstance(run := asked.commands[-1], Run) and run.action == "pick":
            asked.finish("unclear")
        asked.state = state_from_json(json.loads(json.dumps(state_to_json(asked.now))))
        small = asked.now.field in {"which_block", "wrong_block", "one_block", "birth_day", "birth_month", "birth_year"}
        assert small == (asked.now.aside is not None)
        assert set(asked.now.slots) <= {"card_number", "birth_date"}
        if asked.now.confirming and asked.now.field == "card_number":
            assert len(asked.now.candidates[0]) == 16
            assert asked.now.candidates[0].isdecimal()
