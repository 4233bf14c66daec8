"""A caller who does anything at all, on the delivered dialogues: nothing raises, nobody is trapped."""

import json
import os
from collections.abc import Iterator

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ivr.dialog.commands import Command, HangUp, Listen, Run, Transfer
from ivr.dialog.engine import advance
from ivr.dialog.events import CallEvent, NoInput
from ivr.dialog.state import DialogState, state_to_json
from tests.dialog.random_caller import Call, Tally, delivered, endings, play

CALLS = int(os.environ.get("RANDOM_CALLS", "300"))
"""Ten thousand are played before a release: ``RANDOM_CALLS=10000``."""
LONGEST_SILENCE = 80
"""Events that may pass before a call with a silent caller has ended."""


def test_nobody_is_trapped() -> None:
    tally = play(CALLS)
    assert tally.calls == CALLS
    assert set(tally.dispositions) <= {"solved", "operator", "appeal"}
    assert len(tally.questions) > len(delivered().fields) * 0.8, sorted(set(delivered().fields) - tally.questions)


def silently(state: DialogState, last: Command) -> Iterator[tuple[DialogState, Command]]:
    """What may follow when the caller gives no sign of life."""
    events: list[CallEvent] = [NoInput()] if isinstance(last, Listen) else list(endings(state, last, passive=True))
    for event in events:
        following, commands = advance(delivered(), state, event)
        yield following, commands[-1]


def places() -> Iterator[tuple[DialogState, Command]]:
    """Every question, every action and every transfer of every form, as a call first comes to it."""
    book = delivered()
    for form in book.forms.values():
        for question in form.ask:
            yield DialogState(book.version, form.name, question), Listen(question)
        if form.finish:
            yield DialogState(book.version, form.name), Run(form.finish)
        elif form.end and form.end.kind == "transfer":
            yield DialogState(book.version, form.name), Transfer()


def test_a_silent_caller_comes_to_an_end_from_every_place() -> None:
    """Whatever the actions decide on the way. Places that were seen to end are not gone through again."""
    ended: set[str] = set()
    waiting = [(*place, 0) for place in places()]
    assert len(waiting) > 100
    while waiting:
        state, last, passed = waiting.pop()
        assert passed < LONGEST_SILENCE, f"no end in sight at {state.form}, {state.field}"
        place = json.dumps(state_to_json(state), sort_keys=True)
        if not isinstance(last, HangUp) and place not in ended:
            ended.add(place)
            waiting += [(*following, passed + 1) for following in silently(state, last)]


class RandomCaller(RuleBasedStateMachine):
    """The same caller, led by hypothesis, which finds the shortest call that goes wrong."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.call = Call(delivered(), seed, Tally())

    @rule()
    def go_on(self) -> None:
        if not isinstance(self.call.last, HangUp):
            self.call.step()

    @rule(luck=st.sampled_from([0.0, 0.5, 1.0]))
    def be_lucky(self, luck: float) -> None:
        self.call.luck = luck

    @invariant()
    def an_operator_is_one_action_away(self) -> None:
        if hasattr(self, "call"):
            self.call.check_operator()


TestRandomCaller = RandomCaller.TestCase
TestRandomCaller.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
