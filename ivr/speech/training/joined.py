"""Real speech made longer: recorded words joined into numbers, dates and phrases.

Few real people are recorded, and mostly word by word, while callers run their digits together. The joins imitate that
from slow dictation to words that flow into each other; they are not coarticulated, which only whole recordings are.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
import soxr

from ivr.speech.training.corpus import RATE, CorpusWriter, Floats
from ivr.speech.training.texts import sample_texts

LONGEST_SECONDS = 13.5
"""Longer utterances are not learned from, so they are not made."""

_SPOKEN_SECONDS = 12.0
"""Speech without pauses that fits in; faster than ``_FASTEST`` nobody speaks, so that longer texts are passed over."""
_FASTEST = 1.6
_WORDS = Path(__file__).with_name("joined_words.txt")
_TEXTS_AT_ONCE = 2000
_OWN_SHARE = 0.4
"""Utterances of this module's own numbers; the others come from the common texts."""
_TRIES = 20
_DIGIT_LENGTHS = (2, 3, 4, 4, 5, 6, 6, 7, 8, 10, 11, 11, 16, 16, 16)
_WINDOW = 480
"""Samples of a piece when the pace is changed: 30 ms hold two periods of the deepest voice."""
_SEARCH = 240
_FADE_SECONDS = 0.004

Words = tuple[str, ...]
Fits = Callable[[Words], bool]
Takes = Mapping[str, Sequence[Floats]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody strings words together. Seconds; ``pace`` as a factor on the words' own."""

    touching: float
    """The share of words that flow into the next one."""
    gaps: tuple[float, float]
    block: int
    """Words between longer pauses; 0 for none."""
    pace: float
    noise: float
    """Amplitude of the silence between words, which on a line is never nothing."""


def join_words(words: Takes, writer: CorpusWriter, prefix: str, count: int, rng: random.Random) -> int:
    """Write ``count`` joins of recorded ``words`` as ``prefix-00000`` and so on; how many were written.

    ``words``: takes without silence around at ``RATE``, of one speaker and level. The writer's rate must be ``RATE``.
    Fewer than ``count`` are written only where the words allow no text of two words.
    """
    takes = {word: [take for take in some if len(take) > _WINDOW] for word, some in words.items()}
    takes = {word: some for word, some in takes.items() if some}
    texts = _texts(takes, rng)
    written = 0
    for _ in range(count):
        if (text := next(texts, None)) is None:
            break
        writer.add(f"{prefix}-{written:05d}", join([rng.choice(takes[word]) for word in text], rng), text)
        written += 1
    return written


def join(takes: Sequence[Floats], rng: random.Random) -> Floats:
    """One utterance out of ``takes`` at ``RATE``, in a manner by chance; ``LONGEST_SECONDS`` at most."""
    manner = _manner(rng, sum(map(len, takes)) / RATE / _SPOKEN_SECONDS)
    said = [_varied(take, manner, rng) for take in takes]
    room = LONGEST_SECONDS * RATE - sum(map(len, said))
    pauses = [_pause(manner, place, rng) for place in range(1, len(said))]
    edges = [rng.uniform(0.08, 0.45), rng.uniform(0.15, 0.5)]
    silence = sum(max(0.0, pause) for pause in pauses) + sum(edges)
    squeeze = min(1.0, max(0.0, room / RATE / silence))
    sound = _strung(said, [pause if pause < 0 else pause * squeeze for pause in pauses])
    before, after = (int(edge * squeeze * RATE) for edge in edges)
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, manner.noise, before + len(sound) + after)
    noise[before : before + len(sound)] += sound
    return noise.astype(np.float32)


def _manner(rng: random.Random, slowest: float) -> Manner:
    touching, gaps = rng.choice(
        ((0.9, (0.0, 0.05)), (0.7, (0.0, 0.1)), (0.4, (0.0, 0.15)), (0.1, (0.02, 0.25)), (0.0, (0.05, 0.25)))
    )
    return Manner(
        touching=touching,
        gaps=gaps,
        block=rng.choice((0, 0, 0, 2, 3, 4, 4)),
        pace=max(slowest, rng.uniform(0.95, 1.4) if touching >= 0.4 else rng.uniform(0.9, 1.2)),
        noise=10 ** rng.uniform(-4.3, -3.0),
    )


def _pause(manner: Manner, place: int, rng: random.Random) -> float:
    """Seconds before the word at ``place``, negative where it begins within the word before."""
    if rng.random() < 0.015:
        return rng.uniform(0.5, 1.4)
    if manner.block and place % manner.block == 0:
        return rng.uniform(0.12, 0.8)
    if rng.random() < manner.touching:
        return -rng.uniform(0.01, 0.04)
    return rng.uniform(*manner.gaps)


def _varied(take: Floats, manner: Manner, rng: random.Random) -> Floats:
    """A word a little higher or lower, louder or softer, at the manner's pace."""
    higher = rng.uniform(0.96, 1.04)
    bent = soxr.resample(take, RATE * higher, RATE)
    sound = paced(bent, manner.pace * rng.uniform(0.92, 1.08) / higher)
    return sound * np.float32(10 ** (rng.gauss(0, 1.3) / 20))


def paced(samples: Floats, pace: float) -> Floats:
    """``samples`` at ``RATE`` ``pace`` times as fast at the same pitch: pieces overlapped where they fit best."""
    hop = _WINDOW // 2
    if abs(pace - 1) < 0.02 or len(samples) < 4 * _WINDOW:
        return samples
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (hop, _WINDOW + _SEARCH + hop))
    pieces = int(len(samples) / pace) // hop + 1
    out = np.zeros((pieces + 1) * hop, dtype=np.float32)
    at = 0
    for piece in range(pieces):
        if piece:
            at = _best_fit(padded, at + hop, int(piece * hop * pace))
        out[piece * hop : piece * hop + _WINDOW] += padded[at : at + _WINDOW] * window
    return out[hop : hop + int(len(samples) / pace)]


