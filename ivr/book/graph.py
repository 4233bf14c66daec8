"""The dialogue drawn: forms as boxes, outcomes as arrows, a ladder as one box, forms of one category in one frame.

Text for Graphviz and for Mermaid.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.book.categories import CATEGORY
from ivr.book.ladders import WAY_IS_NEW
from ivr.book.source import BookSource
from ivr.book.structure import Graph, graph_of, reached
from ivr.dialog.forms import RETURN, Form


@dataclass(frozen=True, slots=True)
class _Picture:
    """What is drawn. Names are those of forms; a ladder's is that of its first form."""

    forms: Mapping[str, Form]
    labels: Mapping[str, list[str]]
    frames: Mapping[str, list[str]]
    """A category's form to all forms that only it leads to."""
    arrows: tuple[tuple[str, str, str], ...]
    """From, outcomes, to. There is no outcome where a form is passed first."""
    marked: tuple[str, ...]
    """Where calls begin, and where an operator is called."""


def to_dot(source: BookSource) -> str:
    """Graphviz: ``python -m ivr graph --format dot | dot -Tsvg``."""
    picture = _picture(source)
    lines = ["digraph dialogue {", "  rankdir=LR;", "  newrank=true;", "  node [shape=box, style=rounded];"]
    framed = {name for inside in picture.frames.values() for name in inside}
    for number, (category, inside) in enumerate(picture.frames.items()):
        title = picture.forms[category].title
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(title)};", "    color=grey;"]
        lines += [f"  {_dot_box(picture, name)}" for name in inside]
        lines += ["  }"]
    lines += [_dot_box(picture, name) for name in picture.forms if name not in framed]
    lines += [_dot_arrow(*arrow) for arrow in picture.arrows]
    return "\n".join([*lines, "}", ""])


def to_mermaid(source: BookSource) -> str:
    """Mermaid, which code hosts draw inside of Markdown."""
    picture = _picture(source)
    lines = ["flowchart LR"]
    framed = {name for inside in picture.frames.values() for name in inside}
    for category, inside in picture.frames.items():
        lines.append(f'  subgraph g_{category}["{_escaped(picture.forms[category].title)}"]')
        lines += [f"    {_mermaid_box(picture, name)}" for name in inside]
        lines.append("  end")
    lines += [f"  {_mermaid_box(picture, name)}" for name in picture.forms if name not in framed]
    lines += [_mermaid_arrow(*arrow) for arrow in picture.arrows]
    lines += [f"  style f_{name} stroke-width:3px" for name in picture.marked]
    return "\n".join([*lines, ""])


# -- what is drawn ----------------------------------------------------------------------------------------------------


def _picture(source: BookSource) -> _Picture:
    book = source.book
    ordered = sorted(book.forms.values(), key=lambda form: (form.name != book.start, form.name))
    shown = {form.name: form for form in ordered if source.boxes.get(form.name, form.name) == form.name}
    labels = {name: _label(source, form) for name, form in shown.items()}
    outcomes: dict[tuple[str, str], list[str]] = {}
    for start, outcome, end in dict.fromkeys(_arrows(source, ordered)):
        outcomes.setdefault((start, end), []).append(outcome)
    arrows = tuple((start, ", ".join(filter(None, names)), end) for (start, end), names in outcomes.items())
    marked = tuple(dict.fromkeys((book.start, book.escalate)))
    return _Picture(shown, labels, _frames(source, shown), arrows, marked)


def _frames(source: BookSource, shown: Mapping[str, Form]) -> dict[str, list[str]]:
    """What several categories lead to, such as an operator, stands outside of all frames."""
    book = source.book
    shared = {book.start, book.escalate, book.home or book.start}
    graph: Graph = {name: ways - shared for name, ways in graph_of(source).items()}
    own = {name: reached(graph, name) for name, form in shown.items() if CATEGORY in form.sets and "done" in form.then}
    frames: dict[str, list[str]] = {}
    for category, inside in own.items():
        others = {name for other, names in own.items() if other != category for name in names}
        frames[category] = [name for name in shown if name in inside - others]
    return frames


def _arrows(source: BookSource, forms: list[Form]) -> Iterator[tuple[str, str, str]]:
    for form in forms:
        start = source.boxes.get(form.name, form.name)
        if form.first:
            yield start, "", form.first.form
        for outcome, target in form.then.items():
            end = source.boxes.get(target, target)
            if target != RETURN and (start != end or start == form.name == target):
                yield start, outcome, end


def _label(source: BookSource, form: Form) -> list[str]:
    """What the box says: name, title, questions or ways to try, and how the form comes to its end."""
    lines = [form.name, form.title]
    if source.boxes.get(form.name) == form.name:
        steps = (step for step in source.book.forms.values() if source.boxes.get(step.name) == form.name)
        return [*lines, *(f"- {step.args['way']}" for step in steps if step.finish == WAY_IS_NEW)]
    lines += [f"? {question}" for question in form.ask]
    if form.finish:
        lines.append(f"! {form.finish}")
    if form.end:
        lines.append(f"{form.end.kind}: {form.end.disposition}")
    return [*lines, *(f"{outcome}: {RETURN}" for outcome, target in form.then.items() if target == RETURN)]


# -- how it is written ------------------------------------------------------------------------------------------------


def _quoted(text: str | list[str]) -> str:
    lines = [text] if isinstance(text, str) else text
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'


def _dot_box(picture: _Picture, name: str) -> str:
    look = ", peripheries=2" if name in picture.marked else ""
    if picture.forms[name].end:
        look += ', style="rounded,filled", fillcolor=lightgrey'
    return f"  {name} [label={_quoted(picture.labels[name])}{look}];"


def _dot_arrow(start: str, outcome: str, end: str) -> str:
    look = f"label={_quoted(outcome)}" if outcome else "style=dashed"
    return f"  {start} -> {end} [{look}];"


def _mermaid_box(picture: _Picture, name: str) -> str:
    text = "<br/>".join(map(_escaped, picture.labels[name]))
    left, right = ('(["', '"])') if picture.forms[name].end else ('["', '"]')
    return f"f_{name}{left}{text}{right}"


def _mermaid_arrow(start: str, outcome: str, end: str) -> str:
    return f"  f_{start} -- {outcome} --> f_{end}" if outcome else f"  f_{start} -.-> f_{end}"


def _escaped(text: str) -> str:
    return text.replace('"', "#quot;")
