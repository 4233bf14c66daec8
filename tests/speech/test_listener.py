"""When a turn is over: hearings are scripted, the slot types are the delivered ones."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.content import GRAMMARS, load_content
from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance, keyed, said
from ivr.dialog.forms import DialogBook
from ivr.dialog.meaning import read_confirmation, universal_of
from ivr.speech.listener import Decision, Listener, Timing
from ivr.speech.recognizer import Hearing

TICK = 0.1
TIMING = Timing()
FULL = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре"
HALF = "сорок два семьдесят шесть ноль пять двенадцать"
ENDS_IN_TWENTY = FULL.removesuffix(" четыре")


def about(seconds: float) -> object:
    """Within a tick, for tenths do not add up exactly."""
    return pytest.approx(seconds, abs=TICK * 1.01)


@pytest.fixture(scope="module")
def book() -> DialogBook:
    return load_content(GRAMMARS, 2026).book


Open = Callable[..., "Turn"]


@pytest.fixture(scope="module")
def ask(book: DialogBook) -> Open:
    def ask(field: str = "card_number", *, confirming: bool = False, earlier: Utterance | None = None) -> Turn:
        question = book.fields[field]
        return Turn(
            Listener(
                read=(lambda heard: read_confirmation(book, question, heard)) if confirming else question.slot.read,
                is_universal=lambda heard: universal_of(book, heard) is not None,
                timing=TIMING,
                key_count=book.yes_no.key_count() if confirming else question.slot.key_count(),
                earlier=earlier or Utterance(),
            )
        )

    return ask


class Turn:
    """A listener that is fed 0.1 s at a time."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._partial = ""

    def prompt_over(self) -> "Turn":
        self.listener.prompt_ended()
        return self

    def hear(self, partial: str, seconds: float = TICK) -> Decision:
        """The partial text stands for so long; what it leads to."""
        return self._feed([Hearing(partial)] * round(seconds / TICK))

    def finish(self, *texts: str) -> Decision:
        """A stretch is finished with these hypotheses."""
        return self._feed([Hearing(finished=tuple(Hypothesis(text) for text in texts))])

    def silent_for(self, seconds: float) -> Decision:
        return self.hear("", seconds)

    def until_decided(self, partial: str = "", limit: float = 60.0) -> tuple[Decision, float]:
        """The first decision but ``GO_ON``, and the seconds it took."""
        for tick in range(1, round(limit / TICK)):
            decision = self.hear(partial)
            if decision is not Decision.GO_ON:
                return decision, round(tick * TICK, 1)
        raise AssertionError("no decision")

    def press(self, keys: str) -> Decision:
        for key in keys[:-1]:
            assert self.listener.press(key) is Decision.BARGE_IN
        return self.listener.press(keys[-1])

    @property
    def utterance(self) -> Utterance:
        return self.listener.utterance

    def _feed(self, hearings: list[Hearing]) -> Decision:
        decision = Decision.GO_ON
        for hearing in hearings:
            assert decision is Decision.GO_ON
            near = bool(hearing.partial) and hearing.partial != self._partial  # a voice is heard before its words
            self._partial = hearing.partial
            decision = self.listener.hear(hearing, TICK, near=near)
        return decision


def test_a_whole_answer_ends_the_turn_when_it_stands_still(ask: Open) -> None:
    turn = ask().prompt_over()
    assert turn.hear(FULL) is Decision.GO_ON
    assert turn.until_decided(FULL) == (Decision.CUT, about(TIMING.sure_seconds))
    assert turn.listener.settle((Hypothesis(FULL),))
    assert turn.utterance == said(FULL)


def test_an_answer_that_could_grow_is_given_longer(ask: Open) -> None:
    turn = ask().prompt_over()
    assert turn.hear(ENDS_IN_TWENTY) is Decision.GO_ON
    assert turn.until_decided(ENDS_IN_TWENTY) == (Decision.CUT, about(TIMING.open_seconds))


def test_a_number_that_is_whole_only_in_an_unnatural_reading_is_waited_for_as_a_beginning(ask: Open) -> None:
    fifteen = "двадцать пять" + " ноль" * 13  # or sixteen: twenty, then five
    turn = ask().prompt_over()
    assert turn.hear(fifteen) is Decision.GO_ON
    assert turn.until_decided(fifteen)[1] >= TIMING.incomplete_seconds


