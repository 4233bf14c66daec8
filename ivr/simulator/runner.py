"""Plays a scenario: the caller of the file calls a hotline of its own."""

from collections.abc import Callable, Sequence

from ivr.application import Application
from ivr.dialog.forms import SlotType
from ivr.exchange.exchange import LocalExchange
from ivr.exchange.handset import LineEnded, Sms
from ivr.exchange.scripted import ScriptedHandset
from ivr.feed import Line
from ivr.media.prompts import same_words
from ivr.simulator.dialogue import Dialogue
from ivr.simulator.hosting import Host, hosted
from ivr.simulator.outcome import check_expected
from ivr.simulator.result import Result
from ivr.simulator.scenario import CODE_IN_SMS, CODES, Mode, Scenario, Turn, filled
from ivr.simulator.sounds import sound_of
from ivr.simulator.telephone import BARGE_IN_SECONDS, QUIET_SECONDS, CallerTelephone
from ivr.simulator.voices import CallerVoices
from ivr.speech.sound import Samples

LONGEST_WAIT_SECONDS = 300.0
"""Call time in which what is expected has to happen."""
ENDING_WALL_SECONDS = 10.0
"""In which operators have finished what the caller has left."""


async def play(
    scenario: Scenario,
    mode: Mode,
    voices: CallerVoices,
    *,
    speed: float | None = None,
    show: Callable[[Line], None] = lambda _: None,
    database_url: str | None = None,
) -> Result:
    """Play a scenario. ``show`` sees each line of the dialogue.

    ``speed``: how many times faster than life the call passes, None: as fast as this machine hears it.
    ``database_url``: an empty database; None makes one for this call. Raises ``AudioError`` for a voice or a recording
    that is not there.
    """
    async with hosted(scenario, mode, speed, database_url) as host:
        return await _Play(scenario, mode, voices, host, show).run()


