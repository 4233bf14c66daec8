"""What makes this hotline this retailer's: brand, numbers, hours, limits, SMS texts. From ``grammars/hotline.yaml``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ivr import hotline_values as values
from ivr.book.strict_yaml import Listed, Mapped, check_keys, fault, load_yaml, shown
from ivr.errors import BookError
from ivr.working_time import Hours, WorkingTime

SMS_VALUES: Mapping[str, frozenset[str]] = {
    "code": frozenset({"code"}),
    "code_web": frozenset({"code", "host"}),
    "code_change": frozenset({"code", "host"}),
    "appeal": frozenset({"number", "due"}),
    "appeal_answer": frozenset({"number", "answer"}),
    "incident_over": frozenset(),
    "phone_changed": frozenset(),
    "unreached": frozenset({"number", "due"}),
}
"""SMS texts by name, and the values that each must hold beside the hotline's own."""
OWN_VALUES = ("brand", "site", "hotline_number_shown", "sms_number")
"""What every SMS text may name."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CardScheme:
    """What a card number looks like."""

    length: int
    """Digits."""
    series: tuple[str, ...]
    """First digits of issued cards; empty takes any."""
    luhn: bool
    """True where the last digit is a check digit by Luhn's rule."""


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """How often one-time codes may be sent and guessed. A day, an hour and ten minutes are counted back from now."""

    lifetime_seconds: int
    tries_per_code: int
    codes_per_phone_per_day: int
    codes_per_card_per_day: int
    codes_per_phone_per_ten_minutes: int
    wrong_tries_per_phone_per_day: int
    wrong_tries_per_card_per_day: int
    cooldown_seconds: int
    """Who asks again so soon is sent no other code: the first one is still to be entered."""
    codes_per_call: int
    resends_per_call: int
    """Beyond these, where the caller says that none has come."""
    codes_per_line_per_hour: int
    """For one caller's line,"""
    codes_per_block_per_hour: int
    """and for the ten thousand numbers that it is one of; withheld lines are one such block."""
    codes_per_address_per_hour: int
    """For one address of the web,"""
    codes_per_network_per_hour: int
    """and for its network."""
    codes_per_range_per_hour: int
    """To ten thousand neighbouring phones, where the asker names the phone."""
    brake_minutes: int
    """Tries of all callers of so many minutes are looked at:"""
    brake_tries: int
    """from so many on,"""
    brake_right_share: float
    """nobody is sent a code where fewer than this share of them were right."""
    daily_budget_rubles: int
    """What codes may cost within a day,"""
    ruble_per_part: float
    """where one part of an SMS costs so much."""


@dataclass(frozen=True, slots=True)
class AppealRules:
    """How long appeals live."""

    working_days: int
    """An answer is promised for the end of work so many working days after the day of the appeal."""
    reopen_days: int
    """How long after the answer the caller may take the appeal up again."""


@dataclass(frozen=True, slots=True)
class IncidentRules:
    """How long an incident is announced, and when calls alone suggest one; see ``ivr.watch``."""

    life_hours: int
    vague_categories: tuple[str, ...]
    """Callers of these do not say what is out of order, so that any known outage is the one."""
    watch_minutes: int
    """Calls of so many minutes back from now are counted,"""
    watch_days: int
    """and compared with the same hour of so many days before."""
    watch_calls: int
    """Fewer calls never suggest an incident."""
    watch_chance: float
    """An incident is suggested where so many calls would come by chance with a probability below this one."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Operators who are planned to work at the same hours, on every working day."""

    hours: Hours
    operators: int


@dataclass(frozen=True, slots=True)
class ScheduleRules:
    """When callers who want a person are served how."""

    peak: tuple[Hours, ...]
    """Hours at which they are put into the line at once; at others self-service is offered once before."""
    shifts: tuple[Shift, ...]
    """What the staffing report compares with what is needed; who is really there, the desk knows."""


@dataclass(frozen=True, slots=True)
class LineRules:
    """How the line to the operators is worked off; see ``ivr.line``."""

    offer_seconds: int
    """How long an operator's telephone rings."""
    wrap_up_seconds: int
    """How long writing a call up should take."""
    ready_by_itself: bool
    """True where an operator is ready again when that time is over; False where only by a key."""
    missed_minutes: int
    """Who has not answered, and not pressed ready for so long, is taken to have gone."""
    desk_silence_seconds: int
    """An operator's browser that is silent for so long is taken to be closed."""
    call_back_tries: int
    call_back_gap_minutes: int
    """Between two tries of a call back."""
    most_holding: int
    """With so many callers on hold, others are offered a call back."""
    closing_grace_minutes: int
    """Who was in the line at the closing is served for so long."""
    history_minutes: int
    """Waiting times are told from the pick-ups of so many minutes back,"""
    least_pickups: int
    """and not at all from fewer than these."""
    words_while_waiting: bool
    """True where words are heard on hold, not only keys; Twilio bills recognition by use."""


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the operators' desk may show."""

    keep_clips: bool
    """True where the sound behind an answer is kept for the operator, encrypted,"""
    clip_hours: int
    """so long at most."""


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long what the law asks about is kept; see ``ivr.retention`` for all tables."""

    calls_days: int
    """Numbers, answers and dialogue of a call."""
    outbox_days: int
    appeals_years: int
    """After the appeal has ended."""
    consents_years: int
    """After the withdrawal."""
    acts_years: int
    captures_hours: int


@dataclass(frozen=True, slots=True)
class Hotline:
    """The retailer's own facts. Another retailer changes the file, not the program."""

    brand: str
    site: str
    hotline_number: str
    """E.164."""
    hotline_number_shown: str
    """As people write it."""
    sms_number: str
    sms_number_spoken: str
    """In words, as prompts say it."""
    hours: Hours
    holidays: frozenset[str]
    """As ``ivr.working_time.WorkingTime`` takes them."""
    operators_line: str
    """E.164: where a caller who asks for a person is connected."""
    operators_timeout_seconds: int
    resume_minutes: int
    """How long after its end a call that broke off can be gone on with."""
    card_scheme: CardScheme
    codes: CodeLimits
    appeals: AppealRules
    incidents: IncidentRules
    schedule: ScheduleRules
    line: LineRules
    desk: DeskRules
    retention: RetentionRules
    sms: Mapping[str, str]
    """Texts by name, with ``{value}`` in them; see ``sms_text``."""

    def working_time(self, zone: ZoneInfo) -> WorkingTime:
        """When operators are at work, in the hotline's zone."""
        return WorkingTime(self.hours, self.holidays, zone)

    def is_open(self, now: datetime, zone: ZoneInfo) -> bool:
        """True while operators are at work. ``now`` is aware."""
        return self.working_time(zone).is_open(now)

    def sms_text(self, name: str, **values: str) -> str:
        """An SMS text with its values put in."""
        return self.sms[name].format_map(self.own_values | values)

    @property
    def own_values(self) -> dict[str, str]:
        """What every text may name of the hotline itself."""
        return {value: getattr(self, value) for value in OWN_VALUES}


