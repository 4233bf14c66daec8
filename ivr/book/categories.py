"""Categories of problems and their menu, made into the first question, its narrowing questions and their forms.

One category is one file. Its name is the fact ``category`` of the call from the moment its form is entered.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ivr.book.compiled import Compiled
from ivr.book.entries import Entry, read_text
from ivr.book.phrases import RUSSIAN
from ivr.book.questions import QuestionReader
from ivr.book.source import Example
from ivr.book.strict_yaml import Listed, Mapped, Place, fault
from ivr.book.wording import PromptReader, Templates
from ivr.dialog.forms import Form, Prompt
from ivr.slots.problem import STEM, Problem, ProblemSlot
from ivr.slots.words import fold

HOME = "main"
"""The form that asks what the caller needs."""
QUESTION = "problem"
CATEGORY = "category"
MOST_IN_GROUP = 4
"""Options of a narrowing question: who listens to a fifth has forgotten the first."""
_WORD = re.compile(f"{RUSSIAN}+")


@dataclass(frozen=True, slots=True)
class Group:
    """Categories that are told apart by one question."""

    name: str
    entry: Entry
    patterns: tuple[tuple[str, Place], ...]

    @property
    def value(self) -> str:
        """What the first question is answered with where the category is still open; also the form's name."""
        return f"group_{self.name}"

    @property
    def question(self) -> str:
        return f"narrow_{self.name}"


@dataclass(frozen=True, slots=True)
class Category:
    """What callers may come with."""

    name: str
    entry: Entry
    group: str
    said: str
    patterns: tuple[tuple[str, Place], ...]
    examples: tuple[Example, ...]

    @property
    def form(self) -> str:
        return f"category_{self.name}"


