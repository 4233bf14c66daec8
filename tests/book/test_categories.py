"""Categories and their menu: the open question, the narrowing ones, and where they lead."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ivr.book.categories import MOST_IN_GROUP
from ivr.book.lint import lint
from ivr.book.load import read_book
from ivr.dialog.commands import Listen, Run, says_of
from ivr.dialog.engine import advance
from ivr.dialog.events import Heard, Started, keyed, said
from ivr.dialog.forms import Complete, DialogBook
from ivr.errors import BookError
from ivr.slots import load_slot_types
from ivr.slots.problem import ProblemSlot


def begin(book: DialogBook) -> Any:
    state, commands = advance(book, None, Started(facts={"brand": "Магазин"}))
    assert commands[-1] == Listen("problem")
    return state


def test_it_makes_the_first_question_and_a_question_for_each_group(menu: Any) -> None:
    book = menu.load()
    assert book.home == "main"
    assert book.forms["main"].branch == "problem"
    assert set(book.forms["main"].then) == {
        "app", "site", "card_lost", "card_not_read", "group_card", "group_online",
    }  # fmt: skip
    assert book.forms["group_card"].then == {
        "card_lost": "category_card_lost",
        "card_not_read": "category_card_not_read",
    }
    assert book.forms["category_site"].then == {"done": "site_steps"}
    assert book.fields["problem"].ask.name == "problem.ask"
    assert not book.fields["narrow_card"].keep
    assert book.fields["problem"].silence_seconds == 8.0


def test_what_is_understood_at_once_leads_to_its_form_and_is_known_from_there(menu: Any) -> None:
    book = menu.load()
    state, commands = advance(book, begin(book), Heard(said("ну у меня сайт [unk] не открывается")))
    assert state.facts["category"] == "site"
    assert commands[-1] == Run("way_is_new", {}, args={"way": "other_browser"})
    state, commands = advance(book, begin(book), Heard(said("потеряла карточку")))
    assert says_of(commands)[0].prompt == "category_card_lost.opening"


def test_what_is_undecided_is_asked_once_more(menu: Any) -> None:
    book = menu.load()
    state, commands = advance(book, begin(book), Heard(said("карта")))
    assert commands[-1] == Listen("narrow_card")
    state, commands = advance(book, state, Heard(said("не читается [unk] карта")))
    assert state.form == "activate_card"
    assert state.facts["category"] == "card_not_read"


def test_keys_lead_through_the_same_menus(menu: Any) -> None:
    book = menu.load()
    state, commands = advance(book, begin(book), Heard(keyed("2")))
    assert commands[-1] == Listen("narrow_card")
    state, _ = advance(book, state, Heard(keyed("1")))
    assert state.form == "activate_card"


def test_the_name_of_a_category_answers_its_narrowing_question(menu: Any) -> None:
    slot = menu.load().fields["narrow_card"].slot
    assert slot.read(said("потеряли карту")) == Complete(("card_lost",), closed=False)
    assert slot.spoken("card_lost") == ("потеряли карту",)


def test_a_book_without_a_menu_has_no_main_form(small: Any) -> None:
    book = small.load()
    assert book.home is None
    assert "main" not in book.forms


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        (
            "categories/site.yaml",
            "group: online",
            "group: internet",
            "there is no group `internet` in menu.yaml; write",
        ),
        ("categories/site.yaml", 'key: "1"', 'key: "2"', "the key `2` stands for two options of `narrow_online`"),
        ("categories/site.yaml", "category: site", "category: sites", "`category` is `sites`"),
        ("categories/site.yaml", "  not: [приложение не работает]", "", "lacks the key `not`"),
        ("categories/site.yaml", "form: site_steps", "form: site_step", "there is no form `site_step`"),
        ("menu.yaml", 'key: "2"', 'key: "1"', "the key `1` stands for two options of `problem`"),
        ("menu.yaml", 'key: "2"', 'key: "0"', "the key `0` means `operator` everywhere"),
    ],
)
def test_it_refuses_with_file_and_line(menu: Any, file: str, old: str, new: str, what: str) -> None:
    line = menu.swap(file, old, new)
    with pytest.raises(BookError) as caught:
        menu.load()
    assert what in str(caught.value)
    assert f"{file}:" in str(caught.value)
    assert f"{file}:{line}" in str(caught.value) or "lacks" in what


def test_a_group_is_a_question_of_two_to_four_options(menu: Any) -> None:
    (menu.path / "categories/app.yaml").unlink()
    with pytest.raises(BookError, match="the group `online` has 1 categories; a narrowing question needs two to 4"):
        menu.load()


def test_two_files_cannot_make_the_same_form(menu: Any) -> None:
    menu.write("forms/main.yaml", "form: main\ntitle: Меню\nthen: {done: activate_card}\n")
    with pytest.raises(BookError, match="`form main` is written twice"):
        menu.load()


def test_it_finds_nothing_in_good_categories(menu: Any) -> None:
    assert [str(finding) for finding in lint(menu.read())] == []


def test_it_tells_an_example_that_is_not_understood(menu: Any) -> None:
    line = menu.swap("categories/site.yaml", "match: [сайт не открывается,", "match: [нет интернета,")
    found = [str(finding) for finding in lint(menu.read())]
    assert any(f"categories/site.yaml:{line}: `нет интернета` is not understood" in text for text in found), found


def test_it_tells_an_example_that_is_understood_as_another(menu: Any) -> None:
    menu.swap("categories/site.yaml", "match: [сайт не открывается,", "match: [карта не читается,")
    found = [str(finding) for finding in lint(menu.read())]
    assert any("`карта не читается` is understood as `card_not_read`" in text for text in found), found


def test_it_tells_an_example_that_must_not_match_and_does(menu: Any) -> None:
    menu.swap("categories/site.yaml", "not: [приложение не работает]", "not: [сайт не работает]")
    found = [str(finding) for finding in lint(menu.read())]
    assert any("`сайт не работает` is understood as `site`" in text for text in found), found


def test_it_tells_a_stem_that_nobody_can_say(menu: Any) -> None:
    menu.swap("categories/app.yaml", "приложени*", "(приложени*|программ*)")
    found = [str(finding) for finding in lint(menu.read())]
    assert any("no example has a word for `программ*`" in text for text in found), found


LOST = """category: card_lost
title: Потеряна карта
group: {group}
key: "{key}"
name: потеряна карта
form: operator
phrases:
  - "(потеря*|утеря*) [мою|свою] карт*"
  - карт* потеря*
  - "(пропала|украли) карт*"
