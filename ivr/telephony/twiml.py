"""Replies as TwiML, rendered with the twilio library. The library validates nothing: the tests' linter does.

Callers' values are spoken by ``<Say>`` and never become part of a URL. A prompt that holds a value is spoken whole by
``<Say>``, since a change of voice in the middle of a sentence is harder to follow than another voice for all of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse
from twilio.twiml.voice_response import Say as SayVerb

from ivr.dialog.commands import Listen, Reply, Say, Transfer

LANGUAGE = "ru-RU"
END_KEY = "#"
ANY_STEP = 999_999_999
"""Stands for the step in a kept document; no call comes that far."""
KEPT_DOCUMENTS = 512


@dataclass(frozen=True, slots=True)
class Telephony:
    """What rendering needs to know of this deployment."""

    stream_url: str
    """wss://…/media; ws:// only on this machine."""
    operators_line: str
    operators_timeout_seconds: int
    voice: str
    recording_url: Callable[[Say], str | None]
    """The address of a prompt's recording, or None where ``<Say>`` has to speak it."""
    key_count: Callable[[Listen], int | None]
    silence_seconds: Callable[[Listen], int]
    """How long a question waits for the first key, and for each further one."""
    documents: dict[Reply, str] = field(default_factory=dict, compare=False, repr=False)
    """What was rendered before; see ``_kept_document``."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Twilio's queue in which one caller waits."""

    name: str
    wait_url: str
    """Where Twilio asks what to play."""


def render_answer(
    reply: Reply, telephony: Telephony, stream_token: str | None, stream_serial: int, queue: Queue | None = None
) -> str:
    """The TwiML that carries out a reply.

    ``stream_token``: given when the call goes on in a media stream. ``queue``: where a transfer waits for an operator;
    None: the operators' line is dialled.
    """
    if stream_token is not None:
        response = VoiceResponse()
        _connect_stream(response, telephony, stream_token, stream_serial)
        return str(response)
    secret = any(segment.secret for say in reply.says for segment in say.segments)
    if secret or queue:
        return _document(reply, telephony, queue)
    return _kept_document(replace(reply, step=ANY_STEP), telephony).replace(f"?s={ANY_STEP}", f"?s={reply.step}")


def _document(reply: Reply, telephony: Telephony, queue: Queue | None = None) -> str:
    response = VoiceResponse()
    if isinstance(reply.then, Listen):
        _gather(response, telephony, reply, reply.then)
    else:
        speak(response, telephony, reply.says)
        _leave(response, telephony, reply, queue)
    return str(response)


def _kept_document(reply: Reply, telephony: Telephony) -> str:
    """Callers go the same way through the same questions; only the step's number in the addresses differs.

    Nothing that holds a caller's value is kept.
    """
    kept = telephony.documents
    document = kept.get(reply)
    if document is None:
        if len(kept) >= KEPT_DOCUMENTS:
            kept.clear()
        document = kept[reply] = _document(reply, telephony)
    return document


def render_trouble(apology: str, operators_line: str, timeout_seconds: int, voice: str) -> str:
    """When nothing else works: an apology and the operators' line. Needs neither the database nor a call's state."""
    response = VoiceResponse()
    response.say(apology, language=LANGUAGE, voice=voice)
    dial = Dial(timeout=timeout_seconds)
    dial.number(operators_line)
    response.append(dial)
    return str(response)


def empty_response() -> str:
    return str(VoiceResponse())


def _leave(response: VoiceResponse, telephony: Telephony, reply: Reply, queue: Queue | None) -> None:
    if isinstance(reply.then, Transfer) and queue:
        _enqueue(response, queue, reply.step)
    elif isinstance(reply.then, Transfer):
        _dial(response, telephony, reply.step)
    else:
        response.hangup()


def _connect_stream(response: VoiceResponse, telephony: Telephony, token: str, serial: int) -> None:
    """The verb after Connect runs when the socket closes, whoever closes it: that is how a crash is survived."""
    connect = Connect()
    stream = connect.stream(url=telephony.stream_url)
    stream.parameter(name="token", value=token)
    response.append(connect)
    response.redirect(f"/voice/next?n={serial}", method="POST")


def _gather(response: VoiceResponse, telephony: Telephony, reply: Reply, listen: Listen) -> None:
    """Both an entry and its absence come to the same address: Twilio falls through an empty Gather."""
    address = f"/voice/step?s={reply.step}"
    count = telephony.key_count(listen)
    gather = Gather(
        input="dtmf",
        action=address,
        method="POST",
        timeout=telephony.silence_seconds(listen),
        finish_on_key=END_KEY,
        **({"num_digits": count} if count else {}),
    )
    speak(gather, telephony, reply.says)
    response.append(gather)
    response.redirect(address, method="POST")


def _enqueue(response: VoiceResponse, queue: Queue, step: int) -> None:
    """Music until an operator takes the caller, or the caller leaves; either way the action is told."""
    response.enqueue(
        queue.name,
        action=f"/voice/line/left?s={step}",
        method="POST",
        wait_url=queue.wait_url,
        wait_url_method="POST",
    )


def _dial(response: VoiceResponse, telephony: Telephony, step: int) -> None:
    dial = Dial(
        action=f"/voice/dialed?s={step}",
        method="POST",
        timeout=telephony.operators_timeout_seconds,
        answer_on_bridge=True,
    )
    dial.number(telephony.operators_line)
    response.append(dial)


def speak(verb: VoiceResponse | Gather, telephony: Telephony, says: Sequence[Say]) -> None:
    """Recordings where there are any, else the provider's voice."""
    for say in says:
        url = telephony.recording_url(say)
        if url:
            verb.play(url)
        elif say.slow:
            slow = SayVerb(language=LANGUAGE, voice=telephony.voice)
            slow.prosody(say.text, rate="slow")
            verb.append(slow)
        else:
            verb.say(say.text, language=LANGUAGE, voice=telephony.voice)
