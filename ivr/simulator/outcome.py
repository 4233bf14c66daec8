"""What is left of a call when it is over, against what the scenario expects."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from ivr.application import Application
from ivr.exchange.record import CallRecord
from ivr.media.prompts import same_words
from ivr.simulator.bad_days import errors_of
from ivr.simulator.scenario import ExpectedAppeal, ExpectedCard, Scenario
from ivr.store.appeals import Appeal, list_appeals
from ivr.store.calls import load_call
from ivr.store.cards import Card, find_card
from ivr.store.line import all_places


def check_expected(
    scenario: Scenario,
    application: Application,
    records: Sequence[CallRecord],
    legs: Sequence[CallRecord],
    sms: Sequence[str],
) -> list[str]:
    """Everything that is not as expected, a sentence each.

    ``legs``: the calls that the hotline made; ``sms``: the messages that the caller has received.
    """
    with application.db.reading() as conn:
        return [
            *_wrong_end(scenario, conn, [record for record in records if record.direction == "inbound"]),
            *_wrong_cards(scenario, conn),
            *_wrong_sms(scenario.expect.sms, sms),
            *_wrong_appeals(scenario.expect.appeals, list_appeals(conn)),
            *_wrong_places(scenario, conn),
            *_errors(scenario, (*records, *legs)),
        ]


def _wrong_end(scenario: Scenario, conn: Connection, records: Sequence[CallRecord]) -> Iterator[str]:
    if scenario.expect.disposition is None:
        return
    row = load_call(conn, records[-1].call_sid, lock=False) if records else None
    disposition = row.disposition if row else None
    if disposition != scenario.expect.disposition:
        yield f"the call ended as {disposition}, expected {scenario.expect.disposition}"


def _wrong_cards(scenario: Scenario, conn: Connection) -> Iterator[str]:
    for number, expected in scenario.expect.cards.items():
        wanted = ExpectedCard(status=expected) if isinstance(expected, str) else expected
        card = find_card(conn, number)
        if card is None:
            yield f"card …{number[-4:]} is unknown, expected {_shown(wanted)}"
        else:
            yield from (f"card …{number[-4:]}: {fault}" for fault in _otherwise(wanted, card))


def _wrong_sms(expected: int | tuple[str, ...] | None, sms: Sequence[str]) -> Iterator[str]:
    if expected is None:
        return
    count = expected if isinstance(expected, int) else len(expected)
    if len(sms) != count:
        yield f"{len(sms)} SMS, expected {count}"
    elif not isinstance(expected, int):
        left = list(sms)
        for words in expected:
            found = next((body for body in left if same_words(words) in same_words(body)), None)
            if found is None:
                yield f"no SMS with «{words}» came, but {left}"
            else:
                left.remove(found)


def _wrong_appeals(expected: int | tuple[ExpectedAppeal, ...], appeals: Sequence[Appeal]) -> Iterator[str]:
    count = expected if isinstance(expected, int) else len(expected)
    if len(appeals) != count:
        yield f"{len(appeals)} appeals, expected {count}"
    elif not isinstance(expected, int):
        for number, (wanted, appeal) in enumerate(zip(expected, appeals, strict=True), 1):
            yield from (f"appeal {number}: {fault}" for fault in _otherwise(wanted, appeal))


def _otherwise(wanted: ExpectedCard | ExpectedAppeal, found: Card | Appeal) -> Iterator[str]:
    """What of a record is not as wanted; of a text some words are enough."""
    for name, value in wanted.model_dump(exclude_none=True).items():
        is_so = getattr(found, name)
        told = is_so.isoformat() if isinstance(is_so, date) else is_so
        holds = same_words(value) in same_words(told) if name == "text" else told == value
        if not holds:
            yield f"{name} is {told!r}, expected {value!r}"


def _shown(wanted: ExpectedCard) -> str:
    return ", ".join(f"{name} {value}" for name, value in wanted.model_dump(exclude_none=True).items())


def _wrong_places(scenario: Scenario, conn: Connection) -> Iterator[str]:
    if scenario.expect.places is None:
        return
    places = tuple(place.outcome or place.state for place in all_places(conn))
    if places != scenario.expect.places:
        yield f"places in the line ended as {list(places)}, expected {list(scenario.expect.places)}"


def _errors(scenario: Scenario, records: Sequence[CallRecord]) -> Iterator[str]:
    """What Twilio would have written into its debugger, but for what the faults of the scenario cause."""
    calls, caused = {record.call_sid: record for record in records}, errors_of(scenario.faults)
    for record in calls.values():
        errors = (error for error in record.errors if error.code not in caused)
        yield from (f"Twilio error {error.code}: {error.detail}" for error in errors)
