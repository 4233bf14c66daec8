"""What a voice has to record: the fixed stretches of all prompts, and the pieces that values are spoken in."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from ivr.book.source import all_prompts
from ivr.dialog.events import said
from ivr.dialog.forms import Complete, DialogBook, SlotType
from ivr.dialog.render import fixed_stretches

OLDEST_BIRTH_YEAR = 1920
LATEST_YEAR = 2035
"""Years that dates are recorded for; others are spoken by the synthesizer."""


def recordings(
    book: DialogBook, slot_types: Mapping[str, SlotType], others: Iterable[tuple[str, str]] = ()
) -> dict[str, str]:
    """Recording name to its text, each text once, prompts first. ``others``: names and texts of what facts say."""
    wanted: dict[str, str] = {}
    for prompt in all_prompts(book):
        wanted |= fixed_stretches(prompt)
    known = set(wanted.values())
    for name, text in chain(_pieces(slot_types), others):
        if text not in known:
            wanted[name] = text
            known.add(text)
    return wanted


def _pieces(slot_types: Mapping[str, SlotType]) -> Iterator[tuple[str, str]]:
    digits, dates, names = slot_types["card_number"], slot_types["birth_date"], slot_types["person_name"]
    for number in [*(str(n) for n in range(10)), *(f"{n:02}" for n in range(100))]:
        yield f"digits.{number}", digits.spoken(number)[0]
    for day in range(1, 32):
        yield f"day.{day:02}", dates.spoken(f"2000-01-{day:02}")[0]
    for month in range(1, 13):
        yield f"month.{month:02}", dates.spoken(f"2000-{month:02}-01")[1]
    for year in range(OLDEST_BIRTH_YEAR, LATEST_YEAR + 1):
        yield from zip((f"year.{year}", "year.word"), dates.spoken(f"{year}-01-01")[2:], strict=True)
    yield from ((f"name.{number:03}", text) for number, text in enumerate(_names(names)))


def _names(slot: SlotType) -> list[str]:
    """Every value that the recognizer can hear, as it is spoken."""
    one_word = (phrase for phrase in slot.phrases() if " " not in phrase)  # of several words are only spelled ones
    readings = (slot.read(said(phrase)) for phrase in one_word)
    values = {value for reading in readings if isinstance(reading, Complete) for value in reading.values}
    return sorted(" ".join(slot.spoken(value)) for value in values)
