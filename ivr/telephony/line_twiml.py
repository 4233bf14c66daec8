"""TwiML of the line to the operators: the music, the whisper to an operator, and how the two are bridged.

In a queue Twilio plays a document again from its address when it has come to its end, and knows few verbs there: Play,
Say, Pause, Gather, Redirect, Hangup, Leave. Offers and places are known by their ids; no address holds anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.dialog.commands import Say
from ivr.telephony.twiml import LANGUAGE, Telephony, speak

QUIET_SECONDS = 1
"""After the music, before the next round: the shortest that Twilio takes."""
WHISPER_SECONDS = 6
"""How long an operator may think about a key."""
CALLED_SECONDS = 8
"""How long a person who is called back may look for a key."""
QUEUE_SECONDS = 5
"""How long an operator waits for a caller who has left the queue at the same moment; Twilio's least."""
DIAL_SECONDS = 25
MOST_HINTS = 500
"""What Twilio takes."""


@dataclass(frozen=True, slots=True)
class LinePhone:
    """What rendering of the line needs to know of this deployment."""

    telephony: Telephony
    music_url: str
    hints: tuple[str, ...]
    """Words that callers may say while they wait; empty: keys only."""
    hotline_number: str
    """E.164: what a called person sees."""


def render_round(phone: LinePhone, says: Sequence[Say], place: int, round_number: int) -> str:
    """One round on hold: announcements, then music; a key or a word acts at once. Then the next round is asked for."""
    response = VoiceResponse()
    gather = _gather(phone, f"/voice/line/key?p={place}&r={round_number + 1}", QUIET_SECONDS, phone.hints)
    speak(gather, phone.telephony, says)
    gather.play(phone.music_url)
    response.append(gather)
    response.redirect(wait_address(place, round_number + 1), method="POST")
    return str(response)


def render_next_round(place: int, round_number: int) -> str:
    """Nothing was understood: the music goes on."""
    response = VoiceResponse()
    response.redirect(wait_address(place, round_number), method="POST")
    return str(response)


def render_music(phone: LinePhone, address: str) -> str:
    """When the database cannot be asked: music, then the same again. The place in Twilio's queue is kept."""
    response = VoiceResponse()
    response.play(phone.music_url)
    response.redirect(address, method="POST")
    return str(response)


def render_leave() -> str:
    """Out of the queue; Twilio goes on at the action of the Enqueue."""
    response = VoiceResponse()
    response.leave()
    return str(response)


def render_say(phone: LinePhone, *says: Say) -> str:
    """Words to one of the two who are about to be bridged: a document that ends goes on with the bridge."""
    response = VoiceResponse()
    speak(response, phone.telephony, says)
    return str(response)


def render_goodbye(phone: LinePhone, *says: Say) -> str:
    """Words, if any, and the end of this leg."""
    response = VoiceResponse()
    speak(response, phone.telephony, says)
    response.hangup()
    return str(response)


def render_whisper(phone: LinePhone, says: Sequence[Say], ask: Say, offer: str) -> str:
    """Who calls, and one key to take the call: an answering machine presses none."""
    response = VoiceResponse()
    address = f"/voice/operator/key?o={offer}"
    gather = _gather(phone, address, WHISPER_SECONDS, ())
    speak(gather, phone.telephony, (*says, ask))
    response.append(gather)
    response.redirect(address, method="POST")
    return str(response)


def render_bridge(queue: str, place: int, offer: str) -> str:
    """The operator's leg takes the one caller of a queue."""
    response = VoiceResponse()
    dial = Dial(action=f"/voice/operator/done?o={offer}", method="POST", timeout=QUEUE_SECONDS)
    dial.queue(queue, url=f"/voice/line/joining?p={place}", method="POST")
    response.append(dial)
    return str(response)


def render_call_back(phone: LinePhone, calling: Say, number: str, offer: str) -> str:
    """The operator's leg dials a person who wanted to be called; the person hears of it before they are bridged."""
    response = VoiceResponse()
    speak(response, phone.telephony, (calling,))
    dial = Dial(
        action=f"/voice/operator/done?o={offer}",
        method="POST",
        timeout=DIAL_SECONDS,
        answer_on_bridge=True,
        caller_id=phone.hotline_number,
    )
    dial.number(number, url=f"/voice/call_back/whisper?o={offer}", method="POST")
    response.append(dial)
    return str(response)


def render_called(phone: LinePhone, asks: Sequence[Say], offer: str) -> str:
    """To the person who is called back: a key, or a word, joins the operator. Nothing: the leg ends unbridged."""
    response = VoiceResponse()
    for ask in asks:
        gather = _gather(phone, f"/voice/call_back/key?o={offer}", CALLED_SECONDS, ())
        speak(gather, phone.telephony, (ask,))
        response.append(gather)
    response.hangup()
    return str(response)


def wait_address(place: int, round_number: int) -> str:
    """Where Twilio asks what to play on hold."""
    return f"/voice/line/wait?p={place}&r={round_number}"


def _gather(phone: LinePhone, action: str, timeout: int, hints: tuple[str, ...]) -> Gather:
    """One key, any of them; with ``hints`` also words."""
    words = {"language": LANGUAGE, "speech_timeout": "auto", "hints": ",".join(hints[:MOST_HINTS])} if hints else {}
    return Gather(
        input="dtmf speech" if hints else "dtmf",
        action=action,
        method="POST",
        timeout=timeout,
        num_digits=1,
        finish_on_key="",
        **words,
    )
