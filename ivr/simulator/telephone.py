"""The scripted caller's telephone: it dials, it rings, and what is said in line is written down."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager

from ivr.exchange.exchange import LocalExchange
from ivr.exchange.handset import Notice, Played, Said
from ivr.exchange.record import CallRecord
from ivr.exchange.scripted import ScriptedHandset

QUIET_SECONDS = 0.5
"""The hotline has finished speaking when it has been quiet this long."""
BARGE_IN_SECONDS = 1.0
"""Into a prompt, when an impatient caller begins to answer."""
RING_SECONDS = 30.0
"""Wall-clock time in which a call back comes."""
SMS_SECONDS = 10.0
"""Wall-clock time in which an SMS comes outside of a call."""
STANDSTILL_SECONDS = 10.0
"""Wall-clock time in which call time waits for the caller's next act: on a busy machine less would be call time."""
ENDING_SECONDS = 300.0
"""Call time after which a caller who has nothing left to do hangs up."""
_RECORDING = re.compile(r"/audio/prompts/(?:slow/)?(\w[\w.-]*)\.wav")


class CallerTelephone:
    """One caller's telephone; at most one call at a time.

    ``overheard`` is told what the hotline says where its dialogue does not tell: in line, and to who is called back.
    ``text_of`` knows what a recording says. ``legs``: the calls of the hotline that are over, as the exchange tells.
    """

    def __init__(
        self,
        exchange: LocalExchange,
        number: str,
        overheard: Callable[[str], None],
        text_of: Callable[[str], str | None],
        legs: Sequence[CallRecord],
    ) -> None:
        self._exchange = exchange
        self._number = number
        self._overheard = overheard
        self._text_of = text_of
        self._legs = legs
        self._rung: asyncio.Queue[ScriptedHandset] = asyncio.Queue()
        self._call: asyncio.Task[CallRecord] | None = None
        self._answered = ""
        self._talking = False
        self._dialled = False
        self.handset = ScriptedHandset()
        self.records: list[CallRecord] = []
        """The caller's calls that are over, and those that the caller has answered."""
        self.tapes: list[list[tuple[bytes, bytes]]] = []
        """Both sides of each call that the caller has made or was rung for, see ``ScriptedHandset.tape``."""

    @contextmanager
    def plugged(self) -> Iterator[None]:
        """Let the telephone ring while the block lasts."""
        with self._exchange.plugged(self._number, self._ring):
            yield

    @property
    def in_call(self) -> bool:
        return self._talking

    def dial_first(self) -> None:
        """Dial where that was not done yet."""
        if not self._dialled:
            self.dial()

    def dial(self) -> None:
        self._talking = self._dialled = True
        self._take(ScriptedHandset(STANDSTILL_SECONDS, self._told))
        self._call = asyncio.create_task(self._exchange.dial(self.handset, self._number))

    async def answer(self, picks_up: bool) -> None:
        """Wait for the telephone to ring. Raises ``TimeoutError``."""
        self._take(await asyncio.wait_for(self._rung.get(), RING_SECONDS))
        if picks_up:
            self._talking = True
            self._answered = (await self.handset.until_ringing()).call_sid
            self.handset.answer()
        else:
            self.handset.hang_up()

    async def next_sms(self, fits: Callable[[int, str], bool]) -> int:
        """The first message that ``fits``, told its place in the inbox and its text; returns its place.

        In a call time stands still until it comes. Raises ``TimeoutError``.
        """
        while True:
            bodies = [sms.body for sms in self._exchange.inbox(self._number)]
            found = next((at for at, body in enumerate(bodies) if fits(at, body)), None)
            if found is not None:
                return found
            await self._another_sms(len(bodies))

    async def _another_sms(self, seen: int) -> None:
        while self._talking and len(self._exchange.inbox(self._number)) == seen:
            await self.handset.until_sms()  # its queue may still hold some that were seen
        if not self._talking:
            async with aclosing(self._exchange.arrivals(self._number)) as arrivals:
                await asyncio.wait_for(anext(arrivals), SMS_SECONDS)

    def _take(self, handset: ScriptedHandset) -> None:
        self.handset = handset
        self.tapes.append(handset.tape)

    async def end(self) -> None:
        """Let the call come to its end, or hang up after a while."""
        if not self._talking:
            return
        try:
            await self.handset.until_ended(ENDING_SECONDS)
        except TimeoutError:
            self.handset.hang_up()
            await self.handset.until_ended()
        if self._call:
            self.records.append(await self._call)
        else:
            self.records += [record for record in self._legs if record.call_sid == self._answered]
        self._call = None
        self._talking = False

    def _ring(self) -> ScriptedHandset | None:
        if self._talking:
            return None
        handset = ScriptedHandset(STANDSTILL_SECONDS, lambda notice: self._told(notice, called=True))
        self._rung.put_nowait(handset)
        return handset

    def _told(self, notice: Notice, *, called: bool = False) -> None:
        if not called and not self.handset.waiting:
            return
        if isinstance(notice, Said):
            self._overheard(notice.text)
        elif isinstance(notice, Played) and (found := _RECORDING.search(notice.url)):
            self._overheard(self._text_of(found[1]) or "")
