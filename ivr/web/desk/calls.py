"""What an operator does with a call: takes it or not, acts, corrects, ends it, writes down what came of it."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from ivr.case.doing import Asked, Done
from ivr.case.screen import CallScreen
from ivr.dispositions import names_of
from ivr.errors import RecordError
from ivr.saved_calls import CallNotSavedError, SavingBusyError
from ivr.store.line import Place
from ivr.web.context import context
from ivr.web.desk.auth import me, me_again, require_role
from ivr.web.desk.blueprint import desk
from ivr.web.desk.now import own_call, read_now
from ivr.web.desk.pages import changed

INPUT = "in-"
"""What the names of an action's inputs begin with in its form, so that they never meet the form's own fields."""
NOT_YOURS = HTTPStatus.CONFLICT


@desk.post("/decline")
@require_role("operator")
def decline() -> ResponseReturnValue:
    """Not this call: the caller keeps the place, and the operator has to press ready."""
    offer = read_now(me()).offer
    done = offer is not None and context().desk.line.decline(offer.id)
    return changed(me_again(), "" if done else "late")


@desk.post("/call/<int:number>/end")
@require_role("operator")
def end(number: int) -> ResponseReturnValue:
    done = own_call(me(), number) is not None and context().desk.line.end_call(me(), number)
    return changed(me_again(), "" if done else "late")


@desk.post("/call/<int:number>/code")
@require_role("operator")
def hand_back(number: int) -> ResponseReturnValue:
    """The caller keys the code in, which the machine alone hears, and comes back with the same place."""
    done = own_call(me(), number) is not None and context().desk.line.hand_back(me(), number)
    return changed(me_again(), "handed_back" if done else "late")


@desk.post("/call/<int:number>/finish")
@require_role("operator")
def finish(number: int) -> ResponseReturnValue:
    """Write down the result; a call that still goes on is ended first."""
    result, place, line = request.form.get("result", ""), own_call(me(), number), context().desk.line
    if result not in names_of(context().desk.dispositions):
        return changed(me(), "no_result")
    if place is None:
        return changed(me(), "late")
    if place.state in ("connecting", "talking"):
        line.end_call(me(), number)
    if request.form.get("after") == "pause":
        line.set_status(me_again(), "pause")
    line.finish(me_again(), number, result)
    context().desk.case.forget_clips(place.call_sid)
    return changed(me_again())


@desk.get("/call/<int:number>/do/<kind>")
@require_role("operator")
def ask(number: int, kind: str) -> ResponseReturnValue:
    """The question before an action, with what it needs to know."""
    place, screen = _own(number)
    if place is None or screen is None:
        return _gone()
    offered = next((one for one in screen.suggestion.actions if one.kind == kind and not one.refusal), None)
    if offered is None:
        return _gone()
    return render_template("desk/ask.html", number=number, offered=offered, done=None)


@desk.get("/call/<int:number>/correct/<field>")
@require_role("operator")
def ask_correction(number: int, field: str) -> ResponseReturnValue:
    """An answer of the caller, to be put right."""
    _, screen = _own(number)
    found = next((one for one in screen.fields if one.name == field), None) if screen else None
    return render_template("desk/correct.html", number=number, field=found, done=None) if found else _gone()


@desk.post("/call/<int:number>/do/<kind>")
@require_role("operator")
def do(number: int, kind: str) -> ResponseReturnValue:
    """Do it, and say what came of it."""
    place = own_call(me(), number)
    if place is None:
        return _gone()
    try:
        done = context().desk.case.act(Asked(me().name, place.call_sid, kind, _inputs(request.form)))
    except RecordError:
        return _gone()
    return _told(number, kind, done)


@desk.post("/call/<int:number>/save")
@require_role("operator")
def save(number: int) -> ResponseReturnValue:
    """The call as a scenario for testers, with an invented person and a made voice: nobody's data leaves the desk."""
    place = own_call(me(), number)
    if place is None:
        return _gone()
    try:
        packed = context().save_call(place.call_sid)
    except SavingBusyError:
        page = render_template("desk/not_saved.html", page="desk", operator=me(), busy=True)
        return page, HTTPStatus.SERVICE_UNAVAILABLE
    except CallNotSavedError:
        return render_template("desk/not_saved.html", page="desk", operator=me(), busy=False), HTTPStatus.CONFLICT
    name = f"call_{number}.zip"
    return Response(packed, mimetype="application/zip", headers={"Content-Disposition": f"attachment; filename={name}"})


def _told(number: int, kind: str, done: Done) -> ResponseReturnValue:
    """The dialog closes where the thing is done; else it stays, with the reason and with what was typed."""
    if done.good:
        page = render_template("desk/done.html", number=number, done=done)
        return page, HTTPStatus.OK, {"HX-Trigger": "desk:changed"}
    _, screen = _own(number)
    if screen is None:
        return _gone()
    typed = _inputs(request.form)
    if kind == "correct_field":
        field = next((one for one in screen.fields if one.name == typed.get("field")), None)
        return render_template("desk/correct.html", number=number, field=field, done=done, typed=typed)
    offered = next((one for one in screen.suggestion.actions if one.kind == kind), None)
    return render_template("desk/ask.html", number=number, offered=offered, done=done, typed=typed)


def _own(number: int) -> tuple[Place | None, CallScreen | None]:
    place = own_call(me(), number)
    return place, context().desk.case.screen(place.call_sid) if place else None


def _inputs(form: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(INPUT): value.strip() for name, value in form.items() if name.startswith(INPUT)}


def _gone() -> ResponseReturnValue:
    return render_template("desk/gone.html"), NOT_YOURS
