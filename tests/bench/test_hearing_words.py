from ivr.bench.hearing.words import NONE, mistakes


def test_it_tells_what_was_heard_for_what() -> None:
    found = mistakes(["девять", "два", "три"], ["десять", "два", "ноль", "три"])
    assert found == [("девять", "десять"), (NONE, "ноль")]


def test_it_tells_what_was_left_out() -> None:
    assert mistakes(["семь", "семь"], ["семь"]) in ([("семь", NONE)], [("семь", NONE)])
    assert mistakes(["пять"], ["пять"]) == []
