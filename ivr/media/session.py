"""A call in a media stream: plays prompts, listens to speech and keys at once, steps the dialogue, and goes on.

One task takes the stream's messages one after another, so that the same messages always give the same call. When the
dialogue needs TwiML (an operator, the end) or something fails, the socket is closed and the ``<Redirect>`` that waits
behind ``<Connect>`` fetches what comes next.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

import structlog

from ivr.dialog.commands import Listen, Reply
from ivr.dialog.events import CallEvent, Heard, Utterance
from ivr.dialog.forms import DialogBook
from ivr.feed import Feed, Line, Who
from ivr.media.codec import BYTES_PER_SECOND
from ivr.media.player import Player
from ivr.media.prompts import PromptLibrary
from ivr.media.question import Question, Turn
from ivr.media.threads import Args, Result, in_thread
from ivr.media.wire import REAL_TIME, Pacing, Socket, Wire
from ivr.metrics import STREAM_LAG_SECONDS
from ivr.speech.recognizer import Ear
from ivr.telephony.media_stream import Dtmf, MalformedMessageError, Mark, Media, Message, Start, parse_message

log = structlog.get_logger(__name__)

START_SECONDS = 5.0
"""Wall-clock time in which a socket has to say which call it is."""
NORMAL_CLOSURE = 1000
POLICY_VIOLATION = 1008
FRAME_SECONDS = 0.02
"""Twilio's frame; what waits is counted in frames."""
UNPLAYED_SECONDS = 30.0
"""Audio after which a last prompt counts as played, whatever the stream says."""


class Stepped(Protocol):
    """What a step gives."""

    @property
    def reply(self) -> Reply: ...


class CallPort(Protocol):
    """What a session needs of ``ivr.calls``; all of it may block."""

    def open_stream(self, sid: str, account_sid: str, token: str) -> Reply | None:
        """Take the stream's one-time token; None where it is not good."""
        ...

    def step(self, sid: str, step: int, event: CallEvent, token: str | None = None, clip: bytes = b"") -> Stepped:
        """``token``: of a webhook, which a stream has none of; ``clip``: the μ-law behind a spoken answer."""
        ...

    def heard_so_far(self, sid: str) -> Utterance:
        """The parts of the open answer that earlier turns gave."""
        ...

    def said(self, sid: str, step: int) -> None:
        """The prompts of this step were played: TwiML must not repeat them."""
        ...


@dataclass(frozen=True, slots=True)
class MediaServices:
    """What all sessions share."""

    calls: CallPort
    book: DialogBook
    ear: Ear
    library: PromptLibrary
    feed: Feed
    speech: Executor
    """Threads for recognition: as many as cores."""
    steps: Executor
    """Threads for the database."""
    pacing: Pacing = REAL_TIME
    keep_sound: Callable[[str, int, bytes], None] | None = None
    """Given where whole turns are kept for debugging: the call, its step, the μ-law."""


