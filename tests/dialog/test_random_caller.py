"""A caller who does anything at all, on the delivered dialogues: nothing raises, nobody is trapped."""

import json
from collections.abc import Iterator, Mapping
from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ivr.actions import load_actions
from ivr.application import GRAMMARS, load_content
from ivr.dialog.commands import Command, HangUp, Listen, Run
from ivr.dialog.engine import advance
from ivr.dialog.events import (
    CallEvent,
    Finished,
    Heard,
    HungUp,
    NoInput,
    Started,
    StreamLost,
    Utterance,
    keyed,
    said,
)
from ivr.dialog.forms import DialogBook
from ivr.dialog.state import DialogState, state_from_json, state_to_json

LONGEST_SILENCE = 60
"""Events that may pass before a call with a silent caller has ended."""
TRANSFER = ("answered", "unanswered")
FACTS = {"since": "пятого|марта", "appeal_number": "двенадцать|тридцать четыре"}

ANSWERS = (
    "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре",
    "сорок два семьдесят шесть ноль пять двенадцать",
    "ноль ноль ноль два ноль ноль двадцать четыре",
    "[unk] сорок два",
    "нет ноль шесть",
    "двадцать третье мая тысяча девятьсот восемьдесят пятого года",
    "двадцать третье мая",
    "восемьдесят пятого",
    "мария",
    "саша",
    "да",
    "нет",
    "да нет",
    "[unk]",
    "",
    "один два три четыре пять шесть",
    "повторите",
    "помогите",
    "в начало",
    "оператор",
)
KEYS = ("4276051200020024", "42760512", "23051985", "99999999", "52649#", "123456", "1", "2", "0", "*", "#", "12*34")
answers = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=3).map(lambda texts: said(*texts))
RIGHT = {
    "card_number": (said(ANSWERS[0]), keyed("4276051200020024"), said(ANSWERS[1]), said(ANSWERS[2], ANSWERS[1])),
    "birth_date": (said("двадцать третье мая тысяча девятьсот восемьдесят пятого года"), keyed("23051985")),
    "person_name": (said("мария", "марина"), keyed("52649#")),
    "one_time_code": (said("один два три четыре пять шесть"), keyed("123456")),
    "confirmation": (said("да"), keyed("1"), said("верно"), keyed("1#"), said("нет")),
}
turns = st.lists(answers | st.sampled_from(KEYS).map(keyed), min_size=1, max_size=2).map(
    lambda parts: sum(parts, Utterance())
)

events: st.SearchStrategy[CallEvent] = turns.map(Heard) | st.sampled_from([NoInput(), StreamLost()])


@cache
def book() -> DialogBook:
    return load_content(GRAMMARS, 2026).book


@cache
def outcomes() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(sorted(action.outcomes)) for name, action in load_actions().items()} | {"transfer": TRANSFER}


def endings(command: Command) -> list[Finished]:
    """Everything that an action or a transfer may come to."""
    name = command.action if isinstance(command, Run) else "transfer"
    candidates = command.candidates if isinstance(command, Run) else ()
    slots = {"card_number": candidates[-1]} if candidates else {}
    return [Finished(name, outcome, slots if outcome == "picked" else {}, FACTS) for outcome in outcomes()[name]]


def silently(state: DialogState, last: Command) -> Iterator[tuple[DialogState, Command]]:
    """What may follow when the caller gives no sign of life."""
    events: list[CallEvent] = [NoInput()] if isinstance(last, Listen) else list(endings(last))
    for event in events:
        following, commands = advance(book(), state, event)
        yield following, commands[-1]


class RandomCaller(RuleBasedStateMachine):
    """Speaks, presses, is silent, is cut off; actions decide at random."""

    def __init__(self) -> None:
        super().__init__()
        self.state = DialogState("", "")
        self.last: Command = HangUp("")
        self.left = False

    @initialize(keypad=st.booleans())
    def call(self, keypad: bool) -> None:
        self.state, commands = advance(book(), None, Started(keypad, {"brand": "Магазин", "site": "example.ru"}))
        self.last = commands[-1]

    def take(self, event: CallEvent) -> None:
        stored = state_from_json(json.loads(json.dumps(state_to_json(self.state))))
        self.state, commands = advance(book(), stored, event)
        self.last = commands[-1]

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        match self.last:
            case Listen(field, confirming, _):
                right = st.sampled_from(RIGHT["confirmation" if confirming else field]).map(Heard)
                self.take(data.draw(st.integers(0, 3).flatmap(lambda luck: right if luck else events)))
            case HangUp():
                self.call(data.draw(st.booleans()))
            case _:
                self.take(data.draw(st.sampled_from(endings(self.last))))

    @rule()
    def hanging_up_is_always_possible(self) -> None:
        state, commands = advance(book(), self.state, HungUp())
        assert commands == ()
        assert state.disposition

    @invariant()
    def an_operator_is_one_action_away(self) -> None:
        if isinstance(self.last, Listen):
            for utterance in (said("оператор"), keyed("0")):
                state, commands = advance(book(), self.state, Heard(utterance))
                assert state.form == book().escalate
                assert commands[-1] == Run("call_operator", state.slots)

    @invariant()
    def a_silent_caller_comes_to_an_end(self) -> None:
        waiting = [(self.state, self.last, 0)]
        while waiting:
            state, last, passed = waiting.pop()
            assert passed < LONGEST_SILENCE, f"no end in sight at {state.form}, {state.field}"
            if not isinstance(last, HangUp):
                waiting += [(*following, passed + 1) for following in silently(state, last)]


TestRandomCaller = RandomCaller.TestCase
TestRandomCaller.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
