"""Plays a scenario against a hotline of its own: real webhooks, media socket and audio, a throw-away database."""

import re
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from random import Random

from ivr.application import Application
from ivr.clock import Clock, ShiftedClock
from ivr.codes import CODE_DIGITS
from ivr.dialog.forms import SlotType
from ivr.exchange.exchange import LocalExchange
from ivr.exchange.faults import Faults
from ivr.exchange.handset import LineEnded
from ivr.exchange.pace import Pace
from ivr.exchange.people import Operator
from ivr.exchange.record import CallRecord
from ivr.exchange.scripted import ScriptedHandset
from ivr.feed import Line
from ivr.incidents import IncidentDesk, Outage
from ivr.media.prompts import same_words
from ivr.media.wire import Pacing
from ivr.serving import ExchangeSetup, Serving, serving_here
from ivr.settings import Settings, load_settings
from ivr.simulator.desk import ScriptedDesk
from ivr.simulator.lockstep import Lockstep
from ivr.simulator.outcome import check_expected
from ivr.simulator.scenario import Mode, Scenario, Turn
from ivr.simulator.telephone import CallerTelephone
from ivr.simulator.voices import LOUDNESS, CallerVoices, Samples, shop_noise, with_noise
from ivr.store.cards import sample_cards

QUIET_SECONDS = 0.5
"""The hotline has finished speaking when it has been quiet this long."""
BARGE_IN_SECONDS = 1.0
"""Into a prompt, when an impatient caller begins to answer."""
LONGEST_WAIT_SECONDS = 300.0
"""Call time in which what is expected has to happen."""
ENDING_WALL_SECONDS = 10.0
"""In which operators have finished what the caller has left."""
CODE = re.compile(r"\b\d{6}\b")
KEYPAD_ONLY_STREAMS = 0
FASTEST = 1000.0
STALL_SECONDS = 60.0
"""In a replay only a hotline that hangs stalls the stream; the caller who waits for an SMS lets time stand still."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario went."""

    scenario: Scenario
    mode: Mode
    failures: tuple[str, ...]
    lines: tuple[Line, ...]
    """The dialogue, final lines only."""
    records: tuple[CallRecord, ...]
    """The telephone's side, a record a call of the caller's."""
    legs: tuple[CallRecord, ...] = ()
    """The calls that the hotline made: to operators, and back to callers."""

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(slots=True)
class Dialogue:
    """Final lines of the dialogue, and which of them the scenario has looked at."""

    show: Callable[[Line], None]
    lines: list[Line] = field(default_factory=list)
    seen: int = 0

    def add(self, line: Line) -> None:
        if line.final:
            self.lines.append(line)
        self.show(line)

    def unseen_hotline(self) -> str:
        """What the hotline has said since the caller's last turn."""
        return " ".join(line.text for line in self.lines[self.seen :] if line.who == "hotline")

    def turn(self) -> None:
        self.seen = len(self.lines)


async def play(
    scenario: Scenario,
    mode: Mode,
    voices: CallerVoices,
    *,
    speed: float | None = None,
    show: Callable[[Line], None] = lambda _: None,
    faults: Faults | None = None,
    database_url: str | None = None,
) -> Result:
    """Play a scenario. ``show`` sees each line of the dialogue.

    ``speed``: how many times faster than life the call passes, None: as fast as this machine hears it.
    ``database_url``: an empty database; None makes one for this call.
    """
    with tempfile.TemporaryDirectory(prefix="hotline-") as folder:
        settings = _settings(database_url or f"sqlite:///{folder}/calls.db", mode)
        clock = ShiftedClock(scenario.local_time.replace(tzinfo=settings.zone))
        desk = ScriptedDesk(() if isinstance(scenario.operators, str) else scenario.operators)
        legs: list[CallRecord] = []
        setup = _exchange_setup(scenario, desk, legs, speed, faults or Faults())
        async with serving_here(settings, clock, setup) as serving:
            _prepare(scenario, serving.application, clock)
            desk.open(serving)
            dialogue = Dialogue(show)
            serving.application.feed.watch(dialogue.add)
            async with desk.attended() if speed else nullcontext():
                return await _Play(scenario, mode, voices, serving, dialogue=dialogue, legs=legs).run()


