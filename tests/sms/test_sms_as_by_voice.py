"""The same data spoken, keyed and written have the same verdict."""

from collections.abc import Mapping
from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.dialog.events import keyed, said
from ivr.dialog.forms import Complete, Partial, Reading, SlotType
from ivr.hotline import CardScheme
from ivr.settings import ROOT
from ivr.slots import Scheme, load_slot_types
from ivr.sms_form import SmsFault, SmsForm, parse_sms
from tests.sms.corpus import TODAY, sms_words

WORDS = sms_words()
SCHEME = CardScheme(16, ("4276", "9643"), True)
VOICE: Mapping[str, SlotType] = load_slot_types(
    ROOT / "grammars" / "lexicon", SCHEME.length, TODAY.year, Scheme(SCHEME.series, SCHEME.luhn)
)
NUMBER, DAY = "4276051200030031", date(1986, 3, 31)
NOT_A_DATE = {"date_impossible", "date_future", "date_too_old"}

numbers = st.one_of(
    st.text("0123456789", min_size=12, max_size=18),
    st.text("0123456789", min_size=12, max_size=12).map(lambda rest: f"4276{rest}"),
    st.sampled_from([NUMBER, "4276051200020024", "4276051200030032", "5276051200030031"]),
)


def written(name: str = "Иван", number: str = NUMBER, day: str = "31.03.1986") -> SmsForm | SmsFault:
    return parse_sms(f"{name}, {number}, {day}", WORDS, TODAY, SCHEME)


def kind(read: SmsForm | SmsFault) -> str | None:
    return read.kind if isinstance(read, SmsFault) else None


def card_verdict(reading: Reading) -> set[str | None]:
    """The faults that a message may be told where keys are read so."""
    if isinstance(reading, Complete):
        return {None}
    if isinstance(reading, Partial):
        return {"card_too_short"}
    return {"card_too_long"} if reading.reason == "too_long" else {"card_series", "card_check_digit"}


@given(number=numbers)
def test_a_number_is_right_in_a_message_where_it_is_right_in_keys(number: str) -> None:
    read = written(number=number)
    assert kind(read) in card_verdict(VOICE["card_number"].read(keyed(number)))
    if isinstance(read, SmsForm):
        spoken = VOICE["card_number"].read(said(" ".join(VOICE["card_number"].spoken(number)).replace(",", "")))
        assert isinstance(spoken, Complete)
        assert spoken.values[0] == read.card_number == number


@given(day=st.dates(date(1880, 1, 1), date(2050, 12, 31)))
def test_a_date_is_right_in_a_message_where_it_is_right_in_a_call(day: date) -> None:
    assume(not TODAY < day <= date(TODAY.year, 12, 31))  # a call knows the year only
    read, slot = written(day=f"{day:%d.%m.%Y}"), VOICE["birth_date"]
    by_keys, by_voice = slot.read(keyed(f"{day:%d%m%Y}")), slot.read(said(" ".join(slot.spoken(day.isoformat()))))
    right = isinstance(read, SmsForm)
    assert right is isinstance(by_keys, Complete) is isinstance(by_voice, Complete)
    assert right or kind(read) in NOT_A_DATE
    if isinstance(read, SmsForm) and isinstance(by_keys, Complete) and isinstance(by_voice, Complete):
        assert read.birth_date.isoformat() == by_keys.values[0] == by_voice.values[0]


@given(day=st.integers(0, 39), month=st.integers(0, 19), year=st.integers(1900, 2025))
def test_a_day_that_is_none_is_none_in_keys_and_in_a_message(day: int, month: int, year: int) -> None:
    by_keys = VOICE["birth_date"].read(keyed(f"{day:02}{month:02}{year}"))
    read = written(day=f"{day:02}{month:02}{year}")
    assert isinstance(by_keys, Complete) is isinstance(read, SmsForm)


@given(day=st.dates(date(1927, 1, 1), date(2012, 12, 31)))
def test_a_year_of_two_digits_is_taken_as_in_keys(day: date) -> None:
    by_keys = VOICE["birth_date"].read(keyed(f"{day:%d%m%y}#"))
    read = written(day=f"{day:%d.%m.%y}")
    assert isinstance(by_keys, Complete)
    assert isinstance(read, SmsForm)
    assert read.birth_date.isoformat() == by_keys.values[0]


def test_a_year_that_calls_read_back_because_it_may_be_two_is_asked_for() -> None:
    by_keys = VOICE["birth_date"].read(keyed("010520#"))
    assert isinstance(by_keys, Complete)
    assert len(by_keys.values) == 2
    assert kind(written(day="01.05.20")) == "date_ambiguous"


@given(form=st.sampled_from(sorted(WORDS.lexicon.names)))
def test_a_name_stands_for_the_same_names_as_in_a_call(form: str) -> None:
    read, spoken = written(name=form), VOICE["person_name"].read(said(form))
    assert isinstance(read, SmsForm)
    assert isinstance(spoken, Complete)
    assert read.first_names == spoken.values


@given(name=st.sampled_from(sorted(WORDS.lexicon.names)))
def test_a_keyed_name_is_among_those_that_a_written_one_stands_for(name: str) -> None:
    keys = "".join(WORDS.lexicon.keypad[letter] for letter in name)
    by_keys, read = VOICE["person_name"].read(keyed(f"{keys}#")), written(name=name)
    assert isinstance(by_keys, Complete)
    assert isinstance(read, SmsForm)
    assert set(read.first_names) <= set(by_keys.values)


def test_a_name_that_no_list_knows_is_taken_as_when_it_is_spelled() -> None:
    spelled = VOICE["person_name"].read(said("по буквам ха о эс е"))
    read = written(name="Хосе")
    assert isinstance(spelled, Complete)
    assert isinstance(read, SmsForm)
    assert set(read.first_names) <= set(spelled.values)


def test_a_surname_alone_is_a_name_nowhere() -> None:
    assert not isinstance(VOICE["person_name"].read(said("иванов")), Complete)
    assert kind(written(name="Иванов")) == "only_surname"
