"""When is a caller's turn over? Decided by what was said, with time counted from audio, so that a replay decides alike.

A turn ends when the answer is complete and stands still for a moment, not when the line is quiet. While an answer is
incomplete, pauses may grow: people look for the next digits on the card. Keys and speech fill the same answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ivr.dialog.events import Hypothesis, Keyed, Part, Spoken, Utterance, keys_of
from ivr.dialog.forms import Complete, Partial, Reading
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.speech.recognizer import Hearing

END_KEY = "#"


@dataclass(frozen=True, slots=True)
class Timing:
    """Thresholds of a turn, in seconds of audio."""

    silence_seconds: float = 6.0
    """Silence after the prompt that counts as noinput."""
    closed_seconds: float = 0.24
    """The pause after a complete answer that nothing can lengthen: «семь» may become «семьдесят»."""
    sure_seconds: float = 0.24
    """The same for one that no further word can change, such as the last of sixteen digits."""
    open_seconds: float = 0.8
    """The same for an answer that more speech could lengthen, such as «восемьдесят» by «седьмого»."""
    known_seconds: float = 0.06
    """What was understood has to stand this long: the recognizer may know more of what was said before the pause."""
    late_seconds: float = 0.25
    """How long after its end a word may become known: no pause behind new words is longer than this."""
    noise_seconds: float = 0.5
    """Where the line never is quiet, a whole answer has to stand this much longer than the pause."""
    speaking_seconds: float = 2.0
    """The same for what is no whole answer: who still sounds is still speaking."""
    incomplete_seconds: float = 2.5
    """The pause allowed inside an answer that needs more."""
    pause_growth_seconds: float = 0.25
    """Each part already given allows this much more."""
    longest_pause_seconds: float = 4.0
    unclear_seconds: float = 1.2
    """Silence after speech that is no answer."""
    key_seconds: float = 4.0
    """The pause allowed between keys."""
    lone_key_seconds: float = 2.0
    """The same after a key that works everywhere but may also begin the answer: the zero of «05» is no operator."""
    longest_turn_seconds: float = 45.0
    bargein_seconds: float = 0.2
    """Words of the grammar have to stand this long to interrupt a prompt: a cough does not."""

    def pause_after(self, whole: Complete) -> float:
        """How long the line has to be quiet after a whole answer, in seconds."""
        if whole.sure:
            return self.sure_seconds
        return self.closed_seconds if whole.closed else self.open_seconds


class Decision(Enum):
    """What a chunk of audio or a key leads to."""

    GO_ON = "go on"
    BARGE_IN = "barge in"
    """The caller answers over the prompt: stop it."""
    CUT = "cut"
    """The turn looks complete: finish the recognizer and ask ``settle``."""
    OVER = "over"
    SILENCE = "silence"


class Listener:
    """Follows one question. Feed it every chunk and key in order; it never looks at a clock."""

    def __init__(
        self,
        read: Callable[[Utterance], Reading],
        is_universal: Callable[[Utterance], bool],
        timing: Timing,
        key_count: int | None,
        earlier: Utterance,
    ) -> None:
        self._read = read
        self._is_universal = is_universal
        self._timing = timing
        self._key_count = key_count
        self._earlier = earlier
        self._parts: list[Part] = []
        self._partial = ""
        self._shown = ""
        self._forgotten = ""
        self._still_seconds = 0.0
        self._quiet_seconds = 0.0
        self._turn_seconds = 0.0
        self._prompt_playing = True
        self._seconds_since_prompt = 0.0
        self._reading: Reading | None = None

    @property
    def speaking(self) -> bool:
        """True while a stretch of speech is not finished."""
        return bool(self._partial)

    @property
    def utterance(self) -> Utterance:
        """All that was said and keyed in this turn, the unfinished stretch included."""
        tail = (Spoken((Hypothesis(self._partial),)),) if self._partial else ()
        return Utterance((*self._parts, *tail))

    def prompt_ended(self) -> None:
        """The prompt was heard to its end, or was cut; said again it changes nothing.

        Speech under the prompt that is no answer is forgotten.
        """
        if not self._prompt_playing:
            return
        self._prompt_playing = False
        self._seconds_since_prompt = 0.0
        if self.utterance and not self._is_answer():
            self._parts = [part for part in self._parts if isinstance(part, Keyed)]
            self._partial, self._forgotten = "", self._partial
            self._turn_seconds = 0.0
            self._note_change()

    def hear(self, hearing: Hearing, seconds: float, *, near: bool = False) -> Decision:
        """``seconds``: how much audio the hearing covers; ``near``: somebody near made a sound in it."""
        self._quiet_seconds = 0.0 if near else self._quiet_seconds + seconds
        self._take_finished(hearing.finished)
        if hearing.partial != self._forgotten:
            self._forgotten = ""
        self._partial = hearing.partial if not self._forgotten else ""
        self._pass_time(seconds)
        return self._decide()

    def press(self, key: str, finished: tuple[Hypothesis, ...] = ()) -> Decision:
        """A key came. It interrupts a prompt at once.

        ``finished``: the N-best of the stretch that the key cut; it keeps its place before the key.
        """
        self._partial = ""
        self._take_finished(finished)
        if self._parts and isinstance(self._parts[-1], Keyed):
            self._parts[-1] = Keyed(self._parts[-1].keys + key)
        else:
            self._parts.append(Keyed(key))
        self._quiet_seconds = 0.0
        self._note_change()
        return Decision.OVER if self._keys_are_whole(key) else Decision.BARGE_IN

    def settle(self, finished: tuple[Hypothesis, ...]) -> bool:
        """After a cut: take the N-best of the cut stretch. True when the turn is over, False to go on listening.

        The N-best of a cut can differ from the partial text that led to it.
        """
        self._partial = ""
        self._take_finished(finished)
        self._note_change()
        return isinstance(self._reading, Complete) or self._is_universal(self.utterance)

    def _take_finished(self, hypotheses: tuple[Hypothesis, ...]) -> None:
        """A stretch has ended; noise that began under the prompt is passed over."""
        if hypotheses and not (self._forgotten and _is_same_noise(hypotheses[0].text, self._forgotten)):
            self._parts.append(Spoken(hypotheses))

    def _pass_time(self, seconds: float) -> None:
        self._still_seconds += seconds
        if self._shown != self.utterance.best_text:
            self._note_change()
        if self._parts or self._partial:
            self._turn_seconds += seconds
        if not self._prompt_playing:
            self._seconds_since_prompt += seconds

    def _note_change(self) -> None:
        self._shown = self.utterance.best_text
        self._still_seconds = 0.0
        self._quiet_seconds = min(self._quiet_seconds, self._timing.late_seconds)
        self._reading = self._read(self._earlier + self.utterance) if self.utterance else None

    def _decide(self) -> Decision:
        if not self.utterance:
            silent = not self._prompt_playing and self._seconds_since_prompt >= self._timing.silence_seconds
            return Decision.SILENCE if silent else Decision.GO_ON
        if self._prompt_playing:
            heard = self._still_seconds >= self._timing.bargein_seconds and self._is_answer()
            return Decision.BARGE_IN if heard else Decision.GO_ON
        if self._has_paused() or self._turn_seconds >= self._timing.longest_turn_seconds:
            return Decision.CUT if self._partial and self._looks_whole() else Decision.OVER
        return Decision.GO_ON

    def _has_paused(self) -> bool:
        """A pause counts from the end of the voice; where noise hides it, from the last change of the words."""
        timing, patience = self._timing, self._patience()
        if self._still_seconds >= timing.known_seconds and self._quiet_seconds >= patience:
            return True
        longer = timing.noise_seconds if self._looks_whole() else timing.speaking_seconds
        return self._still_seconds >= patience + longer

    def _patience(self) -> float:
        """The pause, in seconds, after which the turn is over."""
        timing, by_key = self._timing, self._ends_with_key()
        if self._is_universal(self.utterance):
            longer = by_key and isinstance(self._reading, Partial)
            return timing.lone_key_seconds if longer else timing.closed_seconds
        match self._reading:
            case Complete(closed=True) as whole:
                return timing.pause_after(whole)
            case _ if by_key:
                return timing.key_seconds
            case Complete(forced=False) as whole:
                return timing.pause_after(whole)
            case Complete() | Partial():
                grown = timing.incomplete_seconds + timing.pause_growth_seconds * len(self._parts)
                return min(grown, timing.longest_pause_seconds)
        return timing.unclear_seconds

    def _looks_whole(self) -> bool:
        return isinstance(self._reading, Complete) or self._is_universal(self.utterance)

    def _is_answer(self) -> bool:
        """Words of the grammar that can be part of an answer, not mere noise."""
        if _is_unknown(self.utterance.best_text):
            return False
        return isinstance(self._reading, Complete | Partial) or self._is_universal(self.utterance)

    def _ends_with_key(self) -> bool:
        return not self._partial and bool(self._parts) and isinstance(self._parts[-1], Keyed)

    def _keys_are_whole(self, key: str) -> bool:
        if key == END_KEY:
            return True
        enough = self._key_count is not None and len(self.utterance.keys) >= self._key_count
        alone = self._read(keys_of(self._earlier + self.utterance))  # whatever noise there was between the keys
        readings = (self._reading, alone)
        return any(isinstance(reading, Complete) and (enough or reading.closed) for reading in readings)


def _is_same_noise(text: str, noise: str) -> bool:
    return text == noise or _is_unknown(text)


def _is_unknown(text: str) -> bool:
    return all(word == UNKNOWN_WORD for word in text.split())
