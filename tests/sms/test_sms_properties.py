"""What is true of every message."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ivr.hotline import CardScheme
from ivr.sms_form import SmsFault, SmsForm, SmsWords, parse_sms, reply_for
from ivr.sms_form.replies import ONE_PART, ucs2_length
from tests.sms.corpus import TODAY, sms_words

WORDS = sms_words()
FULL_NAMES = sorted({name for full in WORDS.lexicon.names.values() for name in full})
LENGTH = 16

digits = st.text("0123456789", min_size=LENGTH, max_size=LENGTH)
births = st.dates(date(1930, 1, 1), date(2012, 12, 31))
names = st.sampled_from(FULL_NAMES)
surnames = st.sampled_from(["", "Иванов", "Кузнецова", "Петровна", "Сергеевич", "Ткаченко", "Салтыков-Щедрин"])
pieces = st.one_of(
    st.sampled_from(
        ["Иван", "мария", "31.03.1986", "4276051200030031", "4276 0512", "+79160000102", "31 марта", "1986"]
    ),
    st.sampled_from(["карта", "№", "д.р.", "**", "\n", "ой", "О1.О2", "bdfy", "Yuliya", "привет", "9002", "тел", "г."]),
    st.text("0123456789 .-/*+()№:,", max_size=12),
    st.text("абвгдеёжзиклмнопрстуьюя", max_size=10),
    st.text(max_size=6),
)
texts = st.one_of(
    st.text(max_size=80), st.lists(pieces, max_size=12).map(" ".join), st.lists(pieces, max_size=8).map("".join)
)

MONTHS = [
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
]
SCHEMES = [CardScheme(16, (), False), CardScheme(16, ("4276",), True), CardScheme(13, (), False)]


def form_of(text: str, scheme: CardScheme = SCHEMES[0]) -> SmsForm:
    read = parse_sms(text, WORDS, TODAY, scheme)
    assert isinstance(read, SmsForm), (text, read.kind)
    return read


def written_cards(number: str) -> list[str]:
    fours = [number[at : at + 4] for at in range(0, LENGTH, 4)]
    return [
        number,
        " ".join(fours),
        "-".join(fours),
        ".".join(fours),
        "\n".join(fours),
        f"№ {number}",
        f"карта {number}",
    ]


def written_dates(day: date) -> list[str]:
    d, m, y = day.day, day.month, day.year
    full = [
        f"{d:02}.{m:02}.{y}",
        f"{d}/{m}/{y}",
        f"{d:02}-{m:02}-{y}",
        f"{d:02}{m:02}{y}",
        day.isoformat(),
        f"{d} {m} {y}",
    ]
    return [
        *full,
        f"{d} {MONTHS[m - 1]} {y} г.",
        f"{d:02}.{m:02}.{y % 100:02}",
        f"{d:02}{m:02}{y % 100:02}",
        f"др {d}.{m}.{y}",
    ]


@settings(max_examples=600)
@given(text=texts, scheme=st.sampled_from(SCHEMES))
def test_it_never_raises_and_always_answers_in_one_part(text: str, scheme: CardScheme) -> None:
    read = parse_sms(text, WORDS, TODAY, scheme)
    answer = reply_for(read if isinstance(read, SmsFault) else "accepted", read.understood, WORDS, scheme.length)
    assert 0 < ucs2_length(answer) <= ONE_PART


@settings(max_examples=300)
@given(name=names, number=digits, day=births, surname=surnames)
def test_any_order_of_the_parts_gives_the_same_form(name: str, number: str, day: date, surname: str) -> None:
    named = f"{name.title()} {surname}".strip()
    forms = {form_of(" ".join(parts)) for parts in permutations([named, number, f"{day:%d.%m.%Y}"])}
    assert len(forms) == 1
    (form,) = forms
    assert (form.name[0], form.card_number, form.birth_date) == (name, number, day)


@settings(max_examples=300)
@given(data=st.data(), name=names, number=digits, day=births)
def test_any_way_of_writing_gives_the_same_form(data: st.DataObject, name: str, number: str, day: date) -> None:
    card = data.draw(st.sampled_from(written_cards(number)))
    written = data.draw(st.sampled_from(written_dates(day)))
    who = data.draw(st.sampled_from([name, name.title(), name.upper(), name.replace("ё", "е"), f"имя: {name}"]))
    parts: Sequence[str] = data.draw(st.permutations([who, card, written]))
    between = data.draw(st.sampled_from([", ", "\n", "; ", " , "]))
    form = form_of(between.join(parts))
    assert (form.name, form.card_number, form.birth_date) == ((name,), number, day)
    assert form == form_of(f"{name} {number} {day:%d.%m.%Y}")


@given(name=names, number=digits, day=births)
def test_what_was_read_is_read_again(name: str, number: str, day: date) -> None:
    form = form_of(f"{name} {number} {day:%d%m%y}")
    again = form_of(f"{' '.join(form.name)} {form.card_number} {form.birth_date:%d.%m.%Y}")
    assert again == form


@given(
    name=names, number=digits, day=births, phone=st.sampled_from(["+79160000102", "8 (916) 000-01-02", "89160000102"])
)
def test_a_phone_number_changes_nothing(name: str, number: str, day: date, phone: str) -> None:
    plain = f"{name} {number} {day:%d.%m.%Y}"
    assert form_of(f"{plain} {phone}") == form_of(f"{phone} {plain}") == form_of(plain)


@given(
    name=names, day=births, phone=st.sampled_from(["+7 916 000-01-02", "8(916)0000102", "89160000102", "9160000102"])
)
def test_a_phone_number_is_neither_card_nor_date(name: str, day: date, phone: str) -> None:
    with_date = parse_sms(f"{name} {phone} {day:%d.%m.%Y}", WORDS, TODAY, SCHEMES[0])
    assert isinstance(with_date, SmsFault)
    assert (with_date.kind, with_date.understood.birth_date) == ("no_card", day)
    alone = parse_sms(f"{name} {phone}", WORDS, TODAY, SCHEMES[0])
    assert isinstance(alone, SmsFault)
    assert (alone.kind, alone.understood.birth_date) == ("no_card", None)


@given(name=names, number=st.text("123456789", min_size=9, max_size=23), day=births)
def test_a_number_of_the_wrong_length_is_counted(name: str, number: str, day: date) -> None:
    assume(len(number) not in (10, 11, LENGTH))
    assume(len(number) < 22)  # of more digits the last ones can be a date
    read = parse_sms(f"{name} карта {number}, {day:%d.%m.%Y}", WORDS, TODAY, SCHEMES[0])
    assert isinstance(read, SmsFault)
    kind = "card_too_short" if len(number) < LENGTH else "card_too_long"
    assert (read.kind, read.count, read.understood.birth_date) == (kind, len(number), day)


@settings(max_examples=400)
@given(name=names, number=digits, day=births, cut=st.integers(0, 40), text=texts)
def test_an_answer_never_shows_the_whole_of_anything(name: str, number: str, day: date, cut: int, text: str) -> None:
    """Neither five digits of the card in a row nor the day and month of birth, however the message is cut."""
    message = f"{name} {number} {day:%d.%m.%Y} {text}"[cut:]
    read = parse_sms(message, WORDS, TODAY, SCHEMES[0])
    answer = reply_for(read if isinstance(read, SmsFault) else "accepted", read.understood, WORDS)
    assert all(number[at : at + 5] not in answer for at in range(LENGTH - 4))
    assert f"{day:%d.%m}" not in answer
    assert not re.search(r"\d{5}", answer)


@given(name=names, number=digits, day=births)
def test_personal_data_are_not_in_the_repr(name: str, number: str, day: date) -> None:
    form = form_of(f"{name} {number} {day:%d.%m.%Y}")
    for shown in (repr(form), repr(form.understood), repr(SmsFault("no_name", form.understood))):
        assert not re.search(rf"{name}|{number}|{day.isoformat()}|{day.year}", shown)


@pytest.mark.parametrize("text", ["9" * 400, "1 " * 200, "31.03." * 60, "Иван " * 80, "*" * 300, "4276 " * 80])
def test_a_message_made_to_be_slow_is_read_all_the_same(words: SmsWords, scheme: CardScheme, text: str) -> None:
    assert isinstance(parse_sms(text, words, TODAY, scheme), SmsFault)
