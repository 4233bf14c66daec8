"""Prompts and phrase templates out of the YAML, each remembered with its place."""

from ivr.book.entries import Entry, read_text
from ivr.book.phrases import TemplateError, expand
from ivr.book.source import Phrasing
from ivr.book.strict_yaml import Mapped, Place, fault
from ivr.dialog.forms import Prompt


class PromptReader:
    """Reads prompts: a text, or a table with ``text`` and ``bargein: false`` where it may not be interrupted."""

    def __init__(self, places: dict[str, Place]) -> None:
        self._places = places

    def read(self, entry: Entry, key: str, name: str) -> Prompt:
        return self.read_at(entry.data, key, name)

    def read_at(self, table: Mapped, key: str, name: str) -> Prompt:
        value, place = table[key], table.at(key)
        self._places[f"prompt {name}"] = place
        if isinstance(value, Mapped) and "text" in value:
            entry = Entry(value, place, f"the prompt `{key}`", ("text",), ("bargein",))
            return Prompt(name, entry.text("text"), entry.flag("bargein", True))
        return Prompt(name, read_text(value, place, key))

    def ladder(self, entry: Entry, key: str, name: str) -> tuple[Prompt, ...]:
        """Wordings for the first, second and third miss, named ``NAME.1`` and so on."""
        wordings: list[Prompt] = []
        for number, (text, place) in enumerate(entry.texts(key), start=1):
            self._places[f"prompt {name}.{number}"] = place
            wordings.append(Prompt(f"{name}.{number}", text))
        return tuple(wordings)


class Templates:
    """Expands phrase templates by the rules of ``universals.yaml`` and notes down what stands where."""

    def __init__(self, spoken: Entry, phrasings: list[Phrasing]) -> None:
        self._phrasings = phrasings
        table = spoken.table("rules")
        rules = Entry(table, spoken.at("rules"), "`rules`", (), tuple(table))
        texts = {name: rules.texts(name) for name in table}
        self._rules = {name: tuple(text for text, _ in found) for name, found in texts.items()}
        for found in texts.values():
            for text, place in found:
                self._expand(text, place)

    def expand_all(self, entry: Entry, question: str | None, value: str) -> tuple[str, ...]:
        """All phrases of the entry's ``phrases``, each once."""
        for text, place in entry.texts("phrases"):
            self._phrasings.append(Phrasing(question, value, place, self._expand(text, place)))
        mine = (p for p in self._phrasings if (p.question, p.value) == (question, value))
        return tuple(dict.fromkeys(phrase for phrasing in mine for phrase in phrasing.phrases))

    def stems(self, entry: Entry, key: str = "phrases") -> list[tuple[str, Place]]:
        """All phrases of templates whose words may end in ``*``, each with its place."""
        return [(phrase, at) for text, at in entry.texts(key) for phrase in self._expand(text, at, stems=True)]

    def listen(self, question: str, value: str, place: Place, phrases: tuple[str, ...]) -> None:
        """Note down phrases that mean ``value`` at a question."""
        self._phrasings.append(Phrasing(question, value, place, phrases))

    def _expand(self, template: str, place: Place, *, stems: bool = False) -> tuple[str, ...]:
        try:
            return expand(template, self._rules, stems=stems)
        except TemplateError as error:
            raise fault(place, error.what, error.cure) from error
