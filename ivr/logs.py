"""Structured logs. Events are static words and ids; a mask behind them catches what should never have come that far.

The rule is not to log personal data at all. The mask is the second line: it hides long digit strings wherever they
turn up, tracebacks included.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

DIGITS = re.compile(
    r"(?:(?<![^\W_])(?<!\.)|(?<=%2B))"  # neither inside a hexadecimal id nor behind a decimal point; %2B is a plus
    r"\+?(?:\d[\d\s()-]{4,}\d|\d{1,2}[./]\d{1,2}[./]\d{4})(?![^\W_])"
)
"""Six digits or more, also in groups: card numbers, phones, codes, dates of birth. Hexadecimal ids are left alone."""
MASK = "[digits]"
SHOWN_AS_THEY_ARE = frozenset({"timestamp", "level", "logger", "call_sid", "outbox_id", "revision"})


def configure_logs(form: str, level: int = logging.INFO) -> None:
    """``form``: ``console`` for people, ``json`` for collectors. Everything goes to standard error."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    logging._srcfile = None  # nobody is shown the line that logged; looking it up costs more than the rest
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_digits,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for own_way in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # Started by its own command line, uvicorn writes past every mask.
        logger = logging.getLogger(own_way)
        logger.handlers.clear()
        logger.propagate = True
    for noisy in ("uvicorn.access", "httpx", "huey", "websockets", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def mask_digits(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hide digit strings in every value that is not an id, whatever its type."""
    for key, value in event.items():
        if key not in SHOWN_AS_THEY_ARE and not key.startswith("_"):  # _record is the logging module's own
            event[key] = _masked(value)
    return event


def _masked(value: object) -> object:
    shown = str(value)
    hidden = DIGITS.sub(MASK, shown)
    return value if hidden == shown else hidden
