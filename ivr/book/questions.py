"""One question's file to a ``Field``."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from ivr.book.entries import Entry
from ivr.book.strict_yaml import Place, fault
from ivr.book.wording import PromptReader, Templates
from ivr.dialog.forms import Confirm, Field, SlotType
from ivr.slots.choice import Choice, Option

WHEN: dict[str, Literal["never", "spoken", "always"]] = {"never": "never", "spoken": "spoken", "always": "always"}
SILENCE_SECONDS = 6.0


class QuestionReader:
    """Reads questions; slot types come from Python by name, choices from the question's own YAML."""

    NEEDED: ClassVar = ("question", "ask", "keys", "help", "noinput", "nomatch")
    ALLOWED: ClassVar = ("slot", "choice", "more", "confirm", "choose", "keep", "secret", "silence_seconds")

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
        for key in ("choose", "confirm"):
            if key in entry:
                self._places[f"question {name}.{key}"] = entry.at(key)
        return Field(
            name=name,
            slot=self._slot(entry, name),
            ask=self._prompts.read(entry, "ask", f"{name}.ask"),
            keys=self._prompts.read(entry, "keys", f"{name}.keys"),
            help=self._prompts.read(entry, "help", f"{name}.help"),
            more=self._prompts.read(entry, "more", f"{name}.more") if "more" in entry else None,
            noinput=self._prompts.ladder(entry, "noinput", f"{name}.noinput"),
            nomatch=self._prompts.ladder(entry, "nomatch", f"{name}.nomatch"),
            confirm=self._confirm(entry, name) if "confirm" in entry else None,
            choose=entry.name("choose") if "choose" in entry else None,
            keep=entry.flag("keep", True),
            secret=entry.flag("secret", False),
            silence_seconds=float(entry.number("silence_seconds", 2, 60, SILENCE_SECONDS)),
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
        options = Entry(table, entry.at("choice"), "`choice`", (), tuple(table))
        return Choice(name, {value: self._option(options, name, value) for value in table})

    def _option(self, options: Entry, name: str, value: str) -> Option:
        entry = options.below(value, ("phrases", "key"))
        self._places[f"question {name}.choice.{value}"] = options.at(value)
        key = entry.data["key"]
        if not isinstance(key, str) or not key or not set(key) <= set("0123456789"):
            raise fault(entry.at("key"), f"`key` is `{key}`", 'write digits in quotes, such as "1"')
        return Option(self._templates.expand_all(entry, name, value), key)

    def _confirm(self, entry: Entry, name: str) -> Confirm:
        below = entry.below("confirm", ("when", "ask", "noinput", "nomatch", "wrong"))
        return Confirm(
            when=WHEN[below.one_of("when", tuple(WHEN))],
            ask=self._prompts.read(below, "ask", f"{name}.confirm.ask"),
            noinput=self._prompts.ladder(below, "noinput", f"{name}.confirm.noinput"),
            nomatch=self._prompts.ladder(below, "nomatch", f"{name}.confirm.nomatch"),
            wrong=self._prompts.read(below, "wrong", f"{name}.confirm.wrong"),
        )
