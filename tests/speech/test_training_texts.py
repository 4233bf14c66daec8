"""What the voices of the training say: all words often enough, and with the meaning that was meant."""

import random
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest

from ivr.book.lint import lint
from ivr.book.load import read_book
from ivr.content import GRAMMARS, current_content, load_ground
from ivr.dialog.events import said
from ivr.dialog.forms import Complete, Partial, SlotType
from ivr.slots import load_slot_types
from ivr.slots.lexicon import load_lexicon
from ivr.speech.graph import GRAPH, read_graph
from ivr.speech.model import model_words
from ivr.speech.recognizer import BUNDLED_MODEL
from ivr.speech.training.texts import KINDS, Text, dates, faltering, numerals, phrases, sample_texts, vocabulary
from ivr.speech.training.texts.deck import Deck
from ivr.speech.training.texts.lexis import (
    FEMININE,
    GENITIVE,
    MASCULINE,
    NEUTER,
    PREPOSITIONAL,
    Words,
    lexis,
    split,
    ways,
)
from ivr.speech.training.texts.people import first_names, is_woman
from ivr.speech.training.texts.phrases import words_of
from ivr.vocabulary import words_heard
from tests.slots.styles import MONTHS, NOMINATIVE, SINGLES

COUNT = 4000
YEAR = 2026
CARD = "0041500776254420"
DAY = date(1985, 3, 5)
OTHERS = ("э", "ну", "так", "сейчас", "минутку", "секунду", "нет", "ой", "сначала", "дважды", "да", "оператор")
HOTLINE = (
    "карта",
    "баллы",
    "касса",
    "приложение",
    "сайт",
    "кабинет",
    "пароль",
    "смс",
    "анкета",
    "обращение",
    "магазин",
)
RARER = ("чек", "сигареты", "логин", "кэш", "браузер", "активировать", "заблокирована", "списываются", "начислили")
WORD = re.compile("[а-яё]+")


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return sample_texts(COUNT, 1)


@pytest.fixture(scope="module")
def counts(texts: list[Text]) -> Counter[str]:
    return Counter(word for text in texts for word in text.words)


@pytest.fixture(scope="module")
def slots() -> Mapping[str, SlotType]:
    return load_slot_types(GRAMMARS / "lexicon", latest_year=YEAR)


def values(slot: SlotType, words: Words | list[str]) -> tuple[str, ...]:
    reading = slot.read(said(" ".join(words)))
    return reading.values if isinstance(reading, Complete) else ()


def some_digits(rng: random.Random) -> str:
    return "".join(rng.choice("0012345678999") for _ in range(16))


def test_it_says_the_same_for_the_same_seed() -> None:
    assert sample_texts(60, 7) == sample_texts(60, 7)
    assert sample_texts(60, 7) != sample_texts(60, 8)
    assert sample_texts(0, 7) == []


def test_it_deals_everything_before_anything_again() -> None:
    deck = Deck("абвгд", random.Random(0))
    dealt = [deck.deal() for _ in range(13)]
    assert sorted(dealt[:5]) == sorted(dealt[5:10]) == list("абвгд")
    assert len(set(dealt[10:])) == 3


def test_it_speaks_of_everything_in_the_shares_it_promises(texts: list[Text]) -> None:
    shares = Counter(text.kind for text in texts)
    assert set(shares) == set(KINDS)
    assert shares["sentence"] == COUNT * 12 // 100
    assert shares["card"] + shares["number"] + shares["date"] > COUNT // 3


def test_it_writes_only_small_russian_letters(texts: list[Text]) -> None:
    assert all(text.words for text in texts)
    assert [word for text in texts for word in text.words if not WORD.fullmatch(word)] == []
    assert [word for word in vocabulary() if not WORD.fullmatch(word)] == []
    assert {"четвёртое", "пётр", "ещё", "пришёл"} <= vocabulary()


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ([lexis().cardinals[value] for value in range(10)], 350),
        ([lexis().cardinals[value] for value in range(10, 20)], 20),
        ([lexis().cardinals[value] for value in range(20, 100, 10)], 130),
        ([lexis().cardinals[value] for value in range(100, 1000, 100)], 30),
        ([*lexis().thousand], 40),
        (MONTHS, 12),
        (NOMINATIVE, 1),
        ([forms[form] for forms in lexis().ordinals.values() for form in (NEUTER, GENITIVE, MASCULINE, FEMININE)], 1),
        ([*OTHERS, *HOTLINE], 1),
    ],
    ids=["digits", "teens", "tens", "hundreds", "thousands", "months", "nominative", "ordinals", "others"],
)
def test_it_says_each_word_of_numbers_and_dates_often_enough(
    counts: Counter[str], words: list[str], least: int
) -> None:
    assert {word: counts[word] for word in words if counts[word] < least} == {}


