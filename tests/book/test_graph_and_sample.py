"""The dialogue drawn, and what callers may say listed."""

import re
import shutil
import subprocess
from typing import Any

import pytest

from ivr.book.graph import to_dot, to_mermaid
from ivr.book.sample import sample
from ivr.errors import BookError


def test_it_draws_every_form_and_every_outcome(folder: Any) -> None:
    book = folder.read().book
    dot, mermaid = to_dot(book), to_mermaid(book)
    assert dot.startswith("digraph dialogue {")
    assert mermaid.startswith("flowchart TD\n")
    for form in book.forms.values():
        assert f"  {form.name} [label=" in dot
        assert re.search(rf"^  f_{form.name}[\[(]", mermaid, re.MULTILINE)
        for outcome, target in form.then.items():
            assert f'  {form.name} -> {target} [label="{outcome}"];' in dot
            assert f"  f_{form.name} -- {outcome} --> f_{target}" in mermaid


def test_it_quotes_what_a_title_may_hold(folder: Any) -> None:
    folder.swap("forms/goodbye.yaml", "title: Прощание, вопрос решён", "title: 'Проща\"ние \\'")
    book = folder.read().book
    assert 'goodbye\\nПроща\\"ние \\\\\\nhang_up' in to_dot(book)
    assert "Проща#quot;ние" in to_mermaid(book)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_it_writes_what_graphviz_reads(folder: Any) -> None:
    drawn = subprocess.run(
        ["dot", "-Tsvg"], input=to_dot(folder.read().book), capture_output=True, text=True, check=True
    )
    assert "<svg" in drawn.stdout


def test_it_lists_what_callers_may_say(folder: Any) -> None:
    source = folder.read()
    assert ("restart", "в начало") in sample(source, "restart")
    assert ("restart", "вернуться в начало") in sample(source, "restart")
    assert ("person_name", "мария") in sample(source, "person_name")


def test_it_lists_the_options_of_a_choice(folder: Any) -> None:
    text = (folder.path / "questions/birth_date.yaml").read_text(encoding="utf-8")
    options = 'choice:\n  first: {key: "1", phrases: ["[самый] первый"]}\n  second: {key: "2", phrases: [второй]}\n'
    folder.write("questions/birth_date.yaml", text.replace("slot: birth_date\n", options))
    found = sample(folder.read(), "birth_date")
    assert found == [("first", "первый"), ("first", "самый первый"), ("second", "второй")]


def test_it_names_what_can_be_listed(folder: Any) -> None:
    with pytest.raises(BookError, match="nothing to say to `absent`; write one of: birth_date"):
        sample(folder.read(), "absent")
