"""Does the dialogue hang together? Names that lead nowhere, forms nobody reaches, circles without a caller."""

from collections.abc import Callable, Container, Iterator, Mapping

from ivr.book.ladders import ANSWER
from ivr.book.source import TRANSFER, BookSource, Finding
from ivr.dialog.clarify import small_questions
from ivr.dialog.forms import RETURN, ClosedSet, Form

Check = Callable[[BookSource], Iterator[Finding]]
Graph = Mapping[str, frozenset[str]]


def check_structure(source: BookSource) -> list[Finding]:
    """All contradictions, those of names first: a wrong name would show up as an unreachable form as well."""
    named = [finding for check in _NAMES for finding in check(source)]
    return named or [finding for check in _SHAPES for finding in check(source)]


def ways_of(source: BookSource) -> Graph:
    """Each form to the forms that its outcomes name."""
    return {form.name: frozenset(form.then.values()) - {RETURN} for form in source.book.forms.values()}


def graph_of(source: BookSource) -> Graph:
    """Each form to all that may follow: what is passed first, and what follows the form that is returned to."""
    ways, forms = ways_of(source), source.book.forms
    graph = {name: ways[name] | {form.first.form} if form.first else ways[name] for name, form in forms.items()}
    for form in forms.values():
        for inner in reached(ways, form.first.form) if form.first else ():
            if inner in forms and RETURN in forms[inner].then.values():
                graph[inner] |= ways[form.name]
    return graph


def reached(graph: Graph, *starts: str) -> frozenset[str]:
    """The starts and all that they lead to."""
    found: set[str] = set()
    left = list(starts)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += graph.get(name, frozenset())
    return frozenset(found)


# -- names ------------------------------------------------------------------------------------------------------------


def _known_forms(source: BookSource) -> Iterator[Finding]:
    forms = source.book.forms
    for key, name in (("start", source.book.start), ("escalate", source.book.escalate)):
        if name not in forms:
            yield source.finding(source.places[key], f"there is no form `{name}`", _names(forms))
    for form in forms.values():
        if form.first and form.first.form not in forms:
            place = source.places[f"form {form.name}.first"]
            yield source.finding(place, f"there is no form `{form.first.form}`", _names(forms))
        for outcome, target in form.then.items():
            if target not in forms and target != RETURN:
                place = source.places[f"form {form.name}.then.{outcome}"]
                yield source.finding(place, f"there is no form `{target}`", _names(forms))


def _known_questions(source: BookSource) -> Iterator[Finding]:
    fields = source.book.fields
    for form in source.book.forms.values():
        for question in form.ask:
            if question not in fields:
                place = source.places[f"form {form.name}.ask.{question}"]
                yield source.finding(place, f"there is no question `{question}`", _names(fields))
    for field in fields.values():
        for question in small_questions(field):
            if question not in fields:
                place = source.place(f"question {field.name}.clarify", f"question {field.name}.pieces")
                yield source.finding(place, f"there is no question `{question}`", _names(fields))


def _known_actions(source: BookSource) -> Iterator[Finding]:
    known = [name for name in source.outcomes if name != TRANSFER]
    for form in source.book.forms.values():
        if form.finish and form.finish not in known:
            place = source.places[f"form {form.name}.finish"]
            yield source.finding(place, f"there is no action `{form.finish}`", _names(known))
    for field in source.book.fields.values():
        if field.choose and field.choose not in known:
            place = source.places[f"question {field.name}.choose"]
            yield source.finding(place, f"there is no action `{field.choose}`", _names(known))


def _one_way_out(source: BookSource) -> Iterator[Finding]:
    for form in source.book.forms.values():
        if form.end and (form.finish or form.ask):
            place = source.places[f"form {form.name}.end"]
            what = f"the form `{form.name}` ends the call and has questions or an action"
            yield source.finding(place, what, "remove `end`, or move it to a form of its own")
        if form.branch and form.finish:
            place = source.places[f"form {form.name}.branch"]
            yield source.finding(place, f"the form `{form.name}` has `branch` and `finish`", "keep one of the two")


def _branches_are_closed(source: BookSource) -> Iterator[Finding]:
    fields = source.book.fields
    for form in source.book.forms.values():
        if form.branch and form.branch in fields and not isinstance(fields[form.branch].slot, ClosedSet):
            place = source.places[f"form {form.name}.branch"]
            what = f"`{form.branch}` has no closed set of answers"
            yield source.finding(place, what, "branch on a `choice` or on a yes or no")


def _silence_is_an_answer(source: BookSource) -> Iterator[Finding]:
    for field in source.book.fields.values():
        values = field.slot.values if isinstance(field.slot, ClosedSet) else ()
        if field.unanswered and field.unanswered not in values:
            place = source.places[f"question {field.name}.unanswered"]
            cure = _names(values) if values else "leave it out: only a `choice` can be answered by silence"
            yield source.finding(place, f"`{field.unanswered}` is no answer to `{field.name}`", cure)