class MediaSession:
    """One stream from its start to its close."""

    def __init__(self, socket: Socket, services: MediaServices) -> None:
        self._socket = socket
        self._services = services
        self._now = 0.0  # seconds of caller's audio so far
        self._call_sid = ""

    async def run(self) -> None:
        """Serve the stream. Never raises for what the other side sends; the socket is closed when it returns."""
        code = NORMAL_CLOSURE
        try:
            start = await asyncio.wait_for(self._until_start(), START_SECONDS)
            reply = await self._open(start)
            if start is None or reply is None:
                code = POLICY_VIOLATION
            else:
                await self._converse(start, reply)
        except (MalformedMessageError, TimeoutError):
            code = POLICY_VIOLATION
            log.warning("stream_refused", call_sid=self._call_sid)
        except Exception:
            # Whatever broke, the call goes on: the close makes Twilio fetch the TwiML behind <Connect>.
            log.exception("stream_failed", call_sid=self._call_sid)
        finally:
            await self._socket.close(code)

    async def _until_start(self) -> Start | None:
        """The start message; before it only ``connected`` is accepted. None when the socket closes first."""
        while (frame := await self._socket.receive()) is not None:
            message = parse_message(frame)
            if isinstance(message, Start):
                return message
            if message is not None:
                raise MalformedMessageError("a message before start")
        return None

    async def _open(self, start: Start | None) -> Reply | None:
        if start is None:
            return None
        token = start.parameters.get("token", "")
        reply = await self._in_step_thread(self._services.calls.open_stream, start.call_sid, start.account_sid, token)
        if reply is not None:
            self._call_sid = start.call_sid
            log.info("stream_opened", call_sid=self._call_sid)
        return reply

    async def _converse(self, start: Start, reply: Reply) -> None:
        wire = Wire(self._socket, self._call_sid, self._services.pacing)
        player = Player(wire.send, start.stream_sid)
        try:
            following: Reply | None = reply
            while following is not None:
                following = await self._carry_out(following, player, wire)
        finally:
            wire.close()

    async def _carry_out(self, reply: Reply, player: Player, wire: Wire) -> Reply | None:
        """Speak a reply and wait for what follows; None when the stream has nothing more to do."""
        await self._speak(reply, player)
        if not isinstance(reply.then, Listen):
            if await self._play_out(player, wire):
                await self._in_step_thread(self._services.calls.said, self._call_sid, reply.step)
            return None
        turn = await self._listen(reply.step, reply.then, player, wire)
        if turn is None or turn.event is None:
            return None
        if isinstance(turn.event, Heard):
            self._publish_heard(reply.then, turn.event.utterance, final=True)
        step = self._services.calls.step
        stepped = await self._in_step_thread(step, self._call_sid, reply.step, turn.event, None, turn.clip)
        return stepped.reply

    async def _speak(self, reply: Reply, player: Player) -> None:
        sounds = [await self._in_step_thread(self._services.library.audio, say) for say in reply.says]
        await player.play(b"".join(sounds), self._now)
        for say in reply.says:
            self._services.feed.publish(Line(self._call_sid, "hotline", say.text))

    async def _play_out(self, player: Player, wire: Wire) -> bool:
        """Until the last prompt was heard; False when the caller left before."""
        until = self._now + UNPLAYED_SECONDS
        while player.playing and self._now < until:
            message = await wire.next()
            if message is None:
                return False
            await self._pass(message, player)
        return True

    async def _listen(self, step: int, listen: Listen, player: Player, wire: Wire) -> Turn | None:
        """What ends the caller's turn; None when the stream ended first."""
        services = self._services
        keep = services.keep_sound
        earlier = await self._in_step_thread(services.calls.heard_so_far, self._call_sid)
        question = Question(services.book, listen, earlier, services.ear, services.speech, keeps_all=keep is not None)
        turn = await self._until_over(question, listen, player, wire)
        if keep is not None:
            await self._in_step_thread(keep, self._call_sid, step, question.all_heard)
        return turn

    async def _until_over(self, question: Question, listen: Listen, player: Player, wire: Wire) -> Turn | None:
        shown = ""
        while (message := await wire.next()) is not None:
            turn = await self._take(message, question, player)
            if turn.barged_in:
                await player.cut()
            if not player.playing:
                question.prompt_ended()
            if question.utterance.best_text != shown:
                shown = question.utterance.best_text
                self._publish_heard(listen, question.utterance, final=False)
            if turn.event is not None:
                STREAM_LAG_SECONDS.observe(wire.waiting * FRAME_SECONDS)
                return turn
        return None

    async def _take(self, message: Message, question: Question, player: Player) -> Turn:
        await self._pass(message, player)
        match message:
            case Media(mulaw):
                return await question.audio(mulaw)
            case Dtmf(digit):
                return await question.press(digit)
        return Turn()

    async def _pass(self, message: Message, player: Player) -> None:
        """What every message does to the loudspeaker."""
        if isinstance(message, Media):
            self._now += len(message.mulaw) / BYTES_PER_SECOND
            await player.advance(self._now)
        elif isinstance(message, Mark):
            player.mark_came(message.name)

    def _publish_heard(self, listen: Listen, utterance: Utterance, *, final: bool) -> None:
        if self._services.feed.watched:
            who: Who = "keys" if utterance.keyed_only else "caller"
            text = utterance.keys if utterance.keyed_only else utterance.best_text
            self._services.feed.publish(Line(self._call_sid, who, text, final))

    async def _in_step_thread(self, work: Callable[[*Args], Result], *args: *Args) -> Result:
        return await in_thread(self._services.steps, work, *args)
