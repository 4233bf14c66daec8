"""First names."""

import pytest

from ivr.dialog.events import Hypothesis, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Partial, Reading, Rejection, SlotType


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("пётр", ("пётр",)),
        ("меня зовут петр", ("пётр",)),
        ("[unk] анна [unk]", ("анна",)),
        ("саша", ("александр", "александра")),
        ("женя", ("евгений", "евгения")),
        ("лёша", ("алексей",)),
        ("маша", ("мария",)),
        ("пётр нет павел", ("павел",)),
        ("пётр нет", ("пётр",)),
    ],
)
def test_it_reads_a_name(person_name: SlotType, text: str, names: tuple[str, ...]) -> None:
    assert person_name.read(said(text)) == Complete(names)


@pytest.mark.parametrize("text", ["", "[unk]", "меня зовут", "да"])
def test_it_hears_no_name(person_name: SlotType, text: str) -> None:
    assert person_name.read(said(text)) == Rejection("nothing")


def test_it_keeps_the_names_of_all_hypotheses(person_name: SlotType) -> None:
    assert person_name.read(said("роман", "[unk]", "меня роман", "иван")) == Complete(("роман", "иван"))


def test_it_takes_the_later_of_two_stretches_first(person_name: SlotType) -> None:
    parts = (Spoken((Hypothesis("анна"),)), Spoken((Hypothesis("инна"),)))
    assert person_name.read(Utterance(parts)) == Complete(("инна", "анна"))


@pytest.mark.parametrize(
    ("keys", "reading"),
    [
        ("5366#", Complete(("пётр",))),
        ("5366", Complete(("пётр",), closed=False)),
        ("53", Partial("53")),
        ("9999#", Rejection("unknown")),
        ("9999", Rejection("unknown")),
        ("#", Rejection("nothing")),
        ("99*5366#", Complete(("пётр",))),
        ("62829#", Rejection("unknown")),
        ("6282#", Complete(("александр", "александра"))),
    ],
)
def test_it_reads_a_name_spelled_by_keys(person_name: SlotType, keys: str, reading: Reading) -> None:
    assert person_name.read(keyed(keys)) == reading


def test_it_hears_many_names(person_name: SlotType) -> None:
    readings = ((phrase, person_name.read(said(phrase))) for phrase in person_name.phrases())
    names = [name for name, reading in readings if isinstance(reading, Complete) and reading.values[0] == name]
    assert len(names) >= 115


def test_it_says_a_name_back(person_name: SlotType) -> None:
    assert person_name.spoken("пётр") == ("Пётр",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("эм а эр и я", "мария"),
        ("по буквам эм а эр и я", "мария"),
        ("по буквам мария анна роман иван яна", "мария"),
        ("по буквам э мария э анна роман ну иван яна", "мария"),
        ("мария анна роман иван яна по буквам", "мария"),
        ("пэ ё тэ эр", "пётр"),
        ("пэ е тэ эр", "пётр"),
        ("эль ю бэ о вэ мягкий знак", "любовь"),
        ("эс а ша а", "александр"),
        ("и краткое о а эн", "йоан"),
        ("эм а ха и я", "мария"),
        ("по буквам мария роман иван яна", "мария"),
    ],
)
def test_it_reads_a_name_spelled_aloud(person_name: SlotType, text: str, name: str) -> None:
    reading = person_name.read(said(text))
    assert isinstance(reading, Complete), reading
    assert reading.values[0] == name


def test_a_spelled_name_that_nobody_knows_is_kept_as_it_is(person_name: SlotType) -> None:
    assert person_name.read(said("по буквам гэ е эл и о эс")) == Complete(("гелиос",), closed=False)


def test_letters_may_come_in_several_stretches(person_name: SlotType) -> None:
    first = Spoken((Hypothesis("по буквам эм а"),))
    assert person_name.read(Utterance((first,))) == Partial("ма")
    assert person_name.read(Utterance((first, Spoken((Hypothesis("эр и я"),))))) == Complete(("мария",))


@pytest.mark.parametrize("text", ["анна и яна", "и анна", "а анна", "у меня анна"])
def test_words_between_names_are_no_letters(person_name: SlotType, text: str) -> None:
    reading = person_name.read(said(text))
    assert isinstance(reading, Complete)
    assert reading.values[0] == "анна"


def test_names_of_letters_are_offered_more_seldom_than_names(person_name: SlotType) -> None:
    assert person_name.phrases().count("эм") * 6 == person_name.phrases().count("мария")
