"""Answers of a loyalty service: checked against ``docs/loyalty-api.yaml``, and made the hotline's records."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.types import StrictBool, StrictInt

from ivr.loyalty.protocol import LoyaltyMisfitError
from ivr.store.cards import Card
from ivr.store.histories import Operation, Receipt

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,32}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]


class _Answer(BaseModel):
    """Members that are not named here are ignored: the service may grow."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CardAnswer(_Answer):
    number: Number
    status: Literal["issued", "active", "blocked", "excluded", "replaced"]
    name: Text | None
    birth_date: date | None
    phone: Phone | None
    email: str | None
    balance: StrictInt
    reason: Text | None
    issued_at: AwareDatetime | None
    activated_at: AwareDatetime | None

    def record(self) -> Card:
        return Card(**self.model_dump())


class FoundAnswer(_Answer):
    """Of ``/cards/find``."""

    card: CardAnswer | None


class OfPhoneAnswer(_Answer):
    """Of ``/cards/of-phone``."""

    cards: list[CardAnswer]

    def records(self) -> Sequence[Card]:
        return [one.record() for one in self.cards]


class KnownAnswer(_Answer):
    """Of ``/cards/known``."""

    known: list[Number]


class ReceiptAnswer(_Answer):
    id: Id
    at: AwareDatetime
    shop: Text
    total: StrictInt
    tobacco: StrictBool
    spend: Literal["none", "spent", "refused"]
    points_due: StrictInt


class ReceiptsAnswer(_Answer):
    """Of ``/cards/receipts``."""

    receipts: list[ReceiptAnswer]

    def records(self, number: str) -> Sequence[Receipt]:
        return [Receipt(card_number=number, **one.model_dump()) for one in self.receipts]


class OperationAnswer(_Answer):
    id: Id
    at: AwareDatetime
    points: StrictInt
    cause: Literal["purchase", "gift", "spent", "refund", "correction"]


class OperationsAnswer(_Answer):
    """Of ``/cards/operations``."""

    operations: list[OperationAnswer]

    def records(self, number: str) -> Sequence[Operation]:
        return [Operation(card_number=number, **one.model_dump()) for one in self.operations]


class DoneAnswer(_Answer):
    """Of ``/cards/activate`` and ``/cards/contact``."""

    done: StrictBool


A = TypeVar("A", bound=_Answer)


def read_answer(kind: type[A], body: bytes) -> A:
    """Raises ``LoyaltyMisfitError``, which names the member that does not fit and never its value."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"] if isinstance(part, str)) or "the body"
        raise LoyaltyMisfitError(
            f"The loyalty base answers otherwise than docs/loyalty-api.yaml says ({place}: {first['type']})."
        ) from None
