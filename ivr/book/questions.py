"""One question's file to a ``Field``."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from ivr.book.entries import Entry
from ivr.book.strict_yaml import Place, fault
from ivr.book.wording import PromptReader, Templates
from ivr.dialog.forms import Clarify, Confirm, Field, SlotType
from ivr.slots.choice import Choice, Option

WHEN: dict[str, Literal["never", "spoken", "always"]] = {"never": "never", "spoken": "spoken", "always": "always"}
SILENCE_SECONDS = 6.0
CLARIFY_KEYS = ("which", "where", "again")
"""Small questions by which an answer is put right in part."""


class QuestionReader:
    """Reads questions; slot types come from Python by name, choices from the question's own YAML."""

    WORDINGS: ClassVar = ("ask", "keys", "help", "noinput", "nomatch")
    NEEDED: ClassVar = ("question", *WORDINGS)
    IN_PARTS: ClassVar = ("clarify", "pieces", "kept", "unanswered")
    ALLOWED: ClassVar = ("slot", "choice", "more", "confirm", "choose", "keep", "secret", "silence_seconds", *IN_PARTS)

    def __init__(
        self,
        slot_types: Mapping[str, SlotType],
        prompts: PromptReader,
        templates: Templates,
        places: dict[str, Place],
    ) -> None:
        self._slot_types = slot_types
        self._prompts = prompts
        self._templates = templates
        self._places = places

    def field(self, entry: Entry, name: str) -> Field:
        for key in ("choose", "confirm", *self.IN_PARTS):
            if key in entry:
                self._places[f"question {name}.{key}"] = entry.at(key)
        return self.worded(entry, name, self._slot(entry, name))

    def worded(self, entry: Entry, name: str, slot: SlotType, *, keep: bool = True) -> Field:
        """A question whose answers are known already; the entry holds what is said at it."""
        return Field(
            name=name,
            slot=slot,
            ask=self._prompts.read(entry, "ask", f"{name}.ask"),
            keys=self._prompts.read(entry, "keys", f"{name}.keys"),
            help=self._prompts.read(entry, "help", f"{name}.help"),
            more=self._prompts.read(entry, "more", f"{name}.more") if "more" in entry else None,
            noinput=self._prompts.ladder(entry, "noinput", f"{name}.noinput"),
            nomatch=self._prompts.ladder(entry, "nomatch", f"{name}.nomatch"),
            confirm=self._confirm(entry, name) if "confirm" in entry else None,
            choose=entry.name("choose") if "choose" in entry else None,
            keep=entry.flag("keep", keep),
            secret=entry.flag("secret", False),
            silence_seconds=float(entry.number("silence_seconds", 2, 60, SILENCE_SECONDS)),
            clarify=_clarify(entry.below("clarify", CLARIFY_KEYS)) if "clarify" in entry else None,
            pieces=tuple(question for question, _ in entry.names("pieces")),
            unanswered=entry.name("unanswered") if "unanswered" in entry else None,
            kept=self._prompts.ladder(entry, "kept", f"{name}.kept") if "kept" in entry else (),
        )

    def _slot(self, entry: Entry, name: str) -> SlotType:
        if ("slot" in entry) == ("choice" in entry):
            raise fault(entry.data.place, "a question needs `slot` or `choice`, and one of them only", "write one")
        key = "slot" if "slot" in entry else "choice"
        self._places[f"question {name}.slot"] = entry.at(key)
        return self._choice(entry, name) if key == "choice" else self._known_slot(entry)

    def _known_slot(self, entry: Entry) -> SlotType:
        slot = entry.name("slot")
        if slot not in self._slot_types:
            known = ", ".join(sorted(self._slot_types))
            raise fault(entry.at("slot"), f"there is no slot type `{slot}`", f"write one of: {known}")
        return self._slot_types[slot]

    def _choice(self, entry: Entry, name: str) -> SlotType:
        table = entry.table("choice")
        if not table:
            raise fault(entry.at("choice"), "a choice without options", "write one table for each option")
        return self.options(Entry(table, entry.at("choice"), "`choice`", (), tuple(table)), name)

    def options(self, options: Entry, name: str) -> Choice:
        """A choice out of a table of options."""
        table = options.data
        return Choice(name, {value: self._option(options, name, value) for value in table})

    def _option(self, options: Entry, name: str, value: str) -> Option:
        entry = options.below(value, ("phrases", "key"))
        self._places[f"question {name}.choice.{value}"] = options.at(value)
        return Option(self._templates.expand_all(entry, name, value), self.key(entry, name))

    def key(self, entry: Entry, question: str) -> str:
        """The key of an option, which no other option of the question has."""
        key = entry.data["key"]
        if not isinstance(key, str) or not key or not set(key) <= set("0123456789"):
            raise fault(entry.at("key"), f"`key` is `{key}`", 'write digits in quotes, such as "1"')
        where = f"key {question} {key}"
        if where in self._places:
            what = f"the key `{key}` stands for two options of `{question}`"
            raise fault(entry.at("key"), what, f"give each a key of its own; the other is at {self._places[where]}")
        self._places[where] = entry.at("key")
        return key

    def _confirm(self, entry: Entry, name: str) -> Confirm:
        below = entry.below("confirm", ("when", "ask", "noinput", "nomatch", "wrong"))
        return Confirm(
            when=WHEN[below.one_of("when", tuple(WHEN))],
            ask=self._prompts.read(below, "ask", f"{name}.confirm.ask"),
            noinput=self._prompts.ladder(below, "noinput", f"{name}.confirm.noinput"),
            nomatch=self._prompts.ladder(below, "nomatch", f"{name}.confirm.nomatch"),
            wrong=self._prompts.read(below, "wrong", f"{name}.confirm.wrong"),
        )


def _clarify(entry: Entry) -> Clarify:
    return Clarify(*(entry.name(key) for key in CLARIFY_KEYS))
