"""Saves a call that took place as a scenario: found in the database, retold, and played."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ivr.application import Application
from ivr.consent import ConsentKind
from ivr.content import GRAMMARS
from ivr.errors import LoyaltyUnavailable, RecordError
from ivr.retelling.disguise import is_harmless
from ivr.retelling.matching import Source, Telling, retell
from ivr.retelling.person import samples
from ivr.retelling.saving import Saved, ensure_free, save_script
from ivr.retelling.script import script_of
from ivr.retelling.stored import StoredCall, read_call
from ivr.retelling.voice import made_voices, with_own
from ivr.simulator.voices import CallerVoices
from ivr.slots.lexicon import load_lexicon
from ivr.store.cards import Card

CONSENT: ConsentKind = "personal_data"
"""What a caller has to have agreed to before the own voice goes into a file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A call that is saved now."""

    saved: Saved
    telling: Telling

    @property
    def remarks(self) -> list[str]:
        """What is otherwise than it was, for the person who saves; without personal data."""
        found = []
        if not self.telling.faithful:
            found.append(
                f"from step {self.telling.same + 1} of {self.telling.steps} on it goes another way: no sample card "
                "fares as the caller's did"
            )
        if self.telling.cut:
            found.append("it ends where an operator answered")
        return found


def keep_call(
    application: Application, sid: str, path: Path, callers: CallerVoices, *, title: str = "", own_voice: bool = False
) -> Kept:
    """Save a call. ``own_voice``: answers out of closed lists in the caller's own voice, where it was captured.

    Raises ``RecordError`` where there is no such call, or no consent to the own voice; ``NotReplayableError``;
    ``HotlineError`` where ``path`` is taken.
    """
    ensure_free(path)
    source, own = _read(application, sid, own_voice=own_voice)
    telling = retell(source)
    script = script_of(title or path.stem, telling.world, telling.retold, telling.left)
    voices = made_voices(callers)
    if own:
        voices = [*(with_own(voice, own) for voice in voices), *voices]
    return Kept(save_script(script, path, voices, callers), telling)


def _read(application: Application, sid: str, *, own_voice: bool) -> tuple[Source, Mapping[str, bytes]]:
    with application.db.reading() as conn:
        call = read_call(conn, sid)
        own = _own_sounds(application, conn, call) if own_voice else {}
        card = _card(application, conn, call)
    keypad = load_lexicon(GRAMMARS / "lexicon").keypad
    return Source(call, card, application.content, keypad, samples(), application.settings.zone), own


def _card(application: Application, conn: Connection, call: StoredCall) -> Card | None:
    number = call.slots.get("card_number")
    try:
        return application.loyalty.base(conn).find_card(number) if number else None
    except LoyaltyUnavailable:
        return None


def _own_sounds(application: Application, conn: Connection, call: StoredCall) -> dict[str, bytes]:
    """The caller's words to the μ-law of them: answers in which nothing personal can be heard."""
    if not application.case.setting.desk.consents.stands(conn, call.number, CONSENT):
        raise RecordError("The caller has not agreed, or has withdrawn it: save the call without --own-voice.")
    sounds = {capture.step: capture.mulaw for capture in application.captures.sounds(conn, call.sid)}
    found: dict[str, bytes] = {}
    for step in call.steps:
        sound = sounds.get(step.number - 1)  # the question was opened by the step before
        if step.line and sound and is_harmless(application.content.book, step.line):
            found.setdefault(step.line.text, sound)
    if not found:
        raise RecordError("Nothing of this call was captured; see DEBUG_CAPTURE, and save it without --own-voice.")
    return found
