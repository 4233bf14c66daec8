"""The words that texts are made of: the lexicon of the grammars, and the data files beside this module."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from ivr.book.phrases import expand
from ivr.settings import ROOT

LEXICON = ROOT / "grammars" / "lexicon"
HERE = Path(__file__).parent
Words = tuple[str, ...]
NEUTER, GENITIVE, MASCULINE, _, _, PREPOSITIONAL, FEMININE = range(7)
"""Forms of an ordinal, in the order of the lexicon's endings: what it lists as heard, then the others."""

_ENDINGS = ("heard_endings", "text_only_endings")


@dataclass(frozen=True, slots=True)
class Lexis:
    """Numbers and dates, by value."""

    cardinals: Mapping[int, str]
    feminine: Mapping[int, str]
    """Of one and two."""
    genitives: Mapping[int, str]
    """«Двух», «пяти»."""
    thousand: tuple[str, str, str]
    """After one, after two to four, after five and more."""
    ordinals: Mapping[int, tuple[str, ...]]
    """All forms, from 1 to 90."""
    ordinal_hundreds: Mapping[int, tuple[str, ...]]
    months: Mapping[int, tuple[str, ...]]
    """Genitive, nominative, prepositional, instrumental."""
    round_year: tuple[str, ...]
    """«Двухтысячного», «двухтысячный», «двухтысячном» and further forms."""
    year: tuple[str, ...]
    """«Года», «год», «году»."""


@cache
def lexis() -> Lexis:
    """The lexicon of ``grammars/lexicon``."""
    numbers, dates = read_yaml(LEXICON / "numbers.yaml"), read_yaml(LEXICON / "dates.yaml")
    cardinals, ordinals = numbers["cardinals"], numbers["ordinals"]
    feminine = set(numbers["feminine"])
    return Lexis(
        cardinals={value: forms[0] for value, forms in cardinals["heard"].items()},
        feminine={value: form for value, forms in cardinals["heard"].items() for form in forms if form in feminine},
        genitives={value: forms[0] for value, forms in cardinals["text_only"].items() if value > 1},
        thousand=tuple(numbers["thousand"]["heard"][agreement][0] for agreement in ("one", "few", "many")),
        ordinals=_ordinals(ordinals, "stems"),
        ordinal_hundreds=_ordinals(ordinals, "text_only_stems"),
        months={
            month: (*forms, *dates["months"]["text_only"][month]) for month, forms in dates["months"]["heard"].items()
        },
        round_year=tuple(form for forms in dates["round_years"].values() for form in forms[2000]),
        year=tuple(dates["year"]["heard"]),
    )


def _ordinals(data: Mapping[str, Any], stems: str) -> dict[int, Words]:
    return {
        value: tuple(stem + ending for endings in _ENDINGS for ending in data[endings][pattern])
        for pattern, by_value in data[stems].items()
        for value, stem in by_value.items()
    }


def read_yaml(path: Path) -> dict[str, Any]:
    """What a data file holds."""
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return data


@cache
def ways() -> Mapping[str, Any]:
    """``ways.yaml``: openings, hesitations, corrections and counted things."""
    return read_yaml(HERE / "ways.yaml")


@cache
def openings(kind: str) -> tuple[Words, ...]:
    """Words before an answer of this kind."""
    return split(phrase for template in ways()["openings"][kind] for phrase in expand(template))


def split(phrases: Iterable[str]) -> tuple[Words, ...]:
    """Phrases as words."""
    return tuple(tuple(phrase.split()) for phrase in phrases)


def cardinal_words() -> tuple[str, ...]:
    """All forms of cardinals that recognizers are offered, «нуль» among them."""
    cardinals = read_yaml(LEXICON / "numbers.yaml")["cardinals"]
    return (*_forms(cardinals["heard"]), *_forms(cardinals["rare"]))


def other_number_words() -> tuple[str, ...]:
    """Oblique forms, thousands, digits as nouns, multipliers, years."""
    numbers, dates = read_yaml(LEXICON / "numbers.yaml"), read_yaml(LEXICON / "dates.yaml")
    tables = [numbers["cardinals"]["text_only"]]
    for part in (numbers["thousand"], numbers["digit_nouns"], numbers["times"], dates["round_years"]):
        tables += part.values()
    years = chain.from_iterable(dates["year"].values())
    return tuple(dict.fromkeys((*chain.from_iterable(map(_forms, tables)), *years)))


def _forms(by_value: Mapping[Any, list[str]]) -> Iterator[str]:
    return chain.from_iterable(by_value.values())
