"""``<Gather>``: prompts that a key or a voice stops, then keys or words until the answer is complete or time is up."""

from dataclasses import dataclass, field

from ivr.exchange.line import CallerFrame
from ivr.exchange.switch import Goto, Switch
from ivr.exchange.twiml import Verb
from ivr.exchange.voice import SpokenAnswer

_UNLIMITED = 1000
_CONFIDENCE = "0.90"
_PAUSE_SECONDS = 0.8
"""How long a pause ends what is said, with speechTimeout="auto"."""


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
    return await _Gathering(switch, verb).play()


class _Gathering:
    """One ``<Gather>``. The first input that is understood is the answer: keys, or words."""

    def __init__(self, switch: Switch, verb: Verb) -> None:
        self._switch = switch
        self._time = switch.line.time
        self._verb = verb
        self._timeout = verb.number("timeout", 5)
        self._digits = _Digits(verb.get("finishOnKey", "#"), int(verb.number("numDigits", _UNLIMITED)))
        inputs = verb.get("input", "dtmf").split()
        self._takes_keys = "dtmf" in inputs
        self._spoken = self._ear() if "speech" in inputs else None
        self._words = ""

    async def play(self) -> Goto | None:
        self._press(self._switch.line.take_typed())
        if not self._digits.digits and not self._digits.complete:
            await self._play_prompts()
        await self._listen()
        return self._answer()

    def _ear(self) -> SpokenAnswer | None:
        hear = self._switch.hear
        if hear is None:
            self._switch.line.error(12200, "input of <Gather>: this exchange hears keys only")
            return None
        auto = self._verb.get("speechTimeout") == "auto"
        pause = _PAUSE_SECONDS if auto else self._verb.number("speechTimeout", self._timeout)
        hints = (hint.strip() for hint in self._verb.get("hints").split(","))
        return SpokenAnswer(hear, tuple(hint for hint in hints if hint), pause)

    async def _play_prompts(self) -> None:
        for prompt in self._verb.children:
            stopped = await self._switch.prompt(prompt, self._take)
            if stopped:
                return

    async def _listen(self) -> None:
        """The timer starts after the prompts and again at every key; it does not run while somebody speaks."""
        deadline = self._time.seconds + self._timeout
        while not self._digits.complete and not self._words:
            if self._spoken and self._spoken.begun:
                await self._hear_out(self._spoken)
                deadline = self._time.seconds + self._timeout
            elif self._time.seconds >= deadline:
                return
            elif self._take(await self._switch.line.frame()):
                deadline = self._time.seconds + self._timeout

    async def _hear_out(self, spoken: SpokenAnswer) -> None:
        """Words to their end, unless a key comes: noise that was taken for a voice must not hold the keys up."""
        while not spoken.ended:
            frame = await self._switch.line.frame()
            spoken.listen(frame.pcm)
            if self._press(frame.keys):
                spoken.forget()
                return
        self._words = await spoken.words()
        spoken.forget()

    def _take(self, frame: CallerFrame) -> bool:
        """True: the caller answers, so the prompt stops."""
        if self._press(frame.keys):
            return True
        if self._spoken and not self._digits.digits:
            self._spoken.listen(frame.pcm)
            return self._spoken.begun
        return False

    def _press(self, keys: str) -> bool:
        if keys and self._takes_keys:
            self._digits.press(keys)
            return True
        return False

    def _answer(self) -> Goto | None:
        if not self._digits.digits and not self._words and not self._verb.flag("actionOnEmptyResult"):
            self._switch.line.note("noinput")
            return None
        if self._words:
            self._switch.line.note("speech", self._words)
            params = {"SpeechResult": self._words, "Confidence": _CONFIDENCE}
        else:
            params = {"Digits": self._digits.digits}
            params |= {"FinishedOnKey": self._digits.finished_on} if self._digits.finished_on else {}
        return self._switch.goto(self._verb, self._verb.get("action", self._switch.document_url), params)
