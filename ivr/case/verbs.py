"""What each action of an operator does. Decisions are those of calls, made by the same actions; see ``ivr.actions``."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from ivr.actions.register_appeal import UNNAMED
from ivr.case.ground import OpenCase
from ivr.case.suggest import correctable, refusal
from ivr.case.texts import CATEGORY
from ivr.case.values import phone_shown, shown, typed
from ivr.dialog.events import Finished
from ivr.dialog.state import state_to_json
from ivr.dialog.walk import PIECE
from ivr.phones import is_number
from ivr.store.appeals import Appeal
from ivr.store.calls import save_state

CHANGES: Mapping[str, str] = {"phone": "phone_number", "name": "person_name", "birth_date": "birth_date"}
"""Fields of the questionnaire and the slot types that read them; an e-mail is read here."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Result:
    """What an action came to. ``values`` fill its text; ``about`` names what it was done to, for the audit."""

    outcome: str
    values: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    value: str = ""


Verb = Callable[[OpenCase, Mapping[str, str]], Result]


def send_code(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """To the phone on file, as in calls. The operator is told what a caller is not: that no SMS can arrive."""
    if reason := refusal(case, "send_code") or _no_sms(case):
        return Result(reason)
    return _ran(case, "send_code")


def _no_sms(case: OpenCase) -> str | None:
    if case.base_away:
        return "unavailable"
    if case.card is None:
        return "unknown_card"
    given, on_file = case.state.slots.get("birth_date"), case.card.birth_date
    if given is not None and on_file not in (None, date.fromisoformat(given)):
        return "mismatch"
    own = case.setting.desk.caller_phone(case.row.from_number) if given else None
    return None if case.card.phone or own else "no_phone"


def activate(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """For a proven caller."""
    reason = refusal(case, "activate")
    return Result(reason) if reason else _ran(case, "activate_verified")


def register_appeal(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """In the operator's words. The same words again are the same appeal; a known outage answers it too."""
    category = inputs["category"]
    known = f"{CATEGORY}{category}" in case.setting.book.forms
    text = inputs["text"].strip()[:LONGEST_TEXT]
    appeal = case.services.register_appeal(category if known else UNNAMED, case.card_number, text=text, gathered=True)
    outcome = "registered" if appeal.incident is None else "joined"
    return Result(outcome, _told(case, appeal), {"appeal": appeal.number})


def change_field(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """A phone and an e-mail at once; a name and a date of birth become an appeal, as in calls."""
    if reason := refusal(case, "change_field"):
        return Result(reason)
    name = inputs["field"]
    value = _typed_change(case, name, inputs["value"])
    if value is None:
        return Result("not_understood")
    found = _ran(case, "change_questionnaire", slots={f"new_{name}": value}, args={"field": name})
    return replace(found, about={**found.about, "field": name})


def _typed_change(case: OpenCase, name: str, text: str) -> str | None:
    if name == "email":
        return text.strip() if _EMAIL.fullmatch(text.strip()) else None
    slot = case.setting.desk.slot_types.get(CHANGES.get(name, ""))
    return typed(slot, text) if slot else None


def replacement(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """The plastic has to be replaced."""
    return _ran(case, "register_replacement")


def book_call_back(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """To the caller's number, or to another one; the call's number in the line is kept."""
    wanted, phone = inputs.get("phone", "").strip(), None
    if wanted:
        phone = _callable(case, wanted)
        if phone is None:
            return Result("not_understood")
    place = case.services.book_call_back(phone, due_at_opening=inputs.get("when") == "opening")
    if place is None:
        return Result("no_phone")
    return Result("booked", {"when": case.services.moment_in_words(place.due_at)}, {"place": str(place.number)})


def _callable(case: OpenCase, text: str) -> str | None:
    digits = re.sub("[^0-9]", "", text)
    national = digits[1:] if len(digits) == 11 and digits[0] in "78" else digits
    return case.services.call_back_phone(national) if len(national) == 10 else None


def correct_field(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """Put an answer right in the call's state: the dialogue goes on with it. A proof of another card is none."""
    name = inputs["field"]
    question = case.field(name)
    if case.over:
        return Result("over")
    if question is None or not correctable(case, name):
        return Result("no_field")
    value, about = typed(question.slot, inputs["value"]), {"field": name}
    if value is None:
        return Result("not_understood", about=about)
    told = {"value": shown(question.slot, value)}
    if case.state.slots.get(name) == value:
        return Result("same", told, about)
    state = replace(case.state, slots={**case.state.slots, name: value})
    saved = save_state(case.conn, case.row.sid, case.row.step, state_to_json(state), case.now())
    assert saved, "the row is locked, so nobody else can have moved the call"
    return Result("corrected", told, about)


def reveal(case: OpenCase, inputs: Mapping[str, str]) -> Result:
    """The whole number of the caller, or of the card's holder."""
    what = inputs.get("what") or "phone"
    about = {"what": what}
    if what == "card_phone" and case.base_away:
        return Result("unavailable", about=about)
    on_file = (case.card.phone if case.card else None) or ""
    number = on_file if what == "card_phone" else case.row.from_number
    if what not in ("phone", "card_phone") or not is_number(number):
        return Result("withheld", about={"what": "other"} if what not in ("phone", "card_phone") else about)
    return Result("shown", about=about, value=phone_shown(number))


VERBS: Mapping[str, Verb] = {
    "send_code": send_code,
    "activate": activate,
    "register_appeal": register_appeal,
    "change_field": change_field,
    "replacement": replacement,
    "book_call_back": book_call_back,
    "correct_field": correct_field,
    "reveal": reveal,
}


def _ran(case: OpenCase, action: str, slots: Mapping[str, str] = {}, args: Mapping[str, str] = {}) -> Result:
    """An action of calls, with the words that its facts hold."""
    finished = case.setting.actions[action].run(case.context(slots, args), case.services)
    return Result(finished.outcome, _words(finished), _appeal_of(finished))


def _words(finished: Finished) -> dict[str, str]:
    facts = {name: value.replace(PIECE, " ") for name, value in finished.facts.items()}
    return {"number": facts.get("appeal_number", ""), "due": facts.get("due", "")}


def _appeal_of(finished: Finished) -> dict[str, str]:
    number = finished.facts.get("appeal_number", "").replace(" ", "").replace(PIECE, "")
    return {"appeal": number} if number else {}


def _told(case: OpenCase, appeal: Appeal) -> dict[str, str]:
    due = case.services.day_in_words(case.services.local_date(appeal.due_at))
    return {"number": case.services.digits_in_words(appeal.number), "due": due}
