"""Ladders: things to try, one at a time, until one has helped. One ladder is one file; how to answer is common to all.

A step that was tried for this card or caller before is passed over. Each step becomes a question of its own with the
forms around it: what was tried is noted, and an SMS with the step is sent on demand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ivr.book.compiled import Compiled
from ivr.book.entries import Entry
from ivr.book.questions import QuestionReader
from ivr.book.strict_yaml import Listed, Place, fault
from ivr.book.wording import PromptReader
from ivr.dialog.forms import Field, Form, Prompt

ANSWER = "ladder_answer"
"""The question that all steps share."""
OPTIONS = ("helped", "next", "sms")
WAY_IS_NEW, NOTE_WAY, TEXT_CALLER = "way_is_new", "note_way", "text_caller"
"""Actions that a ladder calls."""
TEXTED = ("sent", "no_phone", "limited")
"""What may come of an SMS."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing to try. ``name`` is its question's and its form's."""

    name: str
    way: str
    sms: str
    place: Place
    following: str
    """Where it goes on where this did not help."""


class LadderReader:
    """Reads ladders and makes forms and questions of them."""

    COMMON: ClassVar = (*QuestionReader.WORDINGS, "options", *TEXTED)
    COMMON_ALLOWED: ClassVar = ("silence_seconds",)
    NEEDED: ClassVar = ("ladder", "title", "steps", "helped", "failed")
    ALLOWED: ClassVar = ("opening",)
    STEP: ClassVar = ("way", "say", "sms")

    def __init__(self, questions: QuestionReader, prompts: PromptReader, made: Compiled) -> None:
        self._questions = questions
        self._prompts = prompts
        self._made = made

    def compile(self, common: Entry, ladders: Sequence[Entry]) -> None:
        """Make the forms of all ladders. A ladder's first form has the ladder's name."""
        answer = self._answer(common)
        self._made.ask(answer, common.at("ask"))
        texted = {outcome: self._prompts.read(common, outcome, f"{ANSWER}.{outcome}") for outcome in TEXTED}
        for ladder in ladders:
            self._ladder(ladder, answer, texted)

    def _answer(self, common: Entry) -> Field:
        options = common.below("options", OPTIONS)
        return self._questions.worded(common, ANSWER, self._questions.options(options, ANSWER), keep=False)

    def _ladder(self, entry: Entry, answer: Field, texted: dict[str, Prompt]) -> None:
        name, title = entry.name("ladder"), entry.text("title")
        opening = self._prompts.read(entry, "opening", f"{name}.opening") if "opening" in entry else None
        self._made.add(Form(name, title, opening, then={"done": f"{name}_1_new"}), entry.at("ladder"), name)
        items = self._steps(entry)
        for number, item in enumerate(items, start=1):
            following = f"{name}_{number + 1}_new" if number < len(items) else entry.name("failed")
            step = _Step(f"{name}_{number}", item.name("way"), item.text("sms"), item.at("way"), following)
            lead = self._prompts.read(item, "say", f"{step.name}.lead")
            self._made.ask(replace(answer, name=step.name, lead=lead), item.at("say"))
            for form in _forms(step, title, entry.name("helped"), texted):
                self._made.add(form, step.place, name)
            self._made.lead(f"{step.name}_helped", {"noted": entry.at("helped")})
        self._made.lead(f"{name}_{len(items)}_new", {"tried": entry.at("failed")})
        self._made.lead(f"{name}_{len(items)}_failed", {"noted": entry.at("failed")})

    def _steps(self, entry: Entry) -> list[Entry]:
        items = entry.data["steps"]
        if not isinstance(items, Listed) or not items:
            raise fault(entry.at("steps"), "`steps` is no list", "write `- way: …` for each thing to try")
        return [Entry(item, items.at(index), "a step", self.STEP, ()) for index, item in enumerate(items)]


def _forms(step: _Step, title: str, helped: str, texted: dict[str, Prompt]) -> tuple[Form, ...]:
    name, way = step.name, {"way": step.way}
    answered = {"helped": f"{name}_helped", "next": f"{name}_failed", "sms": f"{name}_sms"}
    return (
        Form(f"{name}_new", title, finish=WAY_IS_NEW, args=way, then={"new": name, "tried": step.following}),
        Form(name, title, branch=name, then=answered),
        Form(f"{name}_helped", title, finish=NOTE_WAY, args=way | {"result": "helped"}, then={"noted": helped}),
        Form(f"{name}_failed", title, finish=NOTE_WAY, args=way | {"result": "failed"}, then={"noted": step.following}),
        Form(
            f"{name}_sms",
            title,
            finish=TEXT_CALLER,
            args={"sms": step.sms},
            say=texted,
            then=dict.fromkeys(TEXTED, f"{name}_sent"),
        ),
        Form(f"{name}_sent", title, branch=ANSWER, then=answered),
    )
