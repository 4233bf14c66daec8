"""``forget``: erase all that is kept of one person, and show the acts of earlier erasures."""

import getpass
import json
import re
import sys
from pathlib import Path
from typing import Protocol

import phonenumbers
import structlog
import typer

from ivr.clock import SystemClock
from ivr.codes import CodeDesk
from ivr.commands.output import open_database
from ivr.consent import load_consent_texts
from ivr.content import GRAMMARS
from ivr.erasure import REASONS, Act, ErasureSetting, Reason, act_of, erase_person, person_to_erase
from ivr.erasure_act import ActPaper, load_act_words
from ivr.errors import RecordError
from ivr.hotline import load_hotline
from ivr.loyalty import open_loyalty
from ivr.settings import Settings, load_settings
from ivr.store.db import Database
from ivr.store.erasures import find_erasure

_EMPLOYEE = re.compile(r"[^\W\d_][\w.-]{0,31}")
_HOME = "RU"
_log = structlog.get_logger(__name__)


def forget(  # noqa: PLR0917  a command's options are its arguments
    phone: str = typer.Option(
        "", help="The person's phone; `-` reads it from standard input, without the option it is asked for."
    ),
    yes: bool = typer.Option(False, "--yes", help="Do not ask again."),
    reason: str = typer.Option("request", help="request, withdrawn or purpose_over."),
    by: str = typer.Option("", help="Which employee erases; otherwise the account's name on this machine."),
    even_open: bool = typer.Option(False, "--even-open", help="Close appeals that wait for their answer."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only tell what would be erased."),
    act: int = typer.Option(0, help="Print the act with this number again, and erase nothing."),
    out: str = typer.Option("", help="Write the act to this file as well."),
    as_json: bool = typer.Option(False, "--json", help="The act as JSON."),
) -> None:
    """Erase everything that is kept of a person, in one transaction, and print the act that proves it."""
    settings = load_settings()
    db, paper = open_database(), _paper(settings)
    if act:
        _print(paper, _kept_act(db, act), as_json, out)
        return
    work = _work(settings, _phone(phone), _reason(reason), _employee(by), even_open)
    if dry_run or not yes:
        _tell(paper, work(db, keep=False))
    if dry_run or not (yes or typer.confirm("Erase this for ever?", err=True)):
        return
    done = work(db, keep=True)
    _log.info("erased", act=done.number, reason=done.reason, rows=sum(done.counts.values()))
    _print(paper, done, as_json, out)


class _Work(Protocol):
    def __call__(self, db: Database, *, keep: bool) -> Act: ...


def _work(settings: Settings, phone: str, reason: Reason, employee: str, even_open: bool) -> _Work:
    """What erases. Without ``keep`` it only tells what an erasure would do."""
    clock = SystemClock()
    codes = CodeDesk(load_hotline(GRAMMARS / "hotline.yaml"), settings.derived("codes"), clock)
    setting = ErasureSetting(codes.key_of, clock, open_loyalty(settings, clock))

    def work(db: Database, *, keep: bool) -> Act:
        with db.reading() as conn:
            person = person_to_erase(conn, setting, phone, employee, even_open=even_open)
        return erase_person(db, setting, person, reason, employee, even_open=even_open, keep=keep)

    return work


def _tell(paper: ActPaper, act: Act) -> None:
    for table, count in act.counts.items():
        typer.echo(f"{table}: {count}", err=True)
    if not act.counts:
        typer.echo(paper.words.nothing, err=True)


def _print(paper: ActPaper, act: Act, as_json: bool, out: str) -> None:
    text = json.dumps(paper.plain(act), ensure_ascii=False, indent=2) + "\n" if as_json else paper.markdown(act)
    typer.echo(text, nl=False)
    if not out:
        return
    try:
        Path(out).write_text(text, "utf-8")
    except OSError as error:
        cure = f"print it again: python -m ivr forget --act {act.number}"
        raise RecordError(f"The act cannot be written to {out} ({error.strerror}); {cure}") from error


def _paper(settings: Settings) -> ActPaper:
    hotline = load_hotline(GRAMMARS / "hotline.yaml")
    processor = load_consent_texts(GRAMMARS / "consent.yaml", hotline).processor
    return ActPaper(load_act_words(GRAMMARS / "erasure.yaml", hotline.brand), processor, settings.zone)


def _kept_act(db: Database, number: int) -> Act:
    with db.reading() as conn:
        row = find_erasure(conn, number)
    if row is None:
        raise RecordError("There is no act with this number; acts are kept for three years")
    return act_of(row)


def _phone(given: str) -> str:
    """E.164. What was typed is never quoted."""
    typed = sys.stdin.readline() if given == "-" else given or typer.prompt("Phone", err=True)
    try:
        parsed = phonenumbers.parse(typed.strip(), _HOME)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise RecordError("This is no phone number; write it like +79160000102")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _reason(given: str) -> Reason:
    reason = next((one for one in REASONS if one == given), None)
    if reason is None:
        raise RecordError(f"There is no such reason; write --reason {', '.join(REASONS)}")
    return reason


def _employee(given: str) -> str:
    """A name, and never a number: the act holds nothing personal but the employee."""
    name = given or getpass.getuser()
    if not _EMPLOYEE.fullmatch(name):
        raise RecordError("An employee's name is up to 32 letters, digits, dots and dashes, a letter first: --by NAME")
    return name
