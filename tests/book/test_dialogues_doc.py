"""The page for editors explains every key that the loader takes."""

from pathlib import Path

import pytest

from ivr.book.forms import DISPOSITIONS, FormReader
from ivr.book.load import ENGINE_PROMPTS, UNIVERSALS
from ivr.book.questions import WHEN, QuestionReader
from ivr.book.speaking import LADDER
from ivr.book.timing import MAX_SECONDS

PAGE = (Path(__file__).resolve().parents[2] / "docs/dialogues.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [*QuestionReader.NEEDED, *QuestionReader.ALLOWED, *UNIVERSALS, *DISPOSITIONS, *WHEN])
def test_it_explains_each_key_and_word(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("key", FormReader.ALLOWED)
def test_it_shows_each_key_of_a_form(key: str) -> None:
    assert f"\n{key}:" in PAGE


@pytest.mark.parametrize("name", ENGINE_PROMPTS)
def test_it_names_the_prompts_of_the_engine(name: str) -> None:
    assert f"`prompts.{name}`" in PAGE


def test_it_states_the_limits_as_they_are() -> None:
    assert f"at most {MAX_SECONDS:g} seconds" in PAGE
    assert LADDER == 3
    assert PAGE.count("three different wordings") == 2
