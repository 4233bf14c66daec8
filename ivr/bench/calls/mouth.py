"""How a caller of the bench speaks: in the voices of the tests' callers, with a number and a code of its own."""

import asyncio
from collections.abc import Iterator

from ivr.bench.calls.people import Person
from ivr.bench.calls.script import CARD, Script
from ivr.content import GRAMMARS
from ivr.simulator.scenario import CODE, Turn
from ivr.simulator.voices import caller_voices
from ivr.slots import load_slot_types
from ivr.speech.sound import Samples

BLOCK = 4


class Mouth:
    """Says what a script says."""

    def __init__(self) -> None:
        types = load_slot_types(GRAMMARS / "lexicon")
        self._digits = tuple(types["one_time_code"].spoken(f"{digit}" * 6)[0] for digit in range(10))
        self._voices = caller_voices()

    async def say(self, turn: Turn, who: Person, script: Script, code: str) -> Samples:
        """8 kHz samples. Recordings are read in a thread: they must not hold up the other callers' frames."""
        text = (turn.caller or "").replace(CODE, self._aloud(code))
        if script.sample:
            text = text.replace(CARD, self._aloud(who.card(script.sample)))
        return await asyncio.to_thread(self._voices.say, text, turn.voice)

    def _aloud(self, digits: str) -> str:
        """Digit by digit, with a pause after each four, as it is printed on the card."""
        return "… ".join(" ".join(self._digits[int(digit)] for digit in block) for block in _blocks(digits))


def _blocks(digits: str) -> Iterator[str]:
    return (digits[at : at + BLOCK] for at in range(0, len(digits), BLOCK))
