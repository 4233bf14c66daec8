"""The doctor looks at the machine: codec, prompts, disk, port, database, queue."""

import json
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
import redis

from ivr.doctor import hearing, machine, stores
from ivr.doctor.examine import CHECKS
from ivr.doctor.patient import IllnessError
from ivr.media.codec import decode
from ivr.settings import ROOT, Settings
from ivr.store.condition import Condition, condition_of
from ivr.store.db import Database
from tests.commands.typing_in import typist
from tests.conftest import free_port
from tests.doctor.conftest import Examined
from tests.doctor.test_doctor_outside import wrong


def test_the_command_tells_programs_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PORT", str(free_port()))
    told = json.loads(typist(monkeypatch, capsys)("doctor", "--json"))
    assert told["ok"] is True
    assert [one["check"] for one in told["checks"]] == list(CHECKS)
    assert {one["state"] for one in told["checks"]} <= {"ok", "note"}


def test_a_codec_that_is_off_by_one_is_told(patient_with: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hearing.codec(patient_with()).text == "μ-law as libsndfile has it"
    monkeypatch.setattr(hearing, "decode", lambda data: (np.frombuffer(decode(data), np.int16) + 1).tobytes())
    assert "callers would hear noise" in wrong(hearing.codec, patient_with)


def test_prompts_without_recordings_are_counted(
    patient_with: Examined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "PROMPTS", tmp_path)
    told = hearing.prompts(patient_with())
    count = told.text.split()[0]
    assert told.note
    assert told.text.startswith(f"{count} of {count} are not recorded")
    assert told.text.endswith("run `python -m ivr prompts render`")


@pytest.mark.parametrize(("free", "note"), [(50_000_000_000, False), (1_500_000_000, True), (100_000_000, None)])
def test_a_full_disk_is_told(
    patient_with: Examined, monkeypatch: pytest.MonkeyPatch, free: int, note: bool | None
) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    if note is None:
        assert "100 MB are free" in wrong(machine.disk, patient_with)
    else:
        assert machine.disk(patient_with()).note is note


def test_the_disk_is_the_one_that_the_database_will_lie_on(patient_with: Examined, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert f"under {tmp_path}/data" in machine.disk(patient_with(database_url="sqlite:///data/deep/calls.db")).text
    assert f"under {tmp_path}" in machine.disk(patient_with(database_url="postgresql://localhost/x")).text


def test_a_port_is_free_or_taken(patient_with: Examined) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port} is taken" in wrong(machine.port, patient_with, port=port)
    assert machine.port(patient_with(port=port)).text == f"127.0.0.1:{port} is free"
    assert machine.port(patient_with(port=0)).text == "any free one"
    assert "no address of a machine" in wrong(machine.port, patient_with, host="no host")


def test_both_databases_are_set_up_so_that_no_commit_is_lost(database: Database) -> None:
    found = condition_of(database)
    stores.check_mode(found)
    assert (found.now is None) == (database.kind == "sqlite")
    assert found.version > (3, 0)


@pytest.mark.parametrize(("journal", "synchronous"), [("delete", "full"), ("wal", "off"), ("wal", "normal")])
def test_a_database_that_may_lose_commits_is_told(journal: str, synchronous: str) -> None:
    with pytest.raises(IllnessError, match=r": (put|set) .*\.$"):
        stores.check_mode(Condition(journal, synchronous, (16, 0), None))


def test_a_database_that_is_away_is_told(patient_with: Examined) -> None:
    away = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"
    assert "correct DATABASE_URL" in wrong(stores.database, patient_with, database_url=away)


def test_an_empty_database_is_still_to_be_migrated(patient_with: Examined, tmp_path: Path) -> None:
    told = stores.database(patient_with(database_url=f"sqlite:///{tmp_path}/new.db"))
    assert told.text.endswith("journal wal, synchronous full, to be migrated when the hotline starts")


def test_a_queue_that_is_away_or_forgets_is_told(patient_with: Examined, redis_url: str) -> None:
    assert stores.queue(patient_with(redis_url=redis_url)).text == "Redis answers"
    with redis.Redis.from_url(redis_url) as server:
        server.config_set("maxmemory-policy", "allkeys-lru")
        assert "set maxmemory-policy noeviction" in wrong(stores.queue, patient_with, redis_url=redis_url)
        server.config_set("maxmemory-policy", "noeviction")
    away = f"redis://127.0.0.1:{free_port()}/0"
    assert "correct REDIS_URL" in wrong(stores.queue, patient_with, redis_url=away)
    assert "correct REDIS_URL" in wrong(stores.queue, patient_with, redis_url="http://127.0.0.1")


def test_the_page_names_every_check_in_its_order() -> None:
    rows = (ROOT / "docs" / "doctor.md").read_text("utf-8").splitlines()
    assert [row.split("`")[1] for row in rows if row.startswith("| `")] == list(CHECKS)
