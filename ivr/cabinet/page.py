"""What the cabinet shows of a phone: its cards, what happened on them, what was tried, appeals, consents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ivr.appeals import in_pairs
from ivr.cabinet.setting import CabinetSetting, VisitServices
from ivr.cabinet.visit import Visit
from ivr.consent import KINDS, ConsentKind
from ivr.counting import plural
from ivr.diagnosis import Diagnosis
from ivr.errors import LoyaltyUnavailable
from ivr.store.appeals import Appeal
from ivr.store.cards import Card
from ivr.store.histories import Operation
from ivr.store.ways import list_ways

OPERATIONS = 10
"""Rows that are shown of a card; older ones explain nothing."""
APPEALS_FOR = timedelta(days=30)
"""An answered appeal is shown for so long."""
REF_LETTERS = 16
IN_USE = ("issued", "active")
"""Statuses in which the base lets a questionnaire be changed."""


@dataclass(frozen=True, slots=True)
class OperationShown:
    """Points that came or went."""

    at: datetime
    title: str
    points: str


@dataclass(frozen=True, slots=True)
class WayShown:
    """A way that was tried, and how it went the last time."""

    at: datetime
    title: str
    result: str


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card. Personal data: ``repr`` shows none of it."""

    ref: str
    """Stands for the card in addresses of this visit, and means nothing elsewhere."""
    last_digits: str = field(repr=False)
    status: str
    status_title: str
    reason: str
    """Why the card is out of use; empty where it is not."""
    since: datetime | None
    """When it was activated, where that is known."""
    balance: str
    name: str | None = field(repr=False)
    birth_date: date | None = field(repr=False)
    email: str | None = field(repr=False)
    operations: tuple[OperationShown, ...]

    @property
    def may_change(self) -> bool:
        """True where the questionnaire may be changed."""
        return self.status in IN_USE


@dataclass(frozen=True, slots=True)
class AppealShown:
    """An appeal of this phone."""

    number: str
    title: str
    status: str
    status_title: str
    created_at: datetime
    due_at: datetime
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """One kind of consent, and whether it stands."""

    kind: ConsentKind
    title: str
    text: str
    given_at: datetime | None
    """None: it does not stand."""
    channel: str


@dataclass(frozen=True, slots=True)
class CabinetPage:
    """All of it."""

    phone: str = field(repr=False)
    """E.164."""
    cards: tuple[CardShown, ...]
    """Those in use first."""
    ways: tuple[WayShown, ...]
    """What the holder has tried, for whichever card."""
    appeals: tuple[AppealShown, ...]
    consents: tuple[ConsentShown, ...]
    base_away: bool
    """True where nothing is known of cards now."""


def card_ref(setting: CabinetSetting, visit: Visit, number: str) -> str:
    """What stands for a card in the addresses of a visit."""
    return setting.codes.key_of("card_ref", f"{visit.key}\x1f{number}")[:REF_LETTERS]


def read_page(setting: CabinetSetting, conn: Connection, visit: Visit) -> CabinetPage:
    """What there is now, on a reading connection."""
    base = setting.desk.loyalty.base(conn)
    try:
        own = sorted(
            own_cards(setting, conn, visit), key=lambda card: (card.status != "active", card.status != "issued")
        )
        cards = tuple(_card(setting, conn, visit, card, base.operations(card.number)) for card in own)
        away = False
    except LoyaltyUnavailable:
        own, cards, away = [], (), True
    return CabinetPage(
        phone=visit.phone,
        cards=cards,
        ways=tuple(_ways(setting, conn, visit, own)),
        appeals=tuple(_appeals(setting, conn, visit)),
        consents=_consents(setting, conn, visit),
        base_away=away,
    )


def own_cards(setting: CabinetSetting, conn: Connection, visit: Visit) -> list[Card]:
    """The cards of the visit's phone. Raises ``LoyaltyUnavailable``."""
    return list(setting.desk.loyalty.base(conn).cards_of(visit.phone))