def _outcomes_meet_destinations(source: BookSource) -> Iterator[Finding]:
    for form in source.book.forms.values():
        outcomes = source.form_outcomes(form)
        place = source.place(f"form {form.name}.then", f"form {form.name}")
        for outcome in sorted(outcomes - set(form.then)):
            yield source.finding(place, f"the outcome `{outcome}` leads nowhere", f"add `{outcome}: FORM` to `then`")
        for outcome in sorted(set(form.then) - outcomes):
            place = source.places[f"form {form.name}.then.{outcome}"]
            yield source.finding(place, f"`{_owner(form)}` has no outcome `{outcome}`", _few(outcomes))
        for outcome in sorted(set(form.say) - outcomes):
            place = source.places[f"prompt {form.name}.say.{outcome}"]
            yield source.finding(place, f"`{_owner(form)}` has no outcome `{outcome}` to say", _few(outcomes))


def _owner(form: Form) -> str:
    if form.end:
        return f"end: {form.end.kind}"
    return form.finish or form.branch or form.name


def _few(outcomes: frozenset[str]) -> str:
    return f"write one of: {', '.join(sorted(outcomes))}" if outcomes else "remove the line: this form ends the call"


def _names(known: Container[str]) -> str:
    names = ", ".join(sorted(known))  # type: ignore[call-overload]
    return f"write one of: {names}"


# -- shapes -----------------------------------------------------------------------------------------------------------


def _all_reachable(source: BookSource) -> Iterator[Finding]:
    book = source.book
    live = reached(graph_of(source), book.start, book.escalate)
    for name in book.forms:
        if name not in live and source.boxes.get(name, name) == name:
            place = source.places[f"form {name}"]
            yield source.finding(place, f"no form leads to `{name}`", "name it in a `then`, or remove the file")
    asked = {question for name in live for question in book.forms[name].ask}
    asked |= {small for name in asked for small in small_questions(book.fields[name])}
    for name in book.fields:
        if name not in asked and name not in source.boxes and not (source.boxes and name == ANSWER):
            place = source.places[f"question {name}"]
            yield source.finding(place, f"no form asks `{name}`", "name it in an `ask`, or remove the file")


def _all_end(source: BookSource) -> Iterator[Finding]:
    forms = source.book.forms
    graph = graph_of(source)
    for name in forms:
        ends = [forms[other].end for other in reached(graph, name)]
        if not any(end and end.kind == "hang_up" for end in ends):
            place = source.place(f"form {name}.then", f"form {name}")
            yield source.finding(place, f"no way from `{name}` hangs up", "lead one outcome to a form with `end`")


def _callers_take_turns(source: BookSource) -> Iterator[Finding]:
    """A circle is fine only if each round asks something anew; else the hotline talks to itself without an end."""
    graph = graph_of(source)
    silent = {name for name in graph if not _asks_anew(source, source.book.forms[name])}
    inner = {name: graph[name] & silent for name in silent}
    for name in sorted(silent):
        if name in reached(inner, *inner[name]):
            place = source.place(f"form {name}.then", f"form {name}")
            what = f"from `{name}` the dialogue comes back to it without asking the caller anything anew"
            yield source.finding(place, what, "lead it elsewhere, or ask a question with `keep: false` on the way")


def _asks_anew(source: BookSource, form: Form) -> bool:
    return any(not source.book.fields[question].keep for question in form.ask)


def _returns_have_a_caller(source: BookSource) -> Iterator[Finding]:
    """``return`` goes one level back: a form that is passed first may not want another one passed first itself."""
    book, ways = source.book, ways_of(source)
    wanting = (form.name for form in book.forms.values() if form.first)
    for name in sorted(reached(ways, book.start, book.escalate, *wanting)):
        for outcome, target in book.forms[name].then.items():
            if target == RETURN:
                place = source.places[f"form {name}.then.{outcome}"]
                what = f"`{name}` returns, but is reached by a `then`, or wants a form passed first itself"
                yield source.finding(place, what, "write the form that follows, or reach it by `first` only")


def _keys_are_free(source: BookSource) -> Iterator[Finding]:
    """A key that works everywhere never reaches the options of a question."""
    taken = {universal.keys: universal.name for universal in source.book.universals if universal.keys}
    for phrase, place in source.places.items():
        if phrase.startswith("key ") and phrase.split()[-1] in taken:
            key = phrase.split()[-1]
            yield source.finding(place, f"the key `{key}` means `{taken[key]}` everywhere", "take another key")


def _operator_reached(source: BookSource) -> Iterator[Finding]:
    """The way out works at every question, by word and by key, and leads to a person or to an appeal."""
    book = source.book
    for universal in book.universals:
        if universal.name == "operator" and universal.keys is None:
            place = source.places["universal operator"]
            yield source.finding(place, "no key leads to an operator", 'add `keys: "0"`')
    ends = [book.forms[name].end for name in reached(graph_of(source), book.escalate)]
    if not any(end and end.kind == "transfer" for end in ends):
        place = source.places["escalate"]
        yield source.finding(
            place, f"`{book.escalate}` leads to no operator", "add a form with `end: {kind: transfer}`"
        )


_NAMES: tuple[Check, ...] = (
    _known_forms,
    _known_questions,
    _known_actions,
    _one_way_out,
    _branches_are_closed,
    _silence_is_an_answer,
    _keys_are_free,
    _outcomes_meet_destinations,
)
_SHAPES: tuple[Check, ...] = (
    _returns_have_a_caller,
    _all_reachable,
    _all_end,
    _callers_take_turns,
    _operator_reached,
)
