"""Files for spreadsheets, and what of a person must never be in them."""

import csv
import io
import re
from datetime import date

import pytest
from sqlalchemy import select

from ivr.reports.hearing import all_questions, questions_of
from ivr.reports.pages import TABLES
from ivr.reports.period import last_days
from ivr.reports.service import Reports
from ivr.reports.tables import Table, write_csv
from ivr.reports.words import ReportWords
from ivr.store.tables import calls
from tests.reports.conftest import MOSCOW, NOW


def rows_of(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("name", TABLES)
def test_a_file_has_titles_and_rows_and_nobody_in_it(full_reports: Reports, words: ReportWords, name: str) -> None:
    written = write_csv(full_reports.table(name, last_days(NOW, MOSCOW, 28)), words)
    titles, *rows = rows_of(written)
    assert len(rows) > 5
    assert all(len(row) == len(titles) for row in rows)
    text = written.decode("utf-8-sig")
    assert not re.search(r"\d{7,}|CA0", text)
    with full_reports._db.reading() as conn:
        numbers = conn.execute(select(calls.c.from_number).limit(50)).scalars()
        assert not any(number in text for number in numbers)


def test_a_file_reads_as_a_russian_spreadsheet_wants_it(words: ReportWords) -> None:
    rows = ((date(2026, 11, 24), 1, 0.5), (date(2026, 11, 25), 0, None), (date(2026, 11, 26), 3, 12.34567))
    written = write_csv(Table("line", ("day", "queued", "mean_wait"), rows), words)
    assert written.startswith(b"\xef\xbb\xbf")
    assert rows_of(written) == [
        ["День", "Встали в очередь", "Среднее ожидание, секунд"],
        ["2026-11-24", "1", "0,5"],
        ["2026-11-25", "0", ""],
        ["2026-11-26", "3", "12,3457"],
    ]


def test_whole_numbers_lose_no_zeros(words: ReportWords) -> None:
    assert rows_of(write_csv(Table("line", ("mean_wait",), ((100.0,), (0.0,))), words))[1:] == [["100"], ["0"]]


def test_a_text_is_never_taken_for_a_formula(words: ReportWords) -> None:
    table = Table("topics", ("topic",), (("=cmd|' /C calc'!A0",), ("@SUM(1)",), ("Сайт",)))
    assert [row[0][0] for row in rows_of(write_csv(table, words))[1:]] == ["'", "'", "С"]


def test_questions_are_ordered_by_how_often_they_were_asked() -> None:
    counts = {"a": {"understood": 1, "confirmed": 9}, "b": {"keys": 2, "silence": 1}, "c": {"wrong_keys": 1}}
    questions = questions_of(counts)
    assert [(one.name, one.asked) for one in questions] == [("b", 3), ("a", 1), ("c", 1)]
    every = all_questions(questions)
    assert (every.asked, every.understood, every.confirmed) == (5, 1, 9)
    assert (every.keyed.part, every.keyed.whole) == (2, 3)
    assert (every.silent.part, every.silent.whole) == (1, 5)
    assert all_questions([]).heard.value is None
