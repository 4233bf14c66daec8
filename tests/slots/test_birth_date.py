"""Dates of birth, by example."""

import pytest

from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Partial, Reading, Rejection, SlotType


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("двадцать третье марта тысяча девятьсот восемьдесят пятого года", "1985-03-23"),
        ("двадцать третье марта тысячи девятьсот восемьдесят пятого года", "1985-03-23"),
        ("двадцать третьего марта восемьдесят пятого", "1985-03-23"),
        ("двадцать третий март тысяча девятьсот восемьдесят пятый год", "1985-03-23"),
        ("двадцать третьим марта восемьдесят пятом", "1985-03-23"),
        ("дата рождения двадцать третье ноль пятое восемьдесят пятого", "1985-05-23"),
        ("пять ноль три восемьдесят пять", "1985-03-05"),
        ("двадцать пять ноль три тысяча девятьсот восемьдесят пять", "1985-03-25"),
        ("я родилась первого первого двухтысячного", "2000-01-01"),
        ("второе второе две тысячи пятого", "2005-02-02"),
        ("второе февраля ноль пятого", "2005-02-02"),
        ("второе февраля пятого года", "2005-02-02"),
        ("тридцать первое декабря девятьсот семидесятого", "1970-12-31"),
        ("двадцать третье марта девятнадцать восемьдесят пять", "1985-03-23"),
        ("двадцать девятое февраля двухтысячного года", "2000-02-29"),
        ("двадцать третье нет двадцать четвёртое марта восемьдесят пятого", "1985-03-24"),
        ("двадцать третье марта ой апреля восемьдесят пятого", "1985-04-23"),
        ("двадцать третье марта восемьдесят пятого то есть восемьдесят шестого", "1986-03-23"),
        ("двадцать третье марта восемьдесят пятого нет двадцать четвёртое марта", "1985-03-24"),
        ("двадцать третье марта сначала первое мая семьдесят первого", "1971-05-01"),
        ("двадцать третье не двадцать третье а двадцать пятое марта семьдесят первого", "1971-03-25"),
        ("пятого двадцать три декабря тысяча девятьсот пятьдесят шестого", "1956-12-23"),
        ("двадцать один двадцать третье марта восемьдесят пятого", "1985-03-23"),
        ("э двадцать [unk] третье ну марта восемьдесят э пятого", "1985-03-23"),
    ],
)
def test_it_reads_a_date(birth_date: SlotType, text: str, day: str) -> None:
    reading = birth_date.read(said(text))
    assert isinstance(reading, Complete), reading
    assert reading.values[0] == day


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("первое мая двадцатого", {"1920-05-01", "2020-05-01"}),
        ("первое мая ноль шестого", {"1906-05-01", "2006-05-01"}),
        ("первое мая двадцать пятого", {"1925-05-01", "2025-05-01"}),
    ],
)
def test_it_keeps_both_centuries(birth_date: SlotType, text: str, days: set[str]) -> None:
    reading = birth_date.read(said(text))
    assert isinstance(reading, Complete)
    assert days <= set(reading.values)


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("первое мая восемьдесят", False),
        ("первое мая восемьдесят пять", True),
        ("первое мая восемьдесят пятого", True),
        ("первое мая восьмидесятого", True),
        ("первое мая тысяча девятьсот восемьдесят", False),
        ("первое мая тысяча девятьсот восемьдесят года", True),
        ("первое мая две тысячи", False),
        ("первое мая двухтысячного", True),
        ("первое мая две тысячи двенадцать", True),
        ("первое мая девятнадцать", False),
    ],
)
def test_it_waits_while_the_year_may_go_on(birth_date: SlotType, text: str, closed: bool) -> None:
    reading = birth_date.read(said(text))
    assert isinstance(reading, Complete)
    assert reading.closed is closed


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("", Rejection("nothing")),
        ("[unk]", Rejection("nothing")),
        ("родился", Rejection("nothing")),
        ("двадцать третье", Partial("---23")),
        ("двадцать третье марта", Partial("--03-23")),
        ("двадцать третье ноль", Partial("---23")),
        ("двадцать третье марта тысяча", Partial("--03-23")),
        ("двадцать третье марта тысяча девятьсот", Partial("--03-23")),
        ("двадцать третье марта две", Partial("--03-23")),
        ("двадцать третье марта нет", Partial("---23")),
        ("тридцать первое февраля", Rejection("impossible")),
        ("тридцать первое февраля восемьдесят пятого", Rejection("impossible")),
        ("двадцать девятое февраля восемьдесят пятого", Rejection("impossible")),
        ("первое мая тысяча восемьсот восемьдесят пятого", Rejection("impossible")),
        ("первое мая две тысячи сорокового", Rejection("impossible")),
        ("сорок", Rejection("unclear")),
        ("сорок пятое марта восемьдесят пятого", Rejection("unclear")),
        ("первое мая восемьдесят пятого сорок один", Rejection("unclear")),
    ],
)
def test_it_tells_why_there_is_no_date(birth_date: SlotType, text: str, reading: Reading) -> None:
    assert birth_date.read(said(text)) == reading


@pytest.mark.parametrize(
    ("keys", "reading"),
    [
        ("23031985", Complete(("1985-03-23",))),
        ("23031985#", Complete(("1985-03-23",))),
        ("230385#", Complete(("1985-03-23",))),
        ("230385", Complete(("1985-03-23",), closed=False)),
        ("01010", Partial("--01-01")),
        ("2303", Partial("--03-23")),
        ("230", Partial("---23")),
        ("2", Partial("")),
        ("2403*23031985", Complete(("1985-03-23",))),
        ("31021985", Rejection("impossible")),
        ("00051985", Rejection("unclear")),
    ],
)
def test_it_reads_keys(birth_date: SlotType, keys: str, reading: Reading) -> None:
    assert birth_date.read(keyed(keys)) == reading


def test_it_sorts_hypotheses_by_likelihood(birth_date: SlotType) -> None:
    part = Spoken((
        Hypothesis("пятое марта восемьдесят пятого", 50.0),
        Hypothesis("пятое мая восемьдесят пятого", 49.0),
        Hypothesis("тридцать первое июня восемьдесят пятого", 48.0),
        Hypothesis("девятое марта восемьдесят пятого", 47.0),
    ))  # fmt: skip
    assert birth_date.read(Utterance((part,))) == Complete(("1985-03-05", "1985-05-05", "1985-03-09"))


def test_it_joins_what_was_said_before_a_pause_with_keys(birth_date: SlotType) -> None:
    day = Spoken((Hypothesis("двадцать третье марта"),))
    assert birth_date.read(Utterance((day, Keyed("1985")))) == Complete(("1985-03-23",))
    assert birth_date.read(Utterance((day, Keyed("85#")))) == Complete(("1985-03-23",))


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        ("1985-03-23", ("двадцать третье", "марта", "тысяча девятьсот восемьдесят пятого", "года")),
        ("2005-12-01", ("первое", "декабря", "две тысячи пятого", "года")),
        ("2000-01-30", ("тридцатое", "января", "двухтысячного", "года")),
        ("1940-05-11", ("одиннадцатое", "мая", "тысяча девятьсот сорокового", "года")),
        ("--03-23", ("двадцать третье", "марта")),
        ("---02", ("второе",)),
        ("", ()),
    ],
)
def test_it_says_a_date_back(birth_date: SlotType, value: str, pieces: tuple[str, ...]) -> None:
    assert birth_date.spoken(value) == pieces
