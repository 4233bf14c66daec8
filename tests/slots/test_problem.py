"""What callers are troubled by, out of words in any manner."""

import pytest

from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Rejection
from ivr.slots.problem import Problem, ProblemSlot


def patterns(*texts: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(text.split()) for text in texts)


SLOT = ProblemSlot(
    "problem",
    [
        Problem("not_read", "card", patterns("карт* не чита*", "не чита* карт*"), ("карта не читается",)),
        Problem("lost", "card", patterns("потеря* карт*"), ("потеряла карту",), ("потеряли карту",)),
        Problem("site", "online", patterns("сайт* не открыва*"), ("сайт не открывается",)),
        Problem("points", "points", patterns("балл* не списыва*", "не списыва* балл*", "нет балл*"), ("баллы",)),
        Problem("group_card", "card", patterns("карт*"), (), key="2"),
        Problem("group_online", "online", patterns("интернет"), (), key="1"),
    ],
    {"карта": ("карточк*", "пластик")},
    {"card": "group_card", "online": "group_online"},
)


def best(*texts: str) -> str | None:
    reading = SLOT.read(said(*texts))
    return reading.values[0] if isinstance(reading, Complete) else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("карта не читается", "not_read"),
        ("здравствуйте у меня на кассе карту [unk] не читают", "not_read"),
        ("не читается у них моя карта", "not_read"),
        ("карточка не читается", "not_read"),
        ("пластик не читается", "not_read"),
        ("я вчера потеряла свою карту", "lost"),
        ("карта", "group_card"),
        ("карта читается", "group_card"),
        ("сайт открывается", None),
        ("сайт не [unk] открывается", "site"),
        ("сайт не у меня тут открывается", None),
        ("нет баллов", "points"),
        ("[unk] [unk] карта [unk] [unk]", "group_card"),
        ("[unk] [unk] карта [unk] [unk] [unk]", None),
        ("[unk]", None),
        ("", None),
    ],
)  # fmt: skip
def test_it_finds_the_problem(text: str, value: str | None) -> None:
    assert best(text) == value


def test_a_not_before_a_word_turns_it_round() -> None:
    assert best("не потеряла карту") == "group_card"


def test_the_problem_with_more_of_its_words_is_meant() -> None:
    assert best("карта лежит дома а сайт не открывается") == "site"


def test_of_two_whole_problems_the_first_is_served() -> None:
    assert best("сайт не открывается и баллы не списываются") == "site"
    assert best("баллы не списываются и сайт не открывается") == "points"


def test_close_problems_of_one_group_are_asked_about() -> None:
    slot = ProblemSlot(
        "problem",
        [
            Problem("one", "card", patterns("карт* не работа*"), ()),
            Problem("two", "card", patterns("карт* не работа*"), ()),
        ],
        {},
        {"card": "group_card"},
    )
    assert slot.read(said("карта не работает")) == Complete(("group_card", "one", "two"), closed=False)


def test_all_hypotheses_are_weighed() -> None:
    likely = Spoken((Hypothesis("карта начитается", 9.5), Hypothesis("карта не читается", 9.5)))
    assert SLOT.read(Utterance((likely,))) == Complete(("not_read", "group_card"), closed=False)
    unlikely = Spoken((Hypothesis("карта начитается", 30.0), Hypothesis("карта не читается", 9.5)))
    assert SLOT.read(Utterance((unlikely,))) == Complete(("group_card",), closed=False)


def test_what_is_said_in_several_stretches_is_one_story() -> None:
    parts = tuple(Spoken((Hypothesis(text),)) for text in ("моя карта", "[unk]", "не читается"))
    assert SLOT.read(Utterance(parts)) == Complete(("not_read", "group_card"), closed=False)


def test_keys_choose_a_group() -> None:
    assert SLOT.read(keyed("2")) == Complete(("group_card",))
    assert SLOT.read(Utterance((*said("[unk]").parts, Keyed("1#")))) == Complete(("group_online",))
    assert SLOT.read(keyed("9")) == Rejection("unknown")
    assert SLOT.key_count() == 1


def test_it_listens_for_its_phrases_and_whole_synonyms() -> None:
    phrases = SLOT.phrases()
    assert {"карта не читается", "потеряла карту", "пластик"} <= set(phrases)
    assert not any("*" in phrase for phrase in phrases)


def test_it_lists_its_values_and_says_them() -> None:
    assert SLOT.values == ("not_read", "lost", "site", "points", "group_card", "group_online")
    assert SLOT.spoken("lost") == ("потеряли карту",)
    assert SLOT.spoken("group_card") == ()
