"""The arcs of the word graph: a trie of all pronunciations in CTC's topology, and a filler beside it.

CTC: in a phone the network may stay, and after it comes as much blank as it likes. Between two phones that are the same
the blank must not be left out, neither within a word nor across two; so the states between words know the last phone
until a blank is heard.

The filler is a loop of all phones that says ``[unk]``: what is spoken outside the list is heard as that, and not as the
least unlike word of the list. The loop follows any speech better than a word can; its costs make up for that, and are
so the measure of how well a word of the list must fit to be believed.

Transition-ids of phone i, from 0: 2i+2 enters it, 2i+1 stays. Phone 0 is the blank, which is only stayed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Phones = tuple[str, ...]
BLANK = 1
"""The transition-id of the blank."""
ROOT = 0
"""The state between words after a blank, and before anything was said."""


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Costs in nats: what costs one more must sound e times more likely to win."""

    word_bonus: float = 1.0
    """Paid back for each word: libvosk charges several nats for one word more, and short ones get lost."""
    variant_cost: float = 0.0
    """Of a pronunciation that is not the word's first."""
    filler_word_cost: float = 0.0
    """Of each ``[unk]``, besides what libvosk charges for a word."""
    filler_phone_cost: float = 3.5
    """Of each phone in ``[unk]``."""
    filler_least_phones: int = 2
    """``[unk]`` is no shorter: a click is no speech."""


class Topology:
    """A graph in the making. ``lines``: OpenFst's text format, from state, to state, transition-id, word, cost."""

    def __init__(self, phones: Sequence[str], settings: GraphSettings) -> None:
        """``phones``: the outputs of the network, the blank first."""
        self.lines: list[str] = []
        self._settings = settings
        self._states = ROOT + 1
        self._numbers = {phone: number for number, phone in enumerate(phones)}
        self._sounds = tuple(phones[1:])
        self._nodes: dict[Phones, int] = {}
        """The beginning of a pronunciation, and the state in its last phone."""
        self._blanks: dict[Phones, int] = {}
        self._after = {phone: self._state() for phone in self._sounds}
        """The states between words when this phone was the last sound."""
        self._arc(ROOT, ROOT, sound=BLANK)  # the first line: OpenFst starts where it begins

    def add_word(self, number: int, ways: Sequence[Phones]) -> None:
        """A word and its pronunciations. Raises ``KeyError`` for a phone that the network lacks."""
        for variant, way in enumerate(ways):
            for length in range(1, len(way) + 1):
                self._add_node(way[:length])
            cost = (self._settings.variant_cost if variant else 0.0) - self._settings.word_bonus
            self._arc(self._nodes[way], self._after[way[-1]], word=number, cost=cost)

    def add_filler(self, number: int) -> None:
        """The word for everything else. It is said at the entrance: its cost is paid before the loop is searched."""
        entrance, loop = self._state(), self._state()
        for between in (ROOT, *self._after.values()):
            self._arc(between, entrance, word=number, cost=self._settings.filler_word_cost)
        for _ in range(self._settings.filler_least_phones - 1):
            following = self._state()
            self._add_fan(entrance, following)
            entrance = following
        inside = self._add_fan(loop, loop)
        for phone, state in inside.items():
            self._arc(entrance, state, sound=self._enter(phone), cost=self._settings.filler_phone_cost)
            self._arc(state, self._after[phone])

    def finish(self) -> list[str]:
        """All lines, once every word is added."""
        first = {way[0]: state for way, state in self._nodes.items() if len(way) == 1}
        for between in self._after.values():
            self._arc(between, ROOT, sound=BLANK)
        for last, between in (("", ROOT), *self._after.items()):
            for phone, state in first.items():
                if phone != last:
                    self._arc(between, state, sound=self._enter(phone))
        return [*self.lines, *(f"{state} 0" for state in (ROOT, *self._after.values()))]

    def _state(self) -> int:
        self._states += 1
        return self._states - 1

    def _arc(self, start: int, end: int, *, sound: int = 0, word: int = 0, cost: float = 0.0) -> None:
        self.lines.append(f"{start} {end} {sound} {word} {cost:.4f}")

    def _enter(self, phone: str) -> int:
        return 2 * self._numbers[phone] + 2

    def _add_node(self, way: Phones) -> None:
        if way in self._nodes:
            return
        phone = way[-1]
        state = self._nodes[way] = self._state()
        self._arc(state, state, sound=self._enter(phone) - 1)
        if len(way) > 1:
            self._arc(self._blank_after(way[:-1]), state, sound=self._enter(phone))
            if phone != way[-2]:
                self._arc(self._nodes[way[:-1]], state, sound=self._enter(phone))

    def _blank_after(self, way: Phones) -> int:
        """The state in the blank after a beginning that goes on; after the last phone of a word comes no such state."""
        if way not in self._blanks:
            blank = self._blanks[way] = self._state()
            self._arc(self._nodes[way], blank, sound=BLANK)
            self._arc(blank, blank, sound=BLANK)
        return self._blanks[way]

    def _add_fan(self, hub: int, following: int) -> Mapping[str, int]:
        """Any one phone between two hubs; the state in each."""
        states = {phone: self._state() for phone in self._sounds}
        for phone, state in states.items():
            self._arc(hub, state, sound=self._enter(phone), cost=self._settings.filler_phone_cost)
            self._arc(state, state, sound=self._enter(phone) - 1)
            self._arc(state, following)
        self._arc(following, following, sound=BLANK)
        return states
