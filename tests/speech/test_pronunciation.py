"""How words are pronounced: phones, the list of exceptions, and what is refused."""

import subprocess
from itertools import chain, pairwise
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.settings import ROOT
from ivr.slots import load_slot_types
from ivr.speech.lexicon import dictionary, pronounce, pronunciations, read_lexicon, shown, write_lexicon
from ivr.speech.phones import NOISE, SILENCE, letters, phone_inventory, phones_of


def said(word: str) -> str:
    return " ".join(pronounce([word])[word])


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("ноль", "n o1 l;"),
        ("два", "d v a1"),
        ("шесть", "S E1 s t;"),
        ("девять", "d; e1 v; i t;"),
        ("одиннадцать", "a d; i1 n V ts V t;"),
        ("двадцать", "d v a1 ts V t;"),
        ("сорок", "s o1 r V k"),
        ("пятьдесят", "p; i d; i s; a1 t"),
        ("первого", "p; e1 r v V v V"),
        ("января", "j i n v a r; a1"),
        ("июнь", "i j u1 n;"),
        ("октябрь", "a k t; a1 b r;"),
        ("наталья", "n a t a1 l; j V"),
        ("ольга", "o1 l; g V"),
        ("что", "S t o1"),
        ("карты", "k a1 r t y"),
        ("счёт", "S; o1 t"),
        ("смс", "E1 s E1 m E1 s"),
        ("может", "m o1 Z y t"),
    ],
)
def test_it_pronounces_as_people_do(word: str, phones: str) -> None:
    assert said(word) == phones


def test_it_keeps_the_order_of_the_networks_outputs() -> None:
    inventory = phone_inventory()
    assert inventory[:2] == (SILENCE, NOISE)
    assert list(inventory[2:]) == sorted(set(inventory[2:]))
    assert len(inventory) == 49, "networks that were trained before have as many outputs"


def test_it_pronounces_all_that_the_hotline_listens_for() -> None:
    slots = load_slot_types(ROOT / "grammars" / "lexicon")
    words = {word for slot in slots.values() for phrase in slot.phrases() for word in phrase.split()}
    assert len(words) > 300
    used = set(chain.from_iterable(pronounce(sorted(words)).values()))
    assert used < set(phone_inventory())
    assert len(used) > 44


def test_it_has_no_phone_twice_in_a_row() -> None:
    """CTC would ask for a silence in «анна» or «одиннадцать»."""
    for word, ways in pronunciations(["анна", "одиннадцать", "кассы", "вообще", "сзади", *dictionary()]).items():
        assert [pair for way in ways for pair in pairwise(way) if pair[0] == pair[1]] == [], word


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [("ноль", "нол", True), ("кровь", "кров", True), ("угол", "уголь", True), ("сама", "сома", False)],
)
def test_it_hears_the_soft_sign_and_no_unstressed_o(one: str, other: str, differ: bool) -> None:
    assert (said(one) != said(other)) is differ


def test_it_knows_how_people_hurry() -> None:
    ways = pronunciations(["пятьдесят", "тысяча", "сейчас", "здравствуйте", "иванович", "карта"])
    for word, hurried in (
        ("пятьдесят", "p; i s; a1 t"),
        ("тысяча", "t y1 S; V"),
        ("сейчас", "S; a1 s"),
        ("здравствуйте", "z d r a1 s; t; i"),
        ("иванович", "i v a1 n y tS;"),
    ):
        assert hurried in [" ".join(way) for way in ways[word][1:]]
    assert len(ways["карта"]) == 1
    assert pronounce(["пятьдесят"])["пятьдесят"] == ways["пятьдесят"][0]


def test_it_takes_every_entry_of_the_list() -> None:
    ways = pronunciations(list(dictionary()))
    assert len(ways) > 150
    known = letters().known
    for word, spellings in dictionary().items():
        assert set(word) <= known, word
        assert len(set(ways[word])) == len(spellings), f"{word}: two spellings sound alike"


@pytest.mark.parametrize(
    ("spelling", "phones"),
    [("з+амок", "z a1 m V k"), ("зам+ок", "z a m o1 k"), ("ж+ена", "Z E1 n V"), ("жен+а", "Z y n a1")],
)
def test_it_moves_the_stress_where_told(spelling: str, phones: str) -> None:
    assert pronunciations(["слово"], {"слово": [spelling]})["слово"] == (tuple(phones.split()),)


@pytest.mark.parametrize(
    ("spelling", "told"),
    [
        ("visa", "'visa' has a i s v"),
        ("карта5", "5"),
        ("Карта", "К"),
        ("", "no letters"),
        ("[k A1]", "слово: no phone 'A1'"),
        ("[SIL]", "слово: no phone 'SIL'"),
        ("[]", "слово: no phone 'nothing'"),
        ("карта+", "stressed vowel"),
        ("к+арт+а", "once"),
    ],
)
def test_it_says_what_it_cannot_pronounce(spelling: str, told: str) -> None:
    with pytest.raises(ModelError, match=r"Russian letters|Respell|respell") as refused:
        pronunciations(["слово"], {"слово": [spelling]})
    assert told in str(refused.value)


def test_it_writes_what_it_reads(tmp_path: Path) -> None:
    lexicon = pronunciations(["тысяча", "карта"])
    write_lexicon(tmp_path / "lexicon.tsv", lexicon)
    assert read_lexicon(tmp_path / "lexicon.tsv") == lexicon


def test_it_shows_every_phone_in_russian_letters() -> None:
    assert shown(pronounce(["пятьдесят"])["пятьдесят"]) == "п'ид'ис'а́т"
    assert [phone for phone in phone_inventory()[2:] if "[" in shown((phone,))] == []


def test_it_agrees_with_the_command_of_espeak_ng() -> None:
    """The library in the wheel and Debian's program, another version, differ in few words."""
    words = ["карта", "баланс", "оператор", "приложение", "магазин", "номер", "телефон", "ребёнок", "бонусы", "спасибо"]
    text = "\n".join(f"{word}." for word in words)
    try:
        done = subprocess.run(
            ["espeak-ng", "-v", "ru", "-q", "-x", "--sep= "], input=text, capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("NOT TESTED: no espeak-ng program to compare with (apt-get install espeak-ng)")
    lines = done.stdout.strip().splitlines()
    assert {word: phones_of(word, line) for word, line in zip(words, lines, strict=True)} == pronunciations_of(words)


def pronunciations_of(words: list[str]) -> dict[str, tuple[str, ...]]:
    return {word: ways[0] for word, ways in pronunciations(words, {word: [word] for word in words}).items()}
