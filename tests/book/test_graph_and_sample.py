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
    source = folder.read()
    dot, mermaid = to_dot(source), to_mermaid(source)
    assert dot.startswith("digraph dialogue {")
    assert mermaid.startswith("flowchart LR\n")
    for form in source.book.forms.values():
        assert f"  {form.name} [label=" in dot
        assert re.search(rf"^ +f_{form.name}[\[(]", mermaid, re.MULTILINE)
        for outcome, target in form.then.items():
            assert re.search(rf'^  {form.name} -> {target} \[label=".*\b{outcome}\b.*"\];$', dot, re.MULTILINE)
            assert re.search(rf"^  f_{form.name} -- .*\b{outcome}\b.* --> f_{target}$", mermaid, re.MULTILINE)


def test_it_draws_a_ladder_as_one_box(menu: Any) -> None:
    dot = to_dot(menu.read())
    assert 'site_steps [label="site_steps\\nСайт, шаги\\n- other_browser\\n- clear_cache"];' in dot
    assert "site_steps_1" not in dot
    assert '  site_steps -> operator [label="noted, tried"];' in dot
    assert '  category_site -> site_steps [label="done"];' in dot


def test_it_frames_what_only_one_category_leads_to(menu: Any) -> None:
    dot = to_dot(menu.read())
    frame = re.search(r"label=\"Карта не читается\";(.*?)\n  }", dot, re.DOTALL)
    assert frame
    inside = re.findall(r"^ +(\w+) \[", frame[1], re.MULTILINE)
    assert inside == ["activate_card", "category_card_not_read", "enter_code", "new_code"]
    assert "f_operator" not in to_mermaid(menu.read()).split("  end\n")[0]


def test_what_is_passed_first_is_a_dashed_arrow(folder: Any) -> None:
    folder.swap("forms/activate_card.yaml", "ask: [card", "first: {form: identify, unless: verified}\nask: [card")
    folder.write("forms/identify.yaml", "form: identify\ntitle: Код\nthen: {done: return}\n")
    source = folder.read()
    assert "  activate_card -> identify [style=dashed];" in to_dot(source)
    assert "  f_activate_card -.-> f_identify" in to_mermaid(source)
    assert "done: return" in to_dot(source)


def test_it_quotes_what_a_title_may_hold(folder: Any) -> None:
    folder.swap("forms/goodbye.yaml", "title: Прощание, вопрос решён", "title: 'Проща\"ние \\'")
    source = folder.read()
    assert 'goodbye\\nПроща\\"ние \\\\\\nhang_up' in to_dot(source)
    assert "Проща#quot;ние" in to_mermaid(source)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_it_writes_what_graphviz_reads(menu: Any) -> None:
    drawn = subprocess.run(["dot", "-Tsvg"], input=to_dot(menu.read()), capture_output=True, text=True, check=True)
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
    with pytest.raises(BookError, match="nothing to say to `absent`; write one of: back, birth_date"):
        sample(folder.read(), "absent")