def test_it_says_all_pairs_of_digits(texts: list[Text]) -> None:
    pairs = Counter(f"{first} {second}" for text in texts for first, second in pairwise(text.words))
    wanted = [f"{first} {second}" for first, second in product(SINGLES, repeat=2)]
    assert {pair: pairs[pair] for pair in wanted if pairs[pair] < 5} == {}


def test_it_comes_to_each_word_in_time() -> None:
    """Four times as many texts hold all words of the vocabulary, names and rare forms among them."""
    counts = Counter(word for text in sample_texts(4 * COUNT, 2) for word in text.words)
    assert [word for word in vocabulary() if not counts[word]] == []


def test_it_says_single_words(texts: list[Text]) -> None:
    single = {text.words[0] for text in texts if len(text.words) == 1}
    assert set(SINGLES) <= single
    assert len(single) > 250


@pytest.mark.parametrize("manner", [manner for manner, _ in numerals.MANNERS if manner is not numerals.by_nouns])
def test_it_says_digits_that_are_read_back(slots: Mapping[str, SlotType], manner: numerals.Manner) -> None:
    rng = random.Random(3)
    for digits in [CARD, *(some_digits(rng) for _ in range(40))]:
        groups = manner(digits, rng)
        assert "".join(group.digits for group in groups) == digits
        assert digits in values(slots["card_number"], [word for group in groups for word in group.words])


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (2, "ноль ноль сорок один пятьдесят ноль семь семьдесят шесть двадцать пять сорок четыре двадцать"),
        (3, "ноль ноль четыре сто пятьдесят ноль семьдесят семь шестьсот двадцать пять четыреста сорок два ноль"),
        (4, "ноль ноль сорок один пять тысяч семь семь тысяч шестьсот двадцать пять четыре тысячи четыреста двадцать"),
    ],
)
def test_it_groups_digits(size: int, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numerals, "zero", lambda _rng: "ноль")
    groups = numerals.in_groups(size)(CARD, random.Random(0))
    assert " ".join(word for group in groups for word in group.words) == expected


def test_it_counts_what_is_repeated() -> None:
    spoken = {
        " ".join(word for group in numerals.in_runs("007772", random.Random(seed)) for word in group.words)
        for seed in range(400)
    }
    assert {"два нуля три семёрки два", "дважды ноль трижды семь два"} <= spoken
    nouns = [group.words for group in numerals.by_nouns("75", random.Random(0))]
    assert nouns == [("семёрка",), ("пятёрка",)]


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "рубль"), (2, "рубля"), (5, "рублей"), (11, "рублей"), (21, "рубль"), (113, "рублей")]
)
def test_it_agrees_with_the_number(count: int, expected: str) -> None:
    assert numerals.agreeing(("рубль", "рубля", "рублей"), count) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (NEUTER, "двадцать третье"),
        (GENITIVE, "двадцать третьего"),
        (MASCULINE, "двадцать третий"),
        (PREPOSITIONAL, "двадцать третьем"),
        (FEMININE, "двадцать третья"),
    ],
)
def test_it_knows_the_forms_of_ordinals(form: int, expected: str) -> None:
    assert " ".join(numerals.ordinal(23, form)) == expected
    assert numerals.ordinal(40, form)[0].startswith("сороков")


WHOLE_DATES = [
    manner for manner, _ in dates.MANNERS if manner not in (dates.without_year, dates.only_year, dates.year_first)
]


@pytest.mark.parametrize("manner", WHOLE_DATES)
def test_it_says_dates_that_are_read_back(slots: Mapping[str, SlotType], manner: dates.Manner) -> None:
    rng = random.Random(5)
    for day in [DAY, *(date(1920, 1, 1) + timedelta(days=rng.randrange(35_000)) for _ in range(40))]:
        assert day.isoformat() in values(slots["birth_date"], manner(day, rng))


def test_it_says_a_day_without_its_year(slots: Mapping[str, SlotType]) -> None:
    spoken = " ".join(dates.without_year(DAY, random.Random(0)))
    assert slots["birth_date"].read(said(spoken)) == Partial("--03-05")


def test_it_says_dates_in_all_usual_ways() -> None:
    spoken = {" ".join(dates.say_date(DAY, random.Random(seed))) for seed in range(4000)}
    assert {
        "пятое марта тысяча девятьсот восемьдесят пятого года",
        "пятого марта тысяча девятьсот восемьдесят пятого",
        "пятый марта тысяча девятьсот восемьдесят пятый год",
        "пятое марта восемьдесят пятого года",
        "пятое марта одна тысяча девятьсот восемьдесят пять",
        "ноль пять ноль три тысяча девятьсот восемьдесят пять",
        "пятое ноль третье тысяча девятьсот восемьдесят пятого",
        "пятого марта в тысяча девятьсот восемьдесят пятом году",
        "восемьдесят пятого года",
    } <= spoken
    years = {" ".join(dates.year_ordinal(year, GENITIVE, random.Random(1))) for year in (2000, 2005, 1981)}
    assert years == {"двухтысячного", "две тысячи пятого", "тысяча девятьсот восемьдесят первого"}