class CategoryReader:
    """Reads the menu and the categories, and makes forms and questions of them."""

    MENU: ClassVar = ("question", "groups")
    MENU_ALLOWED: ClassVar = ("synonyms",)
    GROUP: ClassVar = ("key", *QuestionReader.WORDINGS)
    GROUP_ALLOWED: ClassVar = ("phrases", "silence_seconds")
    CATEGORY: ClassVar = ("category", "title", "group", "key", "name", "form", "phrases", "examples")
    CATEGORY_ALLOWED: ClassVar = ("opening",)

    def __init__(self, questions: QuestionReader, prompts: PromptReader, templates: Templates, made: Compiled) -> None:
        self._questions = questions
        self._prompts = prompts
        self._templates = templates
        self._made = made
        self.examples: list[Example] = []

    def compile(self, menu: Entry, entries: Sequence[Entry]) -> None:
        """Make the form ``main``, one form and one question for each group, and one form for each category."""
        table = menu.table("groups")
        below = Entry(table, menu.at("groups"), "`groups`", (), tuple(table))
        groups = {name: self._group(below, name) for name in table}
        categories = [self._category(entry, groups) for entry in entries]
        synonyms = {word: tuple(self._synonyms(menu, word)) for word in self._table(menu, "synonyms")}
        for category in categories:
            self._add_category(category)
        for group in groups.values():
            self._add_group(group, [c for c in categories if c.group == group.name], synonyms)
        self._add_first(menu, groups, categories, synonyms)

    # -- reading --------------------------------------------------------------------------------------------------

    def _group(self, below: Entry, name: str) -> Group:
        entry = below.below(name, self.GROUP, self.GROUP_ALLOWED)
        return Group(name, entry, tuple(self._templates.stems(entry)) if "phrases" in entry else ())

    def _category(self, entry: Entry, groups: dict[str, Group]) -> Category:
        name, group = entry.name("category"), entry.name("group")
        if group not in groups:
            known = ", ".join(groups)
            raise fault(entry.at("group"), f"there is no group `{group}` in menu.yaml", f"write one of: {known}")
        examples = tuple(self._examples(entry, name, groups))
        said = entry.text("name")
        return Category(name, entry, group, said, tuple(self._templates.stems(entry)), examples)

    def _examples(self, entry: Entry, name: str, groups: dict[str, Group]) -> Iterator[Example]:
        below = entry.below("examples", ("match", "not"))
        for expected, key in ((True, "match"), (False, "not")):
            items = below.data[key]
            if not isinstance(items, Listed) or not items:
                raise fault(below.at(key), f"`{key}` is no list", "write one line `- text` for each thing callers say")
            for index, item in enumerate(items):
                yield self._example(item, items.at(index), name, groups, expected)

    def _example(self, item: object, place: Place, name: str, groups: dict[str, Group], expected: bool) -> Example:
        if not isinstance(item, Mapped):
            return Example(QUESTION, read_text(item, place, "examples").lower(), name, place, expected)
        entry = Entry(item, place, "an example", ("text", "group"), ())
        group = entry.name("group")
        if group not in groups:
            raise fault(place, f"there is no group `{group}` in menu.yaml", f"write one of: {', '.join(groups)}")
        return Example(QUESTION, entry.text("text").lower(), groups[group].value, place, expected)

    def _table(self, menu: Entry, key: str) -> Mapped:
        found = menu.data.get(key, Mapped(menu.data.place))
        if not isinstance(found, Mapped):
            raise fault(menu.at(key), f"`{key}` is no table", "write `word: [another, one more]` lines below it")
        return found

    def _synonyms(self, menu: Entry, word: str) -> list[str]:
        table = self._table(menu, "synonyms")
        entry = Entry(table, menu.at("synonyms"), "`synonyms`", (), tuple(table))
        return [variant.lower() for variant, _ in entry.texts(word)]

    # -- making ---------------------------------------------------------------------------------------------------

    def _add_category(self, category: Category) -> None:
        entry, name = category.entry, category.form
        opening = self._prompts.read(entry, "opening", f"{name}.opening") if "opening" in entry else None
        then, sets = {"done": entry.name("form")}, {CATEGORY: category.name}
        self._made.add(Form(name, entry.text("title"), opening, sets=sets, then=then), entry.at("category"))
        self._made.lead(name, {"done": entry.at("form")})
        self.examples += category.examples
        for question in (QUESTION, f"narrow_{category.group}"):
            self._listen(category, question)

    def _listen(self, category: Category, question: str) -> None:
        for example in category.examples:
            if example.expected and (example.value == category.name or question == QUESTION):
                self._templates.listen(question, example.value, example.place, (example.text,))
        for pattern, place in category.patterns:
            if STEM not in pattern:
                self._templates.listen(question, category.name, place, (pattern,))

    def _add_group(self, group: Group, inside: list[Category], synonyms: dict[str, tuple[str, ...]]) -> None:
        place = group.entry.data.place
        if not 1 < len(inside) <= MOST_IN_GROUP:
            what = f"the group `{group.name}` has {len(inside)} categories"
            raise fault(place, what, f"a narrowing question needs two to {MOST_IN_GROUP}; move some to another group")
        options = [self._problem(category, self._questions.key(category.entry, group.question)) for category in inside]
        slot = ProblemSlot(group.question, options, synonyms, {})
        field = self._questions.worded(group.entry, group.question, slot, keep=False)
        self._made.ask(field, place)
        then = {category.name: category.form for category in inside}
        self._made.add(Form(group.value, title_of(field.ask), branch=field.name, then=then), place)

    def _add_first(
        self, menu: Entry, groups: dict[str, Group], categories: list[Category], synonyms: dict[str, tuple[str, ...]]
    ) -> None:
        entry = menu.below("question", QuestionReader.WORDINGS, ("silence_seconds",))
        problems = [self._problem(category) for category in categories]
        problems += [self._whole(group) for group in groups.values()]
        slot = ProblemSlot(QUESTION, problems, synonyms, {group.name: group.value for group in groups.values()})
        field = self._questions.worded(entry, QUESTION, slot, keep=False)
        self._made.ask(field, menu.at("question"))
        then = {c.name: c.form for c in categories} | {group.value: group.value for group in groups.values()}
        self._made.add(Form(HOME, title_of(field.ask), branch=QUESTION, then=then), menu.at("question"))

    def _problem(self, category: Category, key: str | None = None) -> Problem:
        heard = tuple(example.text for example in category.examples if example.expected)
        patterns = [*category.patterns, (" ".join(_WORD.findall(category.said.lower())), category.entry.at("name"))]
        return replace(_problem(category.name, category.group, patterns, heard, key), said=(category.said,))

    def _whole(self, group: Group) -> Problem:
        key = self._questions.key(group.entry, QUESTION)
        return _problem(group.value, group.name, group.patterns, (), key)


def _problem(
    value: str, group: str, patterns: Sequence[tuple[str, Place]], heard: tuple[str, ...], key: str | None
) -> Problem:
    whole = tuple(pattern for pattern, _ in patterns if STEM not in pattern)
    words = tuple(word for pattern, _ in patterns for word in pattern.split() if STEM not in word)
    split = tuple(dict.fromkeys(tuple(fold(pattern).split()) for pattern, _ in patterns))
    return Problem(value, group, split, (*heard, *whole, *words), key=key)


def title_of(prompt: Prompt) -> str:
    """What an operator reads: the question itself."""
    return prompt.text
