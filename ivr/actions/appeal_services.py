"""What actions may ask about appeals, known outages and sent codes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, Protocol

Resent = Literal["sent", "limited", "paused", "nothing"]


class AppealFacts(Protocol):
    """A registered appeal."""

    @property
    def number(self) -> str:
        """Eight digits."""
        ...

    @property
    def status(self) -> Literal["open", "answered", "closed"]: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None:
        """When it was answered or closed; None while it is open."""
        ...

    @property
    def answer(self) -> str | None:
        """Words to be spoken."""
        ...

    @property
    def parent(self) -> str | None:
        """The appeal that it was merged into."""
        ...

    @property
    def incident(self) -> int | None:
        """The known outage that it was made under."""
        ...


class LastCodeFacts(Protocol):
    """The last code that was sent to the caller's phone."""

    @property
    def sent_at(self) -> datetime: ...
    @property
    def state(self) -> str:
        """Of its message, as in ``ivr.store.outbox.OutboxRow``."""
        ...

    @property
    def limited(self) -> bool:
        """True where no other code may be sent now."""
        ...


class LastTextFacts(Protocol):
    """The last message from the caller's phone to the short number."""

    @property
    def at(self) -> datetime: ...
    @property
    def verdict(self) -> str:
        """As ``ivr.store.messages.ReceivedText`` has it."""
        ...


class AppealServices(Protocol):
    """Appeals and what belongs to them."""

    def known_incident(self, category: str) -> str | None:
        """What is to be said of the outage that explains this category; None where none is known."""
        ...

    def register_appeal(
        self,
        category: str,
        card_number: str | None,
        kind: str | None = None,
        text: str = "",
        *,
        gathered: bool = False,
    ) -> AppealFacts:
        """Register an appeal and text its number to the caller. The same asked again in a call is the same appeal.

        ``kind``: what is wanted, where the category does not tell; ``text``: what an operator needs beyond that.
        ``gathered``: the end of a known outage that explains the category answers this appeal too.
        """
        ...

    def own_appeals(self) -> Sequence[AppealFacts]:
        """The appeals made from the caller's number, oldest first; none where the number is withheld."""
        ...

    def reopen_appeal(self, number: str) -> AppealFacts | None:
        """Take an ended appeal up again, with a new due date; None where its time is over."""
        ...

    def last_code(self) -> LastCodeFacts | None:
        """None where no code was sent to the caller's number within a day."""
        ...

    def last_text(self) -> LastTextFacts | None:
        """None where no message came from the caller's number within a day."""
        ...

    def resend_code(self) -> Resent:
        """Send a new code in place of the last one; ``nothing``: none was sent, or it was used.

        Who asks within a minute of the last one is told the same, and is sent no other.
        """
        ...

    def mobile_phone(self, digits: str) -> str | None:
        """The phone in E.164 that these ten digits are; None where no mobile phone has them."""
        ...

    def note_change(self, card_number: str, field: str, old: str | None, new: str) -> None:
        """Write down that the caller has changed a field of a questionnaire, and warn the old phone of a new one."""
        ...

    def day_in_words(self, day: date) -> str:
        """A fact: day and month, pieces with ``|`` between them."""
        ...

    def moment_in_words(self, moment: datetime) -> str:
        """A fact: the time of day in the hotline's zone, with the day before it where that is not today."""
        ...
