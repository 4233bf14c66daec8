"""Places, offers, events and operators, as rows."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from ivr.store.db import Database
from ivr.store.desk_reads import events_after
from ivr.store.line import (
    Place,
    add_event,
    add_offer,
    add_place,
    change_place,
    claim_leg,
    dropped_legs,
    end_offer,
    events_of,
    find_offer,
    find_place,
    free_queue,
    real_leg,
    set_leg,
)
from ivr.store.operators import (
    Operator,
    add_operator,
    any_operator,
    bind_subject,
    count_on_shift,
    find_by_subject,
    find_operator,
    list_operators,
    ready_operators,
    remove_operator,
    set_password,
    set_status,
    touch_seen,
)

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNA = Operator("anna", "Анна", "operator", "hash", None, None, "browser", "off", AT, None)


def place(conn: Connection, call: str = "CA1") -> Place:
    return add_place(conn, call_sid=call, phone="+79160000102", kind="holding", category=None, at=AT, due_at=AT)


def test_a_place_is_changed_only_in_the_state_in_which_it_was_read(database: Database) -> None:
    with database.transaction() as conn:
        first = place(conn)
        assert find_place(conn, 1) == first
        waiting = change_place(conn, first, state="waiting")
        assert waiting == find_place(conn, 1)
        assert change_place(conn, first, state="offered") is None
        assert find_place(conn, 1) == waiting
        assert find_place(conn, 2) is None


def test_numbers_are_never_given_again_and_queues_are(database: Database) -> None:
    with database.transaction() as conn:
        first, second = place(conn, "CA1"), place(conn, "CA2")
        assert (second.number, second.queue) == (2, "line-2")
        change_place(conn, first, state="ended", queue=None)
        assert free_queue(conn) == "line-1"
        third = place(conn, "CA3")
        assert (third.number, third.queue) == (3, "line-1")


def test_an_offers_leg_is_claimed_once_and_named_once(database: Database) -> None:
    with database.transaction() as conn:
        offer = add_offer(conn, place(conn), "anna", AT)
        assert claim_leg(conn, offer.id)
        assert not claim_leg(conn, offer.id)
        claimed = find_offer(conn, offer.id)
        assert claimed is not None
        assert claimed.leg_sid is not None
        assert real_leg(claimed) is None
        assert set_leg(conn, offer.id, "CAleg")
        assert set_leg(conn, offer.id, "CAleg")
        assert not set_leg(conn, offer.id, "CAother")
        assert not set_leg(conn, "of nobody", "CAother")


def test_an_offer_ends_once(database: Database) -> None:
    with database.transaction() as conn:
        offer = add_offer(conn, place(conn), "anna", AT)
        later = add_offer(conn, place(conn, "CA2"), "anna", AT)
        assert offer.id < later.id, "ids are in the order of offers"
        set_leg(conn, offer.id, "CAleg")
        claim_leg(conn, later.id)
        assert end_offer(conn, offer, "withdrawn", AT + MINUTE)
        assert not end_offer(conn, offer, "accepted", AT + MINUTE)
        end_offer(conn, later, "withdrawn", AT + MINUTE)
        assert dropped_legs(conn, AT + MINUTE) == ["CAleg"], "a leg that is still being asked for cannot be hung up"
        assert dropped_legs(conn, AT + 2 * MINUTE) == []


def test_events_are_kept_in_their_order(database: Database) -> None:
    with database.transaction() as conn:
        place(conn)
        add_event(conn, AT, "joined", 1, kind="holding")
        add_event(conn, AT, "status", operator="anna", status="ready")
        add_event(conn, AT, "holding", 1)
        kinds = [(event.kind, event.place, event.operator, event.data) for event in events_after(conn, 0)]
        assert kinds == [
            ("joined", 1, None, {"kind": "holding"}),
            ("status", None, "anna", {"status": "ready"}),
            ("holding", 1, None, {}),
        ]
        assert [event.kind for event in events_of(conn, 1)] == ["joined", "holding"]
        last = events_after(conn, 0)[-1].id
        assert events_after(conn, last) == []


def test_an_account_is_kept_and_changed(database: Database) -> None:
    with database.transaction() as conn:
        assert not any_operator(conn)
        assert add_operator(conn, ANNA)
        assert not add_operator(conn, ANNA)
        assert find_operator(conn, "anna") == ANNA
        assert set_password(conn, "anna", None)
        assert bind_subject(conn, "anna", "idp|1")
        assert not bind_subject(conn, "anna", "idp|2")
        assert touch_seen(conn, "anna", AT + MINUTE)
        changed = find_by_subject(conn, "idp|1")
        assert changed is not None
        assert changed.password_hash is None
        assert changed.seen_at == AT + MINUTE
        assert remove_operator(conn, "anna")
        assert not remove_operator(conn, "anna")
        assert list_operators(conn) == []


def test_a_status_is_changed_only_from_what_it_was(database: Database) -> None:
    with database.transaction() as conn:
        add_operator(conn, ANNA)
        assert count_on_shift(conn) == 0
        assert not set_status(conn, "anna", "talking", from_=["ready", "pause"], at=AT)
        assert set_status(conn, "anna", "ready", from_=["off"], at=AT + MINUTE)
        assert count_on_shift(conn) == 1
        assert [(one.name, one.status_since) for one in ready_operators(conn)] == [("anna", AT + MINUTE)]
