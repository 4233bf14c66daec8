"""``waiting.yaml``: what is said to a caller in line and to the operator who is rung, and words that act meanwhile."""

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import ClassVar

from ivr.book.entries import Entry, read_text
from ivr.book.strict_yaml import fault
from ivr.book.wording import PromptReader, Templates
from ivr.dialog.forms import Prompt, Universal, UniversalName, Waiting
from ivr.slots.choice import Choice, Option

WAITING = "waiting.yaml"
"""Without this file callers cannot wait in line."""
WORDS = ("call_back", "menu", "repeat")
SAME_AS: Mapping[str, UniversalName] = {"menu": "restart", "repeat": "repeat"}
"""Words here, and those that mean the same at every question."""
PROMPTS = (
    "how_to_leave",
    "long_line",
    "still_waiting",
    "joining",
    "call_back",
    "no_category",
    "just_came",
    "long_wait",
    "verified",
    "unverified",
    "accept",
    "too_late",
    "calling",
    "called",
    "called_again",
    "cancelled",
)
COUNTED = ("position", "from", "to", "up_to", "about", "waited", "quieter")
NOUNS = ("minutes_of", "minutes_for", "hours")
FORMS = 3
"""Of a counted noun: behind one, a few, many."""
QUESTION = "waiting"
"""Under this name the words are compared with those that work everywhere."""


class WaitingReader:
    """Reads the file; prompts are named ``waiting.NAME`` and ``waiting.tips.1``."""

    NEEDED: ClassVar = ("words", "prompts", "tips", "counted", "nouns")

    def __init__(self, prompts: PromptReader, templates: Templates) -> None:
        self._prompts = prompts
        self._templates = templates

    def read(self, entry: Entry, universals: Sequence[Universal]) -> Waiting:
        """``universals``: the words that work everywhere, two of which keep their meaning here."""
        everywhere = {universal.name: universal.phrases for universal in universals}
        prompts = entry.below("prompts", PROMPTS)
        return Waiting(
            words=self._words(entry.below("words", WORDS), everywhere),
            prompts={name: self._prompts.read(prompts, name, f"waiting.{name}") for name in PROMPTS},
            tips=self._tips(entry),
            counted={name: _counted(entry.below("counted", COUNTED), name) for name in COUNTED},
            nouns={name: _forms(entry.below("nouns", NOUNS), name) for name in NOUNS},
        )

    def _words(self, entry: Entry, everywhere: Mapping[UniversalName, tuple[str, ...]]) -> Choice:
        options = {}
        for name in WORDS:
            word = entry.below(name, ("keys", "phrases"))
            usual = everywhere.get(SAME_AS[name], ()) if name in SAME_AS else ()
            options[name] = Option((*self._templates.expand_all(word, QUESTION, name), *usual), word.text("keys"))
        return Choice(QUESTION, options)

    def _tips(self, entry: Entry) -> tuple[Prompt, ...]:
        return self._prompts.ladder(entry, "tips", "waiting.tips")


def _counted(entry: Entry, name: str) -> str:
    text = entry.text(name)
    try:
        named = [value for _, value, _, _ in Formatter().parse(text) if value is not None]
    except ValueError:
        named = []
    if named != ["number"]:
        raise fault(entry.at(name), f"`{name}` does not hold {{number}} once", "write {number} where it is said")
    return text


def _forms(entry: Entry, name: str) -> tuple[str, str, str]:
    forms = [read_text(text, place, name) for text, place in entry.texts(name)]
    if len(forms) != FORMS:
        raise fault(entry.at(name), f"`{name}` has {len(forms)} forms", "write three: behind one, a few, many")
    return forms[0], forms[1], forms[2]
