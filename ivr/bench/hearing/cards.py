"""Card numbers: joined from a voice's recordings, and taken through the dialogue as a call does.

The number is said; the readings meet the base of cards (``pick_known_card``); what is picked is read back. A caller who
hears a wrong number says no, names the block that is wrong where it is one, and reads it again; one who is asked which
of two versions is right reads the block; and one who is asked for the rest gives the rest. «No» and the block's place
are given without sound: what is measured is how numbers are heard.
"""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import cast

from ivr.actions import load_actions
from ivr.actions.services import Context, Services
from ivr.bench.hearing.ask import Answer, Line
from ivr.bench.hearing.questions import CARD, Asked, Questions, Verdict
from ivr.bench.hearing.sound import Piece, Sound, play
from ivr.bench.hearing.trials import Kind, Trial
from ivr.dialog.clarify import small_questions
from ivr.dialog.commands import Command, Listen, Run
from ivr.dialog.engine import advance
from ivr.dialog.events import CallEvent, Heard, NoInput, Utterance, keyed, said
from ivr.dialog.forms import Clarify, Complete, Partial, SlotType
from ivr.dialog.state import DialogState
from ivr.slots.words import fold

LENGTH, BLOCK = 16, 4
GAP_SECONDS = (0.06, 0.25)
BLOCK_PAUSE_SECONDS = (0.4, 0.8)
JOINED_PAUSE_SECONDS = 0.6
"""Between recordings of four digits."""
TRIES = 3
"""Turns that a caller takes before the call counts as lost."""
ISSUED = 1_000_000
"""Cards in the base."""
SERIES_DIGITS = 6
"""Cards of one issuer share so many first digits (ISO/IEC 7812), so that a million cards are one in ten thousand of the
numbers that begin like that, and a number misheard further on is somebody's card as often."""

WordFiles = Mapping[str, Sequence[Path]]
"""A word to its recordings by one voice."""


@dataclass(frozen=True, slots=True)
class CardBase:
    """A base of issued cards that holds one card for sure and others at their true density; always the same."""

    caller_has: str

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        return {number for number in numbers if self.holds(number)}

    def holds(self, number: str) -> bool:
        if number == self.caller_has:
            return True
        same_series = number[:SERIES_DIGITS] == self.caller_has[:SERIES_DIGITS]
        chance = int.from_bytes(sha256(number.encode()).digest()[:8]) / 2**64
        return same_series and chance < ISSUED / 10 ** (LENGTH - SERIES_DIGITS)


@dataclass(frozen=True, slots=True)
class CardCall:
    """How a number fared."""

    first: Answer
    """The caller's first turn."""
    verdict: Verdict
    """After it: the right number read back, a wrong one, or asked again."""
    offered: str
    wrong_accepted: bool
    """A wrong number was read back in some turn that is an issued card: only the caller's ear is left to notice it."""
    among: bool
    """The right number was among the readings of the first turn."""
    without_base: Verdict
    """What it would have been without the base of cards."""
    tries: int
    """The turn in which the right number was read back; 0 for none."""


