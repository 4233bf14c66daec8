"""What a caller said, said by an invented person: the same kind of answer, with nothing of the caller's own in it.

Only what is known to be harmless stays as it is: answers out of a closed list, yes and no, words that work everywhere.
Of keys at a closed question those stay that answer it: a whole card's number may be keyed at a menu.
Whatever else cannot be read as a value becomes words that answer nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ivr.dialog.events import Keyed, Part, Utterance, keyed
from ivr.dialog.forms import ClosedSet, Complete, DialogBook, Field, Partial, SlotType
from ivr.dialog.meaning import UNKNOWN_WORD, universal_of
from ivr.dialog.parts import ALL, INDEX_END, MENDS, InBlocks
from ivr.media.prompts import same_words
from ivr.retelling.acts import Act, Piece, keys, spoken
from ivr.retelling.person import NOBODYS_APPEAL, NOBODYS_PHONE, Person
from ivr.retelling.stored import Line
from ivr.simulator.scenario import CODE, WRONG_CODE
from ivr.slots.words import fold

DIGITS = ("card_number", "phone_number", "appeal_number", "one_block")
"""Slot types whose answers are digits."""
ABOUT_BLOCKS = ("wrong_block", "which_version")
"""Those whose answers name a part of a card number."""
DATE_PARTS = {"birth_day": slice(8, 10), "birth_month": slice(5, 7), "birth_year": slice(0, 4)}
FILLER_PROMPT = "trouble"
"""Its first word is listened for nowhere, so who says it has not answered."""


@dataclass(slots=True)
class Disguise:
    """Turns lines of one call into acts."""

    book: DialogBook
    keypad: Mapping[str, str]
    """A folded letter to its key."""
    person: Person
    real: Mapping[str, str]
    """The caller's own ``card_number``, ``phone_number`` and ``birth_date``, as far as they are known."""
    _offset: dict[str, int] = field(default_factory=dict)

    def acts(self, line: Line) -> list[Act]:
        """What the invented person may have done, the likeliest first: of a secret only the outcome can tell."""
        question = self.book.fields.get(line.field)
        if line.is_secret:
            return self._secret(line)
        if question is None:
            return [self._nothing(line.utterance)]
        return [self._act(line, question)]

    def _secret(self, line: Line) -> list[Act]:
        """A code, a wrong one, or a word that works everywhere."""
        made = keys if line.result in ("keys", "wrong_keys") else spoken
        everywhere = [spoken(one.phrases[0]) for one in self.book.universals if one.phrases]
        nothing = spoken(self._filler)
        if line.result in ("not_understood", "wrong_keys"):
            return [nothing, *everywhere]
        if line.result is None:
            return [*everywhere, nothing]
        return [made(CODE), made(WRONG_CODE)]

    def _act(self, line: Line, question: Field) -> Act:
        heard = line.utterance
        if universal_of(self.book, heard) is not None or isinstance(question.slot, ClosedSet):
            return self._as_it_is(heard, question.slot, self.book.yes_no)
        if act := self._answer(question.slot, heard, whole=line.result is not None):
            return act
        agreed = self.book.yes_no.read(heard)
        if isinstance(agreed, Complete):
            value = agreed.values[0]
            return (
                self._as_it_is(heard, self.book.yes_no) if heard.keyed_only else spoken(*self.book.yes_no.spoken(value))
            )
        return self._nothing(heard)

    def _answer(self, slot: SlotType, heard: Utterance, *, whole: bool) -> Act | None:
        """The invented person's answer in place of the caller's; None where it is none, or only a yes or a no."""
        if heard.keyed_only and len(heard.keys.strip("#")) == 1 and slot.key_count() != 1:
            return None
        if slot.name in DIGITS:
            return self._digits(slot, heard, whole=whole)
        if slot.name in ABOUT_BLOCKS:
            return self._about_blocks(slot, heard)
        reading = slot.read(heard)
        if not isinstance(reading, Complete | Partial):
            return None
        value = reading.values[0] if isinstance(reading, Complete) else reading.progress
        return self._said(slot, self._mapped(slot.name, value), by_keys=heard.keyed_only)

    def _mapped(self, kind: str, value: str) -> str:
        match kind:
            case "birth_date":
                return self._date(value)
            case "person_name":
                return self.person.name
        if kind in DATE_PARTS:
            real = self.real.get("birth_date", "")[DATE_PARTS[kind]]
            mine = self.person.birth_date.isoformat()[DATE_PARTS[kind]]
            return mine if value == real or not real else _shifted(kind, mine)
        return ""

    def _said(self, slot: SlotType, value: str, *, by_keys: bool) -> Act | None:
        words = slot.spoken(value) if value else ()
        if not by_keys:
            return spoken(" ".join(words).lower()) if words else None
        if slot.name == "person_name":
            return keys("".join(self.keypad.get(fold(letter), "") for letter in value) + "#")
        if slot.name == "birth_date" and len(value) == 10:
            return keys(f"{date.fromisoformat(value):%d%m%Y}")
        return keys(value) if value.isdecimal() else None

    # -- dates ----------------------------------------------------------------------------------------------------

    def _date(self, value: str) -> str:
        """A date, or ``---DD`` and ``--MM-DD``; what differs from the real one differs from the invented one too."""
        mine, real = self.person.birth_date.isoformat(), self.real.get("birth_date", "")
        changed = mine
        for kind, at in DATE_PARTS.items():
            given = value[at] if len(value) == len(mine) else ""
            if given and real and given != real[at]:
                changed = changed[: at.start] + _shifted(kind, mine[at]) + changed[at.stop :]
        if value.startswith("---"):
            return f"---{changed[8:]}"
        return f"--{changed[5:]}" if value.startswith("--") else changed

    # -- numbers --------------------------------------------------------------------------------------------------

    def _digits(self, slot: SlotType, heard: Utterance, *, whole: bool) -> Act | None:
        """Part by part, each with the same digits of the invented number, in words or by keys as it was."""
        pieces: list[Piece] = []
        for part in heard.parts:
            digits = _digits_of(slot, part)
            if digits:
                at = self._offset.get(slot.name, 0)
                self._offset[slot.name] = at + len(digits)
                pieces.append(self._piece(slot, self._swapped(slot.name, digits, at), part))
        if whole:
            self._offset[slot.name] = 0
        if pieces and not isinstance(slot.read(heard), Complete):
            pieces[0] = self._refusing(heard, pieces[0])
        return Act(tuple(pieces)) if pieces else None

    def _refusing(self, heard: Utterance, piece: Piece) -> Piece:
        """With the no before it, where a read-back is refused and put right at once."""
        answer = self.book.yes_no.read(heard)
        if piece.keyed or not isinstance(answer, Complete) or answer.values[0] != "no":
            return piece
        return Piece(" ".join((*self.book.yes_no.spoken("no"), piece.text)))

    def _about_blocks(self, slot: SlotType, heard: Utterance) -> Act | None:
        """The whole number, a block by its name, with digits or without, or one of two versions."""
        card = self.book.fields["card_number"].slot
        if isinstance(card.read(heard), Complete):
            return self._digits(card, heard, whole=True)
        reading = slot.read(heard)
        if not isinstance(reading, Complete) or not isinstance(card, InBlocks) or reading.values[0] == MENDS:
            return None
        value = reading.values[0]
        index, found, digits = value.rpartition(INDEX_END)
        if heard.keyed_only or value == ALL:
            return self._as_it_is(heard, slot)
        if found:
            said = card.spoken(self._swapped("card_number", digits, int(index) * len(digits)))
            return spoken(" ".join((card.block_name(int(index)), *said)))
        if slot.name == "wrong_block":
            return spoken(card.block_name(int(value)))
        return spoken(" ".join(slot.spoken(self._swapped("one_block", value, 0) if value.isdecimal() else value)))

    def _piece(self, slot: SlotType, digits: str, part: Part) -> Piece:
        if isinstance(part, Keyed):
            marks = "".join(key for key in part.keys if key in "*#")
            return Piece(digits + marks, keyed=True)
        return Piece(" ".join(slot.spoken(digits)).replace(",", ""))

    def _swapped(self, kind: str, digits: str, at: int) -> str:
        """The invented number's digits in the same places; another number of the caller's differs in the same ones."""
        real, mine = self.real.get("card_number" if kind == "one_block" else kind, ""), self._mine(kind)
        whole = real + "?" * (len(mine) - len(real))
        if at + len(digits) > len(mine) or real[at : at + len(digits)] != digits:
            found = real.find(digits) if len(digits) > 1 else -1
            at = found if found >= 0 else min(at, max(0, len(mine) - len(digits)))
        places = range(at, min(at + len(digits), len(mine)))
        return "".join(
            mine[place] if whole[place] in ("?", digit) else str((int(mine[place]) + 1) % 10)
            for place, digit in zip(places, digits, strict=False)
        )

    def _mine(self, kind: str) -> str:
        match kind:
            case "phone_number":
                return "8" + NOBODYS_PHONE
            case "appeal_number":
                return NOBODYS_APPEAL
        return self.person.number

    # -- what is no value -----------------------------------------------------------------------------------------

    def _as_it_is(self, heard: Utterance, *slots: SlotType) -> Act:
        """Words of a closed list; other speech among them is no less other than it was.

        ``slots``: what the keys may answer. All keys together are one answer, so they come where the last were.
        """
        last = next((part for part in reversed(heard.parts) if isinstance(part, Keyed)), None)
        return Act(tuple(self._harmless(heard, last, self._known_keys(heard, slots))))

    def _harmless(self, heard: Utterance, last: Keyed | None, pressed: str) -> Iterator[Piece]:
        for part in heard.parts:
            if part is last:
                yield Piece(pressed, keyed=True)
            elif not isinstance(part, Keyed):
                words = part.hypotheses[0].text.split()
                yield Piece(" ".join(self._filler if word == UNKNOWN_WORD else word for word in words))

    def _known_keys(self, heard: Utterance, slots: Sequence[SlotType]) -> str:
        """The fewest of the keys that give the same answer; where they give none, a key that gives none either."""
        digits = "".join(key for key in heard.keys if key.isdecimal())
        if not digits or universal_of(self.book, heard) is not None:
            return heard.keys
        mark = "#" if heard.keys.endswith("#") else ""
        answers = (answer for slot in slots if (answer := _shortest(slot, digits)))
        return next(answers, self._unknown_key(slots)) + mark

    def _unknown_key(self, slots: Sequence[SlotType]) -> str:
        unknown = (
            key
            for key in "9876543210"
            if universal_of(self.book, keyed(key)) is None and not any(_shortest(slot, key) for slot in slots)
        )
        return next(unknown, "**")

    def _nothing(self, heard: Utterance) -> Act:
        """An answer that is none, spoken or keyed as the caller's was."""
        return keys("*" * 2) if heard.keyed_only else spoken(f"{self._filler} {self._filler}")

    @property
    def _filler(self) -> str:
        return same_words(self.book.prompts[FILLER_PROMPT].text).split()[0]


