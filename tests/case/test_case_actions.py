"""What operators do to calls: decided as calls decide, written down each time, and told to nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ivr.case.doing import OUTCOMES, Asked
from ivr.dialog.state import state_from_json
from ivr.errors import RecordError
from ivr.store.appeals import list_appeals
from ivr.store.calls import load_call, set_status
from ivr.store.cards import find_card
from ivr.store.desk_actions import desk_actions_of
from ivr.store.line import events_of
from ivr.store.questionnaires import list_changes
from ivr.store.tables import outbox
from tests.case.case_world import BIRTH, BORN, CALLER, CARD, CODE, ISSUED, NOT_SPENT, OPERATOR, World, content

UNKNOWN = "4276051200999999"
NO_PHONE = "4276051200110123"
BORN_LATE = "10102001"
NEW_PHONE = "8 916 000-01-99"


def texts_to(world: World, phone: str) -> list[str]:
    with world.db.reading() as conn:
        return list(conn.execute(select(outbox.c.body).where(outbox.c.to_number == phone)).scalars())


def slots(world: World, sid: str = "CA1") -> dict[str, str]:
    with world.db.reading() as conn:
        row = load_call(conn, sid, lock=False)
    assert row is not None
    return dict(state_from_json(row.state).slots)


def end(world: World, sid: str = "CA1") -> None:
    with world.conn() as conn:
        assert set_status(conn, sid, "completed", 9, world.clock.now())


# -- the code ----------------------------------------------------------------------------------------------------------


def test_a_code_goes_to_the_phone_on_file_and_is_keyed_into_the_call(world: World) -> None:
    caller = world.call(number="+79160000155").key(*NOT_SPENT, CARD)
    done = world.act("send_code")
    assert (done.outcome, done.good, world.delivered) == ("sent", True, list(done.outbox_ids))
    assert CODE in texts_to(world, CALLER)[0]
    caller.key(BORN, CODE)
    assert "Код верный" in caller.heard


@pytest.mark.parametrize(
    ("card", "born", "number", "outcome"),
    [
        (UNKNOWN, BORN, CALLER, "unknown_card"),
        (CARD, BIRTH, CALLER, "mismatch"),
        (NO_PHONE, BORN_LATE, "anonymous", "no_phone"),
        (NO_PHONE, BORN_LATE, CALLER, "sent"),
    ],
)
def test_the_operator_hears_why_no_code_can_arrive(
    world: World, card: str, born: str, number: str, outcome: str
) -> None:
    """Callers hear the same for every card; an operator would wait for nothing."""
    world.call(number=number)
    world.act("correct_field", field="card_number", value=card)
    world.act("correct_field", field="birth_date", value=born)
    assert world.act("send_code").outcome == outcome


def test_codes_of_operators_count_among_all_others(world: World) -> None:
    world.call().key(*NOT_SPENT)
    world.act("correct_field", field="card_number", value=CARD)
    outcomes = []
    for _ in range(4):
        outcomes.append(world.act("send_code").outcome)
        world.clock.move(timedelta(minutes=1))
    assert outcomes == ["sent", "sent", "sent", "limited"]


def test_no_code_is_sent_where_none_can_be_entered(world: World) -> None:
    world.call().key(*NOT_SPENT)
    assert world.act("send_code").outcome == "no_card"
    world.proven("CA2")
    assert world.act("send_code", "CA2").outcome == "proven"
    world.act("correct_field", field="card_number", value=CARD)
    end(world)
    assert world.act("send_code").outcome == "over"


# -- activation and the questionnaire ----------------------------------------------------------------------------------


def test_a_proven_caller_gets_the_card_activated(world: World) -> None:
    world.proven(card=ISSUED, born=BIRTH)
    assert world.act("activate").outcome == "activated"
    assert world.act("activate").outcome == "already_active"
    with world.db.reading() as conn:
        card = find_card(conn, ISSUED)
    assert card is not None
    assert card.status == "active"


@pytest.mark.parametrize(
    ("kind", "inputs"), [("activate", {}), ("change_field", {"field": "email", "value": "a@b.ru"})]
)
def test_nothing_is_changed_for_who_is_not_proven(world: World, kind: str, inputs: dict[str, str]) -> None:
    world.call().key(*NOT_SPENT, ISSUED, BIRTH)
    assert world.act(kind, **inputs).outcome == "unverified"
    with world.db.reading() as conn:
        card = find_card(conn, ISSUED)
    assert card is not None
    assert (card.status, card.email) == ("issued", None)


def test_the_proof_of_one_card_is_none_for_another(world: World) -> None:
    world.proven()
    assert world.act("correct_field", field="card_number", value=ISSUED).good
    assert not world.screen().who.verified
    assert world.act("activate").outcome == "unverified"


def test_nobody_is_proven_who_is_called_back(world: World) -> None:
    """The call in which the code was entered is over, and somebody else may answer the telephone."""
    world.proven()
    world.queued()
    world.act("book_call_back", when="soon")
    assert world.screen().who.verified
    end(world)
    assert not world.screen().who.verified
    assert world.act("change_field", field="phone", value=NEW_PHONE).outcome == "unverified"


def test_a_phone_is_changed_and_its_old_holder_warned(world: World) -> None:
    world.proven()
    assert world.act("change_field", field="phone", value=NEW_PHONE).outcome == "changed"
    with world.db.reading() as conn:
        card = find_card(conn, CARD)
        changes = list_changes(conn, world.setting.desk.codes.key_of("card", CARD))
    assert card is not None
    assert card.phone == "+79160000199"
    assert [(change.field, change.changed_by) for change in changes] == [("phone", "operator")]
    assert "Телефон в анкете изменён" in texts_to(world, CALLER)[-1]


def test_an_email_is_typed_and_put_on_file(world: World) -> None:
    world.proven()
    assert world.act("change_field", field="email", value="нет такого").outcome == "not_understood"
    assert world.act("change_field", field="email", value=" tanya@example.ru ").outcome == "changed"
    with world.db.reading() as conn:
        card = find_card(conn, CARD)
    assert card is not None
    assert card.email == "tanya@example.ru"


def test_a_name_is_looked_at_before_it_is_changed(world: World) -> None:
    world.proven()
    done = world.act("change_field", field="name", value="Анна")
    assert (done.outcome, done.good) == ("needs_approval", True)
    with world.db.reading() as conn:
        appeal = list_appeals(conn)[0]
    assert (appeal.kind, appeal.text) == ("change_name", "анна")
    assert world.act("change_field", field="name", value="Татьяна").outcome == "same"


# -- appeals and call backs --------------------------------------------------------------------------------------------


def test_an_appeal_is_registered_once_and_texted(world: World) -> None:
    world.call().key(*NOT_SPENT)
    done = world.act("register_appeal", category="points_not_spent", text="касса на Лесной")
    again = world.act("register_appeal", category="points_not_spent", text="касса на Лесной")
    assert done.text == again.text
    assert done.text.endswith("ответ до 27.11.2026.")
    with world.db.reading() as conn:
        appeals = list_appeals(conn)
    assert [(one.category, one.text, one.phone) for one in appeals] == [("points_not_spent", "касса на Лесной", CALLER)]
    assert len(texts_to(world, CALLER)) == 1


def test_an_appeal_of_no_category_is_one_of_its_own(world: World) -> None:
    world.call()
    assert world.act("register_appeal", category="other", text="жалоба").good
    with world.db.reading() as conn:
        assert list_appeals(conn)[0].category == "other"


def test_a_replacement_is_registered(world: World) -> None:
    world.call().key(*NOT_SPENT)
    world.act("correct_field", field="card_number", value=CARD)
    assert world.act("replacement").outcome == "registered"
    with world.db.reading() as conn:
        appeal = list_appeals(conn)[0]
    assert (appeal.kind, appeal.card_number) == ("replacement", CARD)


@pytest.mark.parametrize(
    ("typed", "phone"), [("", CALLER), ("8 (916) 000-01-77", "+79160000177"), ("4951234567", "+74951234567")]
)
def test_a_call_back_is_booked(world: World, typed: str, phone: str) -> None:
    world.call()
    place = world.queued()
    assert world.act("book_call_back", phone=typed, when="soon").outcome == "booked"
    wait = world.screen().wait
    assert (wait.place, wait.call_back) == (place.number, world.clock.now())
    with world.db.reading() as conn:
        assert [event.kind for event in events_of(conn, place.number)][-2:] == ["booked", "action"]


def test_a_call_back_can_wait_for_the_opening(world: World) -> None:
    world.clock.move(world.clock.now().replace(hour=21) - world.clock.now())  # midnight in Moscow
    world.call()
    done = world.act("book_call_back", when="opening")
    assert done.text == "Перезвоним: 25.11.2026 07:00."


@pytest.mark.parametrize(
    ("number", "typed", "outcome"), [("anonymous", "", "no_phone"), (CALLER, "12345", "not_understood")]
)
def test_a_number_that_cannot_be_called_is_none(world: World, number: str, typed: str, outcome: str) -> None:
    world.call(number=number)
    assert world.act("book_call_back", phone=typed, when="soon").outcome == outcome


# -- answers and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("card_number", "4276 0512 0007 0086", CARD),
        ("birth_date", "12.12.1955", "1955-12-12"),
        ("birth_date", "12 декабря 1955", "1955-12-12"),
        ("person_name", "Таня", "татьяна"),
        ("person_name", "Эсмеральда", "эсмеральда"),
    ],
)
def test_an_answer_is_put_right_as_it_is_typed(world: World, field: str, typed: str, value: str) -> None:
    caller = world.call().key(*NOT_SPENT)
    done = world.act("correct_field", field=field, value=typed)
    assert (done.outcome, done.good) == ("corrected", True)
    assert slots(world)[field] == value
    assert world.field(field).source == "corrected"
    assert world.act("correct_field", field=field, value=typed).outcome == "same"
    caller.key(CARD)  # the call goes on from the same step
    assert slots(world)["card_number"] == CARD


@pytest.mark.parametrize(
    ("field", "typed", "outcome"),
    [
        ("card_number", "4276", "not_understood"),
        ("birth_date", "31.02.1955", "not_understood"),
        ("person_name", "Robert'); DROP TABLE calls", "not_understood"),
        ("one_time_code", "123456", "no_field"),
        ("problem", "points_lost", "no_field"),
        ("no_such_field", "1", "no_field"),
    ],
)
def test_what_cannot_be_read_changes_nothing(world: World, field: str, typed: str, outcome: str) -> None:
    world.call().say("[unk]")
    before = slots(world)
    done = world.act("correct_field", field=field, value=typed)
    assert (done.outcome, done.good) == (outcome, False)
    assert slots(world) == before


def test_the_answers_of_an_ended_call_stay_as_they_are(world: World) -> None:
    world.call()
    end(world)
    assert world.act("correct_field", field="card_number", value=CARD).outcome == "over"


def test_a_number_is_revealed_whole(world: World) -> None:
    world.call(number="+79160000155")
    world.act("correct_field", field="card_number", value=CARD)
    assert world.act("reveal").value == "+7 916 000-01-55"
    assert world.act("reveal", what="card_phone").value == "+7 916 000-01-08"
    assert world.act("reveal", what="passport").outcome == "withheld"


def test_a_withheld_number_stays_withheld(world: World) -> None:
    world.call(number="anonymous")
    done = world.act("reveal")
    assert (done.outcome, done.value) == ("withheld", "")


# -- the audit ---------------------------------------------------------------------------------------------------------


def test_every_action_is_written_down_with_who_did_it(world: World) -> None:
    world.call().key(*NOT_SPENT)
    place = world.queued()
    world.act("correct_field", field="card_number", value=CARD)
    world.act("reveal")
    world.act("activate")
    key = world.setting.desk.codes.key_of("card", CARD)
    with world.db.reading() as conn:
        written = desk_actions_of(conn, "CA1")
        events = [event for event in events_of(conn, place.number) if event.kind in ("corrected", "action")]
    assert [(one.operator, one.kind, one.outcome) for one in written] == [
        (OPERATOR, "correct_field", "corrected"),
        (OPERATOR, "reveal", "shown"),
        (OPERATOR, "activate", "unverified"),
    ]
    assert [dict(one.data) for one in written] == [
        {"field": "card_number"},
        {"what": "phone", "card": key},
        {"card": key},
    ]
    assert [(event.kind, event.operator) for event in events] == [
        ("corrected", OPERATOR),
        ("action", OPERATOR),
        ("action", OPERATOR),
    ]


def test_what_is_not_filled_in_is_asked_for(world: World) -> None:
    world.call()
    done = world.act("register_appeal", category="other", text="  ")
    assert (done.outcome, done.text) == ("incomplete", "Заполните поле: Что записать.")
    assert world.act("register_appeal", category="nonsense", text="x").outcome == "incomplete"
    assert world.act("correct_field", field="card_number").outcome == "incomplete"
    with world.db.reading() as conn:
        assert desk_actions_of(conn, "CA1") == []


def test_an_action_that_does_not_exist_is_refused(world: World) -> None:
    world.call()
    done = world.act("drop_everything")
    assert (done.outcome, done.good) == ("refused", False)


def test_a_call_that_never_was_cannot_be_worked_on(world: World) -> None:
    with pytest.raises(RecordError, match="no such call"):
        world.case.act(Asked(OPERATOR, "CA9", "reveal", {}))


def test_all_outcomes_of_calls_are_known_to_the_desk(world: World) -> None:
    """Or an action of calls could come to what no text is there for."""
    as_calls = {
        "send_code": "send_code",
        "activate": "activate_verified",
        "change_field": "change_questionnaire",
        "replacement": "register_replacement",
    }
    for kind, action in as_calls.items():
        assert world.setting.actions[action].outcomes <= OUTCOMES[kind]
    assert content().case.actions.keys() == OUTCOMES.keys()
