"""Loads the words of ``grammars/lexicon``: what callers say, and what is said back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import BookError
from ivr.slots.words import Mark, Place, Word, WordKind, fold

Data = Mapping[Any, Any]
"""A piece of a lexicon file."""
Values = Mapping[int, Iterable[str]]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""In C ten times as fast, where PyYAML was built with libyaml."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words: folded where they are compared, spelled as in the recognizer's vocabulary where it gets them."""

    numbers: Mapping[str, Word]
    """Cardinals, thousands, digits as nouns and multipliers."""
    ordinals: Mapping[str, Word]
    dates: Mapping[str, Word]
    """Months, the word "year", and whole years in one word."""
    marks: Mapping[str, Mark]
    """Phrases that change what was said before, and those that mean nothing though there is a number in them."""
    places: Mapping[str, Place]
    """Folded phrases that say where digits belong."""
    references: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Answers about a number's parts by name, such as ``first`` and ``neither``: ``heard`` and ``folded`` phrases."""
    letters: Mapping[str, str]
    """A folded name of a letter to the letter."""
    spelling: tuple[str, ...]
    """Folded phrases that announce letters."""
    names: Mapping[str, tuple[str, ...]]
    """A folded name or short form to the full names that it may stand for."""
    keypad: Mapping[str, str]
    """A folded letter to its key."""
    answers: Mapping[str, tuple[str, ...]]
    """``yes`` and ``no`` to folded phrases."""
    heard: Mapping[str, tuple[str, ...]]
    """For the recognizer: ``cardinals``, ``rare``, ``ordinals``, ``dates``, ``marks``, ``instead``, ``places``,
    ``names``, ``letters``, ``spelling``, ``yes``, ``no``."""
    fillers: Mapping[str, tuple[str, ...]]
    """Slot type to the words that callers put around an answer."""
    said: Mapping[str, Mapping[int, str]]
    """What is said back by value: ``cardinal``, ``feminine``, ``ordinal``, ``ordinal_genitive``, ``month``,
    ``thousand``, ``round_year``, ``block``; and ``year``, where 0 is the word itself."""


def load_lexicon(folder: Path) -> Lexicon:
    """The lexicon in ``folder``. Raises BookError when a file is missing, unreadable or lacks a list."""
    files = {name: _load(folder / f"{name}.yaml") for name in ("numbers", "dates", "speech", "answers", "names")}
    try:
        return _lexicon(**files)
    except (KeyError, TypeError, AttributeError, StopIteration) as error:
        raise BookError(f"{folder}:1: the lexicon lacks {error}; compare it with the delivered one") from error


def _load(path: Path) -> Data:
    try:
        data: Data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  a safe one
    except OSError as error:
        raise BookError(f"{path}:1: cannot be read ({error.strerror}); restore the lexicon file") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BookError(f"{path}:{line}: not YAML: {error.problem}; mend this line") from error
    return data


def _lexicon(numbers: Data, dates: Data, speech: Data, answers: Data, names: Data) -> Lexicon:
    common = tuple(speech["fillers"]["common"])
    return Lexicon(
        numbers=_numbers(numbers),
        ordinals={fold(word): Word("ordinal", value) for value, word in _ordinals(numbers["ordinals"], text_only=True)},
        dates=_dates(dates),
        marks=_marks(speech),
        places=_places(speech["places"]),
        references=_references(speech["references"]),
        letters=_letters(names["letters"]),
        spelling=tuple(map(fold, _both_lists(names["spelling"]))),
        names=_names(names),
        keypad={fold(letter): key for key, letters in names["keypad"].items() for letter in letters},
        answers={kind: tuple(map(fold, _both_lists(answers[kind]))) for kind in ("yes", "no")},
        heard=_heard(numbers, dates, speech, answers, names),
        fillers={slot: common + tuple(own) for slot, own in speech["fillers"].items() if slot != "common"},
        said=_said(numbers, dates) | {"block": _first_heard(speech["places"]["block"])},
    )


def _both_lists(lists: Mapping[str, Iterable[str]]) -> Iterator[str]:
    yield from lists["heard"]
    yield from lists["text_only"]


def _by_value(lists: Mapping[str, Values]) -> Iterator[tuple[int, str]]:
    for values in lists.values():
        for value, forms in values.items():
            yield from ((value, form) for form in forms)


def _numbers(data: Data) -> dict[str, Word]:
    feminine = set(data["feminine"])
    words = {
        fold(form): Word(_size(value), value, "feminine" if form in feminine else "")
        for value, form in _by_value(data["cardinals"])
    }
    words |= {fold(form): Word("noun", value) for value, form in _by_value(data["digit_nouns"])}
    words |= {fold(form): Word("times", value) for value, form in _by_value(data["times"])}
    for forms in data["thousand"].values():
        for agreement, spellings in forms.items():
            words |= {fold(form): Word("thousand", 1000, agreement) for form in spellings}
    return words


def _size(value: int) -> WordKind:
    if value == 0:
        return "zero"
    if value < 10:
        return "unit"
    if value < 20:
        return "teen"
    return "tens" if value < 100 else "hundreds"


