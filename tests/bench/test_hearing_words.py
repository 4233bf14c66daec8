import pytest

from ivr.bench.hearing.words import NONE, distance, mistakes


@pytest.mark.parametrize(
    ("said", "heard", "count"),
    [("4276", "4276", 0), ("4276", "426", 1), ("4276", "94276", 1), ("12", "21", 2), ("", "7", 1)],
)
def test_it_counts_the_fewest_changes(said: str, heard: str, count: int) -> None:
    assert distance(said, heard) == count


def test_it_tells_what_was_heard_for_what() -> None:
    found = mistakes(["девять", "два", "три"], ["десять", "два", "ноль", "три"])
    assert found == [("девять", "десять"), (NONE, "ноль")]


def test_it_tells_what_was_left_out() -> None:
    assert mistakes(["семь", "семь"], ["семь"]) in ([("семь", NONE)], [("семь", NONE)])
    assert mistakes(["пять"], ["пять"]) == []
