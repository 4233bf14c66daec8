"""A call out of the hotline's own database, and the caller's own voice, which is kept back without consent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from ivr.application import Application
from ivr.clock import SetClock
from ivr.errors import RecordError
from ivr.media.codec import encode
from ivr.retelling.by_text import Deaf
from ivr.retelling.keeping import CONSENT, keep_call
from ivr.settings import load_settings
from ivr.simulator.voices import caller_voices
from tests.retelling.stored_calls import ASKS, AT, CARD, NAME, PHONE, SID, content, event


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    settings = load_settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/calls.db", debug_capture=True)
    built = Application(settings, clock=SetClock(AT), ear=Deaf(), content=content())
    built.prepare()
    answer = built.calls.begin(SID, PHONE, "+78002009002")
    for turn in (ASKS, CARD):
        sound = encode(caller_voices().say(ASKS, "espeak-woman"))
        built.captures.keep_turn(built.db, SID, answer.reply.step, sound)
        answer = built.calls.step(SID, answer.reply.step, event(turn))
    built.calls.status(SID, "completed", None)
    yield built
    built.db.close()


def test_the_own_voice_needs_consent(application: Application, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="agreed"):
        keep_call(application, SID, tmp_path / "kept.yaml", caller_voices(), own_voice=True)
    assert not (tmp_path / "kept.yaml").exists()


def test_the_own_voice_says_what_was_chosen_from_a_list(application: Application, tmp_path: Path) -> None:
    consents = application.case.setting.desk.consents
    with application.db.transaction() as conn:
        consents.give(conn, PHONE, CONSENT, "call", SID)
    kept = keep_call(application, SID, tmp_path / "kept.yaml", caller_voices(), title="Своё", own_voice=True)
    assert (kept.telling.left.disposition, kept.remarks) == ("hung_up", [])
    assert kept.saved.voice.endswith("own")
    (file,) = (tmp_path / "kept").iterdir()
    own, _ = soundfile.read(file)
    said = caller_voices().say(ASKS, "espeak-woman")
    assert abs(len(own) - len(said)) < 2000
    text = (tmp_path / "kept.yaml").read_text("utf-8")
    assert "Своё" in text
    assert CARD not in text
    assert NAME.lower() not in text
    assert PHONE not in text
