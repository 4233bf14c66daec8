"""Reads ``grammars/case.yaml``: all words of the operator's screen, and which actions are suggested when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from ivr.actions.proven import UNPROVEN
from ivr.actions.situation import TABLES
from ivr.book.entries import Entry, read_text
from ivr.book.strict_yaml import Place, fault, load_yaml, shown
from ivr.case.doing import OUTCOMES, SUGGESTED
from ivr.dialog.forms import DialogBook

OTHER = "other"
CATEGORY = "category_"
"""Begins the names of the forms of categories."""
FACTS = frozenset(
    {"since", "balance", "reason", "receipt_date", "receipt_shop", "lost", "last_spent", "spent"},
)
"""What a finding may name; an action of the tables finds it out."""
ANSWER = frozenset({"number", "due", "value", "when"})
"""What an outcome may name."""
FIRST = ("no_card", "unknown_card", "unproven", "base_away")
TEXTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "moments": {
        "began": frozenset(),
        "category": frozenset({"category"}),
        "question": frozenset({"question"}),
        "code_sent": frozenset(),
        "code_entered": frozenset(),
        "appeal": frozenset({"number"}),
    },
    "line": {
        kind: frozenset({"position"} if kind == "announced" else ())
        for kind in (
            *("joined", "holding", "announced", "away", "booked", "offered", "accepted", "declined", "unanswered"),
            *("connecting", "talking", "returned", "ended"),
        )
    },
    "failures": {
        **{
            result: frozenset({"question", "times"})
            for result in ("silence", "not_understood", "wrong_keys", "denied", "unconfirmed")
        },
        "code_unused": frozenset(),
        "code_wrong": frozenset({"times"}),
        "code_lost": frozenset(),
        "keypad": frozenset(),
        "stream_lost": frozenset({"times"}),
        "way": frozenset({"way"}),
    },
    "statuses": {status: frozenset() for status in ("issued", "active", "blocked", "excluded", "replaced")},
    "operations": {cause: frozenset({"points"}) for cause in ("purchase", "gift", "spent", "refund", "correction")},
    "receipts": {kind: frozenset({"shop", "total"}) for kind in ("plain", "spent", "refused", "tobacco")},
    "results": {"refused": frozenset(), "incomplete": frozenset({"input"})},
    "inputs": {name: frozenset() for name in ("category", "text", "field", "value", "phone", "when")},
    "changes": {name: frozenset() for name in ("phone", "email", "name", "birth_date")},
    "times": {"soon": frozenset(), "opening": frozenset()},
}
"""Sections that hold a text for each of these names, and the values that each text may name."""
APPEAL_TEXTS: Mapping[str, frozenset[str]] = {
    "registered": frozenset(),
    "merged": frozenset({"number"}),
    "reopened": frozenset(),
    "answered": frozenset({"answer"}),
}
KEYS = (
    *(
        "fields",
        "always",
        "ways",
        "unknown_card",
        "first",
        "findings",
        "categories",
        "other_title",
        "actions",
        "appeals",
    ),
    *TEXTS,
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next."""

    next: str
    actions: tuple[str, ...]
    found: str = ""
    """Of a finding: what was found, with ``{facts}``."""
    table: str | None = None
    """Of a category: the action whose table finds the reason."""


@dataclass(frozen=True, slots=True)
class ActionTexts:
    """The words of an action."""

    title: str
    confirm: str
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CaseTexts:
    """The whole file."""

    fields: Mapping[str, str]
    """Titles of questions, in the order of the screen."""
    always: tuple[str, ...]
    ways: Mapping[str, str]
    unknown_card: str
    first: Mapping[str, Advice]
    findings: Mapping[str, Mapping[str, Advice]]
    categories: Mapping[str, Advice]
    other_title: str
    actions: Mapping[str, ActionTexts]
    appeals: Mapping[str, str]
    appeal_statuses: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    """The sections of ``TEXTS``."""

    def say(self, section: str, name: str, **values: object) -> str:
        """A text of a section with its values put in; empty for a name that is not there."""
        return self.texts[section].get(name, "").format_map(values)

    def advice_for(self, category: str | None) -> Advice:
        return self.categories.get(category or OTHER, self.categories[OTHER])


@dataclass(frozen=True, slots=True)
class Known:
    """What the file may name."""

    fields: Collection[str]
    categories: Collection[str]
    ways: Collection[str]
    tables: Mapping[str, frozenset[str]]
    """Diagnosing actions and what each may find."""


def known_to(book: DialogBook, outcomes: Mapping[str, frozenset[str]]) -> Known:
    """What this book and these actions let the file name."""
    categories = [name.removeprefix(CATEGORY) for name in book.forms if name.startswith(CATEGORY)]
    ways = {form.args["way"] for form in book.forms.values() if "way" in form.args}
    tables = {name: outcomes[name] - UNPROVEN for name in TABLES}
    return Known(book.fields, categories, ways, tables)