def read_card(setting: CabinetSetting, conn: Connection, visit: Visit, ref: str) -> CardShown | None:
    """A card of the visit without its operations: what forms about it show. Raises ``LoyaltyUnavailable``."""
    own = own_cards(setting, conn, visit)
    found = next((card for card in own if card_ref(setting, visit, card.number) == ref), None)
    return _card(setting, conn, visit, found, ()) if found else None


def _card(
    setting: CabinetSetting, conn: Connection, visit: Visit, card: Card, operations: Sequence[Operation]
) -> CardShown:
    words, diagnosis = setting.words, setting.desk.diagnosis
    services = VisitServices(setting, conn, visit)
    return CardShown(
        ref=card_ref(setting, visit, card.number),
        last_digits=card.number[-4:],
        status=card.status,
        status_title=words.say("statuses", card.status),
        reason="" if card.status in IN_USE else services.reason_in_words(card.reason),
        since=card.activated_at if card.status == "active" else None,
        balance=points_shown(card.balance, diagnosis),
        name=card.name.title() if card.name else None,
        birth_date=card.birth_date,
        email=card.email,
        operations=tuple(_operation(setting, one) for one in operations[:OPERATIONS]),
    )


def points_shown(points: int, diagnosis: Diagnosis, *, signed: bool = False) -> str:
    """``4 820`` and the word behind it, with a sign where it is asked for."""
    sign = ("+" if points > 0 else "\N{MINUS SIGN}") if signed else ""
    number = f"{abs(points):,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{sign}{number}\N{NO-BREAK SPACE}{plural(abs(points), diagnosis.points)}"


def _operation(setting: CabinetSetting, one: Operation) -> OperationShown:
    points = points_shown(one.points, setting.desk.diagnosis, signed=True)
    return OperationShown(one.at, setting.words.say("operations", one.cause), points)


def _ways(setting: CabinetSetting, conn: Connection, visit: Visit, cards: Sequence[Card]) -> Iterator[WayShown]:
    """Steps of ladders, which are ways too, are left out: only ways with a title are shown."""
    key_of, now = setting.codes.key_of, setting.desk.clock.now()
    since = now - timedelta(days=setting.desk.diagnosis.rules.limits.ways_days)
    titles: Mapping[str, str] = setting.words.texts["ways"]
    keys = [key_of("phone", visit.phone), *(key_of("card", card.number) for card in cards)]
    for tried in list_ways(conn, keys, since):
        if tried.way in titles:
            yield WayShown(tried.at, titles[tried.way], setting.words.say("results", tried.result))


def _appeals(setting: CabinetSetting, conn: Connection, visit: Visit) -> Iterator[AppealShown]:
    """Newest first."""
    oldest = setting.desk.clock.now() - APPEALS_FOR
    for one in reversed(setting.appeals.of_phone(conn, visit.phone)):
        if one.ended_at is None or one.ended_at > oldest:
            yield _appeal(setting, one)


def _appeal(setting: CabinetSetting, one: Appeal) -> AppealShown:
    return AppealShown(
        number=in_pairs(one.number),
        title=setting.titles.get(one.category, one.category),
        status=one.status,
        status_title=setting.words.say("appeals", one.status),
        created_at=one.created_at,
        due_at=one.due_at,
        answer=one.answer or "",
    )


def _consents(setting: CabinetSetting, conn: Connection, visit: Visit) -> tuple[ConsentShown, ...]:
    given = [one for one in setting.consents.of(conn, visit.phone) if one.withdrawn_at is None]
    return tuple(
        ConsentShown(
            kind=kind,
            title=setting.consents.texts.kinds[kind].title,
            text=setting.consents.texts.kinds[kind].text,
            given_at=next((one.given_at for one in given if one.kind == kind), None),
            channel=next((setting.words.say("channels", one.channel) for one in given if one.kind == kind), ""),
        )
        for kind in KINDS
    )
