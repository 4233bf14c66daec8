"""The cabinet itself: what there is, and what may be done with it."""

from http import HTTPStatus

from flask import abort, make_response, request
from flask.typing import ResponseReturnValue

from ivr.cabinet.changes import CONTACTS, FIELDS, ChangeField
from ivr.cabinet.form import FieldFault, read_code
from ivr.cabinet.page import CardShown
from ivr.consent import KINDS
from ivr.web.cabinet.blueprint import cabinet
from ivr.web.cabinet.shown import entry_notice, show
from ivr.web.cabinet.sign_in import WRONG_CODE
from ivr.web.cabinet.visitor import (
    CHANGE_COOKIE,
    OFFER_COOKIE,
    address,
    dismiss,
    go,
    keep,
    kept,
    look_again,
    me,
    pages,
    require_visit,
)


@cabinet.get("")
@require_visit
def home() -> ResponseReturnValue:
    return show("home", page=pages().page(me()), offered=pages().offered(me(), kept(OFFER_COOKIE)))


# -- the card of a message --------------------------------------------------------------------------------------------


@cabinet.get("/offered")
@require_visit
def offered_page() -> ResponseReturnValue:
    form = pages().offered(me(), kept(OFFER_COOKIE))
    return show("offered", form=form, consents=pages().setting.consents.texts.kinds) if form else go("home")


@cabinet.post("/offered")
@require_visit
def take_offer() -> ResponseReturnValue:
    """Nothing is activated without a yes: whoever forges a message's sender names himself in it."""
    form = pages().offered(me(), kept(OFFER_COOKIE))
    if form is None or request.form.get("do") == "refuse":
        return keep(go("home"), OFFER_COOKIE, "")
    if (fault := pages().setting.forms().consent(request.form)) is not None:
        return show("offered", [fault], request.form, form=form, consents=pages().setting.consents.texts.kinds)
    outcome = pages().take_offer(me(), form)
    away = outcome == "unavailable"
    return go("home", outcome) if away else keep(go("home", outcome), OFFER_COOKIE, "")


# -- a card -----------------------------------------------------------------------------------------------------------


@cabinet.get("/cards/<ref>/activate")
@require_visit
def activate_page(ref: str) -> ResponseReturnValue:
    card = _card(ref)
    typed = {
        "name": card.name or "",
        "birth_date": f"{card.birth_date:%d.%m.%Y}" if card.birth_date else "",
    }
    return show("activate", typed=typed, card=card, consents=pages().setting.consents.texts.kinds)


@cabinet.post("/cards/<ref>/activate")
@require_visit
def activate(ref: str) -> ResponseReturnValue:
    """No code is asked for: the visit has proven the card's phone."""
    forms = pages().setting.forms()
    name, day, consent = forms.name(request.form), forms.birth_date(request.form), forms.consent(request.form)
    faults = [read for read in (name, day, consent) if isinstance(read, FieldFault)]
    if faults or isinstance(name, FieldFault) or isinstance(day, FieldFault):
        kinds = pages().setting.consents.texts.kinds
        return show("activate", faults, request.form, card=_card(ref), consents=kinds)
    outcome = pages().activate(me(), ref, name, day.isoformat())
    return go("home", outcome or abort(HTTPStatus.NOT_FOUND))


@cabinet.get("/cards/<ref>/<field>")
@require_visit
def change_page(ref: str, field: str) -> ResponseReturnValue:
    return show("change", card=_card(ref), field=_field(field))


@cabinet.post("/cards/<ref>/<field>")
@require_visit
def change(ref: str, field: str) -> ResponseReturnValue:
    name = _field(field)
    value = _value(name)
    if isinstance(value, FieldFault):
        return show("change", [value], request.form, card=_card(ref), field=name)
    asked = pages().ask_change(me(), ref, name, value, address()) or abort(HTTPStatus.NOT_FOUND)
    if asked.outcome == "sent":
        return keep(go("change_code_page", ref=ref, field=name), CHANGE_COOKIE, asked.kept)
    if asked.outcome == "same":
        return show("change", [FieldFault(name, "same_value")], request.form, card=_card(ref), field=name)
    if asked.outcome in ("appeal", "waiting", "wishes", "not_possible"):
        return go("home", asked.outcome)
    return show("change", typed=request.form, notice=asked.outcome, card=_card(ref), field=name)


