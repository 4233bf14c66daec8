"""The last stretch of a caller's speech, out of all that was heard."""

from ivr.media.clip import LEAD_SECONDS, LEAST_SECONDS, MOST_SECONDS, ClipRing

CHUNK = 480
SECOND = 8000


def fed(*stretches: tuple[bool, float]) -> bytes:
    """The clip after stretches of speech and silence; each chunk is filled with the number of its stretch."""
    ring = ClipRing(CHUNK)
    for number, (speaking, seconds) in enumerate(stretches):
        for _ in range(round(seconds * SECOND / CHUNK)):
            ring.add(bytes([number]) * CHUNK, speaking=speaking)
    return ring.sound()


def seconds(clip: bytes) -> float:
    return len(clip) / SECOND


def test_it_is_never_shorter_than_two_seconds() -> None:
    clip = fed((False, 10), (True, 0.3))
    assert abs(seconds(clip) - LEAST_SECONDS) < 0.1
    assert clip[-CHUNK:] == b"\x01" * CHUNK


def test_it_begins_a_little_before_the_first_word() -> None:
    clip = fed((False, 10), (True, 4), (False, 0.3))
    assert abs(seconds(clip) - (4 + 0.3 + LEAD_SECONDS)) < 0.1
    assert clip[:CHUNK] == b"\x00" * CHUNK


def test_it_goes_over_the_pauses_of_one_answer() -> None:
    assert abs(seconds(fed((False, 5), (True, 1), (False, 2), (True, 1))) - (4 + LEAD_SECONDS)) < 0.1


def test_it_leaves_out_what_was_said_long_before() -> None:
    clip = fed((True, 1), (False, 5), (True, 3))
    assert abs(seconds(clip) - (3 + LEAD_SECONDS)) < 0.1
    assert b"\x00" * CHUNK not in clip


def test_it_is_never_longer_than_twelve_seconds() -> None:
    clip = fed((True, 60))
    assert abs(seconds(clip) - MOST_SECONDS) < 0.1


def test_it_is_all_that_there_is_of_a_short_turn() -> None:
    assert abs(seconds(fed((True, 0.6))) - 0.6) < 0.1
    assert fed() == b""
