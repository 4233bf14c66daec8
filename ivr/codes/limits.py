"""When another code is one too many, by what was counted."""

from ivr.codes.origin import Origin
from ivr.hotline import CodeLimits
from ivr.store.code_events import CodeCounts


def exhausted(counts: CodeCounts, limits: CodeLimits, origin: Origin, *, named: bool) -> bool:
    """True where no other code may be sent. ``named``: the asker has named the phone, so that its range is limited."""
    return (
        counts.phone_day >= limits.codes_per_phone_per_day
        or counts.card_day >= limits.codes_per_card_per_day
        or counts.phone_ten_minutes >= limits.codes_per_phone_per_ten_minutes
        or asked_too_often(counts, limits, origin)
        or (named and counts.range_hour >= limits.codes_per_range_per_hour)
        or guessed_out(counts.wrong_phone_day, counts.wrong_card_day, limits)
    )


def asked_too_often(counts: CodeCounts, limits: CodeLimits, origin: Origin) -> bool:
    """By this asker or by his neighbours. An address stands for many phones: mobile networks share it among them."""
    if origin.kind == "address":
        one, neighbours = limits.codes_per_address_per_hour, limits.codes_per_network_per_hour
    else:
        one, neighbours = limits.codes_per_line_per_hour, limits.codes_per_block_per_hour
    return counts.source_hour >= one or counts.prefix_hour >= neighbours


def guessed_out(wrong_phone_day: int, wrong_card_day: int, limits: CodeLimits) -> bool:
    """True where no other try counts, whatever it says."""
    return (
        wrong_phone_day >= limits.wrong_tries_per_phone_per_day or wrong_card_day >= limits.wrong_tries_per_card_per_day
    )