def load_hotline(path: Path) -> Hotline:
    """Read ``hotline.yaml``. Raises ``BookError`` with file, line and key, and what to write instead."""
    data = load_yaml(path)
    if not isinstance(data, Mapped):
        raise BookError(f"{shown(path)}:1: not a mapping; write keys such as `brand: …`, see docs.")
    return _record(Hotline, data, "")


def _record(kind: type[T], data: Mapped, path: str) -> T:
    """Read a mapping whose keys are the fields of a dataclass, each by the reader of its name."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    check_keys(data, names, path)
    return kind(**{name: _value(data, name, path) for name in names})


def _value(data: Mapped, name: str, path: str) -> Any:  # noqa: ANN401
    try:
        return _READERS.get(name, values.count)(data[name], f"{path}{name}.")
    except ValueError as error:
        raise fault(data.at(name), f"`{path}{name}` {error}", "correct it") from None


def _windows(value: object, path: str) -> tuple[Hours, ...]:
    if not isinstance(value, Listed):
        raise ValueError('must be a list such as [{from: "10:00", to: "13:00"}], or []')
    return tuple(_window(item, path, ()) for item in value)


def _shifts(value: object, path: str) -> tuple[Shift, ...]:
    if not isinstance(value, Listed):
        raise ValueError('must be a list such as [{from: "07:00", to: "15:00", operators: 4}], or []')
    return tuple(Shift(_window(item, path, ("operators",)), _value(item, "operators", path)) for item in value)


def _window(item: object, path: str, more: tuple[str, ...]) -> Hours:
    if not isinstance(item, Mapped):
        raise ValueError('holds an item that is not like {from: "10:00", to: "13:00"}')
    check_keys(item, ["from", "to", *more], path)
    return Hours(_value(item, "from", path), _value(item, "to", path))


def _mapping(kind: type[T]) -> Callable[[object, str], T]:
    def read(value: object, path: str) -> T:
        if not isinstance(value, Mapped):
            raise ValueError("must hold keys of its own")
        return _record(kind, value, path)

    return read


def _sms(value: object, path: str) -> Mapping[str, str]:
    if not isinstance(value, Mapped):
        raise ValueError("must hold texts by name")
    check_keys(value, list(SMS_VALUES), path)
    for name, needed in SMS_VALUES.items():
        named = _named_values(value, name, path)
        if not needed <= named <= needed | set(OWN_VALUES):
            allowed = ", ".join(f"{{{one}}}" for one in (*sorted(needed), *OWN_VALUES))
            raise fault(value.at(name), f"`{path}{name}` names the wrong values", f"use {allowed}")
    return dict(value)


def _named_values(texts: Mapped, name: str, path: str) -> set[str]:
    try:
        parts = list(Formatter().parse(values.text(texts[name], path)))
    except ValueError as error:
        raise fault(texts.at(name), f"`{path}{name}` {error}", "write values as {code}") from None
    if any(spec or conversion for _, _, spec, conversion in parts):
        raise fault(texts.at(name), f"`{path}{name}` formats a value", "write it as {code}, with nothing after it")
    return {value for _, value, _, _ in parts if value is not None}


_READERS: Mapping[str, Callable[[object, str], object]] = {
    "brand": values.text,
    "site": values.text,
    "hotline_number": values.phone,
    "hotline_number_shown": values.text,
    "sms_number": values.digits,
    "sms_number_spoken": values.text,
    "hours": _mapping(Hours),
    "holidays": values.holidays,
    "opens": values.hour,
    "closes": values.hour,
    "operators_line": values.phone,
    "card_scheme": _mapping(CardScheme),
    "series": values.series,
    "luhn": values.flag,
    "codes": _mapping(CodeLimits),
    "appeals": _mapping(AppealRules),
    "working_days": values.days_ahead,
    "incidents": _mapping(IncidentRules),
    "vague_categories": values.names,
    "watch_chance": values.fraction,
    "brake_right_share": values.fraction,
    "ruble_per_part": values.price,
    "schedule": _mapping(ScheduleRules),
    "peak": _windows,
    "shifts": _shifts,
    "from": values.hour,
    "to": values.hour,
    "line": _mapping(LineRules),
    "ready_by_itself": values.flag,
    "words_while_waiting": values.flag,
    "desk": _mapping(DeskRules),
    "keep_clips": values.flag,
    "retention": _mapping(RetentionRules),
    "sms": _sms,
}
"""How each key is read; a key that is not here is a count."""
