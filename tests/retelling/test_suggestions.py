"""What calls suggest: phrases that were not understood with what was meant, counts, and fixtures of corrections."""

from datetime import timedelta

from ivr.dialog.events import keyed, said
from ivr.retelling.suggestions import Correction, Phrase, Suggestions, spoken_corrections, suggest
from ivr.store.calls import load_call, save_state
from ivr.store.desk_actions import DeskAction, add_desk_action
from tests.retelling.stored_calls import ASKS, AT, CANARIES, CARD, NUMBER, SID, SPOKEN_CANARIES, Hotline, content

PERIOD = (AT - timedelta(hours=1), AT + timedelta(hours=1))


def suggested(hotline: Hotline) -> Suggestions:
    with hotline.db.reading() as conn:
        return suggest(conn, content().book, *PERIOD)


def put_right(hotline: Hotline, field: str, value: str) -> None:
    """As the desk does it."""
    with hotline.db.transaction() as conn:
        row = load_call(conn, SID)
        assert row is not None
        slots = {**row.state["slots"], field: value}
        save_state(conn, SID, row.step, {**row.state, "slots": slots}, AT)
        add_desk_action(conn, DeskAction(AT, "olga", SID, "correct_field", "corrected", {"field": field}))


def test_a_phrase_comes_with_what_was_meant_by_it(hotline: Hotline) -> None:
    for number in range(2):
        hotline.hold("не баллы не карта", ASKS, sid=f"CA{number}")
        with hotline.db.transaction() as conn:
            conn.exec_driver_sql("UPDATE calls SET ended_at = NULL")  # so that the next call begins anew
    found = suggested(hotline).phrases
    assert found == (Phrase("problem", "не баллы не карта", "activate", "caller", 2),)


def test_keys_among_words_are_not_shown(hotline: Hotline) -> None:
    """A card's number can be keyed at a menu question."""
    hotline.hold(said("не баллы не карта") + keyed(CARD), ASKS)
    assert suggested(hotline).phrases == ()
    mended = [Correction("problem", "карта <4276>", "", "activate")]
    assert list(spoken_corrections(content().book, mended, seed=1)) == []


def test_nothing_personal_is_in_it(hotline: Hotline) -> None:
    hotline.hold(ASKS, NUMBER.replace("девять", ""), "зинаида", NUMBER, "нет", "во втором", "оператор")
    put_right(hotline, "card_number", CARD)
    shown = str(suggested(hotline).as_json())
    assert [canary for canary in (*CANARIES, *SPOKEN_CANARIES) if canary in shown] == []
    by_question = {one.question: one for one in suggested(hotline).questions}
    assert by_question["card_number"].corrected == 1
    assert by_question["card_number"].denied


def test_a_correction_keeps_the_misheard_digits_and_no_others(hotline: Hotline) -> None:
    misheard = NUMBER.replace("пятьдесят девять", "пятнадцать")
    hotline.hold(ASKS, misheard, "да", ends=False)
    put_right(hotline, "card_number", CARD)
    with hotline.db.reading() as conn:
        mended = list(suggest(conn, content().book, *PERIOD).mended)
    assert mended == [Correction("card_number", misheard, f"{CARD[:14]}15", CARD)]
    (made,) = spoken_corrections(content().book, mended, seed=1)
    assert made.value[14:] == CARD[14:]
    assert made.value[:14] != CARD[:14]
    assert made.text.endswith("пятьдесят девять")


def test_a_corrected_date_is_nobodys_but_for_what_was_misheard() -> None:
    mended = [Correction("birth_date", "", "1947-02-17", "1947-03-17")]
    (made,) = spoken_corrections(content().book, mended, seed=1)
    assert made.value[5:7] == "03"
    assert made.value != "1947-03-17"


def test_a_name_becomes_no_fixture() -> None:
    assert list(spoken_corrections(content().book, [Correction("person_name", "зина", "зинаида", "зоя")], seed=1)) == []