def test_a_pause_counts_from_the_end_of_the_voice(ask: Open) -> None:
    """A drawn-out «седьмого» after «восемьдесят» is unheard for long, but not silent."""
    listener = ask("birth_date").prompt_over().listener
    date = Hearing("пятое марта тысяча девятьсот восемьдесят")
    assert {listener.hear(date, TICK, near=True) for _ in range(11)} == {Decision.GO_ON}
    assert listener.hear(date, TIMING.late_seconds) is Decision.GO_ON
    assert listener.hear(date, TIMING.open_seconds) is Decision.CUT


def test_in_noise_that_never_ends_the_words_decide(ask: Open) -> None:
    listener = ask().prompt_over().listener
    listener.hear(Hearing(FULL), TICK, near=True)
    decisions = [listener.hear(Hearing(FULL), TICK, near=True) for _ in range(8)]
    assert decisions.index(Decision.CUT) == round((TIMING.sure_seconds + TIMING.noise_seconds) / TICK)


def test_words_that_change_start_the_wait_anew(ask: Open) -> None:
    turn = ask().prompt_over()
    assert turn.hear(ENDS_IN_TWENTY, 0.2) is Decision.GO_ON
    assert turn.hear(ENDS_IN_TWENTY.replace("два", "три"), 0.2) is Decision.GO_ON
    assert turn.hear(ENDS_IN_TWENTY, 0.2) is Decision.GO_ON
    assert turn.until_decided(ENDS_IN_TWENTY)[1] == about(TIMING.open_seconds - 0.1)


def test_pauses_inside_an_answer_are_allowed_and_grow(ask: Open) -> None:
    waits = []
    for parts in (1, 3, 5):
        turn = ask().prompt_over()
        for _ in range(parts):
            assert turn.finish("один два") is Decision.GO_ON
        decision, seconds = turn.until_decided()
        assert decision is Decision.OVER
        waits.append(seconds)
    assert waits == sorted(waits)
    assert waits[0] >= TIMING.incomplete_seconds
    assert waits[-1] == about(3.75 - TIMING.late_seconds)
    assert max(waits) <= TIMING.longest_pause_seconds + TICK


def test_a_pause_between_two_halves_does_not_end_the_turn(ask: Open) -> None:
    turn = ask().prompt_over()
    assert turn.finish(HALF) is Decision.GO_ON
    assert turn.silent_for(2.4) is Decision.GO_ON
    assert turn.hear("ноль ноль ноль два ноль ноль двадцать четыре") is Decision.GO_ON
    assert turn.until_decided("ноль ноль ноль два ноль ноль двадцать четыре") == (
        Decision.CUT,
        about(TIMING.sure_seconds),
    )


def test_the_rest_of_an_answer_counts_with_what_earlier_turns_gave(ask: Open) -> None:
    turn = ask(earlier=said(HALF)).prompt_over()
    rest = "ноль ноль ноль два ноль ноль двадцать четыре"
    turn.hear(rest)
    assert turn.until_decided(rest) == (Decision.CUT, about(TIMING.sure_seconds))
    assert turn.utterance == said(rest)


def test_speech_that_is_no_answer_ends_sooner(ask: Open) -> None:
    turn = ask().prompt_over()
    turn.finish("[unk]")
    decision, seconds = turn.until_decided()
    assert decision is Decision.OVER
    assert seconds == about(TIMING.unclear_seconds)


def test_a_word_that_works_everywhere_ends_the_turn_at_once(ask: Open) -> None:
    turn = ask().prompt_over()
    turn.hear("оператор")
    assert turn.until_decided("оператор") == (Decision.CUT, about(TIMING.closed_seconds))


def test_silence_is_counted_from_the_end_of_the_prompt(ask: Open) -> None:
    turn = ask()
    assert turn.silent_for(30) is Decision.GO_ON
    turn.prompt_over()
    assert turn.until_decided() == (Decision.SILENCE, about(TIMING.silence_seconds))


def test_the_end_of_a_prompt_counts_once(ask: Open) -> None:
    turn = ask().prompt_over()
    turn.silent_for(3)
    assert turn.prompt_over().until_decided() == (Decision.SILENCE, about(3.0))


