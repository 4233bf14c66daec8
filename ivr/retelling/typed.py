"""What somebody types who is a caller in a terminal."""

import re
from collections.abc import Iterator

from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance
from ivr.dialog.forms import Complete, Field
from ivr.media.prompts import same_words
from ivr.retelling.acts import HANG_UP, SILENCE, Act, Piece
from ivr.simulator.scenario import CODE, WRONG_CODE
from ivr.simulator.voices import stretches_of

HANG_UP_WORD, SILENCE_WORD = "/hangup", "/silence"
_KEYS = re.compile(r"[0-9*#][0-9*# ]*")
_KEYS_INSIDE = re.compile(r"<([0-9*#]+)>")


def act_typed(line: str, question: Field, code: str) -> Act | None:
    """The act; None for a command that there is none of. ``code``: the digits of the last SMS.

    Digits alone are keys, and so is ``<0512>`` among words; an empty line is silence, an ellipsis a pause.
    """
    text = line.strip()
    if text in ("", SILENCE_WORD):
        return SILENCE
    if text.startswith("/"):
        return HANG_UP if text == HANG_UP_WORD else None
    pieces = tuple(_pieces(text))
    return _with_code(pieces, question, code) if question.secret else Act(pieces)


def _pieces(text: str) -> Iterator[Piece]:
    if _KEYS.fullmatch(text):
        yield Piece(text.replace(" ", ""), keyed=True)
        return
    for number, part in enumerate(_KEYS_INSIDE.split(text)):
        if number % 2:
            yield Piece(part, keyed=True)
        else:
            yield from (Piece(stretch) for stretch in stretches_of(part))


def _with_code(pieces: tuple[Piece, ...], question: Field, code: str) -> Act:
    """A whole code by its name, since each call has another one; before the first SMS there is none to name."""
    reading = question.slot.read(Utterance(tuple(_part(piece) for piece in pieces)))
    if not isinstance(reading, Complete) or not code:
        return Act(pieces)
    name = CODE if code in reading.values else WRONG_CODE
    return Act((Piece(name, keyed=all(piece.keyed for piece in pieces)),))


def _part(piece: Piece) -> Keyed | Spoken:
    return Keyed(piece.text) if piece.keyed else Spoken((Hypothesis(same_words(piece.text)),))
