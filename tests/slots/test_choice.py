"""Options from data."""

import pytest

from ivr.dialog.events import Hypothesis, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Reading, Rejection
from ivr.slots.choice import Choice, Option

MENU = Choice(
    "topic",
    {
        "card": Option(("карта", "номер карты"), "1"),
        "card_broken": Option(("карта не работает", "не работает карта"), "2"),
        "points": Option(("баллы", "не списались бонусы", "не начислили ещё"), "3"),
        "operator": Option(("оператор",)),
    },
)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("у меня карта не работает", Complete(("card_broken",))),
        ("баллы", Complete(("points",))),
        ("не начислили еще", Complete(("points",))),
        ("карта", Complete(("card",), closed=False)),
        ("моя карта э", Complete(("card",))),
        ("баллы карта", Rejection("several")),
        ("[unk]", Rejection("nothing")),
        ("", Rejection("nothing")),
        ("картами", Rejection("nothing")),
    ],
)
def test_it_finds_the_longest_phrase(text: str, reading: Reading) -> None:
    assert MENU.read(said(text)) == reading


def test_it_looks_into_further_hypotheses() -> None:
    assert MENU.read(said("у меня", "баллы")) == Complete(("points",))
    assert MENU.read(said("[unk]", "баллы")) == Rejection("nothing")


def test_it_takes_the_last_stretch_that_names_an_option() -> None:
    parts = tuple(Spoken((Hypothesis(text),)) for text in ("карта", "нет баллы", "[unk]"))
    assert MENU.read(Utterance(parts)) == Complete(("points",))


@pytest.mark.parametrize(
    ("keys", "reading"),
    [("2", Complete(("card_broken",))), ("2#", Complete(("card_broken",))), ("12", Complete(("card_broken",))),
     ("9", Rejection("unknown"))],
)  # fmt: skip
def test_it_reads_keys(keys: str, reading: Reading) -> None:
    assert MENU.read(keyed(keys)) == reading


def test_it_lists_and_says_its_phrases() -> None:
    assert "не работает карта" in MENU.phrases()
    assert MENU.spoken("points") == ("баллы",)
    assert MENU.key_count() == 1