def test_nobody_speaks_for_ever(ask: Open) -> None:
    turn = ask().prompt_over()
    for tick in range(1000):
        if turn.hear("[unk]" if tick % 2 else "[unk] [unk]") is Decision.OVER:
            assert tick * TICK == pytest.approx(TIMING.longest_turn_seconds, abs=0.2)
            return
    raise AssertionError("the turn never ended")


def test_words_of_the_grammar_interrupt_a_prompt_once_they_stand(ask: Open) -> None:
    turn = ask()
    assert turn.hear("сорок") is Decision.GO_ON
    assert turn.hear("сорок") is Decision.GO_ON
    assert turn.hear("сорок") is Decision.BARGE_IN
    assert turn.prompt_over().utterance == said("сорок")


def test_a_word_that_works_everywhere_interrupts_a_prompt(ask: Open) -> None:
    assert ask().until_decided("оператор")[0] is Decision.BARGE_IN


@pytest.mark.parametrize("noise", ["[unk]", "[unk] [unk]", "номер карты", "да"])
def test_other_speech_does_not_interrupt_a_prompt(ask: Open, noise: str) -> None:
    turn = ask()
    assert turn.hear(noise, 3) is Decision.GO_ON
    assert turn.finish(noise) is Decision.GO_ON
    assert turn.silent_for(3) is Decision.GO_ON


def test_noise_under_a_prompt_is_forgotten(ask: Open) -> None:
    turn = ask()
    turn.finish("[unk]")
    turn.prompt_over()
    assert not turn.utterance
    assert turn.until_decided() == (Decision.SILENCE, about(TIMING.silence_seconds))


def test_noise_that_outlasts_a_prompt_is_forgotten(ask: Open) -> None:
    turn = ask()
    turn.hear("[unk]", 1)
    turn.prompt_over()
    assert turn.hear("[unk]", 1) is Decision.GO_ON
    assert turn.finish("[unk]") is Decision.GO_ON
    assert not turn.utterance
    assert turn.until_decided() == (Decision.SILENCE, about(4.9))


def test_an_answer_that_begins_as_noise_under_a_prompt_is_kept(ask: Open) -> None:
    turn = ask()
    turn.hear("[unk]", 1)
    turn.prompt_over()
    assert turn.hear("[unk] сорок два") is Decision.GO_ON
    assert turn.finish("[unk] сорок два") is Decision.GO_ON
    assert turn.utterance == said("[unk] сорок два")


def test_an_answer_begun_under_a_prompt_is_kept(ask: Open) -> None:
    turn = ask()
    turn.finish(HALF)
    assert turn.prompt_over().utterance == said(HALF)


def test_a_key_interrupts_a_prompt_at_once(ask: Open) -> None:
    assert ask().press("4") is Decision.BARGE_IN


def test_keys_under_a_prompt_are_kept_though_they_are_no_answer(ask: Open) -> None:
    turn = ask("birth_date", confirming=True)
    turn.press("9")
    assert turn.prompt_over().utterance == keyed("9")
    assert turn.until_decided()[0] is Decision.OVER


@pytest.mark.parametrize(
    ("field", "confirming", "keys"),
    [
        ("card_number", False, "4276051200020024"),
        ("birth_date", False, "23051985"),
        ("one_time_code", False, "012345"),
        ("card_number", True, "1"),
        ("person_name", True, "2"),
    ],
)
def test_the_last_key_of_an_answer_ends_the_turn(ask: Open, field: str, confirming: bool, keys: str) -> None:
    turn = ask(field, confirming=confirming).prompt_over()
    assert turn.press(keys) is Decision.OVER
    assert turn.utterance == keyed(keys)


@pytest.mark.parametrize("keys", ["#", "12#", "52649#"])
def test_the_hash_key_ends_any_turn(ask: Open, keys: str) -> None:
    assert ask("person_name").prompt_over().press(keys) is Decision.OVER


def test_a_name_waits_for_more_keys_without_the_hash(ask: Open) -> None:
    turn = ask("person_name").prompt_over()
    assert turn.press("52649") is Decision.BARGE_IN
    assert turn.until_decided() == (Decision.OVER, about(TIMING.key_seconds))