class CardCaller:
    """Takes numbers through the dialogue."""

    def __init__(self, questions: Questions, line: Line, words: WordFiles) -> None:
        self._questions, self._line, self._words = questions, line, words
        self._book = questions.content.book
        self._pick = load_actions()
        self._form = next(form.name for form in self._book.forms.values() if CARD in form.ask)
        field = self._book.fields[CARD]
        assert field.clarify is not None
        self._clarify: Clarify = field.clarify
        self._asking = {CARD, *small_questions(field)}

    def call(self, trial: Trial) -> CardCall:
        state = DialogState(self._book.version, self._form, field=CARD)
        base, sound, answers, offers = CardBase(trial.want), trial.sound, list[Answer](), list[str]()
        for number in range(TRIES):
            asked = Asked(self._book, Listen(state.field or CARD))
            answers.append(self._line.listen(asked, play(sound), state.heard))
            state = self._step(state, _event(answers[-1].utterance), base)
            offers.append(state.candidates[0] if state.confirming else "")
            if offers[-1] == trial.want or state.field not in self._asking or state.keypad:
                break
            if offers[-1]:
                state = self._refuse(state, offers[-1], trial.want, base)
            sound = self._again(trial, state, f"{trial.want}/{number}")
        return self._found(trial, answers[0], offers, base)

    def _found(self, trial: Trial, first: Answer, offers: Sequence[str], base: CardBase) -> CardCall:
        reading = self._questions.digits(LENGTH).read(first.utterance)
        values = reading.values if isinstance(reading, Complete) else ()
        return CardCall(
            first=first,
            verdict=_verdict(offers[0], trial.want),
            offered=offers[0],
            wrong_accepted=any(base.holds(one) for one in offers if one and one != trial.want),
            among=trial.want in values,
            without_base=_verdict(values[0] if values else "", trial.want),
            tries=len(offers) if offers[-1] == trial.want else 0,
        )

    def _refuse(self, state: DialogState, offered: str, want: str, base: CardBase) -> DialogState:
        """No; and which block is wrong, or that it is more than one: its number on the keys, or the next one."""
        state = self._step(state, Heard(said(self._book.yes_no.spoken("no")[0])), base)
        if state.field != self._clarify.where:
            return state
        wrong = [at // BLOCK for at in range(0, LENGTH, BLOCK) if offered[at : at + BLOCK] != want[at : at + BLOCK]]
        key = wrong[0] + 1 if len(wrong) == 1 else LENGTH // BLOCK + 1
        return self._step(state, Heard(keyed(str(key))), base)

    def _step(self, state: DialogState, event: CallEvent, base: CardBase) -> DialogState:
        """One event, and the actions that it asks for."""
        state, commands = advance(self._book, state, event)
        while isinstance(run := _last(commands), Run) and state.field == CARD:
            context = Context("CA0", None, run.slots, run.candidates, facts=state.facts)
            finished = self._pick[run.action].run(context, cast(Services, base))
            state, commands = advance(self._book, state, finished)
        return state

    def _again(self, trial: Trial, state: DialogState, seed: str) -> Sound:
        """The block that is asked for; the rest where a beginning was understood; else the whole number."""
        if state.aside and state.aside.block is not None:
            return self._joined(trial.want[state.aside.block * BLOCK :][:BLOCK], seed)
        reading = self._questions.digits(LENGTH).read(state.heard) if state.heard else None
        known = reading.progress if isinstance(reading, Partial) else ""
        rest = trial.want[len(known) :] if trial.want.startswith(known) else trial.want
        return self._joined(rest, seed)

    def _joined(self, digits: str, seed: str) -> Sound:
        pieces = self._questions.content.slot_types["one_time_code"].spoken(digits)
        return word_by_word(pieces, self._words, random.Random(seed))


def card_words(texts: Mapping[Path, str], questions: Questions) -> WordFiles:
    """Recordings of single words of numbers, by word."""
    wanted = {fold(word) for word in questions.lexicon.heard["cardinals"]}
    found: dict[str, list[Path]] = {}
    for file, text in texts.items():
        if text in wanted:
            found.setdefault(text, []).append(file)
    return found


def word_by_word(pieces: Sequence[str], words: WordFiles, rng: random.Random) -> Sound:
    """Pieces of one or two digits said with a pause after every fourth digit."""
    joined, per_block = list[Piece](), BLOCK if all(" " not in piece for piece in pieces) else BLOCK // 2
    for count, piece in enumerate(pieces):
        for within, word in enumerate(piece.split()):
            new_block = count % per_block == 0 and within == 0
            pause = rng.uniform(*(BLOCK_PAUSE_SECONDS if new_block else GAP_SECONDS)) if joined else 0.0
            joined.append(Piece(rng.choice(words[fold(word)]), pause, tight=True))
    return Sound(tuple(joined))


def single_cards(voice: str, words: WordFiles, questions: Questions, count: int) -> Iterator[Trial]:
    """Random numbers, digit by digit."""
    yield from _cards(voice, "card, single digits", questions.content.slot_types["one_time_code"], words, count)


def paired_cards(voice: str, words: WordFiles, questions: Questions, count: int) -> Iterator[Trial]:
    """Random numbers, read in pairs."""
    yield from _cards(voice, "card, pairs", questions.content.slot_types[CARD], words, count)


def _cards(voice: str, row: str, slot: SlotType, words: WordFiles, count: int) -> Iterator[Trial]:
    rng = random.Random(f"{voice}/{row}")
    for _ in range(count):
        number = "".join(rng.choice("0123456789") for _ in range(LENGTH))
        pieces = tuple(piece.rstrip(",") for piece in slot.spoken(number))
        sound = word_by_word(pieces, words, rng)
        yield Trial(voice, row, Kind.CARD, fold(" ".join(pieces)), number, sound)


def cards_of_fours(fours: Sequence[Trial], count: int) -> Iterator[Trial]:
    """Numbers out of four recordings of four digits each."""
    rng = random.Random(1)
    for _ in range(count):
        chosen = rng.sample(fours, LENGTH // BLOCK)
        pieces = tuple(
            Piece(one.sound.pieces[0].source, JOINED_PAUSE_SECONDS if number else 0.0)
            for number, one in enumerate(chosen)
        )
        want, text = "".join(one.want for one in chosen), " ".join(one.said for one in chosen)
        yield Trial(chosen[0].voice, "card, four blocks of 4 digits", Kind.CARD, text, want, Sound(pieces))


def _event(utterance: Utterance) -> CallEvent:
    return Heard(utterance) if utterance else NoInput()


def _last(commands: Sequence[Command]) -> Command | None:
    return commands[-1] if commands else None


def _verdict(offered: str, want: str) -> Verdict:
    if not offered:
        return Verdict.AGAIN
    return Verdict.RIGHT if offered == want else Verdict.WRONG
