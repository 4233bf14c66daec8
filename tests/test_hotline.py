from dataclasses import fields
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.errors import BookError
from ivr.hotline import CodeLimits, Hotline, load_hotline
from ivr.settings import ROOT
from ivr.sms_parts import count_parts
from ivr.spoken import check_spoken
from ivr.working_time import Hours

TEXT = (ROOT / "grammars" / "hotline.yaml").read_text(encoding="utf-8")
MOSCOW = ZoneInfo("Europe/Moscow")


def load(tmp_path: Path, text: str) -> Hotline:
    path = tmp_path / "hotline.yaml"
    path.write_text(text, encoding="utf-8")
    return load_hotline(path)


def test_it_reads_every_key(hotline: Hotline) -> None:
    assert (hotline.brand, hotline.sms_number, hotline.operators_line) == ("Мой Магнит", "9002", "+78002009003")
    assert hotline.hours == Hours(time(7, 0), time(23, 0))
    assert (hotline.card_scheme.length, hotline.card_scheme.series, hotline.card_scheme.luhn) == (16, (), False)
    assert {field.name: getattr(hotline.codes, field.name) for field in fields(CodeLimits)} == {
        "lifetime_seconds": 300,
        "tries_per_code": 3,
        "codes_per_phone_per_day": 5,
        "codes_per_card_per_day": 5,
        "codes_per_phone_per_ten_minutes": 3,
        "wrong_tries_per_phone_per_day": 15,
        "wrong_tries_per_card_per_day": 15,
        "cooldown_seconds": 60,
        "codes_per_call": 2,
        "resends_per_call": 1,
        "codes_per_line_per_hour": 5,
        "codes_per_block_per_hour": 60,
        "codes_per_address_per_hour": 20,
        "codes_per_network_per_hour": 300,
        "codes_per_range_per_hour": 60,
        "brake_minutes": 10,
        "brake_tries": 50,
        "brake_right_share": 0.2,
        "daily_budget_rubles": 30000,
        "ruble_per_part": 4.5,
    }


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-24T07:00:00+03:00", True),
        ("2026-11-24T22:59:59+03:00", True),
        ("2026-11-24T23:00:00+03:00", False),
        ("2026-11-24T06:59:59+03:00", False),
        ("2026-11-24T04:00:00+00:00", True),
        ("2026-11-24T20:00:00+00:00", False),
    ],
)
def test_it_is_open_by_the_clock_of_its_zone(hotline: Hotline, moment: str, is_open: bool) -> None:
    assert hotline.is_open(datetime.fromisoformat(moment), MOSCOW) is is_open


def test_it_may_stay_open_past_midnight() -> None:
    hours = Hours(time(20, 0), time(6, 0))
    assert [hours.holds(time(hour)) for hour in (19, 20, 23, 0, 5, 6)] == [False, True, True, True, True, False]


def test_it_is_closed_on_holidays(tmp_path: Path) -> None:
    closed = load(tmp_path, TEXT.replace("holidays: []", 'holidays: ["11-24", "02-29", "2027-05-10"]'))
    assert closed.holidays == {"11-24", "02-29", "2027-05-10"}
    assert not closed.is_open(datetime.fromisoformat("2026-11-24T12:00:00+03:00"), MOSCOW)
    assert closed.is_open(datetime.fromisoformat("2026-11-25T12:00:00+03:00"), MOSCOW)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("appeal", {"number": "12 34 56 78", "due": "27.11.2026"}),
        ("code", {"code": "123456"}),
        ("code_web", {"code": "123456", "host": "moy.magnit.ru"}),
        ("code_change", {"code": "123456", "host": "moy.magnit.ru"}),
        ("incident_over", {}),
        ("phone_changed", {}),
        ("unreached", {"number": "12 34 56 78", "due": "27.11.2026"}),
    ],
)
def test_its_texts_are_one_part_each(hotline: Hotline, name: str, values: dict[str, str]) -> None:
    assert count_parts(hotline.sms_text(name, **values)) == 1


def test_the_end_of_an_outage_can_also_be_said(hotline: Hotline) -> None:
    assert check_spoken(hotline.sms_text("incident_over")) == hotline.sms_text("incident_over")


