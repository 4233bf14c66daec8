"""Any date in any style of saying it is among the readings."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Partial, SlotType
from tests.slots.styles import DATE_STYLES, MONTHS, SHORT_YEAR_STYLES, ordinal

dates = st.dates(date(1920, 1, 1), date(2026, 12, 31))
few = settings(max_examples=40, deadline=None)


def values(slot: SlotType, utterance: Utterance) -> tuple[str, ...]:
    reading = slot.read(utterance)
    assert isinstance(reading, Complete), reading
    return reading.values


@pytest.mark.parametrize("style", DATE_STYLES)
@few
@given(day=dates)
def test_it_reads_any_date_in_any_style(birth_date: SlotType, style: str, day: date) -> None:
    heard = values(birth_date, said(DATE_STYLES[style](day)))
    assert day.isoformat() in heard
    if style not in SHORT_YEAR_STYLES:
        assert heard[0] == day.isoformat()


@pytest.mark.parametrize("style", DATE_STYLES)
@few
@given(day=dates, data=st.data())
def test_it_reads_a_date_with_pauses_anywhere(birth_date: SlotType, style: str, day: date, data: st.DataObject) -> None:
    words = DATE_STYLES[style](day).split()
    cuts = sorted(data.draw(st.sets(st.integers(1, len(words) - 1), max_size=3)))
    parts = [" ".join(words[a:b]) for a, b in zip([0, *cuts], [*cuts, len(words)], strict=True)]
    utterance = Utterance(tuple(Spoken((Hypothesis(part),)) for part in parts))
    assert day.isoformat() in values(birth_date, utterance)


@few
@given(day=dates)
def test_it_reads_keys(birth_date: SlotType, day: date) -> None:
    assert birth_date.read(keyed(day.strftime("%d%m%Y"))) == Complete((day.isoformat(),))
    assert day.isoformat() in values(birth_date, keyed(day.strftime("%d%m%y#")))


@few
@given(day=dates)
def test_it_reads_a_keyed_year_after_a_spoken_day(birth_date: SlotType, day: date) -> None:
    spoken = Spoken((Hypothesis(f"{ordinal(day.day, 'neuter')} {MONTHS[day.month - 1]}"),))
    assert values(birth_date, Utterance((spoken, Keyed(str(day.year)))))[0] == day.isoformat()
    keyed_day = Keyed(day.strftime("%d%m"))
    year = Spoken((Hypothesis(f"{ordinal(day.year, 'genitive')} года"),))
    assert values(birth_date, Utterance((keyed_day, year)))[0] == day.isoformat()


@few
@given(day=dates, wrong=dates, marker=st.sampled_from(["нет", "ой", "вернее", "то есть", "извините"]))
def test_it_replaces_a_corrected_day_or_month(birth_date: SlotType, day: date, wrong: date, marker: str) -> None:
    rest = DATE_STYLES["genitive"](day)
    month = MONTHS[wrong.month - 1]
    for before in (ordinal(wrong.day, "neuter"), f"{ordinal(wrong.day, 'genitive')} {month}"):
        assert values(birth_date, said(f"{before} {marker} {rest}"))[0] == day.isoformat()
    only_month = f"{ordinal(day.day, 'neuter')} {month} {marker} {rest.split(maxsplit=_words_of_day(day))[-1]}"
    assert values(birth_date, said(only_month))[0] == day.isoformat()


def _words_of_day(day: date) -> int:
    return len(ordinal(day.day, "genitive").split())


@few
@given(day=dates)
def test_it_asks_for_the_year_when_it_is_missing(birth_date: SlotType, day: date) -> None:
    without_year = f"{ordinal(day.day, 'neuter')} {MONTHS[day.month - 1]}"
    assert birth_date.read(said(without_year)) == Partial(f"--{day:%m-%d}")
    assert birth_date.read(said(ordinal(day.day, "neuter"))) == Partial(f"---{day:%d}")


@few
@given(day=dates)
def test_it_understands_the_date_it_says_back(birth_date: SlotType, day: date) -> None:
    assert values(birth_date, said(" ".join(birth_date.spoken(day.isoformat())))) == (day.isoformat(),)
