"""State, utterances and replies live as JSON between two events; the engine is pure."""

import copy
import json
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.commands import HangUp, Listen, Reply, Say, Segment, Transfer, reply_from_json, reply_to_json
from ivr.dialog.engine import advance
from ivr.dialog.events import (
    CallEvent,
    Finished,
    Heard,
    HungUp,
    Hypothesis,
    Keyed,
    NoInput,
    Spoken,
    StreamLost,
    Utterance,
    keyed,
    said,
    utterance_from_json,
    utterance_to_json,
)
from ivr.dialog.forms import Prompt
from ivr.dialog.render import fixed_stretches, render
from ivr.dialog.state import DialogState, state_from_json, state_to_json
from tests.dialog.small_book import Caller, small_book

texts = st.text(max_size=12)
words = st.dictionaries(texts, texts, max_size=4)
hypotheses = st.builds(Hypothesis, texts, st.floats(allow_nan=False, allow_infinity=False))
spoken = st.builds(Spoken, st.lists(hypotheses, min_size=1, max_size=3).map(tuple))
keys = st.builds(Keyed, st.text("0123456789*#", min_size=1, max_size=5))
utterances = st.builds(Utterance, st.lists(spoken | keys, max_size=4).map(tuple))
counts = st.integers(0, 99)
states = st.builds(
    DialogState,
    book=texts,
    form=texts,
    field=st.none() | texts,
    confirming=st.booleans(),
    slots=words,
    facts=words,
    heard=utterances,
    candidates=st.lists(texts, max_size=3).map(tuple),
    refused=st.lists(texts, max_size=3).map(tuple),
    noinputs=counts,
    nomatches=counts,
    misses=counts,
    keypad=st.booleans(),
    stream_losses=counts,
    returns=st.none() | texts,
    trail=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    waiting=st.booleans(),
    disposition=st.none() | texts,
)
segments = st.builds(Segment, texts, st.none() | texts, st.booleans())
says = st.builds(Say, texts, st.lists(segments, max_size=3).map(tuple), st.booleans(), st.booleans())
endings = (
    st.builds(Listen, texts, st.booleans(), st.booleans(), st.booleans())
    | st.just(Transfer())
    | st.builds(HangUp, texts)
)
replies = st.builds(
    Reply, counts, st.lists(says, max_size=3).map(tuple), endings, st.sampled_from(["stream", "keypad"])
)
SAID = ["1234", "12", "34", "05", "111", "да", "нет", "шум", "оператор", "повторите", "в начало", "назад", "минуту"]
answers = st.sampled_from(SAID)
caller_events: st.SearchStrategy[CallEvent] = st.one_of(
    answers.map(lambda text: Heard(said(text))),
    st.lists(answers, min_size=2, max_size=3).map(lambda texts: Heard(said(*texts))),
    st.sampled_from(["1234", "12", "34", "05", "1", "2", "0", "*", "#"]).map(lambda keys: Heard(keyed(keys))),
    st.just(NoInput()),
    st.just(StreamLost()),
    st.sampled_from(["picked", "unclear", "sent", "right", "wrong", "open", "closed", "registered", "answered"]).map(
        lambda outcome: Finished("any", outcome)
    ),
    st.just(HungUp()),
)


@given(states)
def test_it_reads_back_a_state_that_went_through_json(state: DialogState) -> None:
    assert state_from_json(json.loads(json.dumps(state_to_json(state)))) == state


@given(replies)
def test_it_reads_back_a_reply_that_went_through_json(reply: Reply) -> None:
    assert reply_from_json(json.loads(json.dumps(reply_to_json(reply)))) == reply


@given(utterances)
def test_it_reads_back_an_utterance_that_went_through_json(utterance: Utterance) -> None:
    assert utterance_from_json(json.loads(json.dumps(utterance_to_json(utterance)))) == utterance


@given(st.lists(caller_events, max_size=12))
def test_equal_arguments_give_equal_results_and_change_nothing(events: list[CallEvent]) -> None:
    book = small_book()
    state: DialogState | None = Caller(book).now
    for event in events:
        kept = copy.deepcopy((state, event))
        first = advance(book, state, event)
        assert (state, event) == kept
        assert advance(book, state_from_json(state_to_json(kept[0])) if kept[0] else None, event) == first
        state = first[0]
        assert state.book == book.version


@given(st.lists(caller_events, max_size=12))
def test_every_event_ends_with_one_thing_to_wait_for(events: list[CallEvent]) -> None:
    state: DialogState = Caller().now
    for event in events:
        state, commands = advance(small_book(), state, event)
        if isinstance(event, HungUp):
            assert commands == ()
            return
        assert commands
        assert not isinstance(commands[-1], Say)
        assert all(isinstance(command, Say) for command in commands[:-1])
        assert len(set(state.candidates)) == len(state.candidates)
        assert not set(state.candidates) & set(state.refused)


def test_nothing_of_a_dialogue_can_be_changed_in_place() -> None:
    caller = Caller()
    for thing, name in ((caller.now, "form"), (caller.listens, "field"), (caller.says[0], "prompt")):
        with pytest.raises((FrozenInstanceError, AttributeError)):
            setattr(thing, name, "other")


def test_it_cuts_a_prompt_into_its_recordings() -> None:
    prompt = Prompt("p", "Номер {number}. Верно?")
    say = render(prompt, lambda _: (Segment("1", secret=True), Segment("2", secret=True)))
    assert [(s.text, s.audio, s.secret) for s in say.segments] == [
        ("Номер", "p.1", False),
        ("1", None, True),
        ("2", None, True),
        (". Верно?", "p.2", False),
    ]
    assert say.text == "Номер 1 2. Верно?"
    assert fixed_stretches(prompt) == {"p.1": "Номер", "p.2": ". Верно?"}


def test_a_prompt_without_values_is_one_recording() -> None:
    assert render(Prompt("p", "Здравствуйте!"), lambda _: ()).segments == (Segment("Здравствуйте!", "p"),)


def test_lone_punctuation_is_no_recording() -> None:
    assert fixed_stretches(Prompt("p", "Слышно: {heard}.")) == {"p.1": "Слышно:"}
