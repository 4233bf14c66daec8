"""Somebody at a terminal: types a command and reads what it prints, or its one line about a mistake."""

import io
from collections.abc import Callable

import pytest

from ivr import __main__ as program

MISTAKE = 2
Type = Callable[..., str]


def typist(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stdin: str = "") -> Type:
    """``stdin``: what stands on standard input where a command is given nothing else by ``stdin=``."""

    def type_in(*arguments: str, stdin: str = stdin) -> str:
        monkeypatch.setattr("sys.argv", ["ivr", *arguments])
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{stdin}\n"))
        with pytest.raises(SystemExit) as ended:
            program.main()
        printed = capsys.readouterr()
        if ended.value.code in (0, None):
            return printed.out
        assert ended.value.code == MISTAKE
        assert len(printed.err.strip().splitlines()) == 1, printed.err
        return printed.err

    return type_in
