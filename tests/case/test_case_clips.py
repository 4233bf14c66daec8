"""The sound behind answers: which turns leave one, how it is kept, and when it is gone."""

import io
import wave
from collections.abc import Callable
from datetime import timedelta

import pytest

from ivr.case.clips import MOST_BYTES, SEAM
from ivr.clock import SetClock
from ivr.media.codec import decode
from ivr.store.calls import set_status
from ivr.store.clips import clip_fields, find_clip, forget_clips, purge_clips, put_clip
from ivr.store.db import Database
from ivr.store.line import change_place
from tests.case.case_world import NOT_SPENT, OPERATOR, Caller, World, make_world

FIRST, SECOND, THIRD = b"\x11" * 16_000, b"\x22" * 16_000, b"\x33" * 16_000
BEGINNING = "сорок два семьдесят шесть"
REST = "ноль пять двенадцать ноль ноль ноль семь ноль ноль восемьдесят шесть"
DATE = "двенадцатое декабря тысяча девятьсот пятьдесят пятого года"


def sound(world: World, field: str, sid: str = "CA1") -> bytes | None:
    with world.db.reading() as conn:
        return world.setting.clips.sound(conn, sid, field)


def kept(world: World, sid: str = "CA1") -> frozenset[str]:
    with world.db.reading() as conn:
        return clip_fields(conn, sid)


def asked(world: World) -> Caller:
    """A caller who is asked for the card number."""
    return world.call().key(*NOT_SPENT)


def test_an_answer_has_the_sound_behind_it(world: World) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST)
    assert sound(world, "card_number") == FIRST
    field = world.field("card_number")
    assert (field.source, field.clip) == ("missing", True)  # not agreed to yet: the operator can listen and fill it in


def test_the_sound_of_an_answer_in_parts_is_joined(world: World) -> None:
    asked(world).say(BEGINNING, FIRST).say(REST, SECOND).say("да", THIRD)
    assert sound(world, "card_number") == FIRST + SEAM + SECOND
    assert world.field("card_number").clip


def test_only_the_last_seconds_are_kept(world: World) -> None:
    long = bytes(range(256)) * 1000
    asked(world).say(f"{BEGINNING} {REST}", long)
    assert sound(world, "card_number") == long[-MOST_BYTES:]


@pytest.mark.parametrize("text", ["да", "оператор", "помощь", "повторите", "[unk]", "назад"])
def test_what_is_no_answer_leaves_no_sound(world: World, text: str) -> None:
    asked(world).say(text, FIRST)
    assert "card_number" not in kept(world)


def test_a_correction_is_heard_behind_what_it_corrects(world: World) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST).say(f"нет {BEGINNING} {REST.replace('шесть', 'пять')}", SECOND)
    assert sound(world, "card_number") == FIRST + SEAM + SECOND


def test_a_code_is_never_kept(world: World) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST).say("да").say(DATE, SECOND).say("да", THIRD).say(
        "четыре восемь один пять один шесть", THIRD
    )
    assert kept(world) == {"card_number", "birth_date"}
    assert world.screen().who.verified


def test_keys_leave_no_sound(world: World) -> None:
    world.proven()
    assert kept(world) == frozenset()
    assert not any(field.clip for field in world.screen().fields)


def test_nothing_is_kept_where_the_retailer_does_not_want_it(database: Database, clock: SetClock) -> None:
    world = make_world(database, clock, keeps=False)
    asked(world).say(f"{BEGINNING} {REST}", FIRST)
    assert kept(world) == frozenset()


def test_the_page_gets_a_file_that_browsers_play(world: World) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST)
    wav = world.case.clip_wav("CA1", "card_number")
    assert wav is not None
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.readframes(20_000) == decode(FIRST)
    assert world.case.clip_wav("CA1", "birth_date") is None
    assert world.case.clip_wav("CA9", "card_number") is None


def test_the_table_holds_nothing_that_can_be_heard(world: World) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST)
    with world.db.reading() as conn:
        sealed = find_clip(conn, "CA1", "card_number")
    assert sealed is not None
    assert FIRST[:100] not in sealed
    other = make_world(world.db, world.clock, key=bytes(32))
    assert other.case.clip_wav("CA1", "card_number") is None


# -- forgetting --------------------------------------------------------------------------------------------------------


def test_the_operator_is_done_and_the_sound_is_gone(world: World) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST)
    world.case.forget_clips("CA1")
    assert kept(world) == frozenset()


def purged(world: World, hours: int = 24) -> int:
    with world.conn() as conn:
        return purge_clips(conn, world.clock.now() - timedelta(hours=hours))


def test_old_sound_is_gone_whatever_became_of_the_call(world: World) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST)
    world.clock.move(timedelta(hours=23))
    assert purged(world) == 0
    world.clock.move(timedelta(hours=2))
    assert purged(world) == 1


def waits(world: World) -> None:
    world.queued()


def was_answered(world: World) -> None:
    place = world.queued()
    with world.conn() as conn:
        change_place(conn, place, state="ended", operator=OPERATOR, ended_at=world.clock.now())


def was_written_up(world: World) -> None:
    place = world.queued()
    at = world.clock.now()
    with world.conn() as conn:
        change_place(conn, place, state="ended", operator=OPERATOR, ended_at=at, result="solved", result_at=at)


def gave_up(world: World) -> None:
    place = world.queued()
    with world.conn() as conn:
        change_place(conn, place, state="ended", ended_at=world.clock.now(), outcome="abandoned")


@pytest.mark.parametrize(
    ("became", "gone"),
    [(lambda _: None, 1), (waits, 0), (was_answered, 0), (was_written_up, 1), (gave_up, 1)],
    ids=["no line", "waits", "answered", "written up", "gave up"],
)
def test_the_sound_of_an_ended_call_stays_while_an_operator_needs_it(
    world: World, became: Callable[[World], None], gone: int
) -> None:
    asked(world).say(f"{BEGINNING} {REST}", FIRST)
    became(world)
    assert purged(world) == 0
    with world.conn() as conn:
        set_status(conn, "CA1", "completed", 9, world.clock.now())
    assert purged(world) == gone


def test_a_clip_takes_the_place_of_an_earlier_one(world: World) -> None:
    with world.conn() as conn:
        put_clip(conn, "CA1", "card_number", b"one", world.clock.now())
        put_clip(conn, "CA1", "card_number", b"two", world.clock.now())
        assert find_clip(conn, "CA1", "card_number") == b"two"
        assert forget_clips(conn, "CA1") == 1