def is_harmless(book: DialogBook, line: Line) -> bool:
    """True where nothing but words of a closed list was said: what was meant was understood, and nothing else heard."""
    question = book.fields.get(line.field)
    closed = question is not None and not question.secret and isinstance(question.slot, ClosedSet)
    heard = line.utterance
    return closed and line.result == "understood" and not heard.keys and UNKNOWN_WORD not in line.text.split()


def _shortest(slot: SlotType, digits: str) -> str:
    """The last keys alone that answer a closed question as all of them do; empty where they do not answer it."""
    whole = slot.read(keyed(digits))
    if not isinstance(whole, Complete):
        return ""
    ends = (digits[-count:] for count in range(1, (slot.key_count() or 1) + 1))
    return next((end for end in ends if slot.read(keyed(end)) == whole), "")


def _digits_of(slot: SlotType, part: Part) -> str:
    """The digits of one part, alone."""
    if isinstance(part, Keyed):
        return "".join(key for key in part.keys if key.isdecimal())
    reading = slot.read(Utterance((part,)))
    if isinstance(reading, Complete):
        return reading.values[0]
    return reading.progress.replace(".", "") if isinstance(reading, Partial) else ""


def _shifted(kind: str, value: str) -> str:
    """Another day, month or year than ``value``."""
    match kind:
        case "birth_day":
            return f"{int(value) % 28 + 1:02}"
        case "birth_month":
            return f"{int(value) % 12 + 1:02}"
    return str(int(value) - 1)
