"""The digits of a message in one string, and what stands between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ivr.sms_form.tokens import Token
from ivr.sms_form.words import LabelKind, SmsWords

GapKind = Literal["none", "space", "sign", "line", "words"]
STARS = 2
"""So many asterisks stand for digits."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands before a digit, or behind the last one."""

    kind: GapKind = "none"
    """``none``: the digits are written together. Words that only end an ordinal number count as signs."""
    signs: str = ""
    """The signs in it, without spaces."""
    label: LabelKind | None = None
    """What the last label says that comes."""
    month: int | None = None
    """Of a month in words that stands alone here, or with words that mean nothing."""
    month_at: int = -1
    """The index of its token."""
    is_name: bool = False
    """True where the month is a name that only sounds like one."""
    year: bool = False
    """True where the word «год» stands here."""
    colon: bool = False
    plus: bool = False
    """True where ``+`` stands right before the digit."""
    void: bool = False
    """True where all words mean nothing, or announce a date."""
    bracket: bool = False
    """True where a bracket is closed: behind the number of an item, and in phone numbers."""
    hidden: bool = False
    """True where asterisks stand for digits."""
    corrected: bool = False
    """True where the writer says that a mistake was made."""


@dataclass(frozen=True, slots=True)
class Digits:
    """All digits; ``gaps`` has one item more than there are digits."""

    text: str
    gaps: tuple[Gap, ...]
    groups: tuple[int, ...]
    """For each digit, how many are written together with it."""

    def inner(self, start: int, end: int) -> tuple[int, ...]:
        """Where groups begin between two places."""
        return tuple(at for at in range(start + 1, end) if self.gaps[at].kind != "none")

    def split(self, start: int, end: int) -> tuple[str, ...]:
        """The groups between two places."""
        cuts = (start, *self.inner(start, end), end)
        return tuple(self.text[one:two] for one, two in pairwise(cuts))


def read_digits(tokens: Sequence[Token], words: SmsWords) -> Digits:
    """All digits of a message."""
    text, gaps, groups, since = "", list[Gap](), list[int](), 0
    for at, token in enumerate(tokens):
        if token.kind == "digits":
            gaps += [_gap(tokens, since, at, words), *[Gap()] * (len(token.text) - 1)]
            groups += [len(token.text)] * len(token.text)
            text, since = text + token.text, at + 1
    return Digits(text, (*gaps, _gap(tokens, since, len(tokens), words)), tuple(groups))


def _gap(tokens: Sequence[Token], start: int, end: int, words: SmsWords) -> Gap:
    between = tokens[start:end]
    spoken = [token.text for token in between if token.kind == "word"]
    months = [(start + at, words.month(t.text)) for at, t in enumerate(between) if t.kind == "word"]
    found = [(at, month) for at, month in months if month]
    alone = len(found) == 1 and _means_nothing_beside(spoken, tokens[found[0][0]].text, words)
    month_at, month = found[0] if alone else (-1, None)
    labels = [words.labels[word] for word in spoken if word in words.labels]
    return Gap(
        kind=_kind(between, spoken, words),
        signs="".join(token.text for token in between if token.kind == "sign"),
        label=labels[-1] if labels else None,
        month=month,
        month_at=month_at,
        void=all(
            word in words.suffixes or word in words.fillers or words.labels.get(word) == "date" for word in spoken
        ),
        is_name=alone and tokens[month_at].text not in words.months,
        year=any(word in words.lexicon.dates and words.lexicon.dates[word].kind == "year" for word in spoken),
        colon=any(token.text == ":" for token in between),
        plus=bool(between) and between[-1].text == "+",
        bracket=any(token.text == ")" for token in between),
        hidden=sum(token.text == "*" for token in between) >= STARS,
        corrected=any(word in words.corrections for word in spoken),
    )


def _means_nothing_beside(spoken: Sequence[str], month: str, words: SmsWords) -> bool:
    others = [word for word in spoken if word != month]
    return all(words.is_known_beside(word) or word in words.suffixes for word in others)


def _kind(between: Sequence[Token], spoken: Sequence[str], words: SmsWords) -> GapKind:
    if any(word not in words.suffixes for word in spoken):
        return "words"
    kinds = {token.kind for token in between}
    if "line" in kinds:
        return "line"
    return "sign" if kinds & {"sign", "word"} else "space"
