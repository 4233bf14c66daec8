"""``grammars/reports.yaml``: every figure has its definition, and a mistake is told with its line."""

import re
from pathlib import Path

import pytest

from ivr.errors import BookError
from ivr.reports.names import CHARTS, COLUMNS, GROUPS, LABELS, METRICS
from ivr.reports.pages import CHARTS as DRAWN
from ivr.reports.pages import PAGES, TABLES
from ivr.reports.words import ReportWords, load_words
from ivr.settings import ROOT

FILE = ROOT / "grammars" / "reports.yaml"
SOURCES = [
    path.read_text("utf-8")
    for path in (*(ROOT / "ivr" / "reports").glob("*.py"), *(ROOT / "ivr" / "web" / "templates" / "reports").glob("*"))
    if path.name != "names.py"
]


def test_every_definition_is_printed_somewhere() -> None:
    everything = "\n".join(SOURCES)
    for name in (*METRICS, *COLUMNS, *CHARTS, *GROUPS, *LABELS):
        if not name.startswith("operators_"):
            assert re.search(rf"[\"'.]{name}[\"'\]. }})]", everything), name


def test_definitions_are_sentences_and_name_the_rules(words: ReportWords) -> None:
    for name, metric in words.metrics.items():
        assert metric.means.endswith("."), name
        assert "{" not in metric.means, name
        assert metric.title[0].isupper(), name
    assert "20 секунд" in words.metrics["service_all"].means
    assert "80 %" in words.metrics["service_answered"].means


def test_every_chart_and_table_of_a_page_is_there() -> None:
    for page in PAGES.values():
        assert set(page.charts) <= set(DRAWN)
        assert set(page.tables) <= set(TABLES)
        assert set(page.metrics) <= set(METRICS)
    assert {name for page in PAGES.values() for name in page.tables} == set(TABLES)
    assert {name for page in PAGES.values() for name in page.charts} == set(DRAWN) == set(CHARTS)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  service_seconds: 20", "  service_seconds: soon", "`service_seconds` is no whole number"),
        ("  service_share: 0.8", "  service_share: 80", "`service_share` is no fraction"),
        ("  most_days: 92", "  most_days: 900", "`most_days` is more than 92"),
        ("  in_line:\n", "  in_lines:\n", "unknown key `in_lines`"),
        ("  no_data: нет данных\n", "", "the key `no_data` is missing"),
        ("{overdue_minutes}", "{overdue_hours}", "names a value that is none"),
        ("  day: День", "  day: 1", "`day` is no text"),
        ("понедельник, ", "", "`weekdays` does not name seven days"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "reports.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BookError, match=rf"reports\.yaml:\d+: .*{re.escape(told)}"):
        load_words(path)


def test_a_file_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    path = tmp_path / "reports.yaml"
    path.write_text("- rules\n", "utf-8")
    with pytest.raises(BookError, match="not a mapping"):
        load_words(path)


def test_every_definition_is_in_the_documentation() -> None:
    told = (ROOT / "docs" / "reports.md").read_text("utf-8")
    assert [name for name in METRICS if f"`{name}`" not in told] == []
