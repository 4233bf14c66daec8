"""No personal number gets through: events, values of any type, tracebacks, other libraries' records."""

import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
import structlog
import uvicorn.config

from ivr.logs import MASK, configure_logs, mask_digits

CARD = "4276051200020024"
PERSONAL = {
    "card": CARD,
    "card in blocks": "4276 0512 0002 0024",
    "card with dashes": "4276-0512-0002-0024",
    "phone": "+79160000102",
    "phone in brackets": "+7 (916) 000-01-02",
    "phone of eight": "8 916 000-01-02",
    "code": "012345",
    "ISO date": "1985-05-23",
    "date with dots": "23.05.1985",
    "date with slashes": "23/5/1985",
}
AROUND = ("{}", "card={}", "'{}'", "[{}, x]", "номер: {}.", "a_{}_b", '{{"slots": {{"n": "{}"}}}}', "two\n{}\nlines")


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("number", PERSONAL.values(), ids=PERSONAL.keys())
def test_numbers_are_masked_wherever_they_stand(number: str, around: str) -> None:
    text = around.format(number)
    masked = mask_digits(None, "info", {"event": text, "detail": text})
    assert masked["event"] == masked["detail"] == around.format(MASK)


def test_a_number_in_an_address_is_masked() -> None:
    masked = mask_digits(None, "info", {"event": "x", "url": "https://api.example.ru/?To=%2B79160000102&From=9002"})
    assert masked["url"] == f"https://api.example.ru/?To=%2B{MASK}&From=9002"


@pytest.mark.parametrize(
    "value", [int(CARD), {"card_number": CARD}, [CARD], (CARD,), {CARD}, ValueError(CARD), CARD.encode()]
)
def test_values_of_any_type_are_masked(value: object) -> None:
    masked = mask_digits(None, "info", {"event": "x", "value": value})
    assert CARD not in str(masked)
    assert MASK in str(masked)


@pytest.mark.parametrize(
    "harmless",
    [
        "CA0123456789abcdef0123456789abcdef",
        "127.0.0.1:8000",
        "0.123456789",
        "12345",
        "версия 1.20.300",
        "line 12345",
        "0001_first_tables",
        "4276051200020024ab",
    ],
)
def test_what_is_no_personal_number_stays(harmless: str) -> None:
    assert mask_digits(None, "info", {"event": harmless, "v": harmless}) == {"event": harmless, "v": harmless}


def test_ids_and_plain_values_stay() -> None:
    event = {
        "event": "step",
        "call_sid": "CA12345678901234567890123456789012",
        "outbox_id": "20261124063100",
        "timestamp": "2026-11-24T06:31:00.123456Z",
        "level": "info",
        "step": 7,
        "seconds": 0.25,
        "none": None,
        "answered": True,
    }
    assert mask_digits(None, "info", dict(event)) == event


@pytest.fixture
def restored() -> Iterator[None]:
    """The logging of the tests as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_personal_reaches_standard_error(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form)
    log = structlog.get_logger("ivr.test")
    log.info("step", call_sid="CA1", card=CARD, slots={"card_number": CARD})
    log.info(f"heard {CARD}")
    logging.getLogger("uvicorn.error").error("card %s of %s", CARD, "+79160000102")
    try:
        raise ValueError(f"no such card: {CARD}")
    except ValueError:
        log.exception("failed", call_sid="CA1")
        logging.getLogger("other").exception("failed too")
    written = capsys.readouterr().err
    assert CARD not in written
    assert "79160000102" not in written
    assert written.count(MASK) >= 6
    assert "CA1" in written
    assert "no such card" in written


@pytest.mark.usefixtures("restored")
def test_collectors_get_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json")
    structlog.get_logger("ivr.test").info("step", call_sid="CA1", form="activate_card")
    (line,) = capsys.readouterr().err.splitlines()
    shown = json.loads(line)
    expected = {"event": "step", "call_sid": "CA1", "form": "activate_card", "level": "info"}
    assert {name: shown[name] for name in expected} == expected


@pytest.mark.usefixtures("restored")
def test_it_masks_what_uvicorn_logs_by_its_own_handlers(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
    configure_logs("console")
    logging.getLogger("uvicorn.error").error("card %s", CARD)
    written = capsys.readouterr().err
    assert MASK in written
    assert CARD not in written
