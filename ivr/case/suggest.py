"""The next step, and the actions with the reasons why some cannot be done now."""

from collections.abc import Iterator

from ivr.case.doing import SUGGESTED
from ivr.case.ground import OpenCase
from ivr.case.screen import Finding, Input, Offered, Suggestion
from ivr.case.texts import OTHER, Advice
from ivr.line_words import category_titles

NEEDS_PROOF = ("activate", "change_field")
NEEDS_CARD = ("send_code", *NEEDS_PROOF)


def suggestion(case: OpenCase, found: Finding | None) -> Suggestion:
    """What stands in the way first, then what the finding or the category asks for."""
    texts = case.setting.texts
    advice = texts.findings[found.table][found.outcome] if found else texts.advice_for(case.category)
    first = _first(case, advice)
    steps = (first.next, advice.next) if first else (advice.next,)
    wanted = tuple(dict.fromkeys((*(first.actions if first else ()), *advice.actions)))
    order = (*wanted, *(kind for kind in SUGGESTED if kind not in wanted))
    return Suggestion(steps, tuple(_offered(case, kind, suggested=kind in wanted) for kind in order))


def _first(case: OpenCase, advice: Advice) -> Advice | None:
    """Whatever has to be done before: only where the advice is about a card."""
    first, texts = case.setting.texts.first, case.setting.texts
    about_card = texts.advice_for(case.category).table or set(advice.actions) & set(NEEDS_CARD)
    if case.base_away:
        return first["base_away"]
    if not about_card:
        return None
    if case.card_number is None:
        return first["no_card"]
    if case.card is None:
        return first["unknown_card"]
    return None if case.proven else first["unproven"]


def _offered(case: OpenCase, kind: str, *, suggested: bool) -> Offered:
    words = case.setting.texts.actions[kind]
    reason = refusal(case, kind)
    return Offered(
        kind=kind,
        title=words.title,
        confirm=words.confirm,
        inputs=tuple(inputs_of(case, kind)),
        refusal=words.outcomes[reason] if reason else "",
        suggested=suggested and not reason,
    )


def refusal(case: OpenCase, kind: str) -> str | None:
    """The outcome that is known before; None where the action may be tried."""
    if kind in NEEDS_CARD and case.card_number is None:
        return "no_card"
    if kind in NEEDS_PROOF and not case.proven:
        return "unverified"
    if kind == "activate" and case.card is not None and case.card.status == "active":
        return "already_active"
    if kind == "send_code":
        return "over" if case.over else "proven" if case.proven else None
    return None


# -- inputs ------------------------------------------------------------------------------------------------------------


def inputs_of(case: OpenCase, kind: str) -> Iterator[Input]:
    """What the operator is asked for before the action."""
    texts = case.setting.texts
    titles = texts.texts["inputs"]
    match kind:
        case "register_appeal":
            category = case.category or OTHER
            yield Input("category", titles["category"], "choice", True, category, _categories(case))
            yield Input("text", titles["text"], "long_text", True)
        case "change_field":
            choices = tuple(texts.texts["changes"].items())
            yield Input("field", titles["field"], "choice", True, choices[0][0], choices)
            yield Input("value", titles["value"], "text", True)
        case "book_call_back":
            choices = tuple(texts.texts["times"].items())
            yield Input("phone", titles["phone"], "text", False)
            yield Input("when", titles["when"], "choice", True, choices[0][0], choices)


def _categories(case: OpenCase) -> tuple[tuple[str, str], ...]:
    return (*category_titles(case.setting.book).items(), (OTHER, case.setting.texts.other_title))


def correctable(case: OpenCase, name: str) -> bool:
    """May an operator put this answer in or put it right?"""
    texts = case.setting.texts
    return case.field(name) is not None and name in texts.fields and (name in texts.always or name in case.state.slots)
