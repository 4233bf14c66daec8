"""What is said in the line to the operators, and that each sentence with a number has a recording."""

from itertools import product

import pytest

from ivr.book.timing import seconds_of
from ivr.content import GRAMMARS, PROMPTS, Content, load_content
from ivr.counting import cardinal, feminine_for, feminine_of, ordinal, plural
from ivr.dialog.commands import Say
from ivr.line_words import LineWords, category_titles
from ivr.media.prompts import PromptLibrary

WHISPER_SECONDS = 8.0
"""An operator has to know within it who is there."""


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(GRAMMARS, 2026)


@pytest.fixture(scope="module")
def words(content: Content) -> LineWords:
    assert content.book.waiting is not None
    return LineWords(content.book.waiting, content.hotline.brand)


@pytest.mark.parametrize(
    ("position", "text"),
    [
        (1, "Вы первый в очереди."),
        (3, "Вы третий в очереди."),
        (21, "Вы двадцать первый в очереди."),
        (100, "Вы сотый в очереди."),
        (101, "Очередь сейчас больше ста человек."),
    ],
)
def test_a_position_is_an_ordinal(words: LineWords, position: int, text: str) -> None:
    assert words.position(position).text == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (4, 7, "Ждать от четырёх до семи минут."),
        (1, 21, "Ждать от одной до двадцати одной минуты."),
        (0, 1, "Ждать до одной минуты."),
        (0, 3, "Ждать до трёх минут."),
        (5, 5, "Ждать около пяти минут."),
        (0, 0, ""),
        (60, 91, ""),
        (7, 4, ""),
    ],
)
def test_a_range_of_minutes_is_declined(words: LineWords, low: int, high: int, text: str) -> None:
    assert " ".join(say.text for say in words.minutes(low, high)) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "Ждёт меньше минуты."),
        (1, "Ждёт одну минуту."),
        (2, "Ждёт две минуты."),
        (21, "Ждёт двадцать одну минуту."),
        (45, "Ждёт сорок пять минут."),
        (61, "Ждёт больше часа."),
    ],
)
def test_an_operator_hears_how_long_the_caller_waits(words: LineWords, minutes: int, text: str) -> None:
    assert words.waited(minutes).text == text


@pytest.mark.parametrize(("hour", "text"), [(7, "семь часов"), (21, "двадцать один час"), (22, "двадцать два часа")])
def test_a_quieter_hour_is_named(words: LineWords, hour: int, text: str) -> None:
    assert words.quieter(hour).text == f"Спокойнее обычно в {text}."


def test_tips_come_round_again(words: LineWords) -> None:
    tips = [words.tip(number).text for number in range(6)]
    assert len(set(tips)) == 3
    assert tips[:3] == tips[3:]


def test_every_sentence_with_a_number_is_recorded_as_it_is_said(content: Content, words: LineWords) -> None:
    library = PromptLibrary(PROMPTS, lambda _: pytest.fail("synthesized"))
    likely = [words.position(number) for number in range(1, 41)]
    likely += [say for low, high in product(range(40), repeat=2) for say in words.minutes(low, high)]
    likely += [words.waited(minutes) for minutes in range(46)]
    likely += [words.category(name, title) for name, title in category_titles(content.book).items()]
    missing = [say.text for say in likely for segment in say.segments if library.recording_of(segment) is None]
    assert missing == []


def test_a_whisper_is_short(content: Content, words: LineWords) -> None:
    titles = [words.category(name, title) for name, title in category_titles(content.book).items()]
    proofs = [words.prompt("verified"), words.prompt("unverified")]
    waits = [words.waited(minutes) for minutes in range(61)]
    longest = {
        " ".join(say.text for say in (title, wait, proof, words.prompt("accept")))
        for title, wait, proof in product(titles, waits, proofs)
    }
    assert [text for text in longest if seconds_of(text) > WHISPER_SECONDS] == []


def test_the_called_person_hears_whose_hotline_it_is(words: LineWords) -> None:
    assert "Мой Магнит" in words.prompt("called").text
    assert isinstance(words.prompt("called"), Say)


def test_every_category_has_a_title(content: Content) -> None:
    titles = category_titles(content.book)
    assert set(titles) == {path.stem for path in (GRAMMARS / "categories").glob("*.yaml")}
    assert titles["card_not_read"] == content.book.forms["category_card_not_read"].title


def test_numbers_are_said_in_their_cases() -> None:
    assert [ordinal(3), cardinal(3), feminine_of(2), feminine_for(2)] == ["третий", "три", "двух", "две"]
    forms = ("час", "часа", "часов")
    assert [plural(count, forms) for count in (1, 2, 5, 11, 12, 21, 104, 111)] == [
        *("час", "часа", "часов", "часов", "часов"),
        *("час", "часа", "часов"),
    ]
