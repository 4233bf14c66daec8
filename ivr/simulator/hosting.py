"""A hotline of its own for each scenario: real webhooks, media socket and audio, a throw-away database."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from ivr.application import Application
from ivr.clock import ShiftedClock
from ivr.codes import CODE_DIGITS
from ivr.content import Content
from ivr.exchange.pace import Pace
from ivr.exchange.people import Operator
from ivr.exchange.record import CallRecord
from ivr.incidents import IncidentDesk, Outage
from ivr.media.wire import Pacing
from ivr.serving import ExchangeSetup, Serving, serving_here
from ivr.settings import Settings, load_settings
from ivr.simulator.bad_days import faults_of
from ivr.simulator.desk import ScriptedDesk
from ivr.simulator.lockstep import Lockstep
from ivr.simulator.scenario import Incident, Mode, Scenario
from ivr.store.cards import sample_cards

KEYPAD_ONLY_STREAMS, VOICE_STREAMS = 0, 4
STALL_SECONDS = 60.0
"""In a replay only a hotline that hangs stalls the stream; the caller who waits for an SMS lets time stand still."""
_read: dict[tuple[int, str], Content] = {}
"""Dialogues by year and model, as the first hotline of this process has read and checked them: a second of work."""


@dataclass(frozen=True, slots=True)
class Host:
    """A hotline that is ready for the scenario's first call."""

    serving: Serving
    legs: list[CallRecord]
    """The calls that the hotline has made, as they end."""


@asynccontextmanager
async def hosted(scenario: Scenario, mode: Mode, speed: float | None, database_url: str | None) -> AsyncIterator[Host]:
    """Serve while the block lasts. ``speed``, ``database_url``: as for ``ivr.simulator.runner.play``."""
    with tempfile.TemporaryDirectory(prefix="hotline-") as folder:
        streams = KEYPAD_ONLY_STREAMS if mode == "keys" else VOICE_STREAMS
        settings = own_settings(database_url or f"sqlite:///{folder}/calls.db", "", streams)
        clock = ShiftedClock(scenario.local_time.replace(tzinfo=settings.zone))
        known = (clock.now().year, settings.vosk_model)
        desk = ScriptedDesk(() if isinstance(scenario.operators, str) else scenario.operators)
        legs: list[CallRecord] = []
        setup = replace(_exchange_setup(scenario, desk, legs, speed), content=_read.get(known))
        async with serving_here(settings, clock, setup) as serving:
            _read[known] = serving.application.content
            furnish(serving.application, scenario.local_time.date(), scenario.incident, scenario.title)
            desk.open(serving)
            async with desk.attended() if speed else nullcontext():
                yield Host(serving, legs)


def furnish(application: Application, today: date, incident: Incident | None, title: str) -> None:
    """The sample cards, and a known outage with its ``title`` where there is one."""
    with application.db.transaction() as conn:
        sample_cards(conn, today)
        if incident:
            outage = Outage(incident.category, title, incident.say)
            IncidentDesk(application.content.hotline, application.clock).open(conn, outage)


def _exchange_setup(
    scenario: Scenario, desk: ScriptedDesk, legs: list[CallRecord], speed: float | None
) -> ExchangeSetup:
    lockstep, line = Lockstep(), scenario.operators
    return ExchangeSetup(
        pace=Pace(speed=speed) if speed else Pace(instant=True, stream_speed=None),
        operators=(lambda _: Operator(line)) if isinstance(line, str) else desk.behaviour,
        on_leg=legs.append,
        settled=None if isinstance(line, str) else desk.settled,
        faults=faults_of(scenario.faults),
        gate=lockstep.gate,
        pacing=Pacing(stall_seconds=STALL_SECONDS, digested=lockstep.digested),
        draw=codes_drawn(scenario.call),
    )


def codes_drawn(seed: int | str) -> Callable[[], str]:
    """Codes that are the same each time a scenario is played: another code is another recording of digits."""
    chance = Random(seed)
    return lambda: f"{chance.randrange(10**CODE_DIGITS):0{CODE_DIGITS}}"


def own_settings(database_url: str, public_base_url: str, max_streams: int) -> Settings:
    """A hotline of its own: the machine's settings do not reach into a scripted call."""
    return load_settings(
        _env_file=None,
        host="127.0.0.1",
        port=0,
        public_base_url=public_base_url,
        database_url=database_url,
        redis_url="",
        twilio_account_sid="",
        twilio_auth_token="",
        secret_key="",
        max_streams=max_streams,
    )