def _prepare(scenario: Scenario, application: Application, clock: Clock) -> None:
    with application.db.transaction() as conn:
        sample_cards(conn, scenario.local_time.date())
        if scenario.incident:
            outage = Outage(scenario.incident.category, scenario.title, scenario.incident.say)
            IncidentDesk(application.content.hotline, clock).open(conn, outage)


def _exchange_setup(
    scenario: Scenario, desk: ScriptedDesk, legs: list[CallRecord], speed: float | None, faults: Faults
) -> ExchangeSetup:
    lockstep, line = Lockstep(), scenario.operators
    return ExchangeSetup(
        pace=Pace(speed=speed) if speed else Pace(instant=True, stream_speed=FASTEST),
        operators=(lambda _: Operator(line)) if isinstance(line, str) else desk.behaviour,
        on_leg=legs.append,
        settled=None if isinstance(line, str) else desk.settled,
        faults=faults,
        gate=lockstep.gate,
        pacing=Pacing(stall_seconds=STALL_SECONDS, digested=lockstep.digested),
        draw=_codes_of(scenario),
    )


def _codes_of(scenario: Scenario) -> Callable[[], str]:
    """Codes that are the same each time a scenario is played: another code is another recording of digits."""
    chance = Random(scenario.call)
    return lambda: f"{chance.randrange(10**CODE_DIGITS):0{CODE_DIGITS}}"


def _settings(database_url: str, mode: Mode) -> Settings:
    """A hotline of its own: the machine's settings do not reach into a scripted call."""
    return load_settings(
        _env_file=None,
        host="127.0.0.1",
        port=0,
        public_base_url="",
        database_url=database_url,
        redis_url="",
        twilio_account_sid="",
        twilio_auth_token="",
        secret_key="",
        max_streams=KEYPAD_ONLY_STREAMS if mode == "keys" else 4,
    )


