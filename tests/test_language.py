"""No word for a caller in Python, no mixed alphabets, short functions."""

import ast
import io
import re
import statistics
import tokenize
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from ivr.settings import ROOT

CYRILLIC = re.compile("[\u0400-\u04ff]")
WORD = re.compile(r"[^\W\d_]+")
LATIN = re.compile("[A-Za-z]")
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 8
LONGEST_TENTH = 25
LONGEST_MODULE = 400
SOURCES = sorted((ROOT / "ivr").rglob("*.py"))
TEXTS = sorted(
    chain(
        (ROOT / "grammars").rglob("*.yaml"),
        (ROOT / "ivr").rglob("*.html"),
        (ROOT / "audio").rglob("index.tsv"),
        (ROOT / "tests" / "calls").rglob("*.yaml"),
    )
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def docstring_lines(tree: ast.Module) -> set[int]:
    """Lines of all strings that stand alone: docstrings of modules, classes, functions and fields."""
    alone = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    return {line for string in alone for line in range(string.lineno, (string.end_lineno or string.lineno) + 1)}


def cyrillic_code(path: Path) -> Iterator[str]:
    source = path.read_text("utf-8")
    described = docstring_lines(ast.parse(source))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT and token.start[0] not in described and CYRILLIC.search(token.string):
            yield f"{place(path, token.start[0])} {token.string[:40]}"


def test_russian_lives_in_grammars_and_templates() -> None:
    assert [found for path in SOURCES for found in cyrillic_code(path)] == []


def test_it_would_notice_russian_in_the_code(tmp_path: Path) -> None:
    path = ROOT / "ivr" / "x.py"
    source = '"""Пример."""\n# пример\nname = "да"\n"""Поле."""\nf"нет {name}"\n'
    described = docstring_lines(ast.parse(source))
    assert described == {1, 4}
    assert place(path, 3) == "ivr/x.py:3"
    other = tmp_path / "x.py"
    other.write_text(source, "utf-8")
    tokens = [t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if CYRILLIC.search(t.string)]
    assert '"да"' in tokens


def mixed_words(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if LATIN.search(word) and CYRILLIC.search(word)]


def test_no_word_mixes_two_alphabets() -> None:
    assert len(TEXTS) > 15
    wrong = [
        f"{place(path, number)} {word}"
        for path in (*TEXTS, *SOURCES)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for word in mixed_words(line)
    ]
    assert wrong == []


@pytest.mark.parametrize(("word", "mixed"), [("карта", False), ("card", False), ("кaрта", True), ("СМC", True)])
def test_it_would_notice_a_mixed_word(word: str, mixed: bool) -> None:
    assert bool(mixed_words(word)) is mixed


def code_lines(function: Function, lines: list[str]) -> int:
    """Lines of a function without its docstring, comments, blank lines, and functions inside it."""
    inner = [node for node in ast.walk(function) if isinstance(node, Function) and node is not function]
    left_out = {line for node in inner for line in range(node.lineno + 1, (node.end_lineno or 0) + 1)}
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        left_out |= set(range(body[0].lineno, (body[0].end_lineno or 0) + 1))
    numbers = range(function.lineno, (function.end_lineno or 0) + 1)
    kept = (lines[number - 1].strip() for number in numbers if number not in left_out)
    return sum(1 for line in kept if line and not line.startswith("#"))


def lengths() -> dict[str, int]:
    found = {}
    for path in SOURCES:
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, Function):
                found[f"{place(path, node.lineno)} {node.name}"] = code_lines(node, source.splitlines())
    return found


def test_functions_are_short() -> None:
    found = lengths()
    assert {name: length for name, length in found.items() if length > LONGEST_FUNCTION} == {}
    assert statistics.median(found.values()) <= MEDIAN_FUNCTION
    assert statistics.quantiles(found.values(), n=10)[-1] <= LONGEST_TENTH


def test_modules_are_short() -> None:
    counts = {place(path, 1): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: count for name, count in counts.items() if count > LONGEST_MODULE} == {}