def _best_fit(sound: Floats, natural: int, wanted: int) -> int:
    """The place near ``wanted`` that goes on most like ``natural``, where the sound would go on by itself."""
    first = max(0, wanted - _SEARCH)
    zone = sound[first : wanted + _SEARCH + _WINDOW]
    going_on = sound[natural : natural + _WINDOW]
    if len(going_on) < _WINDOW or len(zone) <= _WINDOW:
        return min(first, len(sound) - _WINDOW)
    return first + int(np.argmax(np.correlate(zone, going_on, "valid")))


def _strung(said: Sequence[Floats], pauses: Sequence[float]) -> Floats:
    """Words at their places, faded where they meet."""
    places, at = [0], len(said[0])
    for word, pause in zip(said[1:], pauses, strict=True):
        shared = min(int(-pause * RATE), len(word) // 4, len(said[len(places) - 1]) // 4)
        places.append(at - shared if pause < 0 else at + int(pause * RATE))
        at = places[-1] + len(word)
    out = np.zeros(at, dtype=np.float32)
    for number, (word, place) in enumerate(zip(said, places, strict=True)):
        before = 0 if number == 0 else places[number - 1] + len(said[number - 1]) - place
        after = 0 if number == len(said) - 1 else place + len(word) - places[number + 1]
        out[place : place + len(word)] += word * _envelope(len(word), before, after)
    return out


def _envelope(count: int, before: int, after: int) -> Floats:
    """Fades of so many shared samples at both ends, at least 4 ms, so that a cut does not click."""
    shortest = int(_FADE_SECONDS * RATE)
    envelope = np.ones(count, dtype=np.float32)
    rise, fall = max(before, shortest), max(after, shortest)
    envelope[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32))[:count]
    envelope[-fall:] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32))[-count:]
    return envelope


def _texts(takes: Takes, rng: random.Random) -> Iterator[Words]:
    """Texts of two words or more out of the words there are; ends where there is none."""
    longest = {word: max(map(len, some)) / RATE for word, some in takes.items()}

    def fits(text: Words) -> bool:
        known = len(text) > 1 and all(word in longest for word in text)
        return known and sum(longest[word] for word in text) < _SPOKEN_SECONDS * _FASTEST

    sampled, own = _sampled(fits, rng), _own(takes, fits, rng)
    while True:
        first, second = (own, sampled) if rng.random() < _OWN_SHARE else (sampled, own)
        text = next(first, None) or next(second, None)
        if text is None:
            return
        yield text


def _sampled(fits: Fits, rng: random.Random) -> Iterator[Words]:
    """Of the common texts those whose words are all there."""
    while True:
        texts = sample_texts(_TEXTS_AT_ONCE, rng.getrandbits(32))
        possible = [text.words for text in texts if fits(text.words)]
        yield from possible
        if not possible:
            return


def _own(takes: Takes, fits: Fits, rng: random.Random) -> Iterator[Words]:
    """Numbers and dates in which any word follows any other equally often."""
    known = {kind: [word for word in some if word in takes] for kind, some in _kinds().items()}
    while True:
        texts = (rng.choice(_PATTERNS)(known, rng) for _ in range(_TRIES))
        text = next((text for text in texts if fits(text)), None)
        if text is None:
            return
        yield text


@cache
def _kinds() -> Mapping[str, tuple[str, ...]]:
    rows = (line.split("\t") for line in _WORDS.read_text("utf-8").splitlines())
    return {kind: tuple(words.split()) for kind, words in rows}


Known = Mapping[str, Sequence[str]]
Chance = random.Random


def _of(known: Known, rng: Chance, *kinds: str) -> Words:
    """A word of each kind; none at all where one kind has no word."""
    return tuple(rng.choice(known[kind]) for kind in kinds) if all(known[kind] for kind in kinds) else ()


def _digits(known: Known, rng: Chance) -> Words:
    return tuple(chain.from_iterable(_of(known, rng, "digit") for _ in range(rng.choice(_DIGIT_LENGTHS))))


_TWO_DIGITS = (("tens", "unit"), ("tens", "unit"), ("tens",), ("teen",), ("zero", "unit"))


def _pair(known: Known, rng: Chance) -> Words:
    return _of(known, rng, *rng.choice(_TWO_DIGITS))


def _pairs(known: Known, rng: Chance) -> Words:
    return tuple(chain.from_iterable(_pair(known, rng) for _ in range(rng.choice((1, 2, 3, 4, 8)))))


def _mixed(known: Known, rng: Chance) -> Words:
    """Blocks of three, two and one digits, as telephone and card numbers are read."""
    ways = (lambda: (*_of(known, rng, "hundreds"), *_pair(known, rng)), lambda: _pair(known, rng))
    blocks = (rng.choice((*ways, lambda: _of(known, rng, "digit")))() for _ in range(rng.randint(1, 6)))
    return tuple(chain.from_iterable(blocks))


def _date(known: Known, rng: Chance) -> Words:
    day = _of(known, rng, "ordinal") if rng.random() < 0.6 else _of(known, rng, "day_tens", "ordinal_unit")
    month = _of(known, rng, "month")
    year = _of(known, rng, "thousand", "century") + _of(known, rng, "tens", "ordinal_unit")
    tail = _of(known, rng, "year")
    return day + month + (year + tail if rng.random() < 0.5 else ())


_PATTERNS: tuple[Callable[[Known, Chance], Words], ...] = (_digits, _digits, _digits, _pairs, _mixed, _date)
