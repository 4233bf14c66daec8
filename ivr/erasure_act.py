"""The act of an erasure as people read it, in the shape of Roskomnadzor's order 179; words from ``erasure.yaml``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from ivr.book.strict_yaml import Mapped, Place, check_keys, fault, load_yaml, read_section, read_text
from ivr.consent import Processor
from ivr.erasure import CABINET, ELSEWHERE, Act, Reason

LABELS = (
    *("number", "operator", "subject", "system", "method", "reason", "at", "asked_by"),
    *("categories", "records", "total", "remaining", "signature"),
)
TABLES = (
    *("calls", "turns", "seen", "clips", "captures", "outbox", "messages", "appeals", "places", "cards", "receipts"),
    *("operations", "codes", "code_events", "ways", "callers", "questionnaire_changes", "consents", "visits"),
)
"""Tables that a person is taken out of, in the order of the act."""
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "labels": LABELS,
    "reasons": get_args(Reason),
    "by": (CABINET, "employee"),
    "remaining": (ELSEWHERE, "backups"),
    "records": TABLES,
}
_TEXTS = ("title", "system", "method", "retention", "nothing")


@dataclass(frozen=True, slots=True)
class ActWords:
    """All words of an act."""

    title: str
    system: str
    method: str
    retention: str
    nothing: str
    labels: Mapping[str, str]
    reasons: Mapping[str, str]
    by: Mapping[str, str]
    remaining: Mapping[str, str]
    records: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActPaper:
    """Who answers for the data, the hotline's zone, and the words."""

    words: ActWords
    processor: Processor
    zone: ZoneInfo

    def markdown(self, act: Act) -> str:
        """The act to print and to sign."""
        return "\n".join(self._lines(act)) + "\n"

    def plain(self, act: Act) -> dict[str, Any]:
        """The same for JSON."""
        words = self.words
        return {
            "title": words.title,
            "number": act.number,
            "operator": {"name": self.processor.name, "address": self.processor.address},
            "subject": act.subject,
            "system": words.system,
            "method": words.method,
            "reason": {"code": act.reason, "text": words.reasons[act.reason]},
            "at": act.at.astimezone(self.zone).isoformat(),
            "asked_by": self._who(act),
            "categories": [
                {"table": table, "text": text, "records": act.counts[table]} for table, text in self._categories(act)
            ],
            "records": self._total(act),
            "remaining": list(self._remaining(act)),
        }

    def _lines(self, act: Act) -> Iterator[str]:
        words, labels = self.words, self.words.labels
        yield f"# {words.title}\n"
        told = {
            "number": str(act.number),
            "operator": f"{self.processor.name}, {self.processor.address}",
            "subject": f"`{act.subject}`",
            "system": words.system,
            "method": words.method,
            "reason": words.reasons[act.reason],
            "at": f"{act.at.astimezone(self.zone):%d.%m.%Y %H:%M %Z}",
            "asked_by": self._who(act),
        }
        yield from (f"- {labels[name]}: {text}" for name, text in told.items())
        yield ""
        yield from self._table(act)
        yield f"\n{labels['remaining']}:\n"
        yield from (f"- {text}" for text in self._remaining(act))
        yield f"\n{labels['signature']}: ____________\n\n{words.retention}"

    def _table(self, act: Act) -> Iterator[str]:
        labels, found = self.words.labels, list(self._categories(act))
        if not found:
            yield self.words.nothing
            return
        yield f"| {labels['categories']} | {labels['records']} |\n|---|---:|"
        yield from (f"| {text} (`{table}`) | {act.counts[table]} |" for table, text in found)
        yield f"| {labels['total']} | {self._total(act)} |"

    def _categories(self, act: Act) -> Iterator[tuple[str, str]]:
        return ((table, self.words.records[table]) for table in TABLES if table in act.counts)

    def _total(self, act: Act) -> int:
        return sum(act.counts[table] for table, _ in self._categories(act))

    def _remaining(self, act: Act) -> Iterator[str]:
        if ELSEWHERE in act.counts:
            yield f"{self.words.remaining[ELSEWHERE]}: {act.counts[ELSEWHERE]}"
        yield self.words.remaining["backups"]

    def _who(self, act: Act) -> str:
        by = self.words.by
        return by[CABINET] if act.asked_by == CABINET else by["employee"].format(name=act.asked_by)


def load_act_words(path: Path, brand: str) -> ActWords:
    """Read the file. Raises ``BookError`` with file, line and key, and what to write instead."""
    data = load_yaml(path)
    if not isinstance(data, Mapped):
        raise fault(Place(str(path), 1), "the file holds no keys", f"write {', '.join(_TEXTS)}")
    check_keys(data, [*_TEXTS, *_SECTIONS])
    words: dict[str, Any] = {name: read_text(data, name).strip().replace("{brand}", brand) for name in _TEXTS}
    return ActWords(**words | {name: _section(data, name, keys) for name, keys in _SECTIONS.items()})


def _section(data: Mapped, name: str, keys: tuple[str, ...]) -> Mapping[str, str]:
    section = read_section(data, name, keys)
    return {key: read_text(section, key, f"{name}.").strip() for key in keys}
