"""``recognize``: what the hotline hears in a recording, as an answer to one of its questions."""

import json
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from ivr.commands.official import fetch_model
from ivr.content import Content, current_content
from ivr.dialog.commands import Listen
from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, Partial, SlotType
from ivr.errors import HotlineError
from ivr.media.question import phrases_for
from ivr.settings import load_settings
from ivr.speech.model import open_ear
from ivr.speech.recognizer import SAMPLE_RATE, Recognizer
from ivr.speech.sound import Floats, read_recording

CHUNK_BYTES = 1600
"""0.1 s of samples, as in a call."""
LEAD_SECONDS = 0.3
TAIL_SECONDS = 0.6
"""Silence around the recording, as a line has it."""


def recognize(
    file: Path,
    grammar: str = typer.Option(..., "--grammar", help="A question, such as card_number, or yes_no."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Print what is heard in a WAV, and the value that it gives."""
    content = current_content()
    slot, phrases = _grammar(content, grammar)
    pcm = telephone_pcm(read_recording(file))
    settings = load_settings()
    fetch_model(settings)
    utterance = hear(open_ear(settings).recognizer(phrases), pcm)
    found = _described(utterance, slot, len(pcm) / 2 / SAMPLE_RATE)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{found['text']}\n-> {found['value'] or 'nothing'}")


def telephone_pcm(samples: Floats) -> bytes:
    """int16 samples at 8000 hertz."""
    clipped: NDArray[np.int16] = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return clipped.tobytes()


def hear(recognizer: Recognizer, pcm: bytes) -> Utterance:
    """Feed a recording in chunks, as in a call."""
    padded = b"\0\0" * round(LEAD_SECONDS * SAMPLE_RATE) + pcm + b"\0\0" * round(TAIL_SECONDS * SAMPLE_RATE)
    parts = []
    for at in range(0, len(padded), CHUNK_BYTES):
        hearing = recognizer.accept(padded[at : at + CHUNK_BYTES])
        if hearing.finished:
            parts.append(Spoken(hearing.finished))
    last = recognizer.finish()
    return Utterance((*parts, Spoken(last)) if last else tuple(parts))


def _grammar(content: Content, name: str) -> tuple[SlotType, tuple[str, ...]]:
    if name in content.book.fields:
        return content.book.fields[name].slot, phrases_for(content.book, Listen(name))
    if name in content.slot_types:
        return content.slot_types[name], content.slot_types[name].phrases()
    names = sorted({*content.book.fields, *content.slot_types})
    raise HotlineError(f"There is no grammar {name!r}; there are: {', '.join(names)}.")


def _described(utterance: Utterance, slot: SlotType, seconds: float) -> dict[str, object]:
    reading = slot.read(utterance)
    values = list(reading.values) if isinstance(reading, Complete) else []
    progress = reading.progress if isinstance(reading, Partial) else None
    spoken = [part for part in utterance.parts if isinstance(part, Spoken)]
    heard = [[{"text": h.text, "confidence": h.confidence} for h in part.hypotheses] for part in spoken]
    return {
        "text": utterance.best_text,
        "alternatives": heard,
        "value": values[0] if values else progress,
        "values": values,
        "complete": bool(values),
        "seconds": round(seconds, 3),
    }
