"""Finds the telling of a stored call in which an invented person hears what the caller heard.

The call is told by text, step by step, and each step's prompts are compared with those of the stored one, values left
out. Where a secret was said, its outcome tells which it was; where a card decides, the samples are tried in turn.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ivr.content import Content
from ivr.media.prompts import same_words
from ivr.retelling.acts import HANG_UP, SILENCE, Act, Retold, Told, keys, spoken
from ivr.retelling.by_text import Left, TextCall, World, text_call
from ivr.retelling.disguise import Disguise
from ivr.retelling.person import Person, people
from ivr.retelling.stored import StoredCall, StoredStep
from ivr.store.cards import Card

NOBODYS_CODE = "123456"
PEOPLE_AT_MOST = 8
"""Each costs a telling of some tenths of a second; cards that have less in common fare differently."""
_UNTOLD = ("resume",)
"""Prompts of what the telephone did, not the caller: a broken stream is not told again."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A stored call as it goes with an invented person."""

    world: World
    retold: Retold
    left: Left
    same: int
    """Steps that were told as the stored ones were."""
    steps: int
    """Steps that there were to tell."""
    cut: bool
    """True where the call went on behind a conversation with an operator; that part is left out."""

    @property
    def faithful(self) -> bool:
        return self.same == self.steps


@dataclass(frozen=True, slots=True)
class Source:
    """A stored call, the card that was named in it, and the words that it was held in."""

    call: StoredCall
    card: Card | None
    content: Content
    keypad: Mapping[str, str]
    """A folded letter to its key."""
    samples: Sequence[Card]
    zone: ZoneInfo


def retell(source: Source) -> Telling:
    """The first telling in which all goes as it went, or else the one that goes along the furthest."""
    tellings: list[Telling] = []
    for person in list(people(source.call, source.card, source.samples))[:PEOPLE_AT_MOST]:
        tellings.append(_tell(source, person))
        if tellings[-1].faithful or source.card is None:
            break
    return max(tellings, key=lambda one: one.same)


def _tell(source: Source, person: Person) -> Telling:
    """One person's telling; begun anew with the next guess wherever a secret turns out to have been another one."""
    guesses: list[int] = []
    best: Telling | None = None
    while True:
        telling, open_guess = _try(source, person, guesses)
        best = telling if best is None or telling.same > best.same else best
        if telling.faithful or open_guess is None:
            return best
        guesses = open_guess


def _try(source: Source, person: Person, guesses: Sequence[int]) -> tuple[Telling, list[int] | None]:
    """A telling with these guesses at secrets, and the guesses to try next; None where there are no others."""
    call = source.call
    local = call.started_at.astimezone(source.zone).replace(second=0, microsecond=0, tzinfo=None)
    world = World(person.phone, local, keypad=call.by_keys, incident=call.incident, desk=call.desk)
    disguise = Disguise(source.content.book, source.keypad, person, _real(call, source.card))
    with text_call(world) as text:
        follower = _Follower(text, disguise, source, list(guesses))
        retold, same, steps, cut = follower.follow(person.phone)
        telling = Telling(world, retold, text.left(), same, steps, cut)
    return telling, follower.next_guesses


class _Follower:
    """Follows one stored call."""

    def __init__(self, text: TextCall, disguise: Disguise, source: Source, guesses: list[int]) -> None:
        self._text, self._disguise, self._source = text, disguise, source
        self._guesses = guesses
        self._guessed: list[tuple[int, int]] = []
        """Guess and how many there were, for each secret so far."""
        self._strayed = False
        self._untold = {same_words(source.content.book.prompts[name].text) for name in _UNTOLD}

    @property
    def next_guesses(self) -> list[int] | None:
        """The last secret before the telling strayed, guessed otherwise."""
        if not self._strayed or not self._guessed:
            return None
        *before, (guess, count) = self._guessed
        return [*(earlier for earlier, _ in before), guess + 1] if guess + 1 < count else None

    def follow(self, number: str) -> tuple[Retold, int, int, bool]:
        """The telling, steps told alike, steps there were, and whether a part behind an operator is left out."""
        first, *rest = self._steps()
        retold = Retold(number, self._text.dial())
        same = int(self._alike(first, retold.first))
        for at, step in enumerate(rest):
            if retold.last.over or retold.last.transferred:
                return retold, same, at + 1, True
            act = self._next_act(step)
            retold.add(act, self._text.act(act))
            if self._strayed:
                continue
            if self._alike(step, retold.last):
                same += 1
            else:
                self._strayed = True
        if not retold.last.over:
            retold.add(HANG_UP, self._text.act(HANG_UP))
        return retold, same, len(rest) + 1, False

    def _steps(self) -> list[StoredStep]:
        """The stored steps that the caller brought about."""
        return [step for step in self._source.call.steps if step.line or not self._is_untold(step)]

    def _is_untold(self, step: StoredStep) -> bool:
        return bool(step.says) and same_words(step.says[0]) in self._untold

    def _next_act(self, step: StoredStep) -> Act:
        if step.line is None:
            return SILENCE
        acts = self._disguise.acts(step.line)
        if len(acts) == 1 or self._strayed:
            return acts[0]
        if not self._text.code and acts[0].holds_code:
            return self._code_of_nobody(by_keys=acts[0].keyed_only)
        guess = self._guesses[len(self._guessed)] if len(self._guessed) < len(self._guesses) else 0
        self._guessed.append((guess, len(acts)))
        return acts[min(guess, len(acts) - 1)]

    def _code_of_nobody(self, *, by_keys: bool) -> Act:
        """Where no SMS has come, any code is wrong."""
        slot = self._source.content.slot_types["one_time_code"]
        return keys(NOBODYS_CODE) if by_keys else spoken(" ".join(slot.spoken(NOBODYS_CODE)))

    def _alike(self, step: StoredStep, told: Told) -> bool:
        """The same prompts, whatever values they name. After a transfer the stored step holds its beginning only."""
        stored = same_words(" ".join(step.says))
        wanted = told.says[: told.transferred_after]
        pattern = " ".join(
            r"[\w -]*" if segment.secret else re.escape(same_words(segment.text))
            for say in wanted
            for segment in say.segments
        )
        return re.fullmatch(_loosened(pattern), stored) is not None


def _loosened(pattern: str) -> str:
    """Values may be empty, and so may be what stands between two of them."""
    return pattern.replace(r" [\w -]*", r"(?: [\w -]*)?").replace(r"[\w -]* ", r"(?:[\w -]* )?")


def _real(call: StoredCall, card: Card | None) -> dict[str, str]:
    """The caller's own values, as far as they are known."""
    known = {name: value for name, value in call.slots.items() if name in ("card_number", "birth_date")}
    if card is not None and card.birth_date is not None:
        known["birth_date"] = card.birth_date.isoformat()
    phone = call.slots.get("new_phone") or call.slots.get("call_back_phone")
    return known | ({"phone_number": f"8{phone}"} if phone else {})
