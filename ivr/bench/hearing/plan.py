"""What is played: trials of the sets that are there, with babble, and speech and noise that are no answers."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ivr.bench.hearing.cards import WordFiles, card_words, cards_of_fours, paired_cards, single_cards
from ivr.bench.hearing.noise import NOISES
from ivr.bench.hearing.outside import OutsideTrial, QuestionName, question_of, would_answer
from ivr.bench.hearing.questions import Questions
from ivr.bench.hearing.sets import ELENA, JOINED, Labels, Recorded, dev_trials, read_set
from ivr.bench.hearing.sound import Babble, Piece, Sound
from ivr.bench.hearing.trials import Kind, Trial, in_babble
from ivr.dialog.events import said
from ivr.settings import ROOT
from ivr.simulator.voices import ASTERISK_FOLDER
from ivr.slots.words import fold

FESTVOX = Path("/usr/share/festival/voices/russian/msu_ru_nsh_clunits")
"""Where Debian's festvox-ru puts its voice, with the recordings that it was made from."""
ASTERISK_INDEX = ROOT / "tests" / "audio" / "asterisk_ru.tsv"
CARDS = 100
BABBLED = 20
"""Utterances of a line of the table that are played with babble too: cards are long."""
QUICK_SAMPLE = 3
"""Trials of a line of the table in a quick run."""
SENTENCES = 50
"""Of a voice, against each question."""
QUICK_SENTENCES = 4
NOISE_SEEDS = 4
SPOKEN_AT_RANDOM = 30
"""Utterances by the synthesizer, where there is no set."""
FESTVOX_LINE = re.compile(r'\( (\S+) "(.*)" \)')
NO_LETTER = re.compile(r"[^\W\d_]+")
OVER_PROMPT = (QuestionName.YES_NO, QuestionName.DIGITS)
ASTERISK_VOICE, ESPEAK_VOICE = "asterisk (in training)", "espeak-ng (in training)"
FESTVOX_NAME = "festvox-ru sentences (in training)"
ASTERISK_NAME = "asterisk prompts (in training)"
ELENA_NAME = "real-elena prompts"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be played."""

    trials: Sequence[Trial]
    outside: Sequence[OutsideTrial]
    card_words: dict[str, WordFiles]
    """By voice: what a caller's second try is joined from."""
    left_out: Sequence[str]
    """What could not be measured, and why, in whole sentences."""


def plan_hearing(sets: Path | None, questions: Questions, *, quick: bool) -> Plan:
    """``sets``: the folder of the tuning sets; None: only what the machine has.

    Raises ``AudioError`` where the folder holds no sets.
    """
    labels, left_out = Labels(questions), list(_not_installed())
    words: dict[str, WordFiles] = {}
    if sets is None:
        left_out.insert(0, "No sets of recordings: set SPEECH_DIR, or give --sets. Unseen voices are not measured.")
        trials = list(_own_trials(labels, questions, words))
    else:
        trials = list(_dev_and_cards(sets / "dev", labels, questions, words))
    chosen = _sample(trials, QUICK_SAMPLE) if quick else trials
    chosen += _noisy(chosen)
    outside = list(_outside(sets, questions, QUICK_SENTENCES if quick else SENTENCES, 1 if quick else NOISE_SEEDS))
    return Plan(chosen, outside, words, left_out)


def _not_installed() -> Iterator[str]:
    if not ASTERISK_FOLDER.is_dir():
        yield "The prompts of asterisk-core-sounds-ru-wav are not installed: no figures with them."
    if not FESTVOX.is_dir():
        yield "festvox-ru is not installed: false accepts on its sentences are not measured."


def _dev_and_cards(dev: Path, labels: Labels, questions: Questions, words: dict[str, WordFiles]) -> Iterator[Trial]:
    trials = list(dev_trials(dev, labels))
    yield from trials
    elena = card_words({one.file: one.text for one in read_set(dev / ELENA)}, questions)
    words |= {ELENA: elena, JOINED: elena}
    fours = [trial for trial in trials if trial.row == "4 single digits"]
    yield from cards_of_fours(fours, CARDS)
    yield from single_cards(JOINED, elena, questions, CARDS)
    yield from paired_cards(JOINED, elena, questions, CARDS)


def _own_trials(labels: Labels, questions: Questions, words: dict[str, WordFiles]) -> Iterator[Trial]:
    """Voices that the machine has; all of them were in training."""
    if ASTERISK_FOLDER.is_dir():
        recorded = asterisk_recordings()
        yield from filter(None, map(labels.isolated, recorded))
        files = {one.file: one.text for one in recorded}
        by_word = card_words(files, questions)
        words[ASTERISK_VOICE] = by_word
        yield from single_cards(ASTERISK_VOICE, by_word, questions, CARDS)
        yield from paired_cards(ASTERISK_VOICE, by_word, questions, CARDS)
    yield from _synthesized(questions)


