"""What the local exchange borrows of the hotline: the ear for a ``<Gather input="speech">``."""

import numpy as np
import pytest

from ivr.local_phone import hearing
from ivr.settings import load_settings
from ivr.simulator.voices import caller_voices
from ivr.speech.model import open_ear
from ivr.speech.recognizer import Ear

HINTS = ("оператор", "да", "нет", "активируйте карту")


@pytest.fixture(scope="module")
def ear() -> Ear:
    return open_ear(load_settings(_env_file=None))


@pytest.mark.parametrize("words", ["оператор", "да", "активируйте карту"])
def test_it_hears_one_of_the_hints(ear: Ear, words: str) -> None:
    silence = np.zeros(4000, np.int16)
    sound = np.concatenate([silence, caller_voices().say(words, "man"), silence])
    assert hearing(ear)(sound.tobytes(), HINTS) == words


def test_it_hears_nothing_in_silence_and_without_hints(ear: Ear) -> None:
    silence = bytes(16000)
    assert hearing(ear)(silence, HINTS) == ""
    assert hearing(ear)(caller_voices().say("да", "man").tobytes(), ()) == ""


def test_it_leaves_out_hints_with_words_that_the_model_does_not_know(ear: Ear) -> None:
    sound = caller_voices().say("да", "man").tobytes()
    assert hearing(ear)(sound, ("Абракадаврра", "  да ")) == "да"
    assert hearing(ear)(sound, ("Абракадаврра",)) == ""