class _Play:
    """One playing of a scenario."""

    def __init__(
        self, scenario: Scenario, mode: Mode, voices: CallerVoices, host: Host, show: Callable[[Line], None]
    ) -> None:
        assert host.serving.exchange is not None
        self._scenario = scenario
        self._mode = mode
        self._voices = voices
        self._application: Application = host.serving.application
        self._exchange: LocalExchange = host.serving.exchange
        self._legs = host.legs
        self._failures: list[str] = []
        self._dialogue = Dialogue(self._application.content.book, show, self._now)
        text_of = self._application.library.text_of
        self._phone = CallerTelephone(self._exchange, scenario.caller, self._overheard, text_of, host.legs)
        self._code = ""
        self._read_sms: set[int] = set()

    @property
    def _handset(self) -> ScriptedHandset:
        return self._phone.handset

    def _now(self) -> tuple[int, float]:
        return max(0, len(self._phone.tapes) - 1), round(self._handset.now, 2)

    async def run(self) -> Result:
        feed, dialogue = self._application.feed, self._dialogue
        feed.watch(dialogue.add)
        feed.watch_answers(dialogue.add_answer)
        with self._phone.plugged():
            await self._turns()
            await self._phone.end()
            if not isinstance(self._scenario.operators, str):
                await self._exchange.until_idle(ENDING_WALL_SECONDS)
        self._judge()
        records, sms = tuple(self._phone.records), self._inbox()
        self._failures += check_expected(
            self._scenario, self._application, records, self._legs, [message.body for message in sms]
        )
        return Result(
            self._scenario,
            self._mode,
            tuple(self._failures),
            tuple(dialogue.moments),
            records,
            tuple(self._legs),
            tuple(dialogue.understood),
            tuple(dialogue.replies),
            tuple(self._phone.tapes),
        )

    async def _turns(self) -> None:
        for number, turn in self._scenario.turns_by(self._mode):
            try:
                await self._take(number, turn)
            except (LineEnded, TimeoutError) as error:
                self._fail(number, f"{type(error).__name__}: {error}")
                break
            except _UnmetError as error:
                self._fail(number, str(error))

    def _overheard(self, text: str) -> None:
        if text:
            self._dialogue.add(Line("", "hotline", text))

    def _note(self, text: str) -> None:
        self._dialogue.add(Line("", "note", text))

    def _fail(self, number: int, what: str) -> None:
        self._failures.append(f"{self._scenario.at(number)}: {what}")

    def _judge(self) -> None:
        for number, fault in self._dialogue.judge(self._handset.reply):
            self._fail(number, fault)

    async def _take(self, number: int, turn: Turn) -> None:
        if turn.text_to_hotline is not None:
            await self._text(turn.text_to_hotline)
        elif turn.sms is not None:
            await self._read(turn.sms)
        else:
            self._phone.dial_first()
            await (self._act(number, turn) if turn.acts else self._follow(turn))

    async def _follow(self, turn: Turn) -> None:
        if turn.hotline is not None:
            await self._expect(turn.hotline)
        elif turn.hang_up:
            self._judge()
            self._handset.hang_up()
        elif turn.dial:
            await self._end()
            self._phone.dial()
        elif turn.answer is not None:
            await self._end()
            self._dialogue.listen()
            await self._phone.answer(turn.answer)
        elif turn.operator:
            await self._handset.until(lambda: self._handset.bridged, LONGEST_WAIT_SECONDS)

    async def _end(self) -> None:
        """Let the call end; what was not read in it is left unread."""
        await self._phone.end()
        self._judge()
        self._read_sms = set(range(len(self._inbox())))

    async def _text(self, words: str) -> None:
        self._note(f"SMS -> {words}")
        number = self._application.content.hotline.sms_number
        if not await self._exchange.text(self._scenario.caller, number, words):
            raise _UnmetError("the hotline did not take the SMS")

    async def _read(self, wanted: str | bool) -> None:
        """The next SMS with the words. While a caller looks away the call stands still, so nobody would answer."""
        if self._phone.in_call:
            await self._handset.until_sound()
        words = same_words(wanted) if isinstance(wanted, str) else ""
        try:
            at = await self._phone.next_sms(lambda at, body: at not in self._read_sms and words in same_words(body))
        except TimeoutError:
            came = [sms.body for at, sms in enumerate(self._inbox()) if at not in self._read_sms]
            raise _UnmetError(f"expected an SMS{f' with «{wanted}»' if words else ''}, came {came}") from None
        self._read_sms.add(at)
        body = self._inbox()[at].body
        self._code = next(iter(CODE_IN_SMS.findall(body)), self._code)
        self._note(f"SMS: {body}")

    def _inbox(self) -> Sequence[Sms]:
        return self._exchange.inbox(self._scenario.caller)

    async def _expect(self, words: str) -> None:
        await self._hear_out(words)
        self._judge()
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

    async def _act(self, number: int, turn: Turn) -> None:
        if turn.talk_over:
            pass
        elif not turn.barge_in:
            await self._handset.until(self._may_act)
        else:
            await self._handset.until_sound()
        if not turn.talk_over:
            self._judge()
        if turn.barge_in or (self._handset.waiting and not turn.talk_over):
            await self._handset.silence(BARGE_IN_SECONDS)
        self._dialogue.act(number, turn)
        if turn.silence is not None:
            await self._handset.silence(turn.silence)
        elif turn.keyed_in(self._mode):
            await self._handset.press(filled(turn.keys or "", self._code))
        elif turn.speaks and self._mode == "keys":
            raise _UnmetError("this turn has no keys for a call by keys")
        else:
            await self._handset.say(self._sound(turn))

    def _may_act(self) -> bool:
        """Nobody waits for the end of the music, or for an operator to speak first."""
        return self._handset.waiting or self._handset.bridged or self._handset.is_quiet(QUIET_SECONDS)

    def _sound(self, turn: Turn) -> Samples:
        return sound_of(turn, self._spoken(turn.caller or ""), self._voices, self._handset.last_heard())

    def _spoken(self, text: str) -> str:
        """The caller reads a code digit by digit."""
        slot: SlotType = self._application.content.slot_types["one_time_code"]
        for name in CODES:
            text = text.replace(name, " ".join(slot.spoken(filled(name, self._code))))
        return text


class _UnmetError(Exception):
    """The hotline did otherwise than the scenario says."""
