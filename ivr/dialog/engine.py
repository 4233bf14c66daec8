"""The form interpretation algorithm: one event in, the next state and the commands out.

Order of a turn: a word that works everywhere (operator, repeat, help, restart) comes first; then the answer to the
open question or to its read-back; then the next question without an answer; then the form's action; then the form
that the action's outcome names. Misses climb a ladder: the field's own wordings, keypad only, an operator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from ivr.dialog.commands import Command, HangUp, Listen, Run, Segment, Transfer
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
from ivr.dialog.forms import Complete, Confirm, DialogBook, Field, Form, Partial, Prompt
from ivr.dialog.meaning import universal_of
from ivr.dialog.render import render
from ivr.dialog.state import NOTHING, DialogState

END_KEY = "#"
PIECE = "|"
"""Between the pieces of a fact that is spoken in several recordings."""
SILENT_FORMS_LIMIT = 20
"""Forms that one turn may pass through without a question; more is a loop that the linter missed."""


def advance(book: DialogBook, state: DialogState | None, event: CallEvent) -> tuple[DialogState, tuple[Command, ...]]:
    """One step of the dialogue. Pure: equal arguments give equal results.

    ``state`` is None only for ``Started``. The last command is ``Listen``, ``Run``, ``Transfer`` or ``HangUp``;
    ``HungUp`` gives none.
    """
    begun = state or DialogState(book=book.version, form=book.start)
    turn = _Turn(book, begun)
    turn.take(event)
    return turn.state, tuple(turn.commands)


class _Turn:
    """The working of one event: a state that is replaced, and the commands so far."""

    def __init__(self, book: DialogBook, state: DialogState) -> None:
        self.book = book
        self.state = state
        self.commands: list[Command] = []
        self._entered = 0

    # -- events ---------------------------------------------------------------------------------------------------

    def take(self, event: CallEvent) -> None:
        if isinstance(event, HungUp):
            self._set(disposition=self.state.disposition or "hung_up")
        elif isinstance(event, Started):
            self._set(keypad=event.keypad, facts=dict(event.facts))
            self._enter(self.book.start)
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
                self._miss("noinput")
            case StreamLost():
                self._take_stream_lost()
            case Finished(action, outcome, slots, facts):
                self._take_finished(action, outcome, slots, facts)

    def _still_known(self) -> bool:
        """A deploy may have removed what the call stands in; such a call goes to an operator, never to an error."""
        if self.state.form not in self.book.forms:
            return False
        field = self.book.fields.get(self.state.field or "")
        return field.confirm is not None or not self.state.confirming if field else self.state.field is None

    def _take_heard(self, utterance: Utterance) -> None:
        if self.state.field is None:
            self._ask_again()
            return
        universal = universal_of(self.book, utterance) or self._last_key_of(utterance)
        if universal:
            self._take_universal(universal)
        elif self.state.confirming:
            self._take_confirmation(utterance)
        else:
            self._take_answer(utterance)

    def _last_key_of(self, utterance: Utterance) -> str | None:
        """The everywhere-word that one key means, pressed after speech or noise that is no answer."""
        last = utterance.parts[-1] if utterance.parts else None
        if not isinstance(last, Keyed) or last.keys != utterance.keys:
            return None
        before = self._field.slot.read(self.state.heard + Utterance(utterance.parts[:-1]))
        part_of_answer = isinstance(before, Complete | Partial) and not last.keys.endswith(END_KEY)
        return None if part_of_answer else universal_of(self.book, Utterance((last,)))

    def _take_universal(self, name: str) -> None:
        if name == "operator":
            self._enter(self.book.escalate)
        elif name == "restart":
            asked = set(self._form.ask)
            self._set(slots={k: v for k, v in self.state.slots.items() if k not in asked})
            self._enter(self.state.form)
        elif name == "help":
            self._say(self._field.help)
            self._listen()
        else:
            self._ask_again()

    def _take_stream_lost(self) -> None:
        losses = self.state.stream_losses + 1
        self._set(stream_losses=losses, keypad=self.state.keypad or losses >= self.book.limits.stream_losses)
        if self.state.field is not None:
            self._say(self.book.prompts["resume"])
        self._ask_again()

    def _take_finished(self, action: str, outcome: str, slots: Mapping[str, str], facts: Mapping[str, str]) -> None:
        if self.state.field is not None and action == self._field.choose:
            chosen = slots.get(self._field.name)
            first = (chosen,) if chosen else ()
            self._settle(tuple(dict.fromkeys((*first, *self.state.candidates))))
            return
        self._set(slots={**self.state.slots, **slots}, facts={**self.state.facts, **facts})
        self._leave(outcome)

    # -- answers --------------------------------------------------------------------------------------------------

    def _take_answer(self, utterance: Utterance) -> None:
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
            case _:
                self._miss("nomatch")

    def _take_values(self, values: Sequence[str], whole: Utterance) -> None:
        left = tuple(value for value in values if value not in self.state.refused)
        if not left and whole.keyed_only:
            left = tuple(values)  # who keys a refused value has refused it by mistake: keys are never misheard
        if not left:
            self._set(heard=NOTHING)
            self._miss("nomatch")
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

    def _settle(self, candidates: tuple[str, ...]) -> None:
        """Read the first candidate back where the field wants it, else take it."""
        confirm = self._field.confirm
        self._set(candidates=candidates, noinputs=0, nomatches=0)
        if confirm and (confirm.when == "always" or (confirm.when == "spoken" and not self.state.heard.keyed_only)):
            self._set(confirming=True)
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
        elif isinstance(answer, Complete):
            self._refuse()
        else:
            self._miss("nomatch")

    def _refuse(self) -> None:
        refused = (*self.state.refused, self.state.candidates[0])
        wrong = self._confirm.wrong
        self._open(self._field.name)
        self._set(refused=refused)
        self._say(wrong)
        self._say(self._question)
        self._listen()

    def _fill(self, value: str) -> None:
        self._set(slots={**self.state.slots, self._field.name: value})
        self._close()
        self._next_question()

    # -- misses ---------------------------------------------------------------------------------------------------

    def _miss(self, kind: Literal["noinput", "nomatch"]) -> None:
        """Noinput and nomatch climb the same ladder; the list of wordings is the counter."""
        if self.state.field is None:
            self._ask_again()
            return
        wordings, count = self._wordings(kind), self._count(kind)
        if self.state.misses > self.book.limits.misses:
            self._enter(self.book.escalate)
        elif count <= len(wordings):
            rest = self._field.more if kind == "noinput" and self.state.heard and not self.state.confirming else None
            self._say(rest or wordings[count - 1])  # half an answer is never asked for again
            self._listen()
        elif not self.state.keypad:
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

    # -- forms and questions --------------------------------------------------------------------------------------

    def _enter(self, name: str) -> None:
        self._entered += 1
        form = self.book.forms[name]
        if self._entered > SILENT_FORMS_LIMIT:
            form = self.book.forms[self.book.escalate]
        self._close()
        self._set(form=form.name)
        self._forget_once(form)
        if form.opening:
            self._say(form.opening)
        self._next_question()

    def _forget_once(self, form: Form) -> None:
        """Answers that count once are dropped: a code is not kept longer than it takes to check it."""
        once = {name for name in form.ask if not self.book.fields[name].keep}
        self._set(slots={name: value for name, value in self.state.slots.items() if name not in once})

    def _next_question(self) -> None:
        missing = next((name for name in self._form.ask if name not in self.state.slots), None)
        if missing is not None:
            self._open(missing)
            self._say(self._question)
            self._listen()
        elif self._form.finish:
            self.commands.append(Run(self._form.finish, self.state.slots))
        elif self._form.end:
            self._end()
        else:
            self._leave("done")

    def _leave(self, outcome: str) -> None:
        """Say what the outcome means and go where it leads; an outcome without a destination leads to an operator."""
        form = self._form
        self._forget_once(form)
        if outcome in form.say:
            self._say(form.say[outcome])
        self._enter(form.then.get(outcome, self.book.escalate))

    def _end(self) -> None:
        end = self._form.end
        assert end is not None
        self._set(disposition=end.disposition)
        self.commands.append(Transfer() if end.kind == "transfer" else HangUp(end.disposition))

    def _ask_again(self) -> None:
        """The open question once more, whatever it is: a read-back, the rest of a number, or the question itself."""
        if self.state.field is None:
            self._next_question()
            return
        if self.state.confirming:
            self._say(self._confirm.ask)
        elif self.state.heard and self._field.more:
            self._say(self._field.more)
        else:
            self._say(self._question)
        self._listen()

    def _open(self, field: str) -> None:
        self._close()
        self._set(field=field)

    def _close(self) -> None:
        self._set(field=None, confirming=False, heard=NOTHING, candidates=(), refused=(), noinputs=0, nomatches=0)

    def _listen(self) -> None:
        self.commands.append(Listen(self._field.name, self.state.confirming, self.state.keypad))

    # -- prompts --------------------------------------------------------------------------------------------------

    def _say(self, prompt: Prompt) -> None:
        self.commands.append(render(prompt, self._value))

    def _value(self, name: str) -> tuple[Segment, ...]:
        """What stands for ``{name}``: the part heard so far, the value read back, a slot, or a fact."""
        if name == "heard":
            reading = self._field.slot.read(self.state.heard)
            progress = reading.progress if isinstance(reading, Partial) else ""
            return self._secret_pieces(self._field, progress)
        if name == self.state.field and self.state.candidates:
            return self._secret_pieces(self._field, self.state.candidates[0])
        if name in self.state.slots and name in self.book.fields:
            return self._secret_pieces(self.book.fields[name], self.state.slots[name])
        pieces = self.state.facts.get(name, "").split(PIECE)
        return tuple(Segment(text) for text in pieces if text)

    @staticmethod
    def _secret_pieces(field: Field, value: str) -> tuple[Segment, ...]:
        return tuple(Segment(text, secret=True) for text in field.slot.spoken(value)) if value else ()

    # -- shorthands -----------------------------------------------------------------------------------------------

    @property
    def _form(self) -> Form:
        return self.book.forms[self.state.form]

    @property
    def _field(self) -> Field:
        assert self.state.field is not None
        return self.book.fields[self.state.field]

    @property
    def _confirm(self) -> Confirm:
        assert self._field.confirm is not None
        return self._field.confirm

    @property
    def _question(self) -> Prompt:
        return self._field.keys if self.state.keypad else self._field.ask

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
