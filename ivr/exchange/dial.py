"""``<Dial>``: rings simulated operators, lets them talk, and reports how it went."""

import math
from dataclasses import dataclass

from ivr.exchange.line import CallOverError
from ivr.exchange.switch import Goto, Operator, Switch, new_sid
from ivr.exchange.twiml import Verb


@dataclass
class _Leg:
    """One dialled number."""

    verb: Verb
    number: str
    operator: Operator
    sid: str
    steps: int = 0
    """Callbacks sent; their SequenceNumber."""


async def dial(switch: Switch, verb: Verb) -> Goto | None:
    """Returns where the result goes; None without ``action``. The action is owed even when the caller hangs up."""
    legs = _legs(switch, verb)
    try:
        params = await _connect(switch, verb, legs)
    except CallOverError:
        await _owe_action(switch, verb, legs)
        raise
    switch.line.note("dialled", params["DialCallStatus"])
    return switch.goto(verb, verb.get("action"), params) if verb.get("action") else None


def _legs(switch: Switch, verb: Verb) -> list[_Leg]:
    numbers = [child for child in verb.children if child.text] or ([verb] if verb.text else [])
    if not numbers:
        switch.line.error(13224, "<Dial> without a number")
    return [_Leg(child, child.text, switch.operators(child.text), new_sid("CA")) for child in numbers]


async def _connect(switch: Switch, verb: Verb, legs: list[_Leg]) -> dict[str, str]:
    status = "failed"
    for group in [[leg] for leg in legs] if verb.flag("sequential") else [legs] if legs else []:
        switch.line.note("dial", ", ".join(leg.number for leg in group))
        status, winner = await _ring(switch, verb, group)
        if winner:
            return await _talk(switch, verb, winner)
    return {"DialCallStatus": status, "DialCallSid": legs[-1].sid if legs else "", "DialBridged": "false"}


async def _ring(switch: Switch, verb: Verb, legs: list[_Leg]) -> tuple[str, _Leg | None]:
    """Ring all ``legs`` at once; the first to answer wins. Without a winner: the outcome of the last to give up."""
    for leg in legs:
        await _tell(switch, leg, "initiated")
        await _tell(switch, leg, "ringing")
    timeout = verb.number("timeout", 30)
    rings = sorted(legs, key=lambda leg: _decided_after(leg.operator, timeout))
    passed = 0.0
    for leg in rings:
        after = _decided_after(leg.operator, timeout)
        await _wait(switch, after - passed)
        passed = after
        if leg.operator.outcome == "answered" and leg.operator.after_seconds < timeout:
            await _tell(switch, leg, "in-progress")
            return "completed", leg
        await _tell(switch, leg, _unanswered(leg.operator))
    return _unanswered(rings[-1].operator), None


def _decided_after(operator: Operator, timeout: float) -> float:
    return timeout if operator.outcome == "no-answer" else min(operator.after_seconds, timeout)


def _unanswered(operator: Operator) -> str:
    return "no-answer" if operator.outcome == "answered" else operator.outcome


async def _talk(switch: Switch, verb: Verb, leg: _Leg) -> dict[str, str]:
    switch.line.note("bridged", leg.number)
    limit = min(leg.operator.talk_seconds, verb.number("timeLimit", 14400))
    start = switch.line.time.seconds
    await _wait(switch, limit, hang_up_key="*" if verb.flag("hangupOnStar") else "")
    seconds = str(math.ceil(switch.line.time.seconds - start))
    await _tell(switch, leg, "completed", {"CallDuration": seconds})
    return {
        "DialCallStatus": "completed",
        "DialCallSid": leg.sid,
        "DialCallDuration": seconds,
        "DialBridged": "true",
    }


async def _wait(switch: Switch, seconds: float, hang_up_key: str = "") -> None:
    end = switch.line.time.seconds + seconds
    while switch.line.time.seconds < end - 1e-6:
        keys = (await switch.line.frame()).keys
        if hang_up_key and hang_up_key in keys:
            return


async def _owe_action(switch: Switch, verb: Verb, legs: list[_Leg]) -> None:
    if not verb.get("action"):
        return
    params = {"DialCallStatus": "completed", "DialCallSid": legs[0].sid if legs else ""}
    await switch.tell(switch.resolve(verb.get("action")), {"CallStatus": "completed"} | params)


async def _tell(switch: Switch, leg: _Leg, status: str, more: dict[str, str] | None = None) -> None:
    url = leg.verb.get("statusCallback") if leg.verb.name == "Number" else ""
    event = "answered" if status == "in-progress" else "completed" if status not in _EARLY else status
    if not url or event not in leg.verb.get("statusCallbackEvent", "completed").split():
        return
    child = {
        "CallSid": leg.sid,
        "ParentCallSid": switch.line.record.call_sid,
        "CallStatus": status,
        "Direction": "outbound-dial",
        "To": leg.number,
        "Called": leg.number,
        "SequenceNumber": str(leg.steps),
    }
    leg.steps += 1
    method = leg.verb.get("statusCallbackMethod", "POST")
    await switch.tell(switch.resolve(url), child | (more or {}), method)


_EARLY = ("initiated", "ringing")
