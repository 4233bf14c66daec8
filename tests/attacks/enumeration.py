"""A hundred lines try cards: which of them exist, and can a code be guessed?

    python -m tests.attacks.enumeration [--hours 1] [--json]

Every line calls again as soon as its call is over. In each call a card is named, three codes are guessed, and what was
answered is written down beside whether there is such a card. Half of the cards named are real ones.
"""

import random
from collections.abc import Iterator
from datetime import timedelta

from ivr.hotline import Hotline
from ivr.store.cards import find_samples
from tests.actions.card_world import World
from tests.attacks.attack import Tally, run_as_command, stage

LINES = 100
CALL_SECONDS = 30
GUESSES = 3


def enumerate_cards(hours: float, lines: int = LINES, hotline: Hotline | None = None) -> Tally:
    """``hours`` of calls on the hotline's clock."""
    chance, tally = random.Random(1), Tally()
    with stage(hotline) as (world, clock):
        numbers = _cards(world, chance)
        for turn in range(round(hours * 3600 / CALL_SECONDS)):
            for line in range(lines):
                guesses = [f"{chance.randrange(10**6):06}" for _ in range(GUESSES)]
                _call(world, tally, (f"CA{turn}.{line}", _line(line)), next(numbers), guesses)
            clock.move(timedelta(seconds=CALL_SECONDS))
        tally.weigh(world)
    return tally


def _line(number: int) -> str:
    """Lines of ten blocks of numbers."""
    return f"+7926{number % 10:03}{number:04}"


def _cards(world: World, chance: random.Random) -> Iterator[tuple[str, bool]]:
    """Numbers to try, and whether there is such a card with a phone: every other one, of as many each."""
    with world.database.reading() as conn:
        known = [card.number for card in find_samples(conn) if card.phone]
    unknown = [f"4276{chance.randrange(10**12):012}" for _ in known]
    while True:
        yield chance.choice(known), True
        yield chance.choice(unknown), False


def _call(world: World, tally: Tally, caller: tuple[str, str], card: tuple[str, bool], codes: list[str]) -> None:
    call, line = caller
    number, known = card
    answer = world.run("send_code", number, call=call, caller=line).outcome
    tally.note(answer, known=known)
    if answer != "sent":
        return
    for code in codes:
        outcome = world.run("check_identity", number, call=call, caller=line, slots={"one_time_code": code}).outcome
        tally.tries += 1
        tally.right += outcome == "verified"


if __name__ == "__main__":
    run_as_command(enumerate_cards, "A hundred lines try cards.", 1.0)
