"""Who may import whom: the pure core below, the edges above, and no circles."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from ivr.settings import ROOT

MAY_IMPORT: Mapping[str, set[str]] = {
    "dialog": set(),
    "errors": set(),
    "clock": set(),
    "slots": {"dialog", "errors"},
    "book": {"dialog", "slots", "errors"},
    "actions": {"dialog", "errors", "sms_form"},
    "sms_form": {"book", "dialog", "slots", "errors"},
    "store": {"dialog", "errors", "clock"},
    "loyalty": {"store", "errors", "clock", "metrics", "settings"},
    "speech": {"book", "dialog", "errors", "settings"},
    "telephony": {"dialog", "clock", "errors", "line", "outbox"},
    "media": {"dialog", "speech", "telephony", "book", "feed", "metrics", "errors"},
    "exchange": {"clock", "errors", "loopback"},
    "sealing": set(),
    "codes": {"clock", "hotline", "metrics", "outbox", "phones", "sealing", "sms_parts", "store"},
    "line": {"appeals", "clock", "errors", "hotline", "phones", "store", "working_time"},
    "reports": {"book", "clock", "codes", "dialog", "errors", "hotline", "line", "store"},
    "stepping": {"actions", "clock", "dialog", "feed", "store", "telephony"},
    "calls": {"dialog", "stepping", "store"},
    "case": {
        "actions",
        "appeals",
        "book",
        "clock",
        "codes",
        "counting",
        "dialog",
        "errors",
        "line_words",
        "media",
        "outbox",
        "phones",
        "sealing",
        "services",
        "store",
    },
    "cabinet": {
        "actions",
        "appeals",
        "book",
        "clock",
        "codes",
        "consent",
        "counting",
        "diagnosis",
        "dialog",
        "erasure",
        "errors",
        "hotline",
        "line_words",
        "loyalty",
        "phones",
        "sealing",
        "services",
        "sms_form",
        "store",
    },
    "web": {
        "appeals",
        "cabinet",
        "calls",
        "case",
        "clock",
        "consent",
        "dialog",
        "dispositions",
        "errors",
        "feed",
        "hotline",
        "inbox",
        "line",
        "line_words",
        "loopback",
        "media",
        "metrics",
        "passwords",
        "reports",
        "saved_calls",
        "settings",
        "store",
        "takes",
        "telephony",
    },
}
"""What of ``ivr`` a part may import besides itself; parts that are not named put the others together."""

ONLY_IN: Mapping[str, set[str]] = {
    "flask": {"web", "application", "asgi"},
    "twilio": {"telephony"},
    "vosk": {"speech"},
    "espeakng_loader": {"speech"},
    "yaml": {"book", "slots", "speech"},
    "huey": {"worker"},
    "typer": {"commands", "__main__"},
    "rich": {"commands"},
    "torch": {"speech", "commands"},
    "kaldi_native_fbank": {"speech"},
    "pyworld": {"speech"},
    "scipy": {"speech"},
    "matplotlib": {"bench", "reports"},
    "circuitbreaker": {"loyalty"},
    "cryptography": {"sealing"},
    "tenacity": {"loyalty"},
    "num2words": {"counting"},
    "argon2": {"passwords"},
    "authlib": {"web"},
    "flask_wtf": {"web"},
}
"""Libraries and the parts that may know them. ``application`` and ``asgi`` take the Flask application as it is made."""
TOOLS = {"commands", "simulator", "bench", "fixtures", "retelling"}
"""Nothing of the hotline itself rests on these."""
MAY_USE_TOOLS = TOOLS | {"__main__"}


def part_of(path: Path) -> str:
    """The package, or the module beside the packages."""
    return path.relative_to(ROOT / "ivr").with_suffix("").parts[0]


@cache
def imports() -> frozenset[tuple[str, str, str]]:
    """All imports of ``ivr``: part, file, imported module."""
    files = sorted((ROOT / "ivr").rglob("*.py"))
    assert len(files) > 50
    return frozenset(
        (part_of(path), str(path.relative_to(ROOT)), name)
        for path in files
        for name in _imported(ast.parse(path.read_text("utf-8")))
    )


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what is imported"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside() -> Iterator[tuple[str, str, str]]:
    """Imports of other parts of ``ivr``: part, file, the part it takes from."""
    for part, file, name in sorted(imports()):
        root, *rest = name.split(".")
        if root == "ivr" and rest and rest[0] != part:
            yield part, file, rest[0]


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_each_part_imports_only_what_lies_below(part: str) -> None:
    assert (ROOT / "ivr" / part).is_dir() or (ROOT / "ivr" / f"{part}.py").is_file()
    wrong = [(file, other) for here, file, other in inside() if here == part and other not in MAY_IMPORT[part]]
    assert wrong == []


def test_the_dialogue_imports_the_standard_library_only() -> None:
    names = {name.split(".")[0] for part, _, name in imports() if part == "dialog"}
    assert names - {"ivr"} <= sys.stdlib_module_names
    forbidden = {"random", "time", "datetime", "os", "io", "pathlib", "socket", "secrets", "asyncio", "threading"}
    assert names & forbidden == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_known_to_its_part_only(library: str) -> None:
    users = {part for part, _, name in imports() if name.split(".")[0] == library}
    assert users
    assert users <= ONLY_IN[library]


def test_nothing_rests_on_the_tools() -> None:
    assert [(file, other) for part, file, other in inside() if other in TOOLS and part not in MAY_USE_TOOLS] == []


def test_the_exchange_is_the_other_side() -> None:
    """Nothing of the hotline is in it but clock and errors, nor does the hotline parse by its code."""
    users = {part for part, _, other in inside() if other == "exchange"}
    assert users <= {"serving"} | TOOLS


def test_there_are_no_circles() -> None:
    graph: dict[str, set[str]] = {}
    for part, _, other in inside():
        graph.setdefault(part, set()).add(other)
    assert len(graph) > 15
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(f"imports go in a circle: {' -> '.join(error.args[1])}") from error
    assert order.index("dialog") < order.index("calls") < order.index("web") < order.index("application")


def test_only_the_clock_looks_at_the_clock() -> None:
    """``time.perf_counter`` and ``time.monotonic`` measure; only ``ivr.clock`` tells what time it is."""
    wrong = []
    for path in sorted((ROOT / "ivr").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = f"{node.value.id}.{node.attr}"
                if called in ("time.time", "datetime.now", "datetime.utcnow", "date.today") and path.name != "clock.py":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    assert wrong == []