class _Play:
    """One playing of a scenario."""

    def __init__(
        self,
        scenario: Scenario,
        mode: Mode,
        voices: CallerVoices,
        serving: Serving,
        *,
        dialogue: Dialogue,
        legs: list[CallRecord],
    ) -> None:
        assert serving.exchange is not None
        self._scenario = scenario
        self._mode = mode
        self._voices = voices
        self._application = serving.application
        self._exchange: LocalExchange = serving.exchange
        self._dialogue = dialogue
        self._failures: list[str] = []
        self._legs = legs
        self._phone = CallerTelephone(
            self._exchange, scenario.caller, self._overheard, serving.application.library.text_of, legs
        )
        self._code = ""

    @property
    def _handset(self) -> ScriptedHandset:
        return self._phone.handset

    async def run(self) -> Result:
        with self._phone.plugged():
            await self._turns()
            await self._phone.end()
            if not isinstance(self._scenario.operators, str):
                await self._exchange.until_idle(ENDING_WALL_SECONDS)
        records, sms = self._phone.records, self._sms_count()
        self._failures += check_expected(self._scenario, self._application, records, self._legs, sms)
        lines = tuple(self._dialogue.lines)
        return Result(self._scenario, self._mode, tuple(self._failures), lines, tuple(records), tuple(self._legs))

    async def _turns(self) -> None:
        self._phone.dial()
        for number, turn in enumerate(self._scenario.turns, 1):
            if turn.only not in (None, self._mode):
                continue
            try:
                await self._take(turn)
            except (LineEnded, TimeoutError) as error:
                self._fail(number, f"{type(error).__name__}: {error}")
                break
            except _UnmetError as error:
                self._fail(number, str(error))

    def _overheard(self, text: str) -> None:
        if text:
            self._dialogue.add(Line("", "hotline", text))

    def _fail(self, number: int, what: str) -> None:
        self._failures.append(f"turn {number}: {what}")

    def _sms_count(self) -> int:
        return len(self._exchange.inbox(self._scenario.caller))

    async def _take(self, turn: Turn) -> None:
        if turn.hotline is not None:
            await self._expect(turn.hotline)
        elif turn.sms:
            # While a caller looks away the call stands still, and nobody would answer what was just said.
            await self._handset.until_sound()
            sms = await self._handset.until_sms()
            self._code = "".join(CODE.findall(sms.body)[:1])
            self._dialogue.add(Line("", "note", f"SMS: {sms.body}"))
        elif turn.hang_up:
            self._handset.hang_up()
        elif turn.dial:
            await self._phone.end()
            self._phone.dial()
        elif turn.answer is not None:
            await self._phone.end()
            self._dialogue.turn()
            await self._phone.answer(turn.answer)
        elif turn.operator:
            await self._handset.until(lambda: self._handset.bridged, LONGEST_WAIT_SECONDS)
        else:
            await self._act(turn)

    async def _expect(self, words: str) -> None:
        await self._hear_out(words)
        heard = self._dialogue.unseen_hotline()
        if same_words(words) not in same_words(heard):
            raise _UnmetError(f"expected «{words}», heard «{heard}»")

    async def _hear_out(self, words: str) -> None:
        """Until the hotline is quiet; in line, where there is music, until it has said the words."""

        def heard() -> bool:
            if self._handset.waiting:
                return same_words(words) in same_words(self._dialogue.unseen_hotline())
            return not self._handset.bridged and self._handset.is_quiet(QUIET_SECONDS)

        try:
            await self._handset.until(heard, LONGEST_WAIT_SECONDS)
        except LineEnded:
            return  # the last words of a call are checked after it

    async def _act(self, turn: Turn) -> None:
        if turn.talk_over:
            pass
        elif not turn.barge_in:
            await self._handset.until(self._may_act)
        else:
            await self._handset.until_sound()
        if turn.barge_in or (self._handset.waiting and not turn.talk_over):
            await self._handset.silence(BARGE_IN_SECONDS)
        self._dialogue.turn()
        keyed = turn.keys is not None and (turn.caller is None or self._mode == "keys")
        if turn.silence is not None:
            await self._handset.silence(turn.silence)
        elif keyed:
            await self._handset.press(self._filled(turn.keys or ""))
        elif turn.caller is not None and self._mode == "keys":
            raise _UnmetError("this turn has no keys for a call by keys")
        else:
            await self._handset.say(self._sound(turn))

    def _may_act(self) -> bool:
        """Nobody waits for the end of the music, or for an operator to speak first."""
        return self._handset.waiting or self._handset.bridged or self._handset.is_quiet(QUIET_SECONDS)

    def _sound(self, turn: Turn) -> Samples:
        if turn.caller is None:
            return shop_noise(3.0, LOUDNESS * 10 ** (-(turn.noise or 0) / 20), seed=1)
        samples = self._voices.say(self._spoken(turn.caller), turn.voice)
        return samples if turn.noise is None else with_noise(samples, turn.noise, seed=1)

    def _filled(self, keys: str) -> str:
        wrong = f"{(int(self._code or 0) + 1) % 10**6:06}"
        return keys.replace("{code}", self._code).replace("{wrong_code}", wrong)

    def _spoken(self, text: str) -> str:
        """The caller reads a code digit by digit."""
        slot: SlotType = self._application.content.slot_types["one_time_code"]
        digits = {name: self._filled(name) for name in ("{code}", "{wrong_code}")}
        for name, value in digits.items():
            text = text.replace(name, " ".join(slot.spoken(value)))
        return text


class _UnmetError(Exception):
    """The hotline did otherwise than the scenario says."""
