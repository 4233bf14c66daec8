"""Real calls are counted, question by question, and the reports read it."""

from datetime import datetime, timedelta
from pathlib import Path

from ivr.reports.source import call_fates, sent_codes
from ivr.settings import ROOT
from ivr.simulator.runner import play
from ivr.simulator.scenario import Mode, load_scenario
from ivr.simulator.voices import caller_voices
from ivr.store.answers import count_answers
from ivr.store.db import Database
from ivr.store.tables import answers
from tests.reports.conftest import NOW

CALLS = ROOT / "tests" / "calls"
CARD = "4276"
"""The first digits of every card of the scripts."""


async def counted(tmp_path: Path, name: str, mode: Mode) -> dict[str, dict[str, int]]:
    url = f"sqlite:///{tmp_path}/calls.db"
    result = await play(load_scenario(CALLS / f"{name}.yaml"), mode, caller_voices(), database_url=url)
    assert result.failures == ()
    db = Database(url)
    with db.reading() as conn:
        found = {field: dict(results) for field, results in count_answers(conn, *_always()).items()}
        kept = [" ".join(map(str, row)) for row in conn.execute(answers.select())]
    db.close()
    assert kept
    assert not any(CARD in row for row in kept), "an answer itself is never kept"
    return found


def _always() -> tuple[datetime, datetime]:
    return NOW - timedelta(days=9999), NOW + timedelta(days=9999)


async def test_a_call_by_keys_counts_keys(tmp_path: Path) -> None:
    found = await counted(tmp_path, "activate_by_keys", "keys")
    assert found["card_number"] == {"keys": 1}
    assert {result for results in found.values() for result in results} <= {"keys", "confirmed"}
    db = Database(f"sqlite:///{tmp_path}/calls.db")
    with db.reading() as conn:
        (code,) = sent_codes(conn, NOW - timedelta(days=9999))
        (call,) = call_fates(conn, *_always(), NOW)
    db.close()
    assert code.used_at is not None
    assert call.fate == "solved"


async def test_a_call_by_voice_counts_what_was_heard_confirmed_and_corrected(tmp_path: Path) -> None:
    found = await counted(tmp_path, "activate_with_correction", "voice")
    assert found["card_number"] == {"understood": 1, "confirmed": 1}
    assert found["one_time_code"] == {"understood": 1}
    assert sum(results.get("denied", 0) for results in found.values()) >= 1


async def test_silence_is_counted(tmp_path: Path) -> None:
    assert (await counted(tmp_path, "silent_caller", "keys"))["problem"]["silence"] >= 3
