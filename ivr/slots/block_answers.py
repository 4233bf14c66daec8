"""Answers about the blocks of a number that is being put right."""

from collections.abc import Iterator
from functools import cached_property

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, Partial, Reading, Rejection
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.dialog.parts import ALL, FIRST, INDEX_END, MENDS, NEITHER, SECOND
from ivr.slots.card_number import BLOCK, digits_in_pairs
from ivr.slots.choice import Choice, Option
from ivr.slots.digit_string import DigitStringSlot
from ivr.slots.digits import read_digits
from ivr.slots.lexicon import Lexicon
from ivr.slots.places import stretches
from ivr.slots.ways import ways
from ivr.slots.words import Place, Token, Vocabulary, Word, fold

VERSION_KEYS = {FIRST: "1", SECOND: "2", NEITHER: "3"}


def one_block(lexicon: Lexicon) -> DigitStringSlot:
    """One block of a card's number."""
    return DigitStringSlot("one_block", BLOCK, BLOCK, lexicon, digits_in_pairs(lexicon))


class WhichVersion:
    """Values ``first``, ``second``, ``neither`` with the keys 1 to 3, or the digits of the block.

    Rejections: ``nothing``, ``unknown``.
    """

    name = "which_version"

    def __init__(self, lexicon: Lexicon) -> None:
        options = {name: Option(lexicon.references[name]["folded"], key) for name, key in VERSION_KEYS.items()}
        self._heard = tuple(phrase for name in options for phrase in lexicon.references[name]["heard"])
        self._choice, self._block = Choice(self.name, options), one_block(lexicon)
        spoken_keys = {fold(lexicon.said["cardinal"][int(key)]): name for name, key in VERSION_KEYS.items()}
        self._alone = spoken_keys | dict.fromkeys(lexicon.answers["no"], NEITHER)
        """What means something only where nothing else is said."""

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        return (*self._block.phrases(), *self._heard)

    def spoken(self, value: str) -> tuple[str, ...]:
        return self._choice.spoken(value) if value in VERSION_KEYS else self._block.spoken(value)

    def key_count(self) -> int:
        return 1

    def read(self, utterance: Utterance) -> Reading:
        if utterance.keys:
            return self._choice.read(utterance)
        digits = self._block.read(utterance)
        if isinstance(digits, Complete):
            return digits
        text = " ".join(word for word in fold(utterance.best_text).split() if word != UNKNOWN_WORD)
        if text in self._alone:
            return Complete((self._alone[text],), closed=False)
        return digits if isinstance(digits, Partial) else self._choice.read(utterance)


class WrongBlock:
    """Values: a block's index; the index and its digits, ``1:0512``; ``all``; ``mends``. See ``ivr.dialog.parts``.

    Keys: the block's number, counted from 1, and the next one for ``all``. Rejections: ``nothing``, ``unknown``.
    """

    name = "wrong_block"

    def __init__(self, lexicon: Lexicon, blocks: int) -> None:
        self._blocks = blocks
        self._digits = one_block(lexicon)
        named = {
            phrase: Place(block=index)
            for index in range(blocks)
            for phrase in lexicon.references.get(str(index), {}).get("folded", ())
        }
        self._vocabulary = Vocabulary(lexicon.numbers, lexicon.marks, {**lexicon.places, **named})
        self._all = Choice(self.name, {ALL: Option(lexicon.references[ALL]["folded"])})
        names = (ALL, *map(str, range(blocks)))
        references = (phrase for name in names for phrase in lexicon.references.get(name, {}).get("heard", ()))
        self._heard = (*lexicon.heard["places"], *references)

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        return (*self._digits.phrases(), *self._heard)

    def spoken(self, value: str) -> tuple[str, ...]:
        """Nothing: the answer is asked for and used up at once."""
        return ()

    def key_count(self) -> int:
        return 1

    def read(self, utterance: Utterance) -> Reading:
        if keys := utterance.keys.strip("#*"):
            return self._read_key(int(keys[-1]) - 1)
        heard = ways(utterance, self._vocabulary.tokens)
        values = dict.fromkeys(value for way in heard for value in self._of(way.tokens))
        if not values:
            return self._all.read(utterance)
        first = next(iter(values))
        alike = tuple(value for value in values if (INDEX_END in value) == (INDEX_END in first))
        return Complete(alike if INDEX_END in first else alike[:1], closed=INDEX_END in first)

    def _read_key(self, index: int) -> Reading:
        if 0 <= index < self._blocks:
            return Complete((str(index),))
        return Complete((ALL,)) if index == self._blocks else Rejection("unknown")

    def _of(self, tokens: tuple[Token, ...]) -> Iterator[str]:
        """What one way of hearing comes to; nothing where neither a block nor a digit was heard."""
        parts = stretches(tokens)
        block = parts[0].place.block if len(parts) == 1 and parts[0].place else None
        if block is not None and not parts[0].tokens:
            yield str(block % self._blocks)
        elif block is not None and (exact := read_digits(parts[0].tokens, BLOCK, BLOCK).exact):
            yield from (f"{block % self._blocks}{INDEX_END}{reading.digits}" for reading in exact)
        elif any(isinstance(token, Word | Place) for token in tokens):
            yield MENDS