def test_it_falters_and_still_means_the_same(slots: Mapping[str, SlotType]) -> None:
    rng = random.Random(11)
    speaker = faltering.Faltering(rng)
    for _ in range(100):
        digits = some_digits(rng)
        groups = numerals.in_groups(rng.choice((1, 2)))(digits, rng)
        words, at = [group.words for group in groups], rng.randrange(len(groups))
        hesitant = speaker.hesitate(words, share=1)
        assert len(hesitant) > sum(map(len, words))
        assert digits in values(slots["card_number"], hesitant)
        corrected = speaker.correct(words, at, faltering.other_digits(groups[at], rng))
        assert digits in values(slots["card_number"], speaker.hesitate(corrected, share=0))


def test_it_does_not_falter_with_words_that_ask_the_hotline_to_wait() -> None:
    (wait,) = (universal for universal in current_content().book.universals if universal.name == "wait")
    hesitations = {" ".join(words) for words in split(ways()["hesitations"])}
    assert {"э", "ну", "сейчас"} <= hesitations
    assert {"минутку", "секунду", "подождите"} <= set(wait.phrases)
    assert hesitations & set(wait.phrases) == set()


def test_it_begins_anew() -> None:
    begun = faltering.Faltering(random.Random(0)).start_over([("пять",), ("шесть",)], [("пять",), ("семь",)])
    assert begun[:2] == [("пять",), ("семь",)]
    assert begun[3:] == [("пять",), ("шесть",)]
    assert begun[2]


def test_it_tells_men_from_women() -> None:
    women = {name for name in first_names() if is_woman(name)}
    assert {"анна", "мария", "любовь"} <= women
    assert not {"никита", "илья", "игорь", "иван", "лука"} & women


def test_the_vocabulary_holds_all_words_of_the_grammars() -> None:
    """The voices say what every question takes; a graph of these texts and of what is listened for lacks no word."""
    content = current_content()
    spelt = content.slot_types["person_name"]
    taken = [phrase for slot in content.slot_types.values() if slot is not spelt for phrase in slot.phrases()]
    names = load_lexicon(GRAMMARS / "lexicon").heard["names"]
    everywhere = [phrase for universal in content.book.universals for phrase in universal.phrases]
    said_by_voices = set(words_of([taken, names, everywhere]))
    assert len(said_by_voices) > 300
    assert said_by_voices - vocabulary() == set()
    assert len(lacking(frozenset())) > 50
    assert lacking(vocabulary() | words_heard(content.book)) == []


def test_the_bundled_model_holds_and_pronounces_all_words_of_the_grammars() -> None:
    assert lacking(model_words("")) == []
    lexicon, _, _ = read_graph(BUNDLED_MODEL / GRAPH)
    heard = words_heard(current_content().book)
    assert sorted(word for word in heard if not lexicon.get(word)) == []


def lacking(known: frozenset[str]) -> list[str]:
    """What the linter says of words that a model with these words lacks."""
    ground = load_ground(GRAMMARS, YEAR)
    source = read_book(GRAMMARS, ground.slot_types, ground.outcomes)
    return [str(found) for found in lint(source, vocabulary=known) if "the model does not know" in str(found)]


def test_the_vocabulary_holds_what_is_so_far_understood_in_text_only() -> None:
    lexicon = load_lexicon(GRAMMARS / "lexicon")
    known = {word.replace("ё", "е") for word in vocabulary()}
    words = [*lexicon.numbers, *lexicon.ordinals, *lexicon.dates, *lexicon.names, *lexicon.marks]
    answers = [phrase for forms in lexicon.answers.values() for phrase in forms]
    assert {word for phrase in [*words, *answers] for word in phrase.split()} - known == set()


def test_the_vocabulary_is_of_a_useful_size() -> None:
    assert 1500 < len(vocabulary()) < 3000
    assert {*HOTLINE, *RARER} <= vocabulary()
    assert "вьюга" not in vocabulary()


def test_sentences_and_problems_are_many_and_hold_all_letters() -> None:
    sentences = phrases.sentences()
    assert len(set(sentences)) == len(sentences) > 300
    assert set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") <= set("".join(sentences))
    problems = {phrase for variants in phrases.problems() for phrase in variants}
    assert len(problems) > 2000
    assert len(phrases.problems()) > 200


def test_data_files_mix_no_alphabets() -> None:
    folder = Path(phrases.__file__).parent
    files = [*folder.glob("*.yaml"), *folder.glob("*.txt")]
    assert len(files) >= 4
    mixed = re.compile("[a-zA-Z][а-яёА-ЯЁ]|[а-яёА-ЯЁ][a-zA-Z]")
    assert [
        (path.name, line) for path in files for line in path.read_text("utf-8").splitlines() if mixed.search(line)
    ] == []
