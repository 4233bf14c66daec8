"""YAML's traps stay shut, and every mistake is told with its line and its cure."""

from pathlib import Path

import pytest

from ivr.book.strict_yaml import Listed, Mapped, Place, load_yaml
from ivr.errors import BookError


def _load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "page.yaml"
    path.write_text(text, encoding="utf-8")
    return load_yaml(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: yes", {"on": "yes"}),
        ("off: no", {"off": "no"}),
        ("a: On", {"a": "On"}),
        ("a: True", {"a": "True"}),
        ("a: true", {"a": True}),
        ("a: false", {"a": False}),
        ("closes: 23:00", {"closes": "23:00"}),
        ("a: 1:30.5", {"a": "1:30.5"}),
        ("a: 012", {"a": "012"}),
        ("a: 0", {"a": 0}),
        ("a: -7", {"a": -7}),
        ("a: +7", {"a": "+7"}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 0x1F", {"a": "0x1F"}),
        ("a: 1e3", {"a": "1e3"}),
        ("a: 0.5", {"a": 0.5}),
        ("a: .inf", {"a": ".inf"}),
        ("a: 2026-01-02", {"a": "2026-01-02"}),
        ("a: '7'", {"a": "7"}),
        ('a: "true"', {"a": "true"}),
        ("a:", {"a": None}),
        ("a: null", {"a": None}),
        ("a: =", {"a": "="}),
        ("<<: 1", {"<<": 1}),
        ("1: один", {1: "один"}),
        ("- [а, б]\n- {в: г}", [["а", "б"], {"в": "г"}]),
        ("\ufeffa: ё", {"a": "ё"}),
    ],
)
def test_it_takes_what_looks_like_text_as_text(tmp_path: Path, text: str, value: object) -> None:
    found = _load(tmp_path, text)
    assert found == value
    if isinstance(found, dict) and isinstance(value, dict):
        assert [type(item) for item in found.values()] == [type(item) for item in value.values()]


@pytest.mark.parametrize(
    ("text", "line", "what", "cure"),
    [
        ("a: 1\nb: 2\na: 3", 3, "`a` is written twice", "the first is in line 1"),
        ("a:\n\tb: 1", 2, "a tab", "spaces"),
        ("a:\n  - b\n\t- c", 3, "a tab", "spaces"),
        ("a: да: нет", 1, "a second colon", "quotes"),
        ("a: 1\nб\nв: 2", 3, "a line without a colon", "key: text"),
        ('a: "раз\nb: 2', 2, "never closed", "close it"),
        ("a: !!python/object:os.system x", 1, "the tag", "quotes"),
        ("a: !важно", 1, "the tag", "quotes"),
        ("a: !!int 23:00", 1, "no int", "remove the tag"),
        ("a: *b", 1, "`*`", "quotes"),
        ("a: *б", 1, "`*`", "quotes"),
        ("a: &б", 1, "`&`", "quotes"),
        ("a: @б", 1, "a sign", "quotes"),
        ("a: {brand} рад", 1, "the indentation", "in quotes"),
        ("a: 1\n---\nb: 2", 2, "second document", "---"),
        ("[a]: 1", 1, "a key that is not a word", "key: value"),
        ("a: 1\n b: 2", 2, "a second colon", "quotes"),
        ("", 1, "empty", "remove the file"),
        ("# only a comment\n", 1, "empty", "keys"),
        ("a: \x07", 1, "control character", "remove it"),
    ],
)
def test_it_tells_a_mistake_with_its_line_and_its_cure(
    tmp_path: Path, text: str, line: int, what: str, cure: str
) -> None:
    with pytest.raises(BookError) as caught:
        _load(tmp_path, text)
    told = str(caught.value)
    assert told.startswith(f"{tmp_path}/page.yaml:{line}: ")
    assert "\n" not in told
    said, _, mended = told.removeprefix(f"{tmp_path}/page.yaml:{line}: ").partition("; ")
    assert what in said
    assert cure in mended
    assert mended


def test_it_names_an_absent_file(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"absent\.yaml:1: the file cannot be read; check"):
        load_yaml(tmp_path / "absent.yaml")


def test_it_names_the_line_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "page.yaml"
    path.write_bytes("a: 1\nb: привет".encode("cp1251"))
    with pytest.raises(BookError, match=r"page\.yaml:2: the text is not UTF-8; save"):
        load_yaml(path)


def test_it_refuses_a_list_that_holds_itself(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"page\.yaml:1: "):
        _load(tmp_path, "a: &a [*a]")


def test_it_knows_where_things_are_written(tmp_path: Path) -> None:
    found = _load(tmp_path, "a:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert isinstance(found, Mapped)
    assert isinstance(found["a"]["c"], Listed)
    file = f"{tmp_path}/page.yaml"
    assert found.at("a", "b") == Place(file, 2)
    assert found.at("a", "c", 0) == Place(file, 4)
    assert found.at("a", "c", 1, "y") == Place(file, 5)
    assert found.at("absent") == Place(file, 1)
    assert found.at("a", "absent") == Place(file, 2)
