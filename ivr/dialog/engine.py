"""The form interpretation algorithm: one event in, the next state and the commands out.

Order of a turn: a word that works everywhere (operator, repeat, back and the like) comes first; then the answer to the
open question or to its read-back; then the next question without an answer; then the form's action; then the form
that the action's outcome names. Misses climb a ladder: the field's own wordings, keypad only, an operator.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from ivr.dialog.clarify import Clarifying
from ivr.dialog.commands import Command, Run
from ivr.dialog.events import (
    CallEvent,
    Finished,
    Heard,
    HungUp,
    Keyed,
    NoInput,
    Started,
    StreamLost,
    Utterance,
    keys_of,
)
from ivr.dialog.forms import Complete, Confirm, DialogBook, Field, Partial, Prompt, Rejection, UniversalName
from ivr.dialog.meaning import read_confirmation, universal_of
from ivr.dialog.resume import KEPT_FACTS, Kept, kept_of
from ivr.dialog.state import NOTHING, DialogState
from ivr.dialog.walk import NORMAL, OPERATOR_ASKED, PACE, SLOW

END_KEY = "#"


def advance(book: DialogBook, state: DialogState | None, event: CallEvent) -> tuple[DialogState, tuple[Command, ...]]:
    """One step of the dialogue. Pure: equal arguments give equal results.

    ``state``: for ``Started`` where the same caller's call broke off a moment ago, or None; never None for another
    event. The last command is ``Listen``, ``Run``, ``Transfer`` or ``HangUp``; ``HungUp`` gives none.
    """
    begun = DialogState(book=book.version, form=book.start)
    if isinstance(event, Started):
        turn = _Turn(book, begun)
        turn.start(event, state)
    else:
        turn = _Turn(book, state or begun)
        turn.take(event)
    return turn.state, tuple(turn.commands)


class _Turn(Clarifying):
    """The working of one event."""

    # -- events ---------------------------------------------------------------------------------------------------

    def start(self, event: Started, earlier: DialogState | None) -> None:
        self._set(keypad=event.keypad, facts=dict(event.facts))
        kept = kept_of(self.book, earlier) if earlier else None
        if earlier is None or kept is None:
            self._enter(self.book.start)
            return
        facts = {name: earlier.facts[name] for name in KEPT_FACTS if name in earlier.facts}
        self._set(slots=earlier.slots, returns=earlier.returns, facts={**facts, **self.state.facts})
        self._arrive(earlier.form)
        self._set(field=earlier.field, heard=kept.heard, refused=earlier.refused)
        self._say(self.book.prompts["welcome_back"])
        self._go_on(kept)

    def _go_on(self, kept: Kept) -> None:
        if kept.prompt:
            self._say(kept.prompt)
            self._listen()
        else:
            self._ask()

    def take(self, event: CallEvent) -> None:
        if isinstance(event, HungUp):
            self._set(disposition=self.state.disposition or "hung_up")
        elif not self._still_known():
            self._set(book=self.book.version)
            self._enter(self.book.escalate)
        else:
            self._set(book=self.book.version)
            self._take_in_form(event)

    def _take_in_form(self, event: CallEvent) -> None:
        match event:
            case Heard(utterance):
                self._take_heard(utterance)
            case NoInput():
                self._take_silence()
            case StreamLost():
                self._take_stream_lost()
            case Finished(action, outcome, slots, facts):
                self._take_finished(action, outcome, slots, facts)

    def _still_known(self) -> bool:
        """A deploy may have removed what the call stands in; such a call goes to an operator, never to an error."""
        if self.state.form not in self.book.forms:
            return False
        field = self.book.fields.get(self.state.field or "")
        if field is None or not self._aside_known():
            return self.state.field is None
        return field.confirm is not None or not self.state.confirming

    def _take_heard(self, utterance: Utterance) -> None:
        if self.state.field is None:
            self._ask_again()
            return
        universal = universal_of(self.book, utterance) or self._last_key_of(utterance)
        waited, lone_end = self.state.waiting, utterance.keyed_only and utterance.keys == END_KEY
        self._set(waiting=False)
        if universal:
            self._take_universal(universal)
        elif waited and self._is_no_answer(utterance):
            self._ask_again()
        elif lone_end and not self.state.heard:
            self._listen()  # the key has cut the prompt short, and nothing was entered that it could end
        elif self.state.confirming:
            self._take_confirmation(utterance)
        else:
            self._take_answer(utterance)

    def _is_no_answer(self, utterance: Utterance) -> bool:
        if self.state.confirming:
            return isinstance(read_confirmation(self.book, self._field, utterance), Rejection)
        return isinstance(self._field.slot.read(self.state.heard + utterance), Rejection)

    def _take_silence(self) -> None:
        """Silence that the caller has asked for is no miss."""
        if self.state.waiting:
            self._set(waiting=False)
            self._ask_again()
        else:
            self._miss("noinput")

    def _last_key_of(self, utterance: Utterance) -> UniversalName | None:
        """The everywhere-word that one key means, pressed after speech or noise that is no answer."""
        last = utterance.parts[-1] if utterance.parts else None
        if not isinstance(last, Keyed) or last.keys != utterance.keys:
            return None
        before = self._field.slot.read(self.state.heard + Utterance(utterance.parts[:-1]))
        part_of_answer = isinstance(before, Complete | Partial) and not last.keys.endswith(END_KEY)
        return None if part_of_answer else universal_of(self.book, Utterance((last,)))

    def _take_universal(self, name: UniversalName) -> None:
        match name:
            case "operator":
                self._call_operator()
            case "restart":
                self._restart()
            case "help":
                self._say(self._field.help)
                self._listen()
            case "repeat":
                self._ask_again()
            case "slower" | "faster":
                self._change_pace(SLOW if name == "slower" else NORMAL)
            case "back":
                self._go_back()
            case "wait":
                self._set(waiting=True)
                self._say(self.book.prompts["wait"])
                self._listen()

    def _call_operator(self) -> None:
        asked = int(self.state.facts.get(OPERATOR_ASKED, "0")) + 1
        self._set(facts={**self.state.facts, OPERATOR_ASKED: str(asked)})
        self._enter(self.book.escalate)

    def _restart(self) -> None:
        """The form's questions from the first one; from there, what the caller needs."""
        state, home = self.state, self.book.home
        at_first = self._form.ask[:1] == (state.field,) and not state.heard and not state.confirming
        self._forget(set(self._form.ask))
        self._enter(home if home and at_first else state.form)

    def _change_pace(self, pace: str) -> None:
        self._set(facts={**self.state.facts, PACE: pace})
        self._say(self.book.prompts["slower" if pace == SLOW else "normal_pace"])
        self._ask_again()

    def _go_back(self) -> None:
        """To the question before; from a read-back, to its question."""
        if self.state.confirming or self.state.heard:
            self._open(self._field.name)
            self._ask()
        elif not self._step_back():
            self._say(self.book.prompts["no_way_back"])
            self._ask_again()

    def _take_stream_lost(self) -> None:
        losses = self.state.stream_losses + 1
        self._set(
            waiting=False, stream_losses=losses, keypad=self.state.keypad or losses >= self.book.limits.stream_losses
        )
        if self.state.field is not None:
            self._say(self.book.prompts["resume"])
        self._ask_again()

    def _take_finished(self, action: str, outcome: str, slots: Mapping[str, str], facts: Mapping[str, str]) -> None:
        if self.state.field is not None and action == self._field.choose:
            chosen = slots.get(self._field.name)
            first = (chosen,) if chosen else ()
            self._set(facts={**self.state.facts, **facts})
            self._settle(tuple(dict.fromkeys((*first, *self.state.candidates))), sure=bool(first))
            return
        self._set(slots={**self.state.slots, **slots}, facts={**self.state.facts, **facts})
        self._leave(outcome)

    # -- answers --------------------------------------------------------------------------------------------------

    def _take_answer(self, utterance: Utterance) -> None:
        if self._take_whole(utterance):
            return
        whole = self.state.heard + utterance
        keys = keys_of(whole)
        reading = self._field.slot.read(keys)
        if isinstance(reading, Complete):
            whole = keys  # keys are never misheard: noise between them that sounded like words does not count
        else:
            reading = self._field.slot.read(whole)
        if self.state.heard and not isinstance(reading, Complete | Partial):
            whole = utterance  # the caller began anew instead of going on
            reading = self._field.slot.read(whole)
        match reading:
            case Complete(values):
                self._take_values(values, whole)
            case Partial(progress):
                self._take_partial(progress, whole)
            case Rejection("restart"):
                self._begin_anew()
            case _:
                self._miss("nomatch")

    def _take_values(self, values: Sequence[str], whole: Utterance) -> None:
        left = tuple(value for value in values if value not in self.state.refused)
        if not left and whole.keyed_only:
            left = tuple(values)  # who keys a refused value has refused it by mistake: keys are never misheard
        if not left:
            self._miss_answer()
            return
        self._set(heard=whole, candidates=left)
        if self._field.choose and len(left) > 1:
            self.commands.append(Run(self._field.choose, self.state.slots, left))
        else:
            self._settle(left)

    def _take_partial(self, progress: str, whole: Utterance) -> None:
        before = self._field.slot.read(self.state.heard) if self.state.heard else None
        grown = not (isinstance(before, Partial) and before.progress == progress)
        self._set(heard=whole)
        if self._field.more is None or not grown:
            self._miss("nomatch")
            return
        self._say(self._field.more)
        self._listen()

    def _begin_anew(self) -> None:
        """«Сначала»: the question again, which is no miss."""
        refused = self.state.refused
        self._open(self._field.name)
        self._set(refused=refused)
        self._ask()

    def _settle(self, candidates: tuple[str, ...], *, sure: bool = False) -> None:
        """Read the first candidate back where the field wants it, else take it.

        ``sure``: False where a rival may be asked about first.
        """
        confirm = self._field.confirm
        self._set(candidates=candidates)
        if not sure and self._ask_which(candidates):
            return
        if confirm and (confirm.when == "always" or (confirm.when == "spoken" and not self.state.heard.keyed_only)):
            self._set(confirming=True, noinputs=0, nomatches=0)
            self._say(confirm.ask)
            self._listen()
        else:
            self._fill(candidates[0])

    def _take_confirmation(self, utterance: Utterance) -> None:
        again = self._field.slot.read(utterance)
        answer = self.book.yes_no.read(utterance)
        if isinstance(again, Complete):
            read_back = self.state.candidates[:1]
            refused = () if again.values[:1] == read_back else read_back  # said once more, it is no mistake
            self._set(confirming=False, heard=NOTHING, candidates=(), refused=(*self.state.refused, *refused))
            self._take_values(again.values, utterance)
        elif isinstance(answer, Complete) and answer.values[0] == "yes":
            self._fill(self.state.candidates[0])
        elif again == Rejection("restart"):
            self._begin_anew()
        elif self._mend(utterance):
            return
        elif isinstance(answer, Complete):
            self._refuse(utterance)
        else:
            self._miss("nomatch")

    def _refuse(self, utterance: Utterance) -> None:
        refused = (*self.state.refused, self.state.candidates[0])
        if self._ask_where(refused, utterance):
            return
        wrong = self._confirm.wrong
        self._open(self._field.name)
        self._set(refused=refused)
        self._say(wrong)
        self._ask()

    # -- misses ---------------------------------------------------------------------------------------------------

    def _miss(self, kind: Literal["noinput", "nomatch"]) -> None:
        """Noinput and nomatch climb the same ladder; the list of wordings is the counter."""
        if self.state.field is None:
            self._ask_again()
            return
        wordings, count = self._wordings(kind), self._count(kind)
        by_silence = self._field.unanswered if kind == "noinput" and not self.state.confirming else None
        worn_out = self.state.misses > self.book.limits.misses
        if worn_out and by_silence is None:
            self._enter(self.book.escalate)
        elif not worn_out and count <= len(wordings):
            rest = self._field.more if kind == "noinput" and self.state.heard and not self.state.confirming else None
            self._say(rest or wordings[count - 1])  # half an answer is never asked for again
            self._listen()
        elif by_silence is not None:
            self._fill(by_silence)
        elif kind == "noinput" or not self._ask_pieces(self.state.refused):
            self._give_up()

    def _miss_answer(self) -> None:
        """A whole answer that is no use."""
        self._set(heard=NOTHING, candidates=())
        self._miss("nomatch")

    def _give_up(self) -> None:
        if not self.state.keypad:
            self._fall_back_to_keypad()
        else:
            self._enter(self.book.escalate)

    def _count(self, kind: Literal["noinput", "nomatch"]) -> int:
        """Count a miss, for the question and for the whole call; returns which one of the question's it is."""
        self._set(misses=self.state.misses + 1)
        if kind == "noinput":
            self._set(noinputs=self.state.noinputs + 1)
            return self.state.noinputs
        self._set(nomatches=self.state.nomatches + 1)
        return self.state.nomatches

    def _wordings(self, kind: Literal["noinput", "nomatch"]) -> tuple[Prompt, ...]:
        source: Field | Confirm = self._confirm if self.state.confirming else self._field
        return source.noinput if kind == "noinput" else source.nomatch

    def _fall_back_to_keypad(self) -> None:
        self._set(keypad=True, noinputs=0, nomatches=0)
        self._say(self.book.prompts["keypad_only"])
        self._ask_again()
