"""What phrases sound like, and how long prompts take."""

from itertools import combinations
from pathlib import Path

import pytest
import soundfile

from ivr.book.sounds import Alike, sounds
from ivr.book.timing import seconds_of

PROMPTS = Path(__file__).resolve().parents[2] / "audio/prompts"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("балл", "баллы"),
        ("алла", "алло"),
        ("год", "кот"),
        ("пруд", "прут"),
        ("да", "два"),
        ("ещё раз", "еще раз"),
        ("открывается", "открываться"),
        ("моего", "маево"),
        ("карта не читается", "карта не считается"),
        ("код", "коп"),
    ],
)
def test_it_finds_what_sounds_alike(one: str, other: str) -> None:
    assert list(Alike([one, "оператор"]).find(other)) == [one]
    assert list(Alike([other, "оператор"]).find(one)) == [other]


def test_it_tells_apart_what_sounds_different() -> None:
    words = ("сайт", "карта", "баллы", "касса", "приложение", "да", "нет", "оператор", "назад", "повторите")
    for one, other in combinations(words, 2):
        assert list(Alike([one]).find(other)) == [], (one, other)


def test_long_lists_of_words_are_no_phrases() -> None:
    text = "один два три " * 20
    assert list(Alike([text]).find(text)) == []


def test_sounds_run_words_together() -> None:
    assert sounds("не читается") == sounds("нечитается")


def test_it_estimates_seconds_as_the_recordings_take_them() -> None:
    """Over all long recordings the estimate is right on the average, and for none it is far off."""
    rows = [line.split("\t", 1) for line in (PROMPTS / "index.tsv").read_text("utf-8").splitlines()]
    long = [(PROMPTS / name, text) for name, text in rows if len(text) > 60]
    assert len(long) > 40
    errors = [seconds_of(text) - soundfile.info(path).duration for path, text in long]
    assert abs(sum(errors) / len(errors)) < 0.25
    assert max(map(abs, errors)) < 2


def test_a_text_without_vowels_takes_no_time() -> None:
    assert seconds_of("в.") == 0
    assert seconds_of("да, нет.") == pytest.approx(0.75)
