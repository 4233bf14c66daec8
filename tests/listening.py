"""What the hotline logs, for tests that search it for what must not be there."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from ivr.logs import configure_logs


@contextmanager
def listening(log_format: str) -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, down to DEBUG of the libraries."""
    configure_logs(log_format)
    root = logging.getLogger()
    handler, before, text = root.handlers[0], root.level, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(text)
    root.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.setLevel(before)
