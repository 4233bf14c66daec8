"""Yes and no."""

import pytest

from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Reading, Rejection, SlotType

YES, NO = Complete(("yes",)), Complete(("no",))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("да", YES),
        ("ага", YES),
        ("да всё верно", YES),
        ("да все верно", YES),
        ("э да [unk] конечно", YES),
        ("нет всё верно", YES),
        ("так точно", YES),
        ("нет", NO),
        ("нет неверно", NO),
        ("не согласна", NO),
        ("нет нет", NO),
        ("нет не так", NO),
        ("не верно", NO),
        ("да нет", Rejection("contradiction")),
        ("да неправильно", Rejection("contradiction")),
        ("нет да", Rejection("contradiction")),
        ("", Rejection("nothing")),
        ("[unk]", Rejection("nothing")),
        ("не", Rejection("nothing")),
        ("пятьсот", Rejection("nothing")),
    ],
)
def test_it_reads_an_answer(yes_no: SlotType, text: str, answer: Reading) -> None:
    assert yes_no.read(said(text)) == answer


def test_it_trusts_the_best_hypothesis_only(yes_no: SlotType) -> None:
    assert yes_no.read(said("[unk]", "да")) == Rejection("nothing")
    assert yes_no.read(said("да", "нет")) == YES


def test_it_takes_the_last_stretch_that_answers(yes_no: SlotType) -> None:
    parts = tuple(Spoken((Hypothesis(text),)) for text in ("да", "ой нет", "[unk]"))
    assert yes_no.read(Utterance(parts)) == NO


@pytest.mark.parametrize(
    ("keys", "answer"), [("1", YES), ("2", NO), ("21", YES), ("1#", YES), ("5", Rejection("unknown"))]
)
def test_it_reads_keys(yes_no: SlotType, keys: str, answer: Reading) -> None:
    assert yes_no.read(keyed(keys)) == answer


def test_it_trusts_a_key_more_than_speech(yes_no: SlotType) -> None:
    assert yes_no.read(Utterance((Keyed("2"), Spoken((Hypothesis("да"),))))) == NO


def test_it_says_an_answer_back(yes_no: SlotType) -> None:
    assert yes_no.spoken("yes") == ("да",)
    assert yes_no.spoken("no") == ("нет",)
