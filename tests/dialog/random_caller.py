"""A caller who does anything at all, and actions that come to anything at all, on a whole book.

``python -m tests.dialog.random_caller --calls 10000`` plays calls on the delivered book and prints what they came to.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from ivr.actions import load_actions
from ivr.book.source import IN_LINE
from ivr.content import GRAMMARS, load_content
from ivr.dialog.commands import Command, HangUp, Listen, Run
from ivr.dialog.engine import advance
from ivr.dialog.events import CallEvent, Finished, Heard, HungUp, NoInput, Started, StreamLost, Utterance, keyed, said
from ivr.dialog.forms import ClosedSet, DialogBook
from ivr.dialog.state import DialogState, state_from_json, state_to_json
from ivr.dialog.walk import OPERATOR_ASKED
from ivr.facts import FACTS

TRANSFER = tuple(sorted(IN_LINE))
NOT_OF_THEMSELVES = frozenset({"call_back", "left", "enter_code"})
"""Ends of a transfer that take a key of the caller, or a code that an operator sends: they do not go on for ever."""
WILD_EVENTS = 60
"""So long a caller does anything; then the call has to end for one who is silent, and for one who wants a person."""
LAST_EVENTS = 60
RUNS_AT_MOST = 40
"""Actions in a row without a word from the caller."""

NUMBER = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре"
HALVES = ("сорок два семьдесят шесть ноль пять двенадцать", "ноль ноль ноль два ноль ноль двадцать четыре")
RIGHT: Mapping[str, tuple[Utterance, ...]] = {
    "card_number": (said(NUMBER), keyed("4276051200020024"), said(HALVES[0]), said(HALVES[1], HALVES[0])),
    "birth_date": (said("двадцать третье мая тысяча девятьсот восемьдесят пятого года"), keyed("23051985")),
    "birth_day": (said("двадцать третье"), keyed("23")),
    "birth_month": (said("май"), keyed("05")),
    "birth_year": (said("восемьдесят пятый"), keyed("1985")),
    "person_name": (said("мария", "марина"), said("саша"), keyed("52649#")),
    "one_time_code": (said("один два три четыре пять шесть"), keyed("123456")),
    "appeal_number": (said("двенадцать тридцать четыре пятьдесят шесть семьдесят восемь"), keyed("12345678")),
    "one_block": (said("ноль пять двенадцать"), keyed("0512")),
    "phone_number": (keyed("89161234567"),),
    "which_version": (said("первый"), said("второй вариант"), keyed("2"), said("ни то ни другое")),
    "wrong_block": (said("во втором"), keyed("2"), said("второй ноль пять двенадцать"), said("во всех"), keyed("5")),
}
"""Answers by slot type, for those that cannot be taken from a list of options."""
CONFIRMATIONS = (said("да"), keyed("1"), said("верно"), keyed("1#"), said("нет"), keyed("2"), said("нет ноль шесть"))
ANYTHING = (
    *(said(text) for text in (*HALVES, "[unk] сорок два", "нет ноль шесть", "двадцать третье мая", "мария", "да нет")),
    *(said(text) for text in ("[unk]", "", "[unk] [unk] [unk]", "карта", "сайт не открывается", "во втором блоке")),
    *(keyed(keys) for keys in ("42760512", "99999999", "1", "2", "3", "9", "#", "12*34", "*", "1234567890123456789")),
)


@cache
def delivered() -> DialogBook:
    return load_content(GRAMMARS, 2026).book


@cache
def outcomes() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(sorted(action.outcomes)) for name, action in load_actions().items()} | {"transfer": TRANSFER}


class TrappedError(AssertionError):
    """A call that cannot end, or a caller who cannot reach a person."""


def endings(state: DialogState, command: Command, *, passive: bool = False) -> list[Finished]:
    """Everything that an action or a transfer may come to. ``passive``: the caller presses no key in the line."""
    name = command.action if isinstance(command, Run) else "transfer"
    candidates = command.candidates if isinstance(command, Run) else ()
    slots = {"card_number": candidates[-1]} if candidates else {}
    facts = {name: "пятого|марта" for name in FACTS}
    possible = (o for o in outcomes()[name] if o != "quiet" or _first_wish(state, command))
    return [
        Finished(name, outcome, slots if outcome == "picked" else {}, facts | proof(outcome))
        for outcome in possible
        if not (passive and name == "transfer" and outcome in NOT_OF_THEMSELVES)
    ]


def _first_wish(state: DialogState, command: Command) -> bool:
    """Self-service is offered once: to who asks for a person before anything else."""
    at_once = isinstance(command, Run) and "at_once" in command.args
    return not at_once and state.facts.get(OPERATOR_ASKED) == "1" and not state.facts.get("category")


def proof(outcome: str) -> dict[str, str]:
    return {"verified": "yes"} if outcome == "verified" else {}


@dataclass
class Tally:
    """What calls came to."""

    calls: int = 0
    events: int = 0
    longest: int = 0
    dispositions: Counter[str] = field(default_factory=Counter)
    forms: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    actions: set[tuple[str, str]] = field(default_factory=set)

    def told(self, book: DialogBook) -> str:
        ends = ", ".join(f"{name} {count}" for name, count in sorted(self.dispositions.items()))
        return (
            f"{self.calls} calls, {self.events} events, the longest {self.longest}; {ends}; "
            f"forms {len(self.forms)} of {len(book.forms)}, questions {len(self.questions)} of {len(book.fields)}, "
            f"outcomes {len(self.actions)}; trapped 0"
        )


class Call:
    """One call: a seed decides all of it."""

    def __init__(self, book: DialogBook, seed: int, tally: Tally) -> None:
        self.book = book
        self.rng = random.Random(seed)
        self.seed = seed
        self.tally = tally
        self.luck = self.rng.choice((0.3, 0.7, 0.95))
        """How often the caller gives an answer that fits."""
        self.events = 0
        self.path: list[str] = []
        self.state: DialogState
        self.last: Command
        self._go(None, Started(self.rng.random() < 0.3, {"brand": "Магазин", "site": "example.ru"}))

    def play(self) -> None:
        """Anything for a while; then the call must end in either of the ways that are left to a caller."""
        while self.events < WILD_EVENTS and not isinstance(self.last, HangUp):
            self.check_operator()
            self.step()
        self._end_by(self.rng.choice(("silence", "operator")))
        self.tally.calls += 1
        self.tally.events += self.events
        self.tally.longest = max(self.tally.longest, self.events)
        self.tally.dispositions[self.state.disposition or "none"] += 1

    def step(self) -> None:
        if isinstance(self.last, Listen):
            self._go(self.state, self._said(self.last))
        else:
            self._finish()

    def check_operator(self) -> None:
        """A person is one word and one key away, and hanging up is always possible."""
        if isinstance(self.last, Listen):
            for utterance in (said("оператор"), keyed("0")):
                state, _ = advance(self.book, self.state, Heard(utterance))
                if state.form != self.book.escalate:
                    raise TrappedError(f"seed {self.seed}: no operator at {self.state.form}, {self.state.field}")
        state, commands = advance(self.book, self.state, HungUp())
        assert commands == ()
        assert state.disposition

    def _end_by(self, way: str) -> None:
        event: CallEvent = NoInput() if way == "silence" else Heard(said("оператор"))
        for _ in range(LAST_EVENTS):
            if isinstance(self.last, HangUp):
                return
            if isinstance(self.last, Listen):
                self._go(self.state, event)
            else:
                self._finish(passive=True)
        raise TrappedError(f"seed {self.seed}: no end by {way}; {' > '.join(self.path[-30:])}")

    def _finish(self, *, passive: bool = False) -> None:
        finished = self.rng.choice(endings(self.state, self.last, passive=passive))
        self.tally.actions.add((finished.action, finished.outcome))
        self._go(self.state, finished)

    def _said(self, listen: Listen) -> CallEvent:
        if self.rng.random() > self.luck:
            return self._anything()
        if listen.confirming:
            return Heard(self.rng.choice(CONFIRMATIONS))
        slot = self.book.fields[listen.field].slot
        if slot.name in RIGHT:
            return Heard(self.rng.choice(RIGHT[slot.name]))
        if isinstance(slot, ClosedSet) and self.rng.random() < 0.4:
            return Heard(keyed(str(self.rng.randrange(1, 6))))
        return Heard(said(self.rng.choice(slot.phrases())))

    def _anything(self) -> CallEvent:
        draw = self.rng.random()
        if draw < 0.2:
            return NoInput()
        if draw < 0.25:
            return StreamLost()
        if draw < 0.5:
            universal = self.rng.choice([u for u in self.book.universals if u.name != "operator"])
            return Heard(said(self.rng.choice(universal.phrases)))
        parts = [self.rng.choice(ANYTHING) for _ in range(self.rng.randrange(1, 3))]
        return Heard(sum(parts, Utterance()))

    def _go(self, state: DialogState | None, event: CallEvent) -> None:
        stored = state_from_json(json.loads(json.dumps(state_to_json(state)))) if state else None
        self.state, commands = advance(self.book, stored, event)
        self.last = commands[-1]
        self.events += 1
        self.path.append(f"{self.state.form}/{self.state.field or '-'}")
        self.tally.forms.add(self.state.form)
        if isinstance(self.last, Listen):
            self.tally.questions.add(self.last.field)


def play(calls: int, seed: int = 0) -> Tally:
    """Play calls on the delivered book. Raises ``TrappedError``, which names the seed."""
    tally = Tally()
    for number in range(seed, seed + calls):
        Call(delivered(), number, tally).play()
    return tally


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Play random calls on the delivered book.")
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(play(options.calls, options.seed).told(delivered()))  # noqa: T201
