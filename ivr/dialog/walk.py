"""Going through forms: entering and leaving them, asking, and putting prompts into words.

``ivr.dialog.engine`` decides by the caller's events where to go; this module goes there.
"""

from dataclasses import replace

from ivr.dialog.commands import Command, HangUp, Listen, Run, Segment, Transfer
from ivr.dialog.forms import RETURN, Confirm, DialogBook, Field, Form, Partial, Prompt
from ivr.dialog.render import render
from ivr.dialog.state import NOTHING, DialogState

PIECE = "|"
"""Between the pieces of a fact that is spoken in several recordings."""
PACE = "pace"
"""The fact that holds how fast the caller wants to be spoken to: ``slow`` or ``normal``."""
SLOW, NORMAL = "slow", "normal"
OPERATOR_ASKED = "operator_asked"
"""The fact that counts how often the caller has asked for a person."""
SILENT_FORMS_LIMIT = 20
"""Forms that one turn may pass through without a question; more is a loop that the linter missed."""
TRAIL_LENGTH = 20
"""Answers that can be taken back one after another."""


class Walk:
    """A state that is replaced on the way, and the commands so far."""

    def __init__(self, book: DialogBook, state: DialogState) -> None:
        self.book = book
        self.state = state
        self.commands: list[Command] = []
        self._entered = 0

    # -- forms ----------------------------------------------------------------------------------------------------

    def _enter(self, name: str) -> None:
        form = self._arrive(name)
        self._forget_once(form)
        if form.opening:
            self._say(form.opening)
        if form.first and not self.state.facts.get(form.first.unless):
            self._set(returns=form.name)
            self._enter(form.first.form)
        else:
            self._next_question()

    def _arrive(self, name: str) -> Form:
        """Stand in a form, before its first question. A form that is not there is an operator's."""
        self._entered += 1
        known = name in self.book.forms and self._entered <= SILENT_FORMS_LIMIT
        form = self.book.forms[name if known else self.book.escalate]
        self._close()
        self._set(form=form.name, facts={**self.state.facts, **form.sets})
        return form

    def _forget_once(self, form: Form) -> None:
        """Answers that count once are dropped: a code is not kept longer than it takes to check it."""
        once = {name for name in form.ask if not self.book.fields[name].keep}
        self._forget(once)

    def _forget(self, names: set[str]) -> None:
        self._set(slots={name: value for name, value in self.state.slots.items() if name not in names})

    def _next_question(self) -> None:
        form = self._form
        missing = next((name for name in form.ask if name not in self.state.slots), None)
        if missing is not None:
            self._open(missing)
            self._ask()
        elif form.branch:
            self._leave(self.state.slots[form.branch])
        elif form.finish:
            self.commands.append(Run(form.finish, self.state.slots, args=form.args))
        elif form.end:
            self._end()
        else:
            self._leave("done")

    def _leave(self, outcome: str) -> None:
        """Say what the outcome means and go where it leads; an outcome without a destination leads to an operator."""
        form = self._form
        self._forget_once(form)
        if outcome in form.say:
            self._say(form.say[outcome])
        target = form.then.get(outcome, self.book.escalate)
        if target == RETURN:
            self._return()
        else:
            self._enter(target)

    def _return(self) -> None:
        """Go on in the form that wanted this one passed first. It was opened before, so it is not opened again."""
        self._arrive(self.state.returns or self.book.escalate)
        self._next_question()

    def _end(self) -> None:
        end = self._form.end
        assert end is not None
        self._set(disposition=end.disposition)
        self.commands.append(Transfer() if end.kind == "transfer" else HangUp(end.disposition))

    # -- questions ------------------------------------------------------------------------------------------------

    def _ask_again(self) -> None:
        """The open question once more, whatever it is: a read-back, the rest of a number, or the question itself."""
        if self.state.field is None:
            self._next_question()
        elif self.state.confirming:
            self._say(self._confirm.ask)
            self._listen()
        elif self.state.heard and self._field.more:
            self._say(self._field.more)
            self._listen()
        else:
            self._ask()

    def _ask(self) -> None:
        if self._field.lead:
            self._say(self._field.lead)
        self._say(self._field.keys if self.state.keypad else self._field.ask)
        self._listen()

    def _fill(self, value: str) -> None:
        name = self._field.name
        trail = (*self.state.trail, (self.state.form, name))
        self._set(slots={**self.state.slots, name: value}, trail=trail[-TRAIL_LENGTH:])
        self._close()
        self._next_question()

    def _step_back(self) -> bool:
        """Open the question that was answered last, and drop its answer; False where there is none."""
        while self.state.trail:
            *before, (form, name) = self.state.trail
            self._set(trail=tuple(before))
            if form in self.book.forms and name in self.book.forms[form].ask and name in self.book.fields:
                self._forget({name})
                self._arrive(form)
                self._open(name)
                self._ask()
                return True
        return False

    def _open(self, field: str) -> None:
        self._close()
        self._set(field=field)

    def _close(self) -> None:
        self._set(field=None, confirming=False, heard=NOTHING, candidates=(), refused=(), noinputs=0, nomatches=0)

    def _listen(self) -> None:
        name, confirming, keypad = self._field.name, self.state.confirming, self.state.keypad
        self.commands.append(Listen(name, confirming, keypad, self.state.waiting))

    # -- prompts --------------------------------------------------------------------------------------------------

    def _say(self, prompt: Prompt) -> None:
        slow = self.state.facts.get(PACE) == SLOW
        self.commands.append(render(prompt, self._value, slow=slow))

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

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
