"""Answers put right in part: which of two versions, which block is wrong, that block again, a date piece by piece.

Each of these is a question of its own, with its own wordings and its own ladder of misses, asked while a bigger
question is open (``Aside``). Once it is answered, the bigger question goes on with what is known and reads it back.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ivr.dialog.commands import Run, Segment
from ivr.dialog.events import Utterance
from ivr.dialog.forms import Clarify, Complete, Field
from ivr.dialog.parts import ALL, FIRST, INDEX_END, MENDS, NEITHER, SECOND, InBlocks, Joins, Mends
from ivr.dialog.state import NOTHING, Aside
from ivr.dialog.walk import Walk

REFUSALS_IN_PARTS = 2
"""So many refused values are put right in part; then the whole answer is asked for again: something else is wrong."""
BLOCK, FIRST_VERSION, SECOND_VERSION = "block", "first_version", "second_version"
ASIDE_VALUES = frozenset({BLOCK, FIRST_VERSION, SECOND_VERSION})
"""What the wordings of small questions may name beside slots and facts."""


class Clarifying(Walk):
    """Asks small questions inside of bigger ones."""

    @abstractmethod
    def _settle(self, candidates: tuple[str, ...], *, sure: bool = False) -> None: ...
    @abstractmethod
    def _take_values(self, values: Sequence[str], whole: Utterance) -> None: ...
    @abstractmethod
    def _miss_answer(self) -> None: ...
    @abstractmethod
    def _give_up(self) -> None: ...

    # -- asking ---------------------------------------------------------------------------------------------------

    def _ask_aside(self, question: str, aside: Aside) -> None:
        self._open(question)
        self._set(aside=aside)
        self._ask()

    def _ask_which(self, candidates: tuple[str, ...]) -> bool:
        """Between two versions of one block that can hardly be told apart. False where there are none."""
        field, slot = self._field, self._field.slot
        reading = slot.read(self.state.heard)
        if not field.clarify or not isinstance(slot, InBlocks) or not isinstance(reading, Complete):
            return False
        rivals = [value for value in candidates if value in reading.values[: reading.rivals]]
        differences = (slot.difference(candidates[0], value) for value in rivals if candidates[0] in rivals)
        found = next(filter(None, differences), None)
        if found is None:
            return False
        refused = self.state.refused
        aside = Aside(field.name, candidates[0], found.block, found.versions, refused=refused)
        self._ask_aside(field.clarify.which, aside)
        return True

    def _ask_where(self, refused: tuple[str, ...], correction: Utterance = NOTHING) -> bool:
        """In which block the refused value is wrong. False where the whole answer has to be asked for again."""
        field = self._field
        if not field.clarify or not isinstance(field.slot, InBlocks) or len(refused) > REFUSALS_IN_PARTS:
            return False
        self._ask_aside(field.clarify.where, Aside(field.name, refused[-1], correction=correction, refused=refused))
        return True

    def _ask_pieces(self, refused: tuple[str, ...]) -> bool:
        """The answer piece by piece. False where it has no pieces, or is one."""
        field = self._field
        if not field.pieces or not isinstance(field.slot, Joins) or self.state.confirming:
            return False
        self._ask_aside(field.pieces[0], Aside(field.name, refused=refused))
        return True

    # -- the bigger question --------------------------------------------------------------------------------------

    def _mend(self, utterance: Utterance) -> bool:
        """Take a correction of what is being read back. False where the utterance is none."""
        field, value = self._field, self.state.candidates[0]
        mended = field.slot.mend(value, utterance) if isinstance(field.slot, Mends) else None
        refused = (*self.state.refused, value)
        aside = Aside(field.name, value, refused=refused)
        if mended and mended.values:
            return self._resume(aside, mended.values)
        if mended and mended.block is not None and field.clarify:
            self._ask_aside(field.clarify.again, replace(aside, block=mended.block))
            return True
        return False

    def _resume(self, aside: Aside, values: Iterable[str], *, weigh: bool = False) -> bool:
        """Go on with the bigger question and read back what is new. False, and nothing changes, where nothing is.

        ``weigh``: let the action that chooses have its say.
        """
        left = tuple(value for value in dict.fromkeys(values) if value not in aside.refused)
        if not left:
            return False
        self._open(aside.of)
        self._set(refused=aside.refused, candidates=left)
        if weigh and self._field.choose and len(left) > 1:
            self.commands.append(Run(self._field.choose, self.state.slots, left))
        else:
            self._settle(left, sure=True)
        return True

    def _ask_whole(self, aside: Aside) -> None:
        self._open(aside.of)
        self._set(refused=aside.refused)
        self._ask()

    def _take_whole(self, utterance: Utterance) -> bool:
        """Who answers a small question by the whole of the bigger one is taken at that.

        Not at its later pieces: «один девять восемь пять» is a year, and might be a whole date.
        """
        aside = self.state.aside if not (self.state.aside and self.state.aside.given) else None
        whole = self.book.fields[aside.of].slot.read(utterance) if aside else None
        if aside is None or not isinstance(whole, Complete) or whole.forced:
            return False
        self._open(aside.of)
        self._set(refused=aside.refused)
        self._take_values(whole.values, utterance)
        return True

    # -- answers to small questions -------------------------------------------------------------------------------

    def _fill(self, value: str) -> None:
        aside = self.state.aside
        if aside is None:
            super()._fill(value)
            return
        parent = self.book.fields[aside.of]
        if self._field.name in parent.pieces:
            self._take_piece(parent, replace(aside, given=(*aside.given, value)))
        elif parent.clarify and self._field.name == parent.clarify.where:
            self._take_where(parent.clarify, aside, value)
        else:
            self._take_version(aside, value)

    def _take_piece(self, parent: Field, aside: Aside) -> None:
        if len(aside.given) < len(parent.pieces):
            self._ask_aside(parent.pieces[len(aside.given)], aside)
            return
        whole = parent.slot.join(aside.given) if isinstance(parent.slot, Joins) else None
        if not isinstance(whole, Complete) or not self._resume(replace(aside, refused=()), whole.values):
            self._open(aside.of)
            self._give_up()

    def _take_where(self, clarify: Clarify, aside: Aside, value: str) -> None:
        """``value``: see ``ivr.dialog.parts``."""
        slot = self.book.fields[aside.of].slot
        index, told, digits = value.partition(INDEX_END)
        if told:
            self._take_version(replace(aside, block=int(index)), digits)
        elif value == ALL:
            self._ask_whole(aside)
        elif value == MENDS:
            mended = slot.mend(aside.value, self.state.heard) if isinstance(slot, Mends) else None
            if not (mended and self._resume(aside, mended.values)):
                self._miss_answer()
        elif not self._mend_within(aside, int(index)):
            self._ask_aside(clarify.again, replace(aside, block=int(index), correction=NOTHING))

    def _mend_within(self, aside: Aside, block: int) -> bool:
        """Carry out the correction that only lacked its place."""
        slot = self.book.fields[aside.of].slot
        if not aside.correction or not isinstance(slot, Mends):
            return False
        return self._resume(aside, slot.mend(aside.value, aside.correction, block).values)

    def _take_version(self, aside: Aside, value: str) -> None:
        """One of two versions, or the block as it was said again: then a version that was offered is likelier."""
        clarify = self.book.fields[aside.of].clarify
        versions = aside.versions
        if value == NEITHER and clarify:
            refused = (*aside.refused, *(self._with_block(aside, version) for version in versions))
            self._ask_aside(clarify.again, replace(aside, versions=(), refused=refused))
            return
        if value in (FIRST, SECOND):
            heard = versions[:1] if value == FIRST else versions[1:]
        else:
            blocks = (one.rpartition(INDEX_END)[2] for one in self.state.candidates)
            heard = tuple(sorted(blocks, key=lambda block: block not in versions))
        if not self._resume(aside, (self._with_block(aside, block) for block in heard), weigh=not versions):
            self._miss_answer()

    def _with_block(self, aside: Aside, block: str) -> str:
        slot = self.book.fields[aside.of].slot
        assert isinstance(slot, InBlocks)
        assert aside.block is not None
        blocks = slot.blocks(aside.value)
        return "".join((*blocks[: aside.block], block, *blocks[aside.block + 1 :]))

    # -- walking --------------------------------------------------------------------------------------------------

    def _open(self, field: str) -> None:
        """Opened anew, a small question is for the same as before."""
        aside = self.state.aside if field == self.state.field else None
        super()._open(field)
        self._set(aside=aside)

    def _close(self) -> None:
        super()._close()
        self._set(aside=None)

    def _step_back(self) -> bool:
        """From a small question to the bigger one."""
        aside = self.state.aside
        if aside is None:
            return super()._step_back()
        self._ask_whole(aside)
        return True

    def _value(self, name: str) -> tuple[Segment, ...]:
        aside = self.state.aside
        if aside is None or name not in ASIDE_VALUES or aside.block is None:
            return super()._value(name)
        parent = self.book.fields[aside.of]
        assert isinstance(parent.slot, InBlocks)
        if name == BLOCK:
            return (Segment(parent.slot.block_name(aside.block)),)
        version = aside.versions[0 if name == FIRST_VERSION else 1]
        return self._secret_pieces(parent, version)

    def _aside_known(self) -> bool:
        """False where a deploy has taken away what a small question is for."""
        aside = self.state.aside
        parent = self.book.fields.get(aside.of) if aside else None
        return aside is None or (parent is not None and self._field.name in small_questions(parent))


def small_questions(field: Field) -> tuple[str, ...]:
    """The questions that may be asked inside of a question."""
    asked = (field.clarify.which, field.clarify.where, field.clarify.again) if field.clarify else ()
    return (*asked, *field.pieces)
