"""The local synthesizer says a text the same way each time, whatever it has said before: calls replay alike."""

import numpy as np
import pytest

from ivr.fixtures.starter import spoken_manners
from ivr.speech.synthesizer import USUAL, Manner, shared_synthesizer

TEXT = "Номер оканчивается на ноль один ноль два. Перезвонить на него — один."


@pytest.mark.parametrize("manner", [USUAL, *spoken_manners().values()], ids=lambda manner: str(manner.voice))
def test_the_same_text_is_the_same_sound(manner: Manner) -> None:
    speak = shared_synthesizer().speak
    first = speak(TEXT, manner)
    speak("Здравствуйте!", Manner("ru+f2", 120))
    assert len(first) > 8000
    assert np.array_equal(speak(TEXT, manner), first)
