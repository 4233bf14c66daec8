"""What is left of a call when it is over, against what the scenario expects."""

from collections.abc import Iterator, Sequence

from ivr.application import Application
from ivr.exchange.record import CallRecord
from ivr.simulator.scenario import Scenario
from ivr.store.appeals import list_appeals
from ivr.store.calls import load_call
from ivr.store.cards import find_card
from ivr.store.line import all_places


def check_expected(
    scenario: Scenario,
    application: Application,
    records: Sequence[CallRecord],
    legs: Sequence[CallRecord],
    sms_count: int,
) -> list[str]:
    """Everything that is not as expected, a sentence each. ``legs``: the calls that the hotline made."""
    return [
        *_wrong_end(scenario, application, [record for record in records if record.direction == "inbound"]),
        *_wrong_cards(scenario, application),
        *_wrong_counts(scenario, application, sms_count),
        *_wrong_places(scenario, application),
        *_errors(records, legs),
    ]


def _wrong_end(scenario: Scenario, application: Application, records: Sequence[CallRecord]) -> Iterator[str]:
    with application.db.reading() as conn:
        row = load_call(conn, records[-1].call_sid, lock=False)
    disposition = row.disposition if row else None
    if disposition != scenario.expect.disposition:
        yield f"the call ended as {disposition}, expected {scenario.expect.disposition}"


def _wrong_cards(scenario: Scenario, application: Application) -> Iterator[str]:
    with application.db.reading() as conn:
        for number, status in scenario.expect.cards.items():
            card = find_card(conn, number)
            if card is None or card.status != status:
                yield f"card …{number[-4:]} is {card.status if card else 'unknown'}, expected {status}"


def _wrong_counts(scenario: Scenario, application: Application, sms_count: int) -> Iterator[str]:
    with application.db.reading() as conn:
        appeals = len(list_appeals(conn))
    if appeals != scenario.expect.appeals:
        yield f"{appeals} appeals, expected {scenario.expect.appeals}"
    if scenario.expect.sms is not None and sms_count != scenario.expect.sms:
        yield f"{sms_count} SMS, expected {scenario.expect.sms}"


def _wrong_places(scenario: Scenario, application: Application) -> Iterator[str]:
    if scenario.expect.places is None:
        return
    with application.db.reading() as conn:
        places = tuple(place.outcome or place.state for place in all_places(conn))
    if places != scenario.expect.places:
        yield f"places in the line ended as {list(places)}, expected {list(scenario.expect.places)}"


def _errors(records: Sequence[CallRecord], legs: Sequence[CallRecord]) -> Iterator[str]:
    """What Twilio would have written into its debugger."""
    calls = {record.call_sid: record for record in (*records, *legs)}
    for record in calls.values():
        yield from (f"Twilio error {error.code}: {error.detail}" for error in record.errors)
