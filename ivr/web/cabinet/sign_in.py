"""Into the cabinet by phone and code, a new card by its form and the same code, and out."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from flask import request
from flask.typing import ResponseReturnValue

from ivr.cabinet.changes import Asked
from ivr.cabinet.form import FieldFault, Registration, read_code
from ivr.cabinet.visit import Step
from ivr.web.cabinet.blueprint import cabinet
from ivr.web.cabinet.shown import entry_notice, show
from ivr.web.cabinet.visitor import (
    OFFER_COOKIE,
    address,
    admit,
    dismiss,
    go,
    keep,
    keep_step,
    me,
    pages,
    require_visit,
    visitor,
    waiting_step,
)

WRONG_CODE = FieldFault("code", "code_wrong")
_log = structlog.get_logger(__name__)


@cabinet.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    return go("home") if visitor() else show("sign_in")


@cabinet.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Send a code; or only go where it is entered, for who has asked for one by a message."""
    phone = pages().setting.forms().phone_of(request.form)
    if isinstance(phone, FieldFault):
        return show("sign_in", [phone], request.form)
    if request.form.get("do") == "expect":
        return keep_step(go("code_page"), pages().expect(phone))
    return _asked(pages().ask_to_enter(phone, address()), "sign_in", request.form)


@cabinet.get("/register")
def register_page() -> ResponseReturnValue:
    return show("register", consents=pages().setting.consents.texts.kinds)


@cabinet.post("/register")
def register() -> ResponseReturnValue:
    """First the form is shown as it was understood, then the code is sent."""
    kinds = pages().setting.consents.texts.kinds
    if request.form.get("do") == "edit":
        return show("register", typed=request.form, consents=kinds)
    form = pages().setting.forms().registration(request.form)
    if not isinstance(form, Registration):
        return show("register", form, request.form, consents=kinds)
    if request.form.get("do") != "send":
        return show("recheck", typed=request.form, form=form)
    return _asked(pages().register(form, address()), "recheck", request.form, form=form)


@cabinet.get("/code")
def code_page() -> ResponseReturnValue:
    step = waiting_step()
    return show("code", step=step) if step else go("sign_in_page", "step_lost")


@cabinet.post("/code")
def code() -> ResponseReturnValue:
    step, typed = waiting_step(), read_code(request.form.get("code", ""))
    if step is None:
        return go("sign_in_page", "step_lost")
    if isinstance(typed, FieldFault):
        return show("code", [typed], step=step)
    entered = pages().enter(step, typed, address())
    _log.info("cabinet_code", outcome=entered.outcome, activation=entered.activation)
    if entered.outcome == "right":
        next_page = go("offered_page") if entered.offer else go("home", entered.activation)
        return admit(keep(next_page, OFFER_COOKIE, entered.offer), entered.token)
    if entered.outcome == "wrong":
        return show("code", [WRONG_CODE], step=step)
    return show("code", notice=entry_notice(entered.outcome), step=step)


@cabinet.post("/code/again")
def code_again() -> ResponseReturnValue:
    step = waiting_step()
    if step is None:
        return go("sign_in_page", "step_lost")
    asked = _ask_again(step)
    if asked.outcome != "sent" or asked.step is None:
        return show("code", notice=asked.outcome, step=step)
    return keep_step(go("code_page", "code_again"), asked.step)


@cabinet.post("/sign-out")
@require_visit
def sign_out() -> ResponseReturnValue:
    pages().leave(me())
    return dismiss(go("sign_in_page", "left"))


def _ask_again(step: Step) -> Asked:
    if step.form is not None:
        return pages().register(step.form, address())
    return pages().ask_to_enter(step.phone, address())


def _asked(
    asked: Asked, template: str, typed: Mapping[str, str], form: Registration | None = None
) -> ResponseReturnValue:
    if asked.outcome == "sent" and asked.step is not None:
        return keep_step(go("code_page"), asked.step)
    _log.warning("cabinet_code_not_sent", outcome=asked.outcome)
    return show(template, typed=typed, notice=asked.outcome, form=form)


@cabinet.errorhandler(HTTPStatus.NOT_FOUND)
def not_found(_: Exception) -> ResponseReturnValue:
    """An address of another visit, or of none."""
    return show("missing", status=HTTPStatus.NOT_FOUND)