examples:
  match:
    - я потеряла карту
    - у меня пропала карта
    - карта потеряна что делать
    - потерял свою карту
    - утеряна моя карта
  not:
    - карта не читается на кассе
    - пропали баллы
"""


def test_a_category_is_added_to_the_delivered_book_by_one_file(shipped: Any, tmp_path: Path) -> None:
    """And the key in the group's wordings, which no machine can check."""
    shutil.copytree(shipped.path, tmp_path / "grammars")
    slot_types = load_slot_types(shipped.path / "lexicon")
    before = read_book(shipped.path, slot_types, shipped.outcomes).book
    slots = [field.slot for field in before.fields.values() if isinstance(field.slot, ProblemSlot)]
    slot = next(slot for slot in slots if len(slot.values) < MOST_IN_GROUP)
    file = tmp_path / "grammars/categories/card_lost.yaml"
    group, key = slot.name.removeprefix("narrow_"), len(slot.values) + 1
    file.write_text(LOST.format(group=group, key=key), encoding="utf-8")
    source = read_book(tmp_path / "grammars", slot_types, shipped.outcomes)
    assert [str(finding) for finding in lint(source) if "card_lost" in str(finding)] == []
    state, _ = advance(source.book, None, Started())
    while state.form != "main":
        state, _ = advance(source.book, state, Heard(keyed("#")))
    state, _ = advance(source.book, state, Heard(said("девушка я карту потеряла [unk] потеряла карту")))
    assert (state.form, state.facts["category"]) == (source.book.escalate, "card_lost")
