"""A told call as a scenario: what ``ivr.simulator`` plays, written so that people can read and change it."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.dialog.commands import Say
from ivr.retelling.acts import Act, Piece, Retold, Told
from ivr.retelling.by_text import ANNA, Left, World
from ivr.simulator.scenario import FOLDER, Mode, Scenario
from ivr.simulator.writing import written

LONGEST_WORDS = 60
"""Letters of a prompt that are expected at most: enough to tell it from others, short enough to be read."""
SILENCE_BEYOND = 1
"""Seconds that a silent caller is silent longer than the question waits."""
_SENTENCE_END = re.compile(r"[.!?]\s")

Value = str | bool | float
Turn = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario before it has a file. ``turns`` are keys and values as in ``ivr.simulator.scenario.Turn``."""

    title: str
    world: World
    turns: tuple[Turn, ...]
    left: Left
    sms: int | None
    """None where it cannot be said: a message may come before or after the end of the call."""

    @property
    def mode(self) -> Mode:
        return "keys" if self.world.keypad else "voice"

    @property
    def words(self) -> tuple[str, ...]:
        """What the caller says without a code in it, each once: what a voice can speak beforehand."""
        said = (str(turn["caller"]) for turn in self.turns if "caller" in turn)
        return tuple(dict.fromkeys(text for text in said if "{" not in text))


def script_of(title: str, world: World, retold: Retold, left: Left) -> Script:
    """The scenario of a told call."""
    turns: list[Turn] = []
    for told, act in zip(retold.all_told, [*retold.acts, None], strict=True):
        turns += _expected(told)
        if act is not None:
            turns += _acted(act, told)
    last = retold.last
    count = sum(len(told.sms) for told in retold.all_told)
    return Script(title, world, tuple(turns), left, None if last.sms else count)


def write_script(script: Script, path: Path, sounds: Mapping[str, Path] = {}) -> None:
    """Write the file. ``sounds``: the caller's words to their recordings, in a folder beside it."""
    turns = [_sounding(turn, sounds) for turn in script.turns]
    expect: dict[str, Any] = {"disposition": script.left.disposition, "cards": script.left.cards}
    data = {
        "call": path.stem,
        "title": script.title,
        "caller": script.world.number,
        "time": f"{script.world.time:%Y-%m-%dT%H:%M}",
        "incident": script.world.incident,
        "operators": [{"name": ANNA}] if script.world.desk else "answered",
        "by": [script.mode],
        "turns": turns,
        "expect": expect | {"sms": script.sms, "appeals": script.left.appeals},
    }
    scenario = Scenario.model_validate(data, context={FOLDER: path.parent})
    path.write_text(written(scenario, path.parent), "utf-8")


def _sounding(turn: Turn, sounds: Mapping[str, Path]) -> Turn:
    sound = sounds.get(str(turn.get("caller", "")))
    return turn if sound is None else {**turn, "audio": f"{sound.parent.name}/{sound.name}"}


# -- turns ------------------------------------------------------------------------------------------------------------


def _expected(told: Told) -> Iterator[Turn]:
    """What is said, a turn for each prompt, and the messages that come meanwhile.

    The goodbye behind a conversation with an operator is not waited for.
    """
    yield from _said(told.says[: told.transferred_after])
    if told.over:
        return
    if told.transferred_after is not None:
        yield {"operator": True}
        yield from _said(told.says[told.transferred_after :])
    yield from ({"sms": True} for _ in told.sms)


def _said(says: Sequence[Say]) -> Iterator[Turn]:
    yield from ({"hotline": words} for say in says if (words := _words(say)))


def _words(say: Say) -> str:
    """A prompt with values whole, since they are what it is about; of a fixed one its beginning."""
    if any(segment.secret for segment in say.segments):
        return say.text
    first = _SENTENCE_END.split(say.text, maxsplit=1)[0]
    words = first.split()
    while len(" ".join(words)) > LONGEST_WORDS:
        words.pop()
    return " ".join(words).rstrip(",;:-. ")


def _acted(act: Act, told: Told) -> Iterator[Turn]:
    if act.hangs_up:
        yield {"hang_up": True}
    elif not act.pieces:
        yield {"silence": math.ceil(told.silence_seconds) + SILENCE_BEYOND}
    else:
        for number, pieces in enumerate(_runs(act.pieces)):
            name = "keys" if pieces[0].keyed else "caller"
            text = "".join(piece.text for piece in pieces) if name == "keys" else "… ".join(p.text for p in pieces)
            yield {name: text, **({"talk_over": True} if number else {})}


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Keys in a row, words in a row."""
    run: list[Piece] = []
    for piece in pieces:
        if run and run[-1].keyed != piece.keyed:
            yield run
            run = []
        run.append(piece)
    yield run
