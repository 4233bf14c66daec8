"""What a code for the web carries: the form whose card the right code activates, from a message or from the cabinet."""

import json
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class ActivationForm:
    """A form that waits for its code. ``repr`` shows nothing personal."""

    card_number: str = field(repr=False)
    name: str = field(repr=False)
    """As the validators of names spell it."""
    birth_date: date = field(repr=False)

    def to_bytes(self) -> bytes:
        """What ``CodeRequest.carried`` takes."""
        form = {"card_number": self.card_number, "name": self.name, "birth_date": self.birth_date.isoformat()}
        return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, carried: bytes) -> "ActivationForm":
        """What ``Redeemed.carried`` holds. Only our own bytes are ever sealed, so nothing is judged here."""
        form = json.loads(carried)
        return cls(form["card_number"], form["name"], date.fromisoformat(form["birth_date"]))
