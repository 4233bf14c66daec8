"""A hotline with operators, driven webhook by webhook as Twilio would: nothing listens on a port, no worker runs."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, fromstring

from flask.testing import FlaskClient

from ivr.application import Application
from ivr.clock import SetClock
from ivr.line.legs import Leg
from ivr.settings import load_settings
from ivr.store.line import Offer, Place, find_place, ringing_offers
from ivr.store.operators import Operator, add_operator, find_operator
from tests.telephony.twiml_linter import lint_twiml
from tests.web.twilio_client import ACCOUNT, PUBLIC_URL, TOKEN, new_call, sign

CALLER = "+79160000102"
PEAK = "2026-05-12T12:00:00+03:00"
QUIET = "2026-05-12T15:00:00+03:00"
NIGHT = "2026-05-12T23:30:00+03:00"


@dataclass
class Rung:
    """An operator's telephone that notes down what is done with it."""

    legs: list[Leg] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)

    def call(self, leg: Leg) -> str | None:
        self.legs.append(leg)
        return f"CAleg{len(self.legs)}"

    def hang_up(self, sid: str) -> bool:
        self.hung_up.append(sid)
        return True


class World:
    """One hotline by keypad, its clock, and what Twilio says to it."""

    def __init__(self, folder: Path, at: str = PEAK) -> None:
        self.clock = SetClock(datetime.fromisoformat(at))
        settings = load_settings(
            _env_file=None,
            public_base_url=PUBLIC_URL,
            database_url=f"sqlite:///{folder}/calls.db",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_base_url="http://127.0.0.1:9",
            secret_key="k" * 32,
            max_streams=0,
        )
        self.rung = Rung()
        self.application = Application(settings, clock=self.clock, operator_phone=self.rung)
        self.application.prepare()
        self.http: FlaskClient = self.application.web(local_phone=False).test_client()

    def close(self) -> None:
        self.application.loyalty.close()
        self.application.db.close()

    # -- operators ------------------------------------------------------------------------------------------------

    def operator(self, name: str = "anna", status: Literal["off", "pause", "ready"] = "ready") -> None:
        at = self.clock.now()
        someone = Operator(name, name, "operator", None, None, None, "browser", "off", at, at)
        with self.application.db.transaction() as conn:
            add_operator(conn, someone)
        self.set_status(name, status)

    def find(self, name: str) -> Operator:
        with self.application.db.reading() as conn:
            someone = find_operator(conn, name)
        assert someone is not None
        return someone

    def set_status(self, name: str, status: Literal["off", "pause", "ready"]) -> None:
        self.application.line.set_status(self.find(name), status)

    def status_of(self, name: str) -> str:
        return self.find(name).status

    def offers(self) -> list[Offer]:
        with self.application.db.reading() as conn:
            return ringing_offers(conn)

    def place(self, number: int = 1) -> Place:
        with self.application.db.reading() as conn:
            found = find_place(conn, number)
        assert found is not None
        return found

    # -- Twilio ---------------------------------------------------------------------------------------------------

    def post(self, path: str, call: str, token: str | None = None, **form: str) -> Element:
        whole = {"CallSid": call, "AccountSid": ACCOUNT, "From": CALLER, "To": "+78002009002"}
        whole |= {"CallStatus": "in-progress", **form}
        headers = {"X-Twilio-Signature": sign(PUBLIC_URL + path, whole)}
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        answer = self.http.post(path, data=whole, headers=headers)
        assert answer.status_code == 200, answer.text
        assert lint_twiml(answer.text) == []
        return fromstring(answer.text)

    def ring_in(self, caller: str = CALLER) -> "Caller":
        call = new_call()
        return Caller(self, call, self.post("/voice/incoming", call, From=caller), caller)


@dataclass
class Caller:
    """A caller's leg, and the document that it is at."""

    world: World
    call: str
    document: Element
    number: str = CALLER

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.document]

    @property
    def heard(self) -> str:
        """All that is played and said, recordings by their names."""
        return " ".join((verb.text or "") for verb in self.document.iter() if verb.tag in ("Play", "Say"))

    def first(self, verb: str) -> Element:
        found = self.document.find(f".//{verb}")
        assert found is not None, f"no <{verb}> among {self.verbs}"
        return found

    def go(self, path: str, **form: str) -> "Caller":
        self.document = self.world.post(path, self.call, From=self.number, **form)
        return self

    def press(self, keys: str) -> "Caller":
        return self.go(self.first("Gather").attrib["action"], Digits=keys)

    def silence(self) -> "Caller":
        return self.go((self.first("Redirect").text or "").strip())

    def want_person(self) -> "Caller":
        return self.press("0")

    def hold(self) -> "Caller":
        """Twilio puts the caller into the queue and asks what to play."""
        self.enqueued = self.first("Enqueue")
        return self.go(self.enqueued.attrib["waitUrl"])

    def next_round(self) -> "Caller":
        return self.silence()

    def leave(self, result: str, **form: str) -> "Caller":
        """Twilio tells how the caller left the queue."""
        return self.go(self.enqueued.attrib["action"], QueueResult=result, **form)

    def hang_up(self) -> None:
        self.world.post("/voice/status", self.call, CallStatus="completed", SequenceNumber="0")


@dataclass
class OperatorLeg:
    """An operator's leg."""

    world: World
    offer: str
    call: str = field(default_factory=new_call)

    def pick_up(self) -> Element:
        return self.world.post(f"/voice/operator/whisper?o={self.offer}", self.call)

    def press(self, keys: str) -> Element:
        form = {"Digits": keys} if keys else {}
        return self.world.post(f"/voice/operator/key?o={self.offer}", self.call, **form)

    def done(self, **form: str) -> Element:
        return self.world.post(f"/voice/operator/done?o={self.offer}", self.call, **form)

    def status(self, status: str) -> Element:
        return self.world.post(f"/voice/operator/status?o={self.offer}", self.call, CallStatus=status)
