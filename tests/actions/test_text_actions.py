"""What a caller is told of the last message to the short number, and of the code that it was answered with."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ivr.actions.text_fault import WRITE_AGAIN
from ivr.clock import SetClock
from ivr.dialog.events import Finished
from ivr.hotline import Hotline
from ivr.inbox import Inbox, Text, own_senders, read_sms_words
from ivr.outbox import note_status
from ivr.received import sender_key
from ivr.settings import ROOT
from ivr.sms_form import FAULTS, VERDICTS
from ivr.store.db import Database
from ivr.store.messages import add_text, judge_text
from ivr.store.outbox import claim_message
from tests.actions.card_world import CALLER, World, make_world

CARD, GOOD = "4276051200020024", "Мария 4276051200020024 23.05.1985"
STRANGER = "+79261112233"
Send = Callable[[str, str], list[str]]


@pytest.fixture
def world(database: Database, hotline: Hotline, clock: SetClock) -> World:
    return make_world(database, hotline, clock)


@pytest.fixture
def send(world: World, hotline: Hotline) -> Send:
    """Takes a message; gives the ids of the SMS that were promised for it."""
    promised = list[str]()
    words = read_sms_words(ROOT / "grammars", hotline)
    inbox = Inbox(world.database, world.desk, words, promised.append, own_senders(hotline, "Magnit"))

    def take(body: str, sender: str) -> list[str]:
        promised.clear()
        inbox.take(Text(f"SM{id(object())}{len(body)}{sender}".replace("+", ""), sender, body))
        return list(promised)

    return take


def judged(world: World, verdict: str) -> None:
    """As if a message had come to that."""
    with world.database.transaction() as conn:
        add_text(conn, f"SM{verdict}", sender_key(world.desk.codes, CALLER), world.desk.clock.now())
        judge_text(conn, f"SM{verdict}", verdict)


def test_every_verdict_of_the_inbox_has_words_for_callers() -> None:
    assert frozenset(FAULTS) | {"unavailable", "muted"} == WRITE_AGAIN
    assert set(VERDICTS) - WRITE_AGAIN == {"accepted", "limited"}


def test_without_a_message_there_is_nothing_to_tell(world: World, send: Send) -> None:
    send(GOOD, STRANGER)
    for caller in (CALLER, "+74951234567", "anonymous"):
        assert world.run("last_text", caller=caller) == Finished("last_text", "none")


def test_a_fault_is_told_with_its_time(world: World, send: Send) -> None:
    send(f"Мария {CARD}", CALLER)
    told = world.run("last_text")
    assert (told.outcome, told.facts["text_fault"]) == ("fault", "no_date")
    assert told.facts["text_at"].replace("|", " ") == "пятнадцать ноль ноль"
    assert world.run("text_fault", facts=told.facts) == Finished("text_fault", "no_date")


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [("limited", "limited"), ("muted", "fault"), ("unavailable", "fault"), ("ignored", "none"), ("two_cards", "fault")],
)
def test_each_verdict_leads_somewhere(world: World, verdict: str, outcome: str) -> None:
    judged(world, verdict)
    assert world.run("last_text").outcome == outcome


def test_only_the_last_message_of_the_last_day_counts(world: World, send: Send, clock: SetClock) -> None:
    send("привет", CALLER)
    clock.move(timedelta(minutes=20))
    send(GOOD, CALLER)
    assert world.run("last_text").outcome == "accepted"
    clock.move(timedelta(hours=24))
    assert world.run("last_text").outcome == "none"


@pytest.mark.parametrize(("status", "outcome"), [(None, "pending"), ("delivered", "delivered"), ("failed", "failed")])
def test_the_code_of_a_message_is_told_with_its_fate(
    world: World, send: Send, clock: SetClock, status: str | None, outcome: str
) -> None:
    clock.move(timedelta(minutes=5))
    code, _ = send(GOOD, CALLER)
    if status:
        with world.database.transaction() as conn:
            claim_message(conn, code, clock.now())
            note_status(conn, code, sid="SM1", status=status, error=None, now=clock.now())
    told = world.run("last_code", args={"of": "text"})
    assert (told.outcome, told.facts["sent_at"].replace("|", " ")) == (outcome, "пятнадцать ноль пять")


def test_an_earlier_code_is_not_that_of_the_message(world: World, send: Send, clock: SetClock) -> None:
    world.run("send_code", CARD, slots={"birth_date": "1985-05-23"})
    clock.move(timedelta(minutes=5))
    send("Мария 4276051299999999 23.05.1985", CALLER)
    assert world.run("last_text").outcome == "accepted"
    assert world.run("last_code").outcome == "pending"
    assert world.run("last_code", args={"of": "text"}) == Finished("last_code", "none")
