"""The dialogue as a table: each line with what was heard in it and how soon it was answered."""

from dataclasses import dataclass

from ivr.simulator.result import Reply, Understood
from ivr.simulator.summary import Played, Said

_CALLERS = frozenset({"caller", "keys"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``who`` is ``silence`` where the caller said nothing and the hotline noticed."""

    at: float
    who: str
    text: str
    heard: Understood | None = None
    milliseconds: int | None = None


def rows(played: Played, call: int) -> list[Row]:
    """The lines of one of the scenario's calls, in the order of call time."""
    left = [one for one in played.understood if one.call == call]
    replies = {one.turn: one for one in played.replies if one.call == call}
    found: list[Row] = []
    for said in (one for one in played.said if one.call == call):
        heard = next((one for one in left if one.text == said.text), None) if said.who in _CALLERS else None
        if heard:
            left.remove(heard)
        found.append(_row(said, heard, replies))
    found += [Row(one.at, "silence", "", one) for one in left if not one.text]
    return sorted(found, key=lambda row: row.at)


def _row(said: Said, heard: Understood | None, replies: dict[int, Reply]) -> Row:
    reply = replies.pop(heard.turn, None) if heard else None
    return Row(said.at, said.who, said.text, heard, reply.milliseconds if reply else None)
