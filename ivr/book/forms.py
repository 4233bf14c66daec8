"""One form's file to a ``Form``."""

from typing import ClassVar

from ivr.book.entries import Entry, read_name, read_text
from ivr.book.strict_yaml import Mapped, Place, fault
from ivr.book.wording import PromptReader
from ivr.dialog.forms import End, First, Form, Prompt

DISPOSITIONS = ("solved", "operator", "appeal")


class FormReader:
    """Reads forms, and notes down where their parts are written."""

    NEEDED: ClassVar = ("form", "title")
    ALLOWED: ClassVar = ("first", "sets", "opening", "ask", "finish", "with", "branch", "say", "then", "end")

    def __init__(self, prompts: PromptReader, places: dict[str, Place]) -> None:
        self._prompts = prompts
        self._places = places

    def form(self, entry: Entry, name: str) -> Form:
        for key in self.ALLOWED:
            if key in entry:
                self._places[f"form {name}.{key}"] = entry.at(key)
        return Form(
            name=name,
            title=entry.text("title"),
            opening=self._prompts.read(entry, "opening", f"{name}.opening") if "opening" in entry else None,
            ask=self._asked(entry, name),
            finish=entry.name("finish") if "finish" in entry else None,
            args=self._args(entry),
            branch=entry.name("branch") if "branch" in entry else None,
            sets=_texts(entry.table("sets")),
            first=_first(entry.below("first", ("form", "unless"))) if "first" in entry else None,
            say=self._say(entry.table("say"), name),
            then=self._then(entry.table("then"), name),
            end=_end(entry.below("end", ("kind", "disposition"))) if "end" in entry else None,
        )

    def _asked(self, entry: Entry, form: str) -> tuple[str, ...]:
        """Questions in order; the one that a form branches on is the last of them, named twice or not."""
        asked = entry.names("ask")
        for question, place in asked:
            if f"form {form}.ask.{question}" in self._places:
                raise fault(place, f"`{question}` is asked twice in a form", "keep one of the two")
            self._places[f"form {form}.ask.{question}"] = place
        names = [question for question, _ in asked]
        if "branch" in entry and entry.name("branch") not in names:
            names.append(entry.name("branch"))
            self._places[f"form {form}.ask.{names[-1]}"] = entry.at("branch")
        return tuple(names)

    def _args(self, entry: Entry) -> dict[str, str]:
        if "with" in entry and "finish" not in entry:
            raise fault(entry.at("with"), "`with` without `finish`: nobody gets these values", "name the action")
        return _texts(entry.table("with"))

    def _say(self, table: Mapped, form: str) -> dict[str, Prompt]:
        return {outcome: self._prompts.read_at(table, outcome, f"{form}.say.{outcome}") for outcome in table}

    def _then(self, table: Mapped, form: str) -> dict[str, str]:
        for outcome in table:
            self._places[f"form {form}.then.{outcome}"] = table.at(outcome)
        return {outcome: read_name(target, table.at(outcome), "then") for outcome, target in table.items()}


def _texts(table: Mapped) -> dict[str, str]:
    return {name: read_text(value, table.at(name), name) for name, value in table.items()}


def _first(entry: Entry) -> First:
    return First(entry.name("form"), entry.name("unless"))


def _end(entry: Entry) -> End:
    kind = entry.one_of("kind", ("hang_up", "transfer"))
    return End("transfer" if kind == "transfer" else "hang_up", entry.one_of("disposition", DISPOSITIONS))
