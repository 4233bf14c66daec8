"""What all pages of the cabinet show alike: faults beside their fields, notices, values as people write them."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from ivr.cabinet.form import FieldFault
from ivr.case.values import grouped
from ivr.web.cabinet.visitor import pages, visitor
from ivr.web.context import context

NOTICES = frozenset(
    {
        *("again", "over", "left", "code_again", "limited", "paused", "unavailable", "entries"),
        *("activated", "already_active", "long_active", "not_possible"),
        *("changed", "appeal", "waiting", "wishes", "given", "withdrawn", "consents", "step_lost"),
    }
)
"""Names of notices that an address may ask for; the texts are in ``cabinet/notice.html``."""
STATUS: Mapping[str, HTTPStatus] = {
    "limited": HTTPStatus.TOO_MANY_REQUESTS,
    "entries": HTTPStatus.TOO_MANY_REQUESTS,
    "paused": HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}


def show(
    template: str,
    faults: Iterable[FieldFault] = (),
    typed: Mapping[str, str] | None = None,
    notice: str = "",
    status: HTTPStatus | None = None,
    **values: object,
) -> ResponseReturnValue:
    """A page. ``faults`` stand in a summary and beside their fields; ``notice`` in place of the address's one."""
    found = list(faults)
    asked = request.args.get("notice", "") if request.method == "GET" else ""
    page = render_template(
        f"cabinet/{template}.html",
        brand=context().hotline.brand,
        hotline=context().hotline,
        visit=visitor(),
        elsewhere=pages().setting.cards_elsewhere,
        faults={one.field: pages().setting.words.fault(one.kind, one.count) for one in found},
        typed=typed or {},
        notice=notice or (asked if asked in NOTICES else ""),
        **values,
    )
    return page, status or (HTTPStatus.UNPROCESSABLE_ENTITY if found else STATUS.get(notice, HTTPStatus.OK))


def entry_notice(outcome: str) -> str:
    """The notice of a code that was not judged: the limit of entering is another one than that of asking."""
    return "entries" if outcome == "limited" else outcome


def phone_shown(number: str) -> str:
    """``8 916 000-01-02``, as people of this country write it; others as they are."""
    digits = number.removeprefix("+7")
    if digits == number or len(digits) != len("9160000102"):
        return number
    return f"8\N{NO-BREAK SPACE}{digits[:3]}\N{NO-BREAK SPACE}{digits[3:6]}-{digits[6:8]}-{digits[8:]}"


def install_filters(web: Flask) -> None:
    """For templates."""
    web.jinja_env.filters.update(grouped=grouped, phone_shown=phone_shown)
