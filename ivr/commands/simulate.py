"""``simulate``: a call in the terminal, typed instead of spoken; ``--save`` makes a scenario of it."""

import logging
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console

from ivr.errors import HotlineError
from ivr.logs import configure_logs
from ivr.phones import is_number
from ivr.retelling.acts import HANG_UP, Act, Retold, Told
from ivr.retelling.by_text import TextCall, World, text_call
from ivr.retelling.saving import ensure_free, save_script
from ivr.retelling.script import Script, script_of
from ivr.retelling.typed import HANG_UP_WORD, SILENCE_WORD, act_typed
from ivr.retelling.voice import made_voices
from ivr.simulator.scenario import DEFAULT_TIME
from ivr.simulator.voices import caller_voices

ABOUT = (
    "Type what the caller says, an ellipsis for a pause. Digits, * and # alone are keys, as is <0512> among words. "
    f"An empty line or {SILENCE_WORD} is silence, {HANG_UP_WORD} ends the call."
)
console = Console(highlight=False)


def simulate(
    number: str = typer.Option("+79160000102", "--from", help="The caller's number, E.164."),
    time: str = typer.Option(DEFAULT_TIME, "--time", help="Local time at the hotline, YYYY-MM-DDTHH:MM."),
    by_keys: bool = typer.Option(False, "--keys", help="A caller who can only press keys."),
    save: Path | None = typer.Option(None, "--save", help="Write a scenario that `call` plays."),  # noqa: B008
    title: str = typer.Option("", "--title", help="The scenario's title; its file's name without it."),
) -> None:
    """Hold a call by text: the real dialogue and services on a throw-away database with the sample cards."""
    if not is_number(number):
        raise HotlineError("--from: write a number like +79160000102.")
    if save is not None:
        ensure_free(save)  # before a whole call is typed
    configure_logs("console", logging.ERROR)
    world = World(number, _moment(time), keypad=by_keys)
    script = _held(world, title or (save.stem if save else ""))
    if save is not None:
        callers = caller_voices()
        saved = save_script(script, save, made_voices(callers), callers)
        typer.echo(f"Saved, and played as it was: {saved.path}, {saved.recordings} recordings.", err=True)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise HotlineError(f"--time {text}: write it like {DEFAULT_TIME}.") from error


def _held(world: World, title: str) -> Script:
    """The call from its beginning to its end, or to the end of what is typed."""
    typer.echo(ABOUT, err=True)
    with text_call(world) as text:
        retold = Retold(world.number, text.dial())
        _show(retold.first)
        while not retold.last.over:
            act = _next_act(text)
            retold.add(act, text.act(act))
            _show(retold.last)
        left = text.left()
    console.print(f"[magenta]{'end':>8}[/]  {left.disposition}")
    return script_of(title, world, retold, left)


def _next_act(text: TextCall) -> Act:
    while True:
        question = text.question
        assert question is not None
        try:
            typed = input()
        except EOFError:
            return HANG_UP
        act = act_typed(typed, question, text.code)
        if act is None:
            typer.echo(ABOUT, err=True)
        elif text.keys_only and any(not piece.keyed for piece in act.pieces):
            typer.echo("Only keys are awaited now.", err=True)
        else:
            return act


def _show(told: Told) -> None:
    for say in told.says:
        console.print(f"[cyan]{'hotline':>8}[/]  {say.text}", soft_wrap=True, markup=True)
    if told.transferred:
        console.print(f"[magenta]{'note':>8}[/]  an operator has answered")
    for body in told.sms:
        console.print(f"[magenta]{'SMS':>8}[/]  {body}", soft_wrap=True)
