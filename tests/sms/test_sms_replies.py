"""Answers: one part, the fault by its name, the sender's own data masked."""

from datetime import date
from itertools import product
from typing import cast

import pytest

from ivr.sms_form import FAULTS, VERDICTS, SmsFault, SmsWords, Understood, parse_sms, reply_for
from ivr.sms_form.form import AT_FAULT, WHOLE, CardScheme, FaultKind
from ivr.sms_form.replies import NAME_SHOWN, ONE_PART, longest_reply, shown_name, ucs2_length
from tests.sms.corpus import TODAY

WHOLE_FORM = Understood(("иван", "петров"), ("иван",), "4276051200030012", date(1986, 3, 31))


def told(kind: str, understood: Understood, words: SmsWords, count: int = 99) -> str:
    if kind in VERDICTS:
        return reply_for(kind, understood, words)
    return reply_for(SmsFault(cast(FaultKind, kind), understood, count), understood, words)


@pytest.mark.parametrize("kind", [*FAULTS, *VERDICTS])
def test_every_answer_is_one_part_with_the_longest_values(words: SmsWords, kind: str) -> None:
    longest_names = [("константинопольский" * 2,), ("анна-мария-виктория",), ("щ" * NAME_SHOWN,), ()]
    cards, days = ["9" * 16, None], [date(1999, 12, 31), None]
    lengths = {
        ucs2_length(told(kind, Understood(name, name, card, day), words, count))
        for name, card, day, count in product(longest_names, cards, days, (0, 7, 99, 4000))
    }
    assert max(lengths) <= ONE_PART
    assert max(lengths) == longest_reply(kind, words.replies, 16)


@pytest.mark.parametrize("kind", [*FAULTS, *VERDICTS])
def test_every_name_of_the_lists_fits(words: SmsWords, kind: str) -> None:
    for name in words.names:
        assert ucs2_length(told(kind, Understood((name,), (name,), "9" * 16, date(1999, 12, 31)), words)) <= ONE_PART


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("no_date", "Нет даты рождения. Пришлите: Иван ****0012 ДД.ММ.ГГГГ"),
        ("no_card", "Нет номера карты. Пришлите: Иван 16 ЦИФР **.**.1986"),
        ("no_name", "Нет имени. Пришлите: ИМЯ ****0012 **.**.1986"),
        ("card_too_short", "Цифр в номере 15, нужно 16. Ждём: Иван 16 ЦИФР **.**.1986"),
        ("card_check_digit", "Опечатка в номере ****0012. Ждём: Иван 16 ЦИФР **.**.1986"),
        ("date_ambiguous", "Дату можно понять двояко. Ждём: Иван ****0012 ДД.ММ.ГГГГ"),
        ("nothing", "Пришлите имя, номер карты и дату рождения: ИМЯ 16 ЦИФР ДД.ММ.ГГГГ"),
        ("accepted", "Принято: Иван ****0012 **.**.1986. Дождитесь СМС с кодом."),
    ],
)
def test_it_names_the_fault_and_shows_the_form(words: SmsWords, kind: str, answer: str) -> None:
    assert told(kind, WHOLE_FORM, words, 15) == answer


def test_every_fault_has_an_answer_of_its_own(words: SmsWords) -> None:
    answers = [told(kind, WHOLE_FORM, words, 15) for kind in FAULTS if kind != "card_too_long"]
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("kind", FAULTS)
def test_the_part_at_fault_stands_as_a_pattern_and_the_others_masked(words: SmsWords, kind: FaultKind) -> None:
    answer, patterns = told(kind, WHOLE_FORM, words), words.replies.patterns
    shown = {"name": "Иван", "card": "****0012", "date": "**.**.1986"}
    form = " ".join(
        patterns[part].format(length=16) if kind in WHOLE or AT_FAULT[kind] == part else mask
        for part, mask in shown.items()
    )
    assert form in answer


def test_every_fault_is_in_one_part_or_in_the_whole() -> None:
    assert set(AT_FAULT) | WHOLE == set(FAULTS)
    assert set(AT_FAULT) & WHOLE == set()


def test_the_answer_to_a_whole_form_says_nothing_of_the_card(words: SmsWords) -> None:
    """Whether a card is known must not show; the answer is made without asking."""
    forms = [
        Understood(("иван",), ("иван",), number, date(1986, 3, 31))
        for number in ("4276051200030012", "1" * 12 + "0012")
    ]
    assert len({told("accepted", form, words) for form in forms}) == 1


def test_what_is_sent_back_with_the_asterisks_is_told_so(words: SmsWords, scheme: CardScheme) -> None:
    form = told("no_date", WHOLE_FORM, words).partition(": ")[2].replace("ДД.ММ.ГГГГ", "31.03.1986")
    read = parse_sms(form, words, TODAY, scheme)
    assert isinstance(read, SmsFault)
    assert read.kind == "hidden"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("иван", "Иван"), ("пётр", "Пётр"), ("анна-мария", "Анна-Мария"), ("константинополь", "Константин.")],
)
def test_it_shows_a_name(name: str, shown: str) -> None:
    assert shown_name(name) == shown
