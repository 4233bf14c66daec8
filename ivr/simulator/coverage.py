"""Which questions of the dialogues a set of calls has come to, and how callers answered there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from ivr.dialog.forms import DialogBook
from ivr.simulator.result import Understood
from ivr.simulator.summary import Played

Way = Literal["ok", "silence", "noise", "keys", "operator"]
WAYS: tuple[Way, ...] = get_args(Way)
_WHOLE = frozenset({"understood", "confirmed", "denied"})


@dataclass(frozen=True, slots=True)
class Covered:
    """One question, and how often each way of answering it came up."""

    question: str
    asks: str
    """What the hotline asks; empty for a question that is not in the book any more."""
    counts: dict[Way, int]

    @property
    def reached(self) -> bool:
        return any(self.counts.values())


def coverage(book: DialogBook, played: Iterable[Played]) -> list[Covered]:
    """Every question of the book; those that callers come to first, then those that no call has come to."""
    counts: dict[str, Counter[Way]] = {name: Counter() for name in book.fields}
    for one in played:
        for answer in one.understood:
            counts.setdefault(answer.question, Counter()).update(ways_of(answer))
    asks = {name: field.ask.text for name, field in book.fields.items()}
    found = [Covered(name, asks.get(name, ""), {way: counted[way] for way in WAYS}) for name, counted in counts.items()]
    return sorted(found, key=lambda one: (not one.reached, one.question))


def ways_of(answer: Understood) -> set[Way]:
    """``ok``: a spoken answer was understood; ``noise``: there was some; a turn may be both."""
    ways: set[Way] = set()
    if answer.noisy:
        ways.add("noise")
    if answer.command == "operator":
        ways.add("operator")
    elif not answer.text:
        ways.add("silence")
    elif answer.by_keys:
        ways.add("keys")
    elif answer.result in _WHOLE:
        ways.add("ok")
    return ways
