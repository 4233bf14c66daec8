"""The dialogue drawn: forms as boxes, outcomes as arrows. Text for Graphviz and for Mermaid."""

from collections.abc import Iterator

from ivr.dialog.forms import DialogBook, Form


def to_dot(book: DialogBook) -> str:
    """Graphviz: ``python -m ivr graph | dot -Tsvg``."""
    lines = ["digraph dialogue {", "  node [shape=box, style=rounded];"]
    lines += [f"  {form.name} [label={_quoted(_label(form))}{_dot_look(book, form)}];" for form in _ordered(book)]
    lines += [f"  {source} -> {target} [label={_quoted(outcome)}];" for source, outcome, target in _arrows(book)]
    return "\n".join([*lines, "}", ""])


def to_mermaid(book: DialogBook) -> str:
    """Mermaid, which code hosts draw inside of Markdown."""
    lines = ["flowchart TD"]
    lines += [f"  {_mermaid_box(form)}" for form in _ordered(book)]
    lines += [f"  f_{source} -- {outcome} --> f_{target}" for source, outcome, target in _arrows(book)]
    lines += [f"  style f_{name} stroke-width:3px" for name in dict.fromkeys((book.start, book.escalate))]
    return "\n".join([*lines, ""])


def _ordered(book: DialogBook) -> list[Form]:
    """The start first, the rest by name."""
    return sorted(book.forms.values(), key=lambda form: (form.name != book.start, form.name))


def _arrows(book: DialogBook) -> Iterator[tuple[str, str, str]]:
    for form in _ordered(book):
        for outcome, target in form.then.items():
            yield form.name, outcome, target


def _label(form: Form) -> list[str]:
    """What the box says: name, title, questions, and how the form comes to its end."""
    lines = [form.name, form.title, *(f"? {question}" for question in form.ask)]
    if form.finish:
        lines.append(f"! {form.finish}")
    if form.end:
        lines.append(f"{form.end.kind}: {form.end.disposition}")
    return lines


def _quoted(text: str | list[str]) -> str:
    lines = [text] if isinstance(text, str) else text
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'


def _dot_look(book: DialogBook, form: Form) -> str:
    look = ", peripheries=2" if form.name in (book.start, book.escalate) else ""
    return f'{look}, style="rounded,filled", fillcolor=lightgrey' if form.end else look


def _mermaid_box(form: Form) -> str:
    text = "<br/>".join(line.replace('"', "#quot;") for line in _label(form))
    left, right = ('(["', '"])') if form.end else ('["', '"]')
    return f"f_{form.name}{left}{text}{right}"
