"""Sound for debugging: sealed, not of secret answers, whole turns, and off unless switched on."""

import asyncio
import io
import wave
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.captures import CaptureSafe
from ivr.clock import SetClock
from ivr.content import Content, current_content
from ivr.dialog.commands import Listen
from ivr.dialog.events import Utterance
from ivr.dialog.state import DialogState, state_to_json
from ivr.hotline import Hotline
from ivr.media.question import MOST_KEPT_BYTES, Question
from ivr.retelling.by_text import Deaf
from ivr.retention import Retention, rules_of
from ivr.settings import load_settings
from ivr.store.calls import insert_call
from ivr.store.captures import captured_calls
from ivr.store.db import Database
from ivr.store.person_tables import captures
from tests.commands.typing_in import typist

VOICE = bytes(range(200)) * 40


@pytest.fixture(scope="module")
def content() -> Content:
    return current_content()


def safe_of(content: Content, clock: SetClock, *, key: bytes = bytes(32), keeps: bool = True) -> CaptureSafe:
    return CaptureSafe(key, content.book, clock, keeps)


def asking(field: str) -> DialogState:
    return DialogState("book", "activate_card", field)


def test_it_keeps_the_sound_of_a_step_sealed(database: Database, content: Content, clock: SetClock) -> None:
    safe = safe_of(content, clock)
    with database.transaction() as conn:
        safe.keep(conn, "CA1", 4, asking("birth_date"), VOICE)
        safe.keep(conn, "CA1", 3, asking("card_number"), VOICE[:800])
        assert [(one.step, one.mulaw, one.at) for one in safe.sounds(conn, "CA1")] == [
            (3, VOICE[:800], clock.now()),
            (4, VOICE, clock.now()),
        ]
        assert safe.sounds(conn, "CA2") == []
        assert safe_of(content, clock, key=b"k" * 32).sounds(conn, "CA1") == []
        sealed = list(conn.execute(select(captures.c.sealed)).scalars())
    assert all(VOICE[:100] not in one for one in sealed)


@pytest.mark.parametrize(
    ("field", "keeps", "sound"),
    [("one_time_code", True, VOICE), ("card_number", False, VOICE), ("card_number", True, b""), (None, True, VOICE)],
)
def test_it_keeps_no_code_no_silence_and_nothing_unless_switched_on(
    database: Database, content: Content, clock: SetClock, *, field: str | None, keeps: bool, sound: bytes
) -> None:
    safe = safe_of(content, clock, keeps=keeps)
    with database.transaction() as conn:
        safe.keep(conn, "CA1", 4, DialogState("book", "activate_card", field), sound)
        assert captured_calls(conn) == []


def test_a_media_session_gives_it_the_turn_of_the_present_step(
    database: Database, content: Content, clock: SetClock
) -> None:
    safe = safe_of(content, clock)
    with database.transaction() as conn:
        state, at = state_to_json(asking("card_number")), clock.now()
        insert_call(conn, "CA1", state=state, driver="stream", from_number="+79160000102", to_number="+7", at=at)
    safe.keep_turn(database, "CA1", 0, VOICE)
    safe.keep_turn(database, "CA1", 1, VOICE)
    safe.keep_turn(database, "CA2", 0, VOICE)
    with database.reading() as conn:
        assert [(one.call_sid, one.steps) for one in captured_calls(conn)] == [("CA1", 1)]


def test_a_database_that_fails_costs_the_sound_and_not_the_call(
    tmp_path: Path, content: Content, clock: SetClock
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    safe_of(content, clock).keep_turn(empty, "CA1", 0, VOICE)
    empty.close()


def test_its_hours_are_few(database: Database, content: Content, clock: SetClock, hotline: Hotline) -> None:
    safe, retention = safe_of(content, clock), Retention(database, rules_of(hotline), clock)
    with database.transaction() as conn:
        safe.keep(conn, "CA1", 4, asking("birth_date"), VOICE)
    for hours, left in ((71, 1), (2, 0)):
        clock.move(timedelta(hours=hours))
        retention.apply()
        with database.reading() as conn:
            assert len(captured_calls(conn)) == left


@pytest.mark.parametrize(("keeps_all", "kept"), [(True, VOICE), (False, b"")])
def test_a_question_keeps_its_whole_turn_where_it_is_told_to(content: Content, *, keeps_all: bool, kept: bytes) -> None:
    async def heard() -> bytes:
        with ThreadPoolExecutor(1) as threads:
            listen = Listen("card_number")
            question = Question(content.book, listen, Utterance(), Deaf(), threads, keeps_all=keeps_all)
            for at in range(0, len(VOICE), 160):
                await question.audio(VOICE[at : at + 160])
            return question.all_heard

    assert asyncio.run(heard()) == kept
    assert MOST_KEPT_BYTES == 120 * 8000


def test_the_command_lists_and_writes_wav_files(
    tmp_path: Path,
    content: Content,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    type_in = typist(monkeypatch, capsys)
    assert "captures list" in type_in("captures", "export", "CA1", "sounds")
    db = Database(load_settings().database_url)
    with db.transaction() as conn:
        safe_of(content, clock, key=load_settings().derived("captures")).keep(
            conn, "CA1", 4, asking("birth_date"), VOICE
        )
    db.close()
    assert '"steps": 1' in type_in("captures", "list", "--json")
    assert type_in("captures", "export", "CA1", "sounds") == "1 files written.\n"
    with wave.open(io.BytesIO((tmp_path / "sounds" / "004.wav").read_bytes())) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnframes()) == (8000, 2, len(VOICE))
