"""Follows a scripted call: what is said, what is heard, and whether it is what the scenario says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ivr.dialog.events import Keyed, Utterance
from ivr.dialog.forms import DialogBook
from ivr.dialog.meaning import read_confirmation, universal_of
from ivr.feed import Answer, Line
from ivr.fixtures.reading import value_in
from ivr.media.prompts import same_words
from ivr.simulator.result import Moment, Reply, Understood
from ivr.simulator.scenario import Turn


@dataclass(slots=True)
class Dialogue:
    """The dialogue so far. ``now``: which call it is and its seconds; ``show`` sees each line as it comes."""

    book: DialogBook
    show: Callable[[Line], None]
    now: Callable[[], tuple[int, float]]
    moments: list[Moment] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    _number: int = 0
    _turn: Turn | None = None
    """What the caller did last."""
    _seen: int = 0
    _waiting: list[tuple[int, Turn, int]] = field(default_factory=list)
    """Turns whose answers are not looked at yet: number, turn, how much was understood before."""

    def add(self, line: Line) -> None:
        if line.final:
            self.moments.append(Moment(*self.now(), line))
        self.show(line)

    def unseen_hotline(self) -> str:
        """What the hotline has said since the caller's last turn."""
        return " ".join(moment.line.text for moment in self.moments[self._seen :] if moment.line.who == "hotline")

    def listen(self) -> None:
        """Only what the hotline says from now on is looked at."""
        self._seen = len(self.moments)

    def act(self, number: int, turn: Turn) -> None:
        """The caller does something: what comes from now on answers it."""
        self.listen()
        self._number, self._turn = number, turn
        self._waiting.append((number, turn, len(self.understood)))

    def add_answer(self, answer: Answer) -> None:
        """Take down what the hotline heard."""
        self.understood.append(self._understood(answer))

    def judge(self, reply: tuple[float, float] | None) -> Iterator[tuple[int, str]]:
        """Look at the answers to the turns since the last judgement: what is otherwise than expected, by turn.

        ``reply``: when the last one was answered and how many seconds after its end.
        """
        waiting, self._waiting = self._waiting, []
        for number, turn, before in waiting:
            yield from ((number, fault) for fault in _misheard(turn, self.understood[before:]))
        if waiting:
            number, turn, _ = waiting[-1]
            yield from ((number, fault) for fault in self._late(number, turn, reply))

    def _late(self, number: int, turn: Turn, reply: tuple[float, float] | None) -> Iterator[str]:
        if reply is not None:
            at, seconds = reply
            self.replies.append(Reply(self.now()[0], at, number, round(seconds * 1000)))
        milliseconds = round(reply[1] * 1000) if reply else None
        if turn.within_ms is not None and (milliseconds is None or milliseconds > turn.within_ms):
            told = "not answered" if milliseconds is None else f"answered after {milliseconds} ms"
            yield f"{told}, expected within {turn.within_ms} ms"

    def _understood(self, answer: Answer) -> Understood:
        said = answer.utterance or Utterance()
        command = universal_of(self.book, said) if said else None
        return Understood(
            *self.now(),
            self._number,
            answer.question,
            answer.confirming,
            said.keys if said.keyed_only else said.best_text,
            tuple(_alternatives(said)),
            command or self._value(answer),
            str(answer.result) if answer.result else None,
            command or "",
            said.keyed_only,
            self._turn is not None and _is_noisy(self._turn),
        )

    def _value(self, answer: Answer) -> str:
        if answer.utterance is None:
            return ""
        question = self.book.fields[answer.question]
        if answer.confirming:
            return value_in(read_confirmation(self.book, question, answer.utterance))
        return value_in(question.slot.read(answer.earlier + answer.utterance))


def _alternatives(said: Utterance) -> Iterator[tuple[str, float]]:
    for part in said.parts:
        if not isinstance(part, Keyed):
            yield from ((one.text, round(one.confidence, 3)) for one in part.hypotheses[1:])


def _is_noisy(turn: Turn) -> bool:
    return turn.noise is not None or any(step.kind.add for step in turn.chain.steps)


def _misheard(turn: Turn, understood: list[Understood]) -> Iterator[str]:
    """What of a turn was not heard as it should have been."""
    heard = " ".join(one.text for one in understood)
    if turn.heard is not None and same_words(turn.heard) not in same_words(heard):
        yield f"expected to be heard as «{turn.heard}», heard «{heard}»"
    value = next((one.value for one in reversed(understood) if one.text), "")
    if turn.value is not None and value != turn.value:
        yield f"expected to be read as {turn.value!r}, read {value!r}"
