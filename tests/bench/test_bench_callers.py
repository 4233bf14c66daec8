"""The callers of the call bench against a real hotline, in a hurry: keys that wait for no prompt."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ivr.bench.calls.callers import Crowd, Dialled, Ended, Load, News, Warm
from ivr.bench.calls.ear import Turned
from ivr.bench.calls.people import Wanted, person, write_cards
from ivr.bench.calls.script import load_scripts
from ivr.bench.calls.tally import lost_calls
from ivr.exchange.pace import Pace
from ivr.serving import ExchangeSetup, serving_here
from ivr.settings import ROOT, load_settings
from ivr.store.cards import import_cards

SHORT = """
call: short
title: Два шага, второй помог
turns:
  - {keys: "3", barge_in: true}
  - {keys: "1", barge_in: true}
  - {keys: "1", barge_in: true}
  - {keys: "2", barge_in: true}
expect: {disposition: solved}
"""
WITH_CODE = """
call: with_code
title: Баланс по коду
caller: "+79160000106"
turns:
  - {keys: "2", barge_in: true}
  - {keys: "4", barge_in: true}
  - {keys: "4276051200050062", barge_in: true}
  - {keys: "14081990", barge_in: true}
  - {sms: true}
  - {keys: "{code}", barge_in: true}
  - {keys: "2", barge_in: true}
expect: {disposition: solved, cards: {"4276051200050062": active}}
"""
SPEED = 8.0


@pytest.fixture
def scenarios(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "short.yaml", tmp_path / "with_code.yaml"
    for path, text in zip(paths, (SHORT, WITH_CODE), strict=True):
        path.write_text(text, "utf-8")
    return paths


async def test_its_callers_go_through_webhooks_socket_and_code_to_the_expected_end(
    tmp_path: Path, scenarios: tuple[Path, Path]
) -> None:
    settings = load_settings(_env_file=None, port=0, database_url=f"sqlite:///{tmp_path}/calls.db")
    setup = ExchangeSetup(pace=Pace(speed=SPEED))
    told: list[News] = []
    async with serving_here(settings, setup=setup) as serving:
        application = serving.application
        scripts = load_scripts(scenarios, application.content.slot_types["card_number"])
        write_cards(
            tmp_path / "cards.csv",
            (Wanted(one.sample, person(1, index), one.caller) for index in (1, 3, 5) for one in scripts if one.sample),
        )
        with application.db.transaction() as conn:
            import_cards(conn, tmp_path / "cards.csv")
        sid, token = settings.twilio_account_sid, settings.signing_token
        load = Load(serving.url, serving.url, sid, token, 2, 0.2, scripts, seed=1, speed=SPEED)
        await Crowd(load, told.append).run()
        ended = [news for news in told if isinstance(news, Ended)]
        assert not lost_calls(ended, scripts, 1, application.db)
    assert told[0] == Warm()
    assert len(ended) == sum(isinstance(news, Dialled) for news in told) >= 2
    turned = [news for news in told if isinstance(news, Turned)]
    assert {news.how for news in turned} == {"dialled", "keyed"}
    assert all(0 < news.seconds < 5 for news in turned)


def test_ctrl_c_prints_what_there_is_and_ends_the_server(tmp_path: Path, scenarios: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "ivr", "bench", "calls", "--concurrency", "1", "--scenario", str(scenarios[0])]
    bench = subprocess.Popen(
        [*command, "--json", str(tmp_path / "figures.json")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        server = _server_of(bench.pid)
        bench.send_signal(signal.SIGINT)
        out, _ = bench.communicate(timeout=30)
    finally:
        bench.kill()
    assert "Broken off" in out
    assert '"interrupted": true' in (tmp_path / "figures.json").read_text("utf-8")
    assert not Path(f"/proc/{server}").exists()


def _server_of(bench: int, patience_seconds: float = 60) -> int:
    """The hotline that the bench has started, as soon as its callers are there as well."""
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        children = Path(f"/proc/{bench}/task/{bench}/children").read_text("ascii").split()
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_text("utf-8") for pid in children}
        if any("--multiprocessing-fork" in line for line in lines.values()):
            return next(pid for pid, line in lines.items() if "serve" in line.split("\0"))
        time.sleep(0.05)
    raise AssertionError("the bench has not come so far")
