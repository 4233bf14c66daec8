"""What actions may ask about the line to the operators and about call backs."""

from datetime import datetime
from typing import Literal, Protocol

LineMode = Literal["peak", "quiet", "closed", "nobody", "direct"]
"""How a caller who wants a person is served: ``peak``: in the line at once; ``quiet``: self-service is offered once
before; ``closed``: outside working hours; ``nobody``: no operator is signed in, or too many are on hold; ``direct``:
there are no operators' accounts, and the operators' own line is dialled."""


class PlaceFacts(Protocol):
    """A place in the line."""

    @property
    def number(self) -> int: ...
    @property
    def phone(self) -> str:
        """Of a call back: E.164."""
        ...

    @property
    def due_at(self) -> datetime:
        """A call back is not dialled before."""
        ...


class LineServices(Protocol):
    """The line, as one call sees it."""

    def line_mode(self) -> LineMode:
        """How the caller would be served now. A call that was in the line at the closing is served for a while."""
        ...

    def join_line(self, category: str | None) -> None:
        """Take a place, or take the one up that the call or its phone has: a person keeps the number."""
        ...

    def book_call_back(
        self, phone: str | None = None, due_at_opening: bool = False, due_at: datetime | None = None
    ) -> PlaceFacts | None:
        """An operator calls ``phone``, E.164, or the caller's own number; None where it cannot be called.

        The call's place keeps its number. Not before ``due_at``; ``due_at_opening``: not before the next opening.
        """
        ...

    def call_back_booked(self) -> bool:
        """True where the caller's own number is going to be called."""
        ...

    def cancel_call_back(self) -> bool:
        """False where nobody would have called the caller's own number."""
        ...

    def call_back_phone(self, digits: str) -> str | None:
        """The phone in E.164 that these ten digits are, landlines too; None where it cannot be called back."""
        ...

    def own_callable_phone(self) -> str | None:
        """The caller's own number where it can be called back."""
        ...

    def quieter_time(self) -> datetime | None:
        """The beginning of a later hour of today at which people wait much less; None where that is not known."""
        ...

    def number_in_words(self, number: int) -> str:
        """A fact: a whole number."""
        ...
