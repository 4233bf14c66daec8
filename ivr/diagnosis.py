"""Reads ``grammars/diagnosis.yaml``: decision tables, thresholds, and the words for what they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ivr.actions.rules import Limits, Rule, Rules
from ivr.actions.situation import COLUMNS, TABLES
from ivr.book.strict_yaml import Listed, Mapped, Place, check_keys, fault, load_yaml

REASON = "reason"
OTHER = "other"
MOST_DAYS = 3660
WAYS_KEPT_DAYS = 90
"""What was tried is forgotten then, so nothing can be asked for longer."""
WORDS = ("no_points", "credited", "debited", "no_operations", "long_ago")
PLURALS = 3
"""One, a few, many: «1 балл, 2 балла, 5 баллов»."""
OFFER = "offer_untried_way"
Outcomes = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The whole file."""

    rules: Rules
    reasons: Mapping[str, str]
    """Why a card is out of use, by its code; ``other`` stands for all codes that are not here."""
    points: tuple[str, str, str]
    """The word for one point, for two and for five."""
    words: Mapping[str, str]
    """By the names in ``WORDS``."""


def load_diagnosis(path: Path, outcomes: Outcomes) -> Diagnosis:
    """Read the file. ``outcomes``: what each action may decide. Raises ``BookError`` with file and line."""
    data = _mapped(load_yaml(path), Place(str(path), 1), "the file")
    check_keys(data, ("limits", "tables", "activation_ways", "reasons", "words"))
    words = _section(data, "words", ("points", *WORDS))
    return Diagnosis(
        rules=Rules(_limits(data), _tables(data, outcomes), _ways(data, outcomes)),
        reasons=_reasons(data),
        points=_plurals(words),
        words={name: _text(words, name) for name in WORDS},
    )


def _limits(data: Mapped) -> Limits:
    names = [field.name for field in fields(Limits)]
    limits = _section(data, "limits", names)
    return Limits(**{name: _limit(limits, name) for name in names})


def _limit(limits: Mapped, name: str) -> int:
    most = WAYS_KEPT_DAYS if name == "ways_days" else MOST_DAYS
    value = limits[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise fault(limits.at(name), f"`{name}` is no whole number from 1 to {most}", "correct it")
    return value


def _tables(data: Mapped, outcomes: Outcomes) -> dict[str, tuple[Rule, ...]]:
    tables = _section(data, "tables", tuple(TABLES))
    return {name: _table(tables, name, outcomes[name]) for name in TABLES}


def _table(tables: Mapped, name: str, outcomes: frozenset[str]) -> tuple[Rule, ...]:
    rows = tables[name]
    if not isinstance(rows, Listed) or not rows:
        raise fault(tables.at(name), f"`{name}` has no rows", "write rows such as `- {reason: active}`")
    rules = tuple(_rule(_mapped(row, rows.at(at), "the row"), name, outcomes) for at, row in enumerate(rows))
    endings = [at for at, rule in enumerate(rules) if not rule.needs]
    if endings != [len(rules) - 1]:
        raise fault(rows.at(endings[0] if endings else len(rules) - 1), _ENDLESS, "end with one row of a reason alone")
    return rules


_ENDLESS = "only the last row, and always the last row, fits whatever else is true"


def _rule(row: Mapped, table: str, outcomes: frozenset[str]) -> Rule:
    reason = row.get(REASON)
    if reason not in outcomes:
        raise fault(row.at(REASON), f"`{reason}` is no outcome of {table}", f"use {', '.join(sorted(outcomes))}")
    return Rule(str(reason), {column: _values(row, column, table) for column in row if column != REASON})


def _values(row: Mapped, column: str, table: str) -> frozenset[str]:
    if column not in TABLES[table]:
        raise fault(row.at(column), f"{table} knows no `{column}`", f"use {', '.join(sorted(TABLES[table]))}")
    values = row[column]
    if not isinstance(values, Listed) or not values or not set(values) <= COLUMNS[column]:
        allowed = ", ".join(sorted(COLUMNS[column]))
        raise fault(row.at(column), f"`{column}` holds an unknown value", f"write a list of {allowed}")
    return frozenset(values)


def _ways(data: Mapped, outcomes: Outcomes) -> tuple[str, ...]:
    ways, known = data["activation_ways"], outcomes[OFFER] - {"none"}
    if not isinstance(ways, Listed) or sorted(ways) != sorted(known):
        raise fault(data.at("activation_ways"), "`activation_ways` lacks a way or has one too many", _list_of(known))
    return tuple(ways)


def _list_of(names: frozenset[str]) -> str:
    return f"write each of {', '.join(sorted(names))} once, the first to be offered first"


def _reasons(data: Mapped) -> dict[str, str]:
    reasons = _mapped(data["reasons"], data.at("reasons"), "`reasons`")
    if OTHER not in reasons:
        raise fault(reasons.place, f"`reasons` lacks the code `{OTHER}`", "add it: it is said for unknown codes")
    return {code: _text(reasons, code) for code in reasons}


def _plurals(words: Mapped) -> tuple[str, str, str]:
    forms = words["points"]
    if not isinstance(forms, Listed) or len(forms) != PLURALS or not all(isinstance(form, str) for form in forms):
        raise fault(words.at("points"), "`points` is no list of three words", "write them for 1, 2 and 5")
    one, few, many = forms
    return one, few, many


# -- small things ------------------------------------------------------------------------------------------------------


def _section(data: Mapped, name: str, keys: Sequence[str]) -> Mapped:
    section = _mapped(data[name], data.at(name), f"`{name}`")
    check_keys(section, keys)
    return section


def _mapped(value: Any, place: Place, what: str) -> Mapped:  # noqa: ANN401  the file decides the type
    if not isinstance(value, Mapped):
        raise fault(place, f"{what} is no mapping", "write keys with values")
    return value


def _text(data: Mapped, name: str) -> str:
    value = data[name]
    if not isinstance(value, str) or not value.strip():
        raise fault(data.at(name), f"`{name}` is no text", "write words, as they are to be spoken")
    return value
