"""What a turn sounds like: words in a voice or a recording, and what happens to them on their way."""

from functools import cache

import numpy as np

from ivr.fixtures.chain import Around, Chain
from ivr.fixtures.manifest import STARTER, voices_in
from ivr.simulator.scenario import Turn
from ivr.simulator.voices import LOUDNESS, CallerVoices, shop_noise, with_noise
from ivr.speech.sound import Floats, Samples, floats, read_recording, steps

NOISE_SECONDS = 3.0
SEED = 1


def sound_of(turn: Turn, words: str, voices: CallerVoices, prompt: bytes) -> Samples:
    """int16 samples at 8000 hertz, the same each time.

    ``words``: what is said, with codes filled in; ``prompt``: what the hotline said last, PCM, for its echo.
    Raises ``AudioError`` for a voice or a recording that is not there.
    """
    if not turn.speaks:
        return shop_noise(NOISE_SECONDS, LOUDNESS * 10 ** (-(turn.noise or 0) / 20), seed=SEED)
    said = voices.say(words, turn.voice) if turn.audio is None else steps(read_recording(turn.audio))
    if turn.chain.steps:
        said = steps(turn.chain.applied(floats(said), SEED, _around(turn.chain, prompt)))
    return said if turn.noise is None else with_noise(said, turn.noise, seed=SEED)


def _around(chain: Chain, prompt: bytes) -> Around:
    babbles = any(step.kind.name == "babble" for step in chain.steps)
    return Around(_others() if babbles else (), floats(np.frombuffer(prompt, "<i2")))


@cache
def _others() -> tuple[Floats, ...]:
    """People in the background: the fixtures of the starter set."""
    return tuple(read_recording(file) for file in voices_in(STARTER))
