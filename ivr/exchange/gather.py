"""``<Gather input="dtmf">``: prompts that a key stops, then keys until the answer is complete or time is up."""

from dataclasses import dataclass, field

from ivr.exchange.switch import Goto, Switch
from ivr.exchange.twiml import Verb

_UNLIMITED = 1000


@dataclass
class _Digits:
    """The keys gathered so far."""

    finish_keys: str
    limit: int
    digits: str = ""
    finished_on: str = ""
    ignored: list[str] = field(default_factory=list)
    """Keys that came after the answer was complete."""

    @property
    def complete(self) -> bool:
        return bool(self.finished_on) or len(self.digits) >= self.limit

    def press(self, keys: str) -> None:
        for key in keys:
            if self.complete:
                self.ignored.append(key)
            elif key in self.finish_keys:
                self.finished_on = key
            else:
                self.digits += key


async def gather(switch: Switch, verb: Verb) -> Goto | None:
    """Returns where the answer goes; None: there is none, and the next verb is to be played."""
    switch.line.note("gather")
    digits = _Digits(verb.get("finishOnKey", "#"), int(verb.number("numDigits", _UNLIMITED)))
    digits.press(switch.line.take_typed())
    if not digits.digits and not digits.complete:
        await _play_prompts(switch, verb, digits)
    await _listen(switch, verb.number("timeout", 5), digits)
    return _answer(switch, verb, digits)


async def _play_prompts(switch: Switch, verb: Verb, digits: _Digits) -> None:
    for prompt in verb.children:
        keys = await switch.prompt(prompt, until_key=True)
        if keys:
            digits.press(keys)
            return


async def _listen(switch: Switch, timeout_seconds: float, digits: _Digits) -> None:
    """The timer starts after the prompts and again at every key."""
    time = switch.line.time
    deadline = time.seconds + timeout_seconds
    while not digits.complete and time.seconds < deadline:
        keys = (await switch.line.frame()).keys
        if keys:
            digits.press(keys)
            deadline = time.seconds + timeout_seconds


def _answer(switch: Switch, verb: Verb, digits: _Digits) -> Goto | None:
    if not digits.digits and not verb.flag("actionOnEmptyResult"):
        switch.line.note("noinput")
        return None
    params = {"Digits": digits.digits}
    if digits.finished_on:
        params["FinishedOnKey"] = digits.finished_on
    return switch.goto(verb, verb.get("action", switch.document_url), params)