def load_case_texts(path: Path, known: Known) -> CaseTexts:
    """Read the file. Raises ``BookError`` with file and line, what is wrong and what to write instead."""
    entry = Entry(load_yaml(path), Place(shown(path), 1), "the file", KEYS, ())
    return CaseTexts(
        fields=_named(entry, "fields", known.fields),
        always=_names(entry, "always", known.fields),
        ways=_complete(entry, "ways", known.ways),
        unknown_card=entry.text("unknown_card"),
        first={name: _advice(entry.below("first", FIRST), name) for name in FIRST},
        findings={name: _findings(entry.below("findings", known.tables), name, known) for name in known.tables},
        categories=_categories(entry, known),
        other_title=entry.text("other_title"),
        actions={kind: _action(entry.below("actions", OUTCOMES), kind) for kind in OUTCOMES},
        appeals=_appeals(entry),
        appeal_statuses=_statuses(entry),
        texts={name: _section(entry.below(name, TEXTS[name]), TEXTS[name]) for name in TEXTS},
    )


# -- sections ----------------------------------------------------------------------------------------------------------


def _named(entry: Entry, key: str, known: Collection[str]) -> dict[str, str]:
    table = entry.table(key)
    for name in table:
        _check_known(str(name), known, table.at(name), key)
    return {str(name): read_text(table[name], table.at(name), str(name)) for name in table}


def _complete(entry: Entry, key: str, known: Collection[str]) -> dict[str, str]:
    found = _named(entry, key, known)
    for name in sorted(known):
        if name not in found:
            raise fault(entry.at(key), f"`{key}` lacks `{name}`", f"add a line `{name}: …`")
    return found


def _names(entry: Entry, key: str, known: Collection[str]) -> tuple[str, ...]:
    names = entry.names(key)
    for name, place in names:
        _check_known(name, known, place, key)
    return tuple(name for name, _ in names)


def _advice(entry: Entry, name: str, more: tuple[str, ...] = (), facts: frozenset[str] = frozenset()) -> Advice:
    below = entry.below(name, ("next", "do", *(one for one in more if one == "found")), more)
    found = _text(below, "found", facts) if "found" in below else ""
    table = below.name("table") if "table" in below else None
    return Advice(_text(below, "next", facts), _names(below, "do", SUGGESTED), found, table)


def _findings(entry: Entry, table: str, known: Known) -> dict[str, Advice]:
    below = entry.below(table, sorted(known.tables[table]))
    return {outcome: _advice(below, outcome, ("found",), FACTS) for outcome in sorted(known.tables[table])}


def _categories(entry: Entry, known: Known) -> dict[str, Advice]:
    below = entry.below("categories", (OTHER,), known.categories)
    found = {str(name): _advice(below, str(name), ("table",)) for name in below.data}
    for name, advice in found.items():
        if advice.table is not None:
            _check_known(advice.table, known.tables, below.at(name, "table"), "table")
    return found


def _action(entry: Entry, kind: str) -> ActionTexts:
    below = entry.below(kind, ("title", "confirm", "outcomes"))
    outcomes = below.below("outcomes", sorted(OUTCOMES[kind]))
    told = {outcome: _text(outcomes, outcome, ANSWER) for outcome in OUTCOMES[kind]}
    return ActionTexts(below.text("title"), below.text("confirm"), told)


def _appeals(entry: Entry) -> dict[str, str]:
    below = entry.below("appeals", (*APPEAL_TEXTS, "statuses"))
    return {name: _text(below, name, values) for name, values in APPEAL_TEXTS.items()}


def _statuses(entry: Entry) -> dict[str, str]:
    words = entry.below("appeals", (*APPEAL_TEXTS, "statuses")).below("statuses", ("open", "answered"))
    return {name: words.text(name) for name in ("open", "answered")}


def _section(entry: Entry, texts: Mapping[str, frozenset[str]]) -> dict[str, str]:
    return {name: _text(entry, name, values) for name, values in texts.items()}


# -- small things ------------------------------------------------------------------------------------------------------


def _text(entry: Entry, key: str, values: frozenset[str]) -> str:
    """A text that names no other values than these."""
    text = entry.text(key)
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise fault(entry.at(key), f"`{key}` {error}", "write a value as {name}") from None
    named = {name for _, name, _, _ in parts if name is not None}
    if any(spec or conversion for _, _, spec, conversion in parts) or not named <= values:
        allowed = ", ".join(f"{{{name}}}" for name in sorted(values)) or "no value"
        raise fault(entry.at(key), f"`{key}` names a wrong value", f"use {allowed}")
    return text


def _check_known(name: str, known: Collection[str], place: Place, key: str) -> None:
    if name not in known:
        raise fault(place, f"`{key}` knows no `{name}`", f"use {', '.join(sorted(known))}")
