"""Speech outside the word list: some of it may stand in an answer, much of it makes it none."""

import pytest

from ivr.dialog.events import Hypothesis, Spoken, Utterance
from ivr.dialog.forms import Complete, Partial, Rejection, SlotType
from ivr.slots.unknown import is_mostly_unknown, unknowns


def _heard(*texts: str) -> Utterance:
    return Utterance((Spoken(tuple(Hypothesis(text, -10.0 * rank) for rank, text in enumerate(texts))),))


def test_it_counts_unknown_speech_against_words_of_an_answer() -> None:
    assert unknowns("[unk] два [unk]") == 2
    assert is_mostly_unknown("[unk] два три", 2)
    assert not is_mostly_unknown("[unk] два три пять", 3)
    assert not is_mostly_unknown("", 0)


def test_a_cough_in_a_number_does_no_harm(card_number: SlotType) -> None:
    number = "два два ноль ноль [unk] ноль ноль ноль ноль ноль ноль ноль ноль ноль ноль один два"
    assert card_number.read(_heard(number)) == Complete(("2200000000000012",))


@pytest.mark.parametrize("text", ["[unk]", "[unk] два [unk]", "[unk] сто [unk] пять [unk]", "[unk] семь"])
def test_running_speech_is_no_beginning_of_a_number(card_number: SlotType, text: str) -> None:
    assert card_number.read(_heard(text)) == Rejection("nothing")


def test_numbers_behind_unknown_speech_are_noise(card_number: SlotType, birth_date: SlotType) -> None:
    assert card_number.read(_heard("[unk]", "два семь")) == Rejection("nothing")
    heard = _heard("[unk]", "пятое мая восьмидесятого")
    assert birth_date.read(heard) == Rejection("nothing")
    sure = _heard("два семь", "[unk] семь")
    assert card_number.read(sure) == Partial("27")


def test_yes_among_other_speech_is_a_talk(yes_no: SlotType) -> None:
    assert yes_no.read(_heard("[unk] да")) == Complete(("yes",))
    assert yes_no.read(_heard("[unk] да [unk]")) == Rejection("unknown")
    assert yes_no.read(_heard("да [unk]")) == Rejection("unknown")