def test_it_fills_in_an_sms_of_one_part(hotline: Hotline) -> None:
    text = hotline.sms_text("code", code="012345")
    assert text == "Код для звонка на 8-800-200-90-02: 012345. Никому его не сообщайте."
    assert count_parts(text) == 1


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("brand: Мой Магнит", "", "`brand` is missing"),
        ("brand: Мой Магнит", "brand: ''", "`brand` must be a text"),
        ("brand:", "colour: red\nbrand:", "unknown key `colour`"),
        ("  luhn: false", "  luhn: no", "`card_scheme.luhn` must be true or false"),
        ("  length: 16", "  length: '16'", "`card_scheme.length` must be a whole number"),
        ("  length: 16", "  length: true", "`card_scheme.length` must be a whole number"),
        ("  series: []", "  series: 4276", "`card_scheme.series` must be a list"),
        ("  series: []", "  series: [4276]", "`card_scheme.series` must be digits in quotes"),
        ('"07:00"', '"7:00"', "`hours.opens` must be an hour"),
        ('from: "10:00"', 'from: "10"', "`schedule.peak.from` must be an hour"),
        ('to: "13:00"}', 'till: "13:00"}', "unknown key `schedule.peak.till`"),
        ('- {from: "17:00", to: "20:00"}', '- "17:00"', "`schedule.peak` holds an item that is not like"),
        ("operators: 4}", "operators: 0}", "`schedule.shifts.operators` must be a whole number"),
        ("offer_seconds: 15", "offer_seconds: 0", "`line.offer_seconds` must be a whole number"),
        ("words_while_waiting: true", "words_while_waiting: 1", "`line.words_while_waiting` must be true or false"),
        ("keep_clips: true", "keep_clips: often", "`desk.keep_clips` must be true or false"),
        ('"23:00"', '"24:00"', "`hours.closes` must be an hour"),
        ("holidays: []", "holidays: 01-01", "`holidays` must be a list"),
        ("holidays: []", 'holidays: ["31-12"]', "`holidays` holds a day that is none"),
        ("holidays: []", 'holidays: ["2027-02-29"]', "`holidays` holds a day that is none"),
        ("holidays: []", "holidays: [9]", "`holidays` holds a day that is none"),
        ("  working_days: 3", "  working_days: 61", "`appeals.working_days` must be a number of days from 1 to 60"),
        ("  working_days: 3", "  working_days: 0", "`appeals.working_days` must be a whole number"),
        ("  watch_chance: 0.0001", "  watch_chance: 1", "`incidents.watch_chance` must be a fraction"),
        ("  watch_chance: 0.0001", "  watch_chance: 1.5", "`incidents.watch_chance` must be a fraction"),
        (" {number} принято", " принято", "`sms.appeal` names the wrong values"),
        ('"+78002009003"', "89002009003", "`operators_line` must be a phone number"),
        ('"9002"', "9002", "`sms_number` must be digits"),
        ("  tries_per_code: 3", "  tries_per_code: 0", "`codes.tries_per_code` must be a whole number"),
        ("  tries_per_code: 3", "  tries: 3", "unknown key `codes.tries`"),
        ("ruble_per_part: 4.5", "ruble_per_part: 0", "`codes.ruble_per_part` must be a price in rubles"),
        ("brake_right_share: 0.2", "brake_right_share: 20", "`codes.brake_right_share` must be a fraction"),
        ("@{host} #{code}", "", "`sms.code_web` names the wrong values"),
        ("{code}. ", "", "`sms.code` names the wrong values"),
        ("{code}. ", "{code} {card_number}. ", "`sms.code` names the wrong values"),
        ("{code}. ", "{code!r}. ", "`sms.code` formats a value"),
        ("{code}. ", "{code:>9}. ", "`sms.code` formats a value"),
        ("{code}. ", "{code. ", "`sms.code`"),
        ("{code}. ", "{code.__class__} {code}. ", "`sms.code` names the wrong values"),
        ("sms:\n", "sms:\n  hello: text\n", "unknown key `sms.hello`"),
        ("card_scheme:", "card_scheme: none\nold:", ""),
    ],
)
def test_it_says_where_a_mistake_is_and_what_to_do(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in TEXT
    with pytest.raises(BookError) as caught:
        load(tmp_path, TEXT.replace(old, new, 1))
    assert place in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/hotline.yaml:")
    assert "\n" not in str(caught.value)


def test_it_wants_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="mapping"):
        load(tmp_path, "- brand")
