"""``grammars/`` to a ``DialogBook``. One question or form is one file, found by its name; there is no registry.

Everything is checked here once, so that nothing inside the hotline checks it again.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ivr.book.categories import HOME, CategoryReader
from ivr.book.compiled import Compiled
from ivr.book.entries import Entry, read_text
from ivr.book.forms import FormReader
from ivr.book.ladders import LadderReader
from ivr.book.questions import QuestionReader
from ivr.book.source import BookSource, Example, Finding, Outcomes, Phrasing
from ivr.book.strict_yaml import Place, fault, load_yaml, shown
from ivr.book.structure import check_structure
from ivr.book.waiting import WAITING, WaitingReader
from ivr.book.wording import PromptReader, Templates
from ivr.dialog.forms import DialogBook, Field, Form, Limits, Prompt, SlotType, Universal, Waiting
from ivr.errors import BookError

UNIVERSALS = ("operator", "repeat", "help", "restart", "slower", "faster", "back", "wait")
ENGINE_PROMPTS = ("keypad_only", "resume", "trouble", "wait", "slower", "normal_pace", "no_way_back", "welcome_back")
"""Prompts that the engine and the web say by name."""
MENU, LADDERS = "menu.yaml", "ladders.yaml"
"""Without these files there are no categories and no ladders."""


def load_book(grammars: Path, slot_types: Mapping[str, SlotType], outcomes: Outcomes) -> DialogBook:
    """Read and check the whole book.

    Raises ``BookError`` with ``file:line``, what is wrong and what to write instead, on the first mistake.
    """
    source = read_book(grammars, slot_types, outcomes)
    findings = check_structure(source)
    if findings:
        raise BookError(_told(findings))
    return source.book


def read_book(grammars: Path, slot_types: Mapping[str, SlotType], outcomes: Outcomes) -> BookSource:
    """Read the book without asking whether its parts fit each other: what ``lint`` starts from.

    Raises ``BookError`` where the files themselves cannot be read: unknown or missing keys, wrong types.
    """
    return _Reader(grammars, slot_types, outcomes).read()


def _told(findings: list[Finding]) -> str:
    more = f" (and {len(findings) - 1} more: run `python -m ivr lint`)" if len(findings) > 1 else ""
    return f"{findings[0]}{more}"


class _Reader:
    """One reading of the folder; gathers places and phrases on the way."""

    def __init__(self, grammars: Path, slot_types: Mapping[str, SlotType], outcomes: Outcomes) -> None:
        self._folder = grammars
        self._slot_types = slot_types
        self._outcomes = outcomes
        self._places: dict[str, Place] = {}
        self._phrasings: list[Phrasing] = []
        self._prompts = PromptReader(self._places)
        self._hash = hashlib.sha256()

    def read(self) -> BookSource:
        if "yes_no" not in self._slot_types:
            raise fault(Place(shown(self._folder), 1), "there is no slot type `yes_no`", "hand over all slot types")
        main = self._entry("prompts.yaml", "prompts.yaml", ("start", "escalate", "limits", "prompts"), ())
        spoken = self._entry("universals.yaml", "universals.yaml", UNIVERSALS, ("rules",))
        templates = Templates(spoken, self._phrasings)
        universals = tuple(self._universal(spoken, name, templates) for name in UNIVERSALS)
        questions = QuestionReader(self._slot_types, self._prompts, templates, self._places)
        fields, forms = self._fields(questions), self._forms()
        made = Compiled(self._places)
        self._compile_ladders(questions, made)
        examples = self._compile_categories(questions, templates, made)
        waiting = self._waiting(templates, universals)
        book = DialogBook(
            universals=universals,
            fields=fields | made.fields,
            forms=forms | made.forms,
            yes_no=self._slot_types["yes_no"],
            prompts=self._engine_prompts(main),
            limits=_limits(main.below("limits", ("misses", "stream_losses"))),
            start=self._placed_name(main, "start"),
            escalate=self._placed_name(main, "escalate"),
            home=HOME if HOME in forms | made.forms else None,
            version=self._hash.hexdigest(),
            waiting=waiting,
        )
        return BookSource(book, self._outcomes, self._places, tuple(self._phrasings), examples, made.boxes)

    # -- files ----------------------------------------------------------------------------------------------------

    def _load(self, path: Path) -> object:
        data = load_yaml(path)
        self._hash.update(path.relative_to(self._folder).as_posix().encode() + b"\0")
        self._hash.update(hashlib.sha256(path.read_bytes()).digest())
        return data

    def _entry(self, file: str, what: str, needed: tuple[str, ...], allowed: tuple[str, ...]) -> Entry:
        path = self._folder / file
        return Entry(self._load(path), Place(shown(path), 1), what, needed, allowed)

    def _files(self, kind: str) -> list[str]:
        found = sorted(path.name for path in (self._folder / kind).glob("*.yaml"))
        if not found:
            raise fault(Place(shown(self._folder / kind), 1), "no .yaml file is here", "point to the grammars folder")
        return [f"{kind}/{name}" for name in found]

    def _own_name(self, entry: Entry, key: str, file: str) -> str:
        name = entry.name(key)
        expected = Path(file).stem
        if name != expected:
            raise fault(entry.at(key), f"`{key}` is `{name}` in {file}", f"write `{key}: {expected}`")
        self._places[f"{key} {name}"] = entry.at(key)
        return name

    # -- parts ----------------------------------------------------------------------------------------------------

    def _compile_ladders(self, questions: QuestionReader, made: Compiled) -> None:
        if not (self._folder / LADDERS).is_file():
            return
        reader = LadderReader(questions, self._prompts, made)
        common = self._entry(LADDERS, LADDERS, reader.COMMON, reader.COMMON_ALLOWED)
        reader.compile(common, self._entries("ladders", "ladder", reader.NEEDED, reader.ALLOWED))

    def _compile_categories(
        self, questions: QuestionReader, templates: Templates, made: Compiled
    ) -> tuple[Example, ...]:
        if not (self._folder / MENU).is_file():
            return ()
        reader = CategoryReader(questions, self._prompts, templates, made)
        menu = self._entry(MENU, MENU, reader.MENU, reader.MENU_ALLOWED)
        reader.compile(menu, self._entries("categories", "category", reader.CATEGORY, reader.CATEGORY_ALLOWED))
        return tuple(reader.examples)

    def _waiting(self, templates: Templates, universals: tuple[Universal, ...]) -> Waiting | None:
        if not (self._folder / WAITING).is_file():
            return None
        entry = self._entry(WAITING, WAITING, WaitingReader.NEEDED, ())
        return WaitingReader(self._prompts, templates).read(entry, universals)

    def _entries(self, folder: str, key: str, needed: tuple[str, ...], allowed: tuple[str, ...]) -> list[Entry]:
        """All files of a folder, each named as its ``key`` says."""
        found = []
        for file in self._files(folder):
            entry = self._entry(file, f"a {key}", needed, allowed)
            self._own_name(entry, key, file)
            found.append(entry)
        return found

    def _fields(self, reader: QuestionReader) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        for file in self._files("questions"):
            entry = self._entry(file, "a question", reader.NEEDED, reader.ALLOWED)
            name = self._own_name(entry, "question", file)
            fields[name] = reader.field(entry, name)
        return fields

    def _forms(self) -> dict[str, Form]:
        reader = FormReader(self._prompts, self._places)
        forms: dict[str, Form] = {}
        for file in self._files("forms"):
            entry = self._entry(file, "a form", reader.NEEDED, reader.ALLOWED)
            name = self._own_name(entry, "form", file)
            forms[name] = reader.form(entry, name)
        return forms

    def _universal(self, spoken: Entry, name: str, templates: Templates) -> Universal:
        entry = spoken.below(name, ("phrases",), ("keys",))
        self._places[f"universal {name}"] = entry.data.place
        phrases = templates.expand_all(entry, None, name)
        return Universal(name, phrases, _keys(entry))  # type: ignore[arg-type]  # one of UNIVERSALS

    def _engine_prompts(self, main: Entry) -> dict[str, Prompt]:
        table = main.table("prompts")
        for name in ENGINE_PROMPTS:
            if name not in table:
                raise fault(main.at("prompts"), f"the prompt `{name}` is missing", f"add a line `{name}: …` below it")
        return {name: self._prompts.read_at(table, name, name) for name in table}

    def _placed_name(self, main: Entry, key: str) -> str:
        self._places[key] = main.at(key)
        return main.name(key)


def _limits(entry: Entry) -> Limits:
    return Limits(int(entry.number("misses", 1, 50)), int(entry.number("stream_losses", 1, 20)))


def _keys(entry: Entry) -> str | None:
    if "keys" not in entry:
        return None
    keys = read_text(entry.data["keys"], entry.at("keys"), "keys")
    if not set(keys) <= set("0123456789*#"):
        raise fault(entry.at("keys"), f"`{keys}` is on no telephone", 'write digits, * or # in quotes, such as "0"')
    return keys
