"""The delivered lexicon, and what the recognizer is offered from it."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.dialog.events import said
from ivr.dialog.forms import Complete, SlotType
from ivr.errors import BookError
from ivr.slots import load_slot_types
from ivr.slots.phrase_lists import ordered_pairs

ROOT = Path(__file__).parents[2]
LEXICON = ROOT / "grammars" / "lexicon"
SLOT_TYPES = tuple(load_slot_types(LEXICON))


def model_words() -> set[str]:
    folder = Path(os.environ.get("VOSK_MODEL") or ROOT / "ivr" / "speech" / "model")
    listed = folder / "graph" / "words.txt"
    if not listed.exists():
        pytest.skip(f"NO VOCABULARY CHECK: {listed} is missing")
    return {line.split()[0] for line in listed.read_text(encoding="utf-8").splitlines()}


@pytest.mark.parametrize("name", SLOT_TYPES)
def test_it_offers_only_words_that_the_model_knows(slots: Mapping[str, SlotType], name: str) -> None:
    known = model_words()
    assert [word for phrase in slots[name].phrases() for word in phrase.split() if word not in known] == []


@pytest.mark.parametrize("name", ["card_number", "one_time_code", "birth_date"])
def test_it_offers_every_ordered_pair_of_number_words(slots: Mapping[str, SlotType], name: str) -> None:
    phrases = slots[name].phrases()
    pairs = set(pairwise(phrases[0].split()))
    words = set(phrases[0].split())
    assert {"ноль", "семьдесят", "двести", "тысяч"} <= words <= set(phrases)
    assert phrases.count("нуль") == 1, "a rare word is listed once, or it is heard for others"
    assert pairs == set(product(words, words))
    assert "[unk]" not in phrases


def test_it_lists_fillers_more_often_than_words_that_take_digits_back(card_number: SlotType) -> None:
    phrases = card_number.phrases()
    assert phrases.count("номер карты") > phrases.count("нет") == phrases.count("то есть") == 1


def test_it_makes_the_shortest_phrase_of_all_pairs() -> None:
    assert len(ordered_pairs("abc").split()) == 10


def test_it_makes_the_list_once(card_number: SlotType) -> None:
    assert card_number.phrases() is card_number.phrases()


def texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


@pytest.mark.parametrize("path", sorted(LEXICON.glob("*.yaml")), ids=lambda path: str(path.stem))
def test_it_is_written_in_lower_case_russian_letters(path: Path) -> None:
    words = list(texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert words
    assert [word for word in words if not re.fullmatch("[а-яё ]+", word)] == []


def test_it_understands_words_that_the_model_lacks(slots: Mapping[str, SlotType]) -> None:
    assert not any("дважды" in phrase for phrase in slots["card_number"].phrases())
    reading = slots["one_time_code"].read(said("дважды пять два нуля пара семёрок"))
    assert isinstance(reading, Complete)
    assert reading.values[0] == "550077"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LEXICON, tmp_path / "lexicon"))


def test_it_names_the_missing_file(broken: Path) -> None:
    (broken / "names.yaml").unlink()
    with pytest.raises(BookError, match=r"names\.yaml:1: .*restore"):
        load_slot_types(broken)


def test_it_names_the_line_that_is_not_yaml(broken: Path) -> None:
    (broken / "dates.yaml").write_text("months:\n  heard: [марта\nyear: 1\n", encoding="utf-8")
    with pytest.raises(BookError, match=r"dates\.yaml:3: not YAML"):
        load_slot_types(broken)


def test_it_names_the_missing_list(broken: Path) -> None:
    (broken / "answers.yaml").write_text("'yes': {heard: [да], text_only: []}\n", encoding="utf-8")
    with pytest.raises(BookError, match="'no'"):
        load_slot_types(broken)