def _ordinals(data: Data, *, text_only: bool) -> Iterator[tuple[int, str]]:
    stems = [data["stems"]] + ([data["text_only_stems"]] if text_only else [])
    endings = [data["heard_endings"]] + ([data["text_only_endings"]] if text_only else [])
    for group in stems:
        for pattern, by_value in group.items():
            for value, stem in by_value.items():
                yield from ((value, stem + ending) for table in endings for ending in table[pattern])


def _dates(data: Data) -> dict[str, Word]:
    words = {fold(form): Word("month", value) for value, form in _by_value(data["months"])}
    words |= {fold(form): Word("round_year", value) for value, form in _by_value(data["round_years"])}
    return words | {fold(form): Word("year", 0) for form in _both_lists(data["year"])}


def _marks(speech: Data) -> dict[str, Mark]:
    marks: dict[str, Mark] = {fold(phrase): "correct" for phrase in _both_lists(speech["correction"])}
    marks |= {fold(phrase): "restart" for phrase in _both_lists(speech["restart"])}
    marks |= {fold(phrase): "wrong" for phrase in speech["contrast"]["wrong"]}
    marks |= {fold(phrase): "instead" for phrase in _both_lists(speech["contrast"]["instead"])}
    marks |= {fold(phrase): "gap" for phrase in speech["no_number"]}
    return marks | {fold(phrase): "right" for phrase in speech["contrast"]["right"]}


def _places(data: Data) -> dict[str, Place]:
    """``data``: kind of place, then which one, then its phrases."""
    return {
        fold(phrase): Place(**{kind: at})
        for kind, places in data.items()
        for at, forms in places.items()
        for phrase in _both_lists(forms)
    }


def _first_heard(data: Mapping[int, Data]) -> dict[int, str]:
    return {at: next(iter(forms["heard"]), "") for at, forms in data.items()}


def _references(data: Data) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        name: {"heard": tuple(forms["heard"]), "folded": tuple(map(fold, _both_lists(forms)))}
        for name, forms in data.items()
    }


def _names(data: Data) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {fold(name): (name,) for name in _both_lists(data)}
    for name, forms in data["short"].items():
        for form in map(fold, forms):
            names[form] = (*names.get(form, ()), name)
    return names


def _letters(data: Data) -> dict[str, str]:
    """The first letter keeps a form that two of them share once they are folded."""
    letters: dict[str, str] = {}
    for letter, forms in data.items():
        for form in _both_lists(forms):
            letters.setdefault(fold(form), letter)
    return letters


def _heard(numbers: Data, dates: Data, speech: Data, answers: Data, names: Data) -> dict[str, tuple[str, ...]]:
    contrast = speech["contrast"]
    return {
        "cardinals": tuple(_forms(numbers["cardinals"]["heard"])) + tuple(_forms(numbers["thousand"]["heard"])),
        "rare": tuple(_forms(numbers["cardinals"]["rare"])),
        "ordinals": tuple(word for _, word in _ordinals(numbers["ordinals"], text_only=False)),
        "dates": (*_forms(dates["months"]["heard"]), *_forms(dates["round_years"]["heard"]), *dates["year"]["heard"]),
        "marks": (
            *(*speech["correction"]["heard"], *speech["restart"]["heard"]),
            *(*contrast["wrong"], *contrast["right"], *contrast["instead"]["heard"]),
        ),
        "instead": tuple(contrast["instead"]["heard"]),
        "places": tuple(p for kind in speech["places"].values() for forms in kind.values() for p in forms["heard"]),
        "names": tuple(names["heard"]),
        "letters": tuple(form for forms in names["letters"].values() for form in forms["heard"]),
        "spelling": tuple(names["spelling"]["heard"]),
        "yes": tuple(answers["yes"]["heard"]),
        "no": tuple(answers["no"]["heard"]),
    }


def _forms(values: Mapping[Any, Iterable[str]]) -> Iterator[str]:
    for forms in values.values():
        yield from forms


def _said(numbers: Data, dates: Data) -> dict[str, dict[int, str]]:
    ordinals = numbers["ordinals"]
    return {
        "cardinal": _first(numbers["cardinals"]["heard"]),
        "ordinal": _ordinals_ending(ordinals, 0),
        "ordinal_genitive": _ordinals_ending(ordinals, 1),
        "month": _first(dates["months"]["heard"]),
        "round_year": _first(dates["round_years"]["heard"]),
        "thousand": {1: numbers["thousand"]["heard"]["one"][0], 2: numbers["thousand"]["heard"]["few"][0]},
        "feminine": {2: next(form for form in numbers["cardinals"]["heard"][2] if form in numbers["feminine"])},
        "year": {0: dates["year"]["heard"][0]},
    }


def _first(values: Mapping[int, list[str]]) -> dict[int, str]:
    return {value: forms[0] for value, forms in values.items()}


def _ordinals_ending(data: Data, index: int) -> dict[int, str]:
    endings = data["heard_endings"]
    return {
        value: stem + endings[pattern][index]
        for group in (data["stems"], data["text_only_stems"])
        for pattern, by_value in group.items()
        for value, stem in by_value.items()
    }
