"""Recorded people of the training corpus: the man of Debian's festvox-ru and the woman of its Asterisk sounds."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.errors import AudioError
from ivr.speech.training.corpus import RATE, CorpusWriter, Floats, load, read_corpus
from ivr.speech.training.festvox import VOICE, Sentence, SpokenWord, sentences

SOUNDS = Path("/usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU")
"""Where Debian's asterisk-core-sounds-ru-wav installs the recordings."""
SOUNDS_RATE = 8000
LEVEL = 0.05
"""RMS of speech in every corpus, of full scale: -26 dB, which leaves room for the peaks of all voices used."""
FRAME_SECONDS = 0.01

_LONGEST_SECONDS = 8.0
_PAUSE_SECONDS = 0.18
"""A pause at which a recording is cut; shorter ones may be the closure of a plosive."""
_AROUND_SECONDS = 0.15
"""Silence kept before and after speech."""
_BELOW_PEAK_DB = 40.0
_YO = Path(__file__).with_name("asterisk_yo.txt")
_CUTS = Path(__file__).with_name("asterisk_cuts.tsv")
_WITHOUT_DOTS = {0x451: 0x435}


def festvox_sentences(out: Path, voice: Path = VOICE) -> int:
    """Write the man's sentences, cut at pauses into stretches of about 8 seconds at most; how many were written.

    Raises ``AudioError`` where the package is not installed.
    """
    with CorpusWriter(out) as writer:
        return sum(_write_stretches(sentence, writer) for sentence in sentences(voice))


def _write_stretches(sentence: Sentence, writer: CorpusWriter) -> int:
    sound = load(sentence.file)
    written = 0
    for start, end, words in stretches(sentence.words, len(sound) / RATE):
        cut = trimmed(sound[int(start * RATE) : int(end * RATE)], RATE)
        if len(cut) <= _LONGEST_SECONDS * 1.5 * RATE:
            writer.add(f"{sentence.file.stem}-{written}", levelled(cut, RATE), words)
            written += 1
    return written


def stretches(words: Sequence[SpokenWord], seconds: float) -> Iterator[tuple[float, float, tuple[str, ...]]]:
    """Cut a recording of so many seconds in the middle of pauses where both neighbours are sure: start, end, words."""
    start, said = 0.0, 0
    cuts = _cuts(words)
    for at, following in zip(cuts, [*cuts[1:], len(words)], strict=False):
        if words[following - 1].end - start > _LONGEST_SECONDS:
            middle = (words[at - 1].end + words[at].start) / 2
            yield start, middle, tuple(word.word for word in words[said:at])
            start, said = middle, at
    if words:
        yield start, seconds, tuple(word.word for word in words[said:])


def _cuts(words: Sequence[SpokenWord]) -> list[int]:
    """Numbers of the words before which the recording may be cut."""
    return [
        at
        for at in range(1, len(words))
        if words[at].start - words[at - 1].end >= _PAUSE_SECONDS and words[at].sure and words[at - 1].sure
    ]


def festvox_words(voice: Path = VOICE) -> dict[str, list[Floats]]:
    """Every word of the man whose edges are sure: all its takes, cut by the package's phone times, at ``RATE``."""
    takes: dict[str, list[Floats]] = {}
    for sentence in sentences(voice):
        sound = load(sentence.file)
        for word in sentence.words:
            if word.sure:
                cut = sound[int(word.start * RATE) : int(word.end * RATE)]
                takes.setdefault(word.word, []).append(levelled(cut, RATE))
    return takes


def asterisk_sounds(index: Path, out: Path, sounds: Path = SOUNDS) -> int:
    """Write the woman's recordings that ``index`` names (``_`` for the folder's ``/``); how many were written.

    Raises ``AudioError`` where the package is not installed or the index is missing.
    """
    if not sounds.is_dir():
        raise AudioError(f"{sounds} is missing: install Debian's asterisk-core-sounds-ru-wav.")
    if not index.is_file():
        raise AudioError(f"{index} is missing: name the index of the Asterisk recordings.")
    rows = [line.split("\t")[:2] for line in index.read_text("utf-8").splitlines()]
    with CorpusWriter(out, SOUNDS_RATE) as writer:
        return sum(
            _write_sound(name.removesuffix(".wav"), file, words, writer)
            for name, words in rows
            if (file := _file(sounds, name))
        )


