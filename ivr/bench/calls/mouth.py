"""How a caller of the bench speaks: in the voices of the tests' callers, with a number and a code of its own."""

import asyncio
from collections.abc import Iterator

from ivr.bench.calls.people import Person
from ivr.bench.calls.script import CARD, CODE, Script
from ivr.settings import ROOT
from ivr.simulator.scenario import Turn
from ivr.simulator.voices import CallerVoices, Samples
from ivr.slots import load_slot_types
from ivr.speech.synthesizer import shared_synthesizer

AUDIO = ROOT / "tests" / "audio"
BLOCK = 4


class Mouth:
    """Says what a script says."""

    def __init__(self) -> None:
        types = load_slot_types(ROOT / "grammars" / "lexicon")
        self._digits = tuple(types["one_time_code"].spoken(f"{digit}" * 6)[0] for digit in range(10))
        self._voices = CallerVoices(AUDIO, AUDIO / "asterisk_ru.tsv", shared_synthesizer().speak)

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