@cabinet.get("/cards/<ref>/<field>/code")
@require_visit
def change_code_page(ref: str, field: str) -> ResponseReturnValue:
    return show("change_code", ref=_card(ref).ref, field=_contact(field))


@cabinet.post("/cards/<ref>/<field>/code")
@require_visit
def change_code(ref: str, field: str) -> ResponseReturnValue:
    """Whose card it is, the change itself looks at: a base whose answer was lost has given it another phone already."""
    name, typed = _contact(field), read_code(request.form.get("code", ""))
    if isinstance(typed, FieldFault):
        return show("change_code", [typed], ref=ref, field=name)
    confirmed = pages().confirm_change(me(), ref, name, typed, address(), kept=kept(CHANGE_COOKIE))
    if confirmed.outcome == "wrong":
        return show("change_code", [WRONG_CODE], ref=ref, field=name)
    if confirmed.outcome in ("changed", "not_possible"):
        return keep(go("home", confirmed.outcome), CHANGE_COOKIE, "")
    return show("change_code", notice=entry_notice(confirmed.outcome), ref=ref, field=name)


# -- consents and erasure ---------------------------------------------------------------------------------------------


@cabinet.post("/consents/<kind>")
@require_visit
def set_consent(kind: str) -> ResponseReturnValue:
    given, known = request.form.get("given") == "yes", next((one for one in KINDS if one == kind), None)
    if known is None:
        abort(HTTPStatus.NOT_FOUND)
    return go("home", pages().set_consent(me(), known, given=given))


@cabinet.get("/erase")
@require_visit
def erase_page() -> ResponseReturnValue:
    return show("erase")


@cabinet.post("/erase")
@require_visit
def ask_erasure() -> ResponseReturnValue:
    """Send the code without which nothing is erased."""
    asked = pages().ask_erasure(me(), address())
    if asked.outcome == "sent":
        return go("erase_code_page")
    return show("erase", notice=asked.outcome)


@cabinet.get("/erase/code")
@require_visit
def erase_code_page() -> ResponseReturnValue:
    return show("erase_code", waiting=pages().has_open_appeal(me()))


@cabinet.post("/erase/code")
@require_visit
def erase_code() -> ResponseReturnValue:
    typed = read_code(request.form.get("code", ""))
    if isinstance(typed, FieldFault):
        return show("erase_code", [typed], request.form, waiting=pages().has_open_appeal(me()))
    confirmed = pages().erase(me(), typed, address(), even_open="even_open" in request.form)
    if confirmed.outcome == "wrong":
        return show("erase_code", [WRONG_CODE], request.form, waiting=pages().has_open_appeal(me()))
    if confirmed.outcome == "erased":
        look_again()
        return dismiss(make_response(show("erased", act=confirmed.act)))
    notice, waiting = entry_notice(confirmed.outcome), pages().has_open_appeal(me())
    return show("erase_code", typed=request.form, notice=notice, why=confirmed.why, waiting=waiting)


# -- parts ------------------------------------------------------------------------------------------------------------


def _card(ref: str) -> CardShown:
    """The card that an address names, of this visit; 404 for any other."""
    return pages().card(me(), ref) or abort(HTTPStatus.NOT_FOUND)


def _field(name: str) -> ChangeField:
    return next((field for field in FIELDS if field == name), None) or abort(HTTPStatus.NOT_FOUND)


def _contact(name: str) -> ChangeField:
    return next((field for field in CONTACTS if field == name), None) or abort(HTTPStatus.NOT_FOUND)


def _value(field: ChangeField) -> str | FieldFault:
    """What was typed, in the form that calls have it in."""
    forms = pages().setting.forms()
    match field:
        case "phone":
            return forms.phone_of(request.form)
        case "email":
            return forms.email(request.form) or FieldFault("email", "no_email")
        case "name":
            return forms.full_name(request.form)
    day = forms.birth_date(request.form)
    return day if isinstance(day, FieldFault) else day.isoformat()