def _file(sounds: Path, name: str) -> Path | None:
    return next((path for path in (sounds / name, sounds / name.replace("_", "/", 1)) if path.is_file()), None)


def _write_sound(name: str, file: Path, text: str, writer: CorpusWriter) -> int:
    """Long recordings come in pieces, which are named by their numbers."""
    sound, words = load(file, SOUNDS_RATE), tuple(_with_yo().get(word, word) for word in text.split())
    cuts = _asterisk_cuts().get(name, ())
    ends = [*cuts, (len(sound) / SOUNDS_RATE, len(words))]
    for number, ((start, said), (end, spoken)) in enumerate(zip([(0.0, 0), *cuts], ends, strict=True)):
        piece = trimmed(sound[int(start * SOUNDS_RATE) : int(end * SOUNDS_RATE)], SOUNDS_RATE)
        writer.add(f"{name}-{number}" if cuts else name, levelled(piece, SOUNDS_RATE), words[said:spoken])
    return len(ends)


@cache
def _asterisk_cuts() -> Mapping[str, tuple[tuple[float, int], ...]]:
    """Where recordings of more than eight seconds fall apart: seconds, and how many words come before.

    They are pauses of 0.22 s or more that a forced alignment by a first network of this training put between two words.
    """
    cuts: dict[str, tuple[tuple[float, int], ...]] = {}
    for line in _CUTS.read_text("utf-8").splitlines():
        name, seconds, before = line.split("\t")
        cuts[name] = (*cuts.get(name, ()), (float(seconds), int(before)))
    return cuts


@cache
def _with_yo() -> Mapping[str, str]:
    """Words that the index spells without the two dots, as the lexicon wants them."""
    return {word.translate(_WITHOUT_DOTS): word for word in _YO.read_text("utf-8").split()}


def single_words(corpus: Path) -> dict[str, list[Floats]]:
    """Recordings of a corpus that hold one word each, without silence around: word and takes, at ``RATE``."""
    takes: dict[str, list[Floats]] = {}
    for recording in read_corpus(corpus):
        if len(recording.words) == 1:
            sound = trimmed(load(recording.file), RATE, around=0.0)
            takes.setdefault(recording.words[0], []).append(levelled(sound, RATE))
    return takes


def trimmed(samples: Floats, rate: int, around: float = _AROUND_SECONDS) -> Floats:
    """Samples without the silence before and after speech, but for ``around`` seconds of it."""
    loud = np.flatnonzero(_loud(samples, rate))
    if not len(loud):
        return samples
    frame, keep = int(rate * FRAME_SECONDS), int(rate * around)
    return samples[max(0, int(loud[0]) * frame - keep) : (int(loud[-1]) + 1) * frame + keep]


def levelled(samples: Floats, rate: int, level: float = LEVEL) -> Floats:
    """Samples of which the speech (not the pauses) has the RMS ``level``, or less where peaks would be clipped."""
    frame = int(rate * FRAME_SECONDS)
    loud = np.repeat(_loud(samples, rate), frame)
    spoken = samples[: len(loud)][loud]
    if not len(spoken):
        return samples
    gain = level / max(float(np.sqrt(np.mean(spoken**2))), 1e-6)
    peak = float(np.abs(samples).max()) * gain
    return (samples * (gain / max(1.0, peak / 0.98))).astype(np.float32)


def _loud(samples: Floats, rate: int) -> NDArray[np.bool_]:
    """For each whole frame of 10 ms: is it within 40 dB of the loudest and above the noise?"""
    frame = int(rate * FRAME_SECONDS)
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    if not len(frames):
        return np.zeros(0, dtype=np.bool_)
    centred = frames - frames.mean(axis=1, keepdims=True)
    decibels = 10 * np.log10(np.mean(centred**2, axis=1) + 1e-14)
    loud: NDArray[np.bool_] = decibels > decibels.max() - _BELOW_PEAK_DB
    return loud
