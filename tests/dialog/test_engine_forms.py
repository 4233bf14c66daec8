"""How one form leads to another: constants, facts, branches, forms that are passed first, the way home."""

from typing import Any

from ivr.dialog.commands import Run
from ivr.dialog.forms import RETURN, Complete, First, Form, Prompt, Reading, Rejection
from tests.dialog.small_book import FIELDS, FORMS, Caller, YesNoSlot, field, small_book


def book_with(*forms: Form, fields: dict[str, Any] | None = None, **changes: Any) -> Any:
    named = {form.name: form for form in (*FORMS, *forms)}
    return small_book(forms=named, fields={**FIELDS, **(fields or {})}, **changes)


def test_it_gives_an_action_the_constants_of_its_form() -> None:
    ask = Form("ask", "Шаг", finish="note_way", args={"way": "other_browser"}, then={"noted": "goodbye"})
    caller = Caller(book_with(ask))
    assert caller.runs == Run("note_way", {}, args={"way": "other_browser"})


def test_it_knows_facts_from_the_moment_a_form_is_entered() -> None:
    opening = Prompt("ask", "Это {category}")
    ask = Form("ask", "Шаг", opening=opening, sets={"category": "касса"}, finish="x", then={"done": "goodbye"})
    caller = Caller(book_with(ask))
    assert caller.says[1].text == "Это касса"
    assert caller.now.facts == {"brand": "Магазин", "category": "касса"}


def branching(then: dict[str, str]) -> Any:
    sure = field("sure", 1, slot=YesNoSlot(), keep=False)
    ask = Form("ask", "Вилка", ask=("sure",), branch="sure", say={"no": Prompt("no", "Нет.")}, then=then)
    return book_with(ask, fields={"sure": sure})


def test_it_goes_where_the_answer_leads() -> None:
    book = branching({"yes": "goodbye", "no": "check"})
    assert Caller(book).say("да").hangs_up
    caller = Caller(book).say("нет")
    assert caller.prompts == ["no", "code.ask"]
    assert "sure" not in caller.now.slots


def test_an_answer_that_leads_nowhere_leads_to_an_operator() -> None:
    assert Caller(branching({"yes": "goodbye"})).say("нет").calls_operator


def with_first(**facts: str) -> Any:
    wanting = Form(
        "ask",
        "Анкета",
        opening=Prompt("opening", "Анкета."),
        sets=facts,
        first=First("identify", "verified"),
        ask=("day",),
        finish="change",
        then={"changed": "goodbye"},
    )
    identify = Form("identify", "Код", ask=("code",), finish="check_code", then={"right": RETURN, "wrong": "identify"})
    return book_with(wanting, identify)


def test_it_passes_another_form_first_and_comes_back() -> None:
    caller = Caller(with_first())
    assert caller.prompts == ["hello", "opening", "code.ask"]
    assert caller.now.returns == "ask"
    caller.press("123").finish("wrong").press("456")
    assert caller.runs == Run("check_code", {"code": "456"})
    caller.finish("right")
    assert caller.prompts == ["day.ask"]
    assert caller.now.form == "ask"


def test_a_known_fact_spares_the_form() -> None:
    assert Caller(with_first(verified="yes")).prompts == ["hello", "opening", "day.ask"]
    assert Caller(with_first(verified="")).prompts == ["hello", "opening", "code.ask"]


def test_who_wanted_to_come_back_to_a_form_that_is_gone_gets_an_operator() -> None:
    caller = Caller(with_first()).press("123")
    forms = {name: form for name, form in caller.book.forms.items() if name != "ask"}
    caller.book = small_book(forms=forms)
    assert caller.finish("right").calls_operator


def test_restart_at_the_first_question_leads_home() -> None:
    caller = Caller(book_with(home="check")).say("в начало")
    assert caller.listens.field == "code"
    caller = Caller(book_with(home="check")).press("1234").say("в начало")
    assert caller.listens.field == "number"


class LedSlot(YesNoSlot):
    """Takes one word."""

    def read(self, utterance: Any) -> Reading:
        return Complete(("next",)) if utterance.best_text == "дальше" else Rejection("nothing")


def test_what_leads_to_a_question_is_said_whenever_it_is_asked() -> None:
    step = field("step", 1, slot=LedSlot(), lead=Prompt("lead", "Откройте другой браузер."))
    book = book_with(Form("ask", "Шаг", ask=("step",), then={"done": "goodbye"}), fields={"step": step})
    caller = Caller(book)
    assert caller.prompts == ["hello", "lead", "step.ask"]
    assert caller.say("повторите").prompts == ["lead", "step.ask"]
    assert caller.say("шум").prompts == ["step.nomatch.1"]
    assert Caller(book, keypad=True).prompts == ["hello", "lead", "step.keys"]