def test_keys_may_pause_longer_than_words(ask: Open) -> None:
    turn = ask().prompt_over()
    turn.press("4276")
    assert turn.until_decided() == (Decision.OVER, about(TIMING.key_seconds))


def test_the_zero_of_a_date_is_no_call_for_an_operator(ask: Open) -> None:
    turn = ask("birth_date").prompt_over()
    turn.press("0")
    assert turn.silent_for(1.5) is Decision.GO_ON
    assert turn.press("5031980") is Decision.OVER
    assert turn.utterance == keyed("05031980")


def test_a_lone_zero_calls_an_operator_after_a_moment(ask: Open) -> None:
    turn = ask("birth_date").prompt_over()
    turn.press("0")
    assert turn.until_decided() == (Decision.OVER, about(TIMING.lone_key_seconds))


def test_a_lone_zero_that_begins_no_answer_calls_an_operator_at_once(ask: Open) -> None:
    turn = ask("person_name").prompt_over()
    turn.press("0")
    assert turn.until_decided() == (Decision.OVER, about(TIMING.closed_seconds))


def test_speech_and_keys_keep_their_order(ask: Open) -> None:
    turn = ask().prompt_over()
    turn.hear("сорок два")
    assert turn.listener.speaking
    assert turn.listener.press("7", (Hypothesis("сорок два"), Hypothesis("сорок"))) is Decision.BARGE_IN
    turn.press("6")
    assert not turn.listener.speaking
    assert turn.hear("ноль пять") is Decision.GO_ON
    assert turn.finish("ноль пять") is Decision.GO_ON
    turn.press("12")
    assert turn.utterance.parts == (
        Spoken((Hypothesis("сорок два"), Hypothesis("сорок"))),
        Keyed("76"),
        Spoken((Hypothesis("ноль пять"),)),
        Keyed("12"),
    )


def test_half_said_and_half_keyed_is_whole_with_the_last_key(ask: Open) -> None:
    turn = ask().prompt_over()
    turn.finish(HALF)
    assert turn.press("00020024") is Decision.OVER


def test_a_cut_that_hears_less_goes_on_listening(ask: Open) -> None:
    turn = ask().prompt_over()
    turn.hear(FULL)
    assert turn.until_decided(FULL)[0] is Decision.CUT
    assert not turn.listener.settle((Hypothesis(HALF),))
    rest = FULL.removeprefix(HALF).strip()
    assert turn.hear(rest) is Decision.GO_ON
    assert turn.until_decided(rest)[0] is Decision.CUT
    assert turn.listener.settle((Hypothesis(rest),))


def test_a_read_back_waits_for_the_rest_of_a_correction(ask: Open) -> None:
    turn = ask(confirming=True).prompt_over()
    turn.finish(HALF)
    assert turn.silent_for(2) is Decision.GO_ON
    turn = ask(confirming=True).prompt_over()
    turn.hear("да")
    assert turn.until_decided("да")[1] <= TIMING.open_seconds


scripts = st.lists(
    st.tuples(st.sampled_from(["", "сорок", HALF, FULL, "[unk]", "оператор", "finish", "key"]), st.integers(1, 15)),
    max_size=12,
)


@given(script=scripts, over_at=st.integers(0, 40))
def test_the_same_audio_gives_the_same_decisions(ask: Open, script: list[tuple[str, int]], over_at: int) -> None:
    """Nothing but the audio is looked at: however late chunks arrive, a replay decides alike."""
    first, second = (_decisions(ask(), script, over_at) for _ in range(2))
    assert first == second


def _decisions(turn: Turn, script: list[tuple[str, int]], over_at: int) -> list[tuple[Decision, Mapping[str, str]]]:
    made: list[tuple[Decision, Mapping[str, str]]] = []
    last, tick = "", 0
    for text, ticks in script:
        for _ in range(ticks if text not in ("finish", "key") else 1):
            if tick == over_at:
                turn.prompt_over()
            made.append((_one(turn.listener, text, last), {"text": turn.utterance.best_text}))
            tick += 1
        last = text if text not in ("finish", "key") else ""
    return made


def _one(listener: Listener, text: str, last: str) -> Decision:
    if text == "key":
        return listener.press("4")
    if text == "finish":
        return listener.hear(Hearing(finished=(Hypothesis(last),) if last else ()), TICK)
    return listener.hear(Hearing(text), TICK)
