"""A network of machines has codes sent to as many phones as it can, for a share of what each message costs.

    python -m tests.attacks.pumping [--hours 3] [--json]

Each machine has an address of its own, in fifty networks. All ask for codes for phones of a few ranges whose owner
pays them; no code is ever entered. Every phone counts as known here, which is the worst case: the cabinet sends nothing
to a phone without a card.
"""

import random
from datetime import timedelta

from ivr.codes import CodeRequest
from ivr.hotline import Hotline
from tests.actions.card_world import World
from tests.attacks.attack import Tally, run_as_command, stage

MACHINES = 500
NETWORKS = 50
RANGES = 40
TURN_SECONDS = 600
"""Each machine asks so often."""


def pump(hours: float, machines: int = MACHINES, hotline: Hotline | None = None) -> Tally:
    """``hours`` of requests on the hotline's clock."""
    chance, tally = random.Random(1), Tally()
    with stage(hotline) as (world, clock):
        for _ in range(round(hours * 3600 / TURN_SECONDS)):
            for machine in range(machines):
                _ask(world, tally, _address(machine), _phone(chance))
            clock.move(timedelta(seconds=TURN_SECONDS))
        tally.weigh(world)
    return tally


def _address(machine: int) -> str:
    return f"198.51.{machine % NETWORKS}.{machine // NETWORKS + 1}"


def _phone(chance: random.Random) -> str:
    return f"+7900{chance.randrange(RANGES):03}{chance.randrange(10**4):04}"


def _ask(world: World, tally: Tally, address: str, phone: str) -> None:
    holder = world.desk.codes.key_of("web", phone)
    with world.database.transaction() as conn:
        offer = world.desk.codes.offer(conn, CodeRequest("web", holder, None, phone, address, named=phone))
    tally.note(offer.outcome, known=True)


if __name__ == "__main__":
    run_as_command(pump, "Machines have codes sent to phones of a few ranges.", 3.0)
