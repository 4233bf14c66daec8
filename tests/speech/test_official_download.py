"""Official models by name, from a publisher on this machine: found, fetched, resumed, checked, refused."""

import io
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest

from ivr.commands import official as bar
from ivr.errors import ModelError
from ivr.settings import ROOT, load_settings
from ivr.speech.model import model_dir
from ivr.speech.official.cache import Source
from tests.speech.model_publisher import NAME, SMALL_MODEL, Publisher, entry, publishing, zipped

ZIP = zipped()
BIG = "vosk-model-ru-0.42"
ENGLISH = "vosk-model-small-en-us-0.15"
OLD = "vosk-model-small-ru-0.4"
LISTED = [
    entry(ZIP),
    entry(ZIP, BIG, type="big"),
    entry(ZIP, ENGLISH, lang="en-us"),
    entry(ZIP, OLD, obsolete="true"),
]
Fetch = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and working folder; no request leaves this machine."""
    for name in ("VOSK_MODEL_PATH", "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".cache" / "vosk"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing(Publisher({f"{NAME}.zip": ZIP}, LISTED)) as one:
        yield one


def fetched(publisher: Publisher, name: str = NAME) -> Path:
    return model_dir(name, lambda *_: None, publisher.source)


def refused(publisher: Publisher, hint: str, name: str = NAME) -> str:
    """The one line of the error; nothing that looks like a model is left behind."""
    with pytest.raises(ModelError, match=hint) as caught:
        fetched(publisher, name)
    assert "\n" not in str(caught.value)
    home = Path(os.environ["HOME"])
    assert [path for path in home.glob(".cache/vosk/*") if not path.name.startswith(".")] == []
    assert not (home / ".cache" / "vosk" / f".{NAME}.unpacking").exists()
    return str(caught.value)


def assert_whole(folder: Path) -> None:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == SMALL_MODEL


def test_it_fetches_a_model_by_name_and_asks_nobody_for_it_again(publisher: Publisher, cache: Path) -> None:
    told: list[tuple[int, int | None]] = []
    folder = model_dir(NAME, lambda there, total: told.append((there, total)), publisher.source)
    assert folder == cache / NAME
    assert_whole(folder)
    assert told == sorted(told)
    assert told[-1] == (len(ZIP), len(ZIP))
    assert [path for path, _ in publisher.asked] == ["/vosk/models/model-list.json", f"/vosk/models/{NAME}.zip"]
    assert fetched(publisher) == folder
    assert len(publisher.asked) == 2


def test_it_leaves_nothing_that_vosk_would_take_for_a_model(publisher: Publisher, cache: Path) -> None:
    fetched(publisher)
    assert {path.name for path in cache.iterdir()} == {NAME, f".{NAME}.lock"}


def test_a_model_in_the_folder_of_the_environment_comes_first(
    publisher: Publisher, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / NAME).mkdir(parents=True)
    monkeypatch.setenv("VOSK_MODEL_PATH", str(tmp_path / "models"))
    assert fetched(publisher) == cache / NAME
    (tmp_path / "models" / NAME).mkdir(parents=True)
    assert fetched(publisher) == tmp_path / "models" / NAME
    (tmp_path / NAME).mkdir()
    assert fetched(publisher) == Path(NAME)  # a directory goes before a name
    assert publisher.asked == []


def test_it_goes_on_where_the_connection_broke(publisher: Publisher) -> None:
    publisher.cuts = [100_000, 70_000]
    assert_whole(fetched(publisher))
    assert publisher.ranges[0] == ""
    first, second = (int(asked.removeprefix("bytes=").removesuffix("-")) for asked in publisher.ranges[1:])
    assert 0 < first <= 100_000
    assert first < second <= 170_000


def test_it_gives_up_after_some_tries_and_the_next_run_goes_on(publisher: Publisher, cache: Path) -> None:
    publisher.cuts = [60_000] * 5
    assert re.search(r"broke off after 0\.\d MB", refused(publisher, "Run it again: it goes on"))
    assert 0 < (cache / f".{NAME}.zip.part").stat().st_size < len(ZIP)
    publisher.asked.clear()
    assert_whole(fetched(publisher))
    assert publisher.ranges[0].startswith("bytes=")
    assert not (cache / f".{NAME}.zip.part").exists()


def test_a_server_that_knows_no_ranges_sends_all_again(publisher: Publisher) -> None:
    publisher.cuts, publisher.takes_ranges = [100_000], False
    assert_whole(fetched(publisher))


@pytest.mark.parametrize("codes", [[500, 503], [429], [502, 502, 502, 502]])
def test_a_busy_server_is_asked_again(publisher: Publisher, codes: list[int]) -> None:
    publisher.refusals = list(codes)
    assert_whole(fetched(publisher))


def test_a_server_that_forbids_is_not_asked_again(publisher: Publisher) -> None:
    publisher.refusals = [403]
    refused(publisher, "answers HTTP 403")
    assert len(publisher.ranges) == 1


@pytest.mark.parametrize("old", [b"x" * 1000, b"x" * len(ZIP), b"x" * (len(ZIP) + 50), ZIP])
def test_the_beginning_of_another_edition_does_no_harm(publisher: Publisher, cache: Path, old: bytes) -> None:
    cache.mkdir(parents=True)
    (cache / f".{NAME}.zip.part").write_bytes(old)
    assert_whole(fetched(publisher))


def test_a_whole_zip_of_an_earlier_run_is_not_fetched_again(publisher: Publisher, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / f".{NAME}.zip.part").write_bytes(ZIP)
    assert_whole(fetched(publisher))
    assert publisher.ranges == []


@pytest.mark.parametrize(("wrong", "hint"), [({"md5": "0" * 32}, "md5"), ({"size": len(ZIP) + 1}, "bytes in place of")])
def test_a_damaged_download_is_refused_and_not_kept(
    publisher: Publisher, cache: Path, wrong: dict[str, object], hint: str
) -> None:
    publisher.listed = [entry(ZIP) | wrong]
    assert hint in refused(publisher, "damaged")
    assert not (cache / f".{NAME}.zip.part").exists()


@pytest.mark.parametrize(
    "listed", [None, b"{", b"<html>", b'{"models": 1}', b"[1]", b'[{"lang": "ru"}]', b"[]", b"\xff"]
)
def test_it_does_without_a_list(publisher: Publisher, listed: bytes | None) -> None:
    publisher.listed = listed
    assert_whole(fetched(publisher))


def test_without_a_list_the_zip_itself_tells_damage(publisher: Publisher, cache: Path) -> None:
    publisher.listed = None
    at = ZIP.index(bytes(range(256)))
    publisher.zips[f"{NAME}.zip"] = ZIP[:at] + b"damage" + ZIP[at + 6 :]
    refused(publisher, r"zip of vosk-model-small-ru-0\.22 is damaged")
    publisher.zips[f"{NAME}.zip"] = ZIP[: len(ZIP) // 2]
    refused(publisher, "damaged")
    assert not (cache / f".{NAME}.zip.part").exists()


def test_an_unknown_name_is_told_the_names_that_would_do(publisher: Publisher) -> None:
    told = refused(publisher, "there is no model vosk-model-ru-9", "vosk-model-ru-9")
    assert NAME in told
    assert not any(name in told for name in (BIG, ENGLISH, OLD))
    publisher.listed = None
    assert NAME in refused(publisher, "there is no model vosk-model-ru-9", "vosk-model-ru-9")


@pytest.mark.parametrize(("name", "hint"), [(BIG, "takes no word lists"), (ENGLISH, "another language")])
def test_a_model_that_cannot_serve_is_refused_before_it_is_fetched(publisher: Publisher, name: str, hint: str) -> None:
    publisher.zips[f"{name}.zip"] = ZIP
    assert NAME in refused(publisher, hint, name)
    assert publisher.ranges == []


def test_a_fixed_graph_is_refused_where_only_its_files_tell(publisher: Publisher, cache: Path) -> None:
    publisher.listed = None
    publisher.zips[f"{NAME}.zip"] = zipped({**SMALL_MODEL, "graph/HCLG.fst": b"big"})
    refused(publisher, "one fixed graph")
    assert not (cache / f".{NAME}.zip.part").exists()


def test_without_a_network_it_says_what_to_do(publisher: Publisher) -> None:
    publisher.address = "http://127.0.0.1:9/vosk/models/"  # nobody listens there
    told = refused(publisher, "cannot reach")
    assert ".cache/vosk" in told


EVIL = (
    "../evil",
    "/evil",
    f"{NAME}/../../evil",
    f"{NAME}/../evil",
    f"{NAME}/am/../../evil",
    f"{NAME}\\..\\evil",
    f"{NAME}/..\\evil",
    "C:/evil",
    "evil",
    f"{NAME}-other/evil",
    "",
)


@pytest.mark.parametrize("path", EVIL)
def test_a_zip_that_leads_elsewhere_is_not_unpacked(publisher: Publisher, tmp_path: Path, path: str) -> None:
    buffer = io.BytesIO(ZIP)
    with ZipFile(buffer, "a") as archive:
        archive.writestr(ZipInfo(path), b"evil")
    publisher.zips[f"{NAME}.zip"], publisher.listed = buffer.getvalue(), None
    refused(publisher, "no file in its folder|damaged")
    assert list(tmp_path.rglob("*evil*")) == []
    assert not Path("/evil").exists()


def test_a_zip_with_a_link_is_not_unpacked(publisher: Publisher) -> None:
    buffer, link = io.BytesIO(ZIP), ZipInfo(f"{NAME}/conf/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    publisher.zips[f"{NAME}.zip"], publisher.listed = buffer.getvalue(), None
    refused(publisher, "no file in its folder")


def test_a_full_disk_is_a_clear_error(publisher: Publisher, cache: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("NOT TESTED: a full disk: no /dev/full (it is Linux's)")
    cache.mkdir(parents=True)
    (cache / f".{NAME}.zip.part").symlink_to("/dev/full")
    refused(publisher, "the disk is full: make room")


def test_it_looks_for_room_before_it_unpacks(
    publisher: Publisher, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 10**6 - 1000, 1000))
        refused(publisher, "the disk is full: make room")
    publisher.asked.clear()
    assert_whole(fetched(publisher))
    assert publisher.ranges == []  # what was fetched was kept


def test_a_cache_that_cannot_be_made_is_a_clear_error(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("a file where a folder should be")
    refused(publisher, "Cannot write in .*VOSK_MODEL")


def child(address: str) -> subprocess.Popen[str]:
    """Another process that wants the model."""
    code = (
        "import sys; from ivr.speech.model import model_dir; from ivr.speech.official.cache import Source\n"
        f"print(model_dir({NAME!r}, lambda *_: None, Source({address!r}, 0.0)))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_two_processes_at_once_fetch_it_once(publisher: Publisher, cache: Path) -> None:
    both = [child(publisher.address) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert said == [(f"{cache / NAME}\n", "")] * 2
    assert_whole(cache / NAME)
    assert len(publisher.ranges) == 1


def test_a_process_killed_in_mid_download_leaves_a_beginning_and_no_model(publisher: Publisher, cache: Path) -> None:
    publisher.stall = threading.Event()
    process, part = child(publisher.address), cache / f".{NAME}.zip.part"
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert 0 < part.stat().st_size < len(ZIP)
    assert not (cache / NAME).exists()
    publisher.stall.set()
    publisher.stall = None
    publisher.asked.clear()
    assert_whole(fetched(publisher))
    assert publisher.ranges[0].startswith("bytes=")


def test_what_a_killed_process_was_unpacking_is_cleared_away(publisher: Publisher, cache: Path) -> None:
    (cache / f".{NAME}.unpacking" / "am").mkdir(parents=True)
    (cache / f".{NAME}.unpacking" / "am" / "half").write_bytes(b"x")
    assert_whole(fetched(publisher))
    assert not (cache / f".{NAME}.unpacking").exists()


def test_the_bar_shows_a_download_and_nothing_else(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bar, "model_dir", partial(model_dir, source=publisher.source))
    settings = load_settings(vosk_model=NAME, database_url="sqlite:///x.db")
    folder = bar.fetch_model(settings)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert NAME in shown.err
    assert bar.fetch_model(settings) == folder
    assert capsys.readouterr().err == ""


def test_without_a_bar_the_log_tells_of_a_download(publisher: Publisher, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "ivr.speech.model")
    model_dir(NAME, source=publisher.source)
    told = [record.getMessage() for record in caplog.records if record.name == "ivr.speech.model"]
    assert 1 <= len(told) <= 11
    assert re.fullmatch(rf"downloading {re.escape(NAME)}: 0\.3 MB of 0\.3", told[-1])


@pytest.mark.parametrize(
    "name", ["vosk-model-", "vosk-model-../x", "vosk-model-ru/../..", "model-ru", "../vosk-model-ru"]
)
def test_what_is_no_name_is_never_asked_for(publisher: Publisher, name: str) -> None:
    refused(publisher, "there is no directory", name)
    assert publisher.asked == []


def test_the_publisher_of_everyday_use_is_the_official_one() -> None:
    assert Source().address == "https://alphacephei.com/vosk/models/"