def _synthesized(questions: Questions) -> Iterator[Trial]:
    """espeak-ng reads codes and dates."""
    rng, types = random.Random(0), questions.content.slot_types
    for _ in range(SPOKEN_AT_RANDOM):
        code = "".join(rng.choice("0123456789") for _ in range(6))
        date = f"{rng.randint(1940, 2008)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        for row, kind, slot, value in (
            ("6 single digits, as a code", Kind.DIGITS, "one_time_code", code),
            ("dates with a year", Kind.DATE, "birth_date", date),
        ):
            text = " ".join(types[slot].spoken(value))
            yield Trial(ESPEAK_VOICE, row, kind, fold(text), value, Sound((Piece(text),)))


def asterisk_recordings() -> list[Recorded]:
    """The prompts of Debian's package that are there, from their index in the tests' folder."""
    rows = (line.split("\t") for line in ASTERISK_INDEX.read_text("utf-8").splitlines())
    found = (Recorded(ASTERISK_VOICE, ASTERISK_FOLDER / file.replace("_", "/"), fold(text)) for file, text in rows)
    return [one for one in found if one.file.is_file()]


def festvox_recordings() -> list[Recorded]:
    """The sentences behind Festival's Russian voice, without marks of punctuation and stress."""
    index = FESTVOX / "etc" / "txt.done.data"
    if not index.is_file():
        return []
    found = FESTVOX_LINE.findall(index.read_text("utf-8", "replace"))
    rows = ((FESTVOX / "wav" / f"{name}.wav", _bare(text)) for name, text in found)
    return [Recorded("festvox", file, text) for file, text in rows if file.is_file()]


def _bare(text: str) -> str:
    return " ".join(NO_LETTER.findall(fold(text).replace("+", "")))


# -- babble -----------------------------------------------------------------------------------------------------------


def babblers(voice: str) -> tuple[Path, ...]:
    """Recordings that babble is made of: anybody's but the voice's own; empty where nothing is installed."""
    longest = [one.file for one in asterisk_recordings() if len(one.text.split()) > 3 and voice != ASTERISK_VOICE]
    return tuple(longest + [one.file for one in festvox_recordings()])


def _noisy(trials: Sequence[Trial]) -> list[Trial]:
    """The numbers, dates and cards of real voices once more, with babble."""
    kinds = (Kind.CARD, Kind.DIGITS, Kind.DATE)
    real = [trial for trial in trials if trial.kind in kinds and trial.voice in (JOINED, ASTERISK_VOICE)]
    some = [trial for row in _by_row(real) for trial in row[:BABBLED]]
    files = {voice: babblers(voice) for voice in {trial.voice for trial in real}}
    return [in_babble(one, files[one.voice], seed) for seed, one in enumerate(some) if files[one.voice]]


# -- no answers -------------------------------------------------------------------------------------------------------


def _outside(sets: Path | None, questions: Questions, count: int, seeds: int) -> Iterator[OutsideTrial]:
    sources = {FESTVOX_NAME: festvox_recordings(), ASTERISK_NAME: asterisk_recordings()}
    if sets is not None:
        sources[ELENA_NAME] = read_set(sets / "dev" / ELENA)
    for source, recorded in sources.items():
        yield from _sentences(source, recorded, questions, count)
    for name in QuestionName:
        yield from (OutsideTrial(noise, name, noise=noise, seed=seed) for noise in NOISES for seed in range(seeds))
    files = babblers("")
    for seed in range(seeds if files else 0):
        sound = Sound((), Babble(files, 10.0, seed))
        yield from (OutsideTrial("babble alone", name, sound) for name in QuestionName)


def _sentences(source: str, recorded: Sequence[Recorded], questions: Questions, count: int) -> Iterator[OutsideTrial]:
    """Up to ``count`` sentences for each question that hold no answer to any."""
    asked = [question_of(name, questions) for name in QuestionName]
    shuffled = random.Random(source).sample(recorded, len(recorded))
    held = (one for one in shuffled if not any(would_answer(question, said(one.text)) for question in asked))
    for one in islice(held, count):
        sound = Sound((Piece(one.file),))
        yield from (OutsideTrial(source, name, sound, text=one.text) for name in QuestionName)
        yield from (OutsideTrial(source, name, sound, text=one.text, over_prompt=True) for name in OVER_PROMPT)


def _sample(trials: Sequence[Trial], count: int) -> list[Trial]:
    """Some of each line of the table."""
    return [trial for row in _by_row(trials) for trial in _spread_out(row, count)]


def _spread_out(row: Sequence[Trial], count: int) -> Sequence[Trial]:
    """At most ``count``, the first one and every so many."""
    return row[:: max(1, -(-len(row) // count))]


def _by_row(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Lines of the table, with and without babble apart."""
    rows: dict[tuple[str, str, str], list[Trial]] = {}
    for trial in trials:
        rows.setdefault((trial.voice, trial.row, trial.condition), []).append(trial)
    return list(rows.values())
