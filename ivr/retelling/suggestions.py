"""What calls suggest to those who write the dialogues: phrases that were not understood, and what was meant by them.

What was meant is what the caller said or keyed next, or what an operator typed. Words are shown of questions that are
answered out of a closed list only: the recognizer hears nothing else there, so they are no personal data.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from sqlalchemy import Connection

from ivr.dialog.events import said
from ivr.dialog.forms import ClosedSet, Complete, DialogBook, Field
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.retelling.stored import KEYS_BEGIN, Line
from ivr.stepping import MASK
from ivr.store.heard import HeardLine, corrected_values, heard_lines

Source = Literal["caller", "operator", ""]
MISSED = ("not_understood", "wrong_keys")
UNDERSTOOD = ("understood", "keys")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, order=True)
class Phrase:
    """Words at a question, how often they came, and what was meant by them."""

    question: str
    heard: str
    """``[unk]`` stands for speech outside the question's list."""
    meant: str
    """A value of the question; empty where nobody has said."""
    meant_by: Source
    count: int


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How a question fares. Of the answers themselves nothing is told."""

    question: str
    answers: int
    missed: int
    denied: int
    """Read-backs that were wrong."""
    corrected: int
    """By operators."""


@dataclass(frozen=True, slots=True)
class Correction:
    """An answer that an operator has put right. Personal data."""

    field: str
    heard: str
    """The words; empty where they are not kept."""
    read: str
    """The value that was read from them; empty for none."""
    typed: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All that a time suggests, the most frequent first."""

    phrases: tuple[Phrase, ...]
    questions: tuple[QuestionCount, ...]
    mended: tuple[Correction, ...]
    """Not in the JSON: personal data."""

    def as_json(self) -> dict[str, object]:
        return {
            "phrases": [asdict(phrase) for phrase in self.phrases],
            "questions": [asdict(question) for question in self.questions],
        }


def suggest(conn: Connection, book: DialogBook, since: datetime, until: datetime) -> Suggestions:
    """Read a time's calls."""
    heard = heard_lines(conn, since - timedelta(days=1), until)
    lines = [line for line in heard if line.at >= since]
    mended = list(_corrections(book, heard, corrected_values(conn, since, until)))
    meant = Counter([*_missed(book, lines), *_put_right(book, mended)])
    phrases = (Phrase(question, heard, value, by, count) for (question, heard, value, by), count in meant.items())
    ordered = sorted(phrases, key=lambda phrase: (-phrase.count, phrase))
    return Suggestions(tuple(ordered), tuple(_questions(lines, mended)), tuple(mended))


def _corrections(
    book: DialogBook, heard: Sequence[HeardLine], corrected: Iterable[tuple[str, str, str]]
) -> Iterator[Correction]:
    """What operators have put right, with the caller's last whole answer to the question.

    ``heard``: also lines of the day before, since a call may have begun there.
    """
    last = {(line.call_sid, line.field): line for line in heard if line.result in UNDERSTOOD}
    for sid, name, typed in corrected:
        line, field = last.get((sid, name)), book.fields.get(name)
        if field is not None:
            read = _value(field, line) if line else ""
            yield Correction(name, line.text if line else "", read, typed)


_Meaning = tuple[str, str, str, Source]


def _missed(book: DialogBook, lines: Sequence[HeardLine]) -> Iterator[_Meaning]:
    """Each phrase that was not understood, with the caller's next answer to the same question of the same call."""
    later: dict[tuple[str, str], HeardLine] = {}
    for line in reversed(lines):
        field = book.fields.get(line.field)
        if line.result in UNDERSTOOD:
            later[line.call_sid, line.field] = line
        if line.result != "not_understood" or field is None or not _is_open(field, line.text):
            continue
        answer = later.get((line.call_sid, line.field))
        yield line.field, line.text, _value(field, answer) if answer else "", "caller" if answer else ""


def _put_right(book: DialogBook, mended: Sequence[Correction]) -> Iterator[_Meaning]:
    for one in mended:
        if one.heard and _is_open(book.fields[one.field], one.heard):
            yield one.field, one.heard, one.typed, "operator"


def _is_open(field: Field, text: str) -> bool:
    """Words that may be shown, and that tell something. Keys among them may be of a number, whatever was asked."""
    words = set(text.split()) - {UNKNOWN_WORD}
    shown = bool(words) and text != MASK and KEYS_BEGIN not in text
    return isinstance(field.slot, ClosedSet) and not field.secret and shown


def _value(field: Field, line: HeardLine) -> str:
    reading = field.slot.read(Line(line.text, line.field, line.result).utterance)
    return reading.values[0] if isinstance(reading, Complete) else ""


def _questions(lines: Sequence[HeardLine], mended: Sequence[Correction]) -> Iterator[QuestionCount]:
    results = Counter((line.field, line.result) for line in lines)
    corrected = Counter(one.field for one in mended)
    counts = (
        QuestionCount(
            name,
            sum(count for (field, result), count in results.items() if field == name and result is not None),
            sum(results[name, result] for result in MISSED),
            results[name, "denied"],
            corrected[name],
        )
        for name in sorted({line.field for line in lines} | set(corrected))
    )
    yield from sorted(counts, key=lambda one: (-(one.missed + one.denied + one.corrected), one.question))


# -- fixtures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words for a fixture: what an operator's correction teaches, with nothing of the caller's left in it."""

    question: str
    text: str
    value: str


def spoken_corrections(book: DialogBook, mended: Sequence[Correction], seed: int) -> Iterator[Spoken]:
    """A text for each correction that can be made into one: a phrase, or a number or a date of nobody's.

    Of a number or a date only the digits that were misheard stay; the others are drawn by chance.
    """
    chance = Random(seed)
    for one in mended:
        field = book.fields[one.field]
        if _is_open(field, one.heard) and UNKNOWN_WORD not in one.heard:
            yield Spoken(one.field, one.heard, one.typed)
        elif value := _nobodys(one, chance):
            text = " ".join(field.slot.spoken(value)).replace(",", "").lower()
            reading = field.slot.read(said(text))
            if isinstance(reading, Complete) and reading.values[0] == value:
                yield Spoken(one.field, text, value)


def _nobodys(one: Correction, chance: Random) -> str:
    if len(one.read) != len(one.typed):
        return ""
    if _ISO.fullmatch(one.typed):
        return _nobodys_date(one, chance)
    if not (one.typed.isdecimal() and one.read.isdecimal()):
        return ""
    pairs = zip(one.typed, one.read, strict=True)
    return "".join(mine if mine != other else chance.choice("0123456789") for mine, other in pairs)


def _nobodys_date(one: Correction, chance: Random) -> str:
    drawn: Mapping[int, int] = {0: chance.randrange(1940, 2008), 1: chance.randrange(1, 13), 2: chance.randrange(1, 29)}
    pairs = enumerate(zip(one.typed.split("-"), one.read.split("-"), strict=True))
    year, month, day = (int(mine) if mine != other else drawn[place] for place, (mine, other) in pairs)
    return date(year, month, min(day, 28)).isoformat()
