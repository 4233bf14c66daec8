"""From a clean voice to what comes down a telephone line: rooms, shops, microphones, bands, codecs, lost packets.

All sound here is float32 from -1 to 1 at 8000 hertz; all chance comes from one generator, so that a seed gives one
corpus.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from ivr.speech.sound import RATE

PACKET = 160
"""Samples of 0.02 s, what a telephone network loses at a time."""

Floats = NDArray[np.float32]
Chance = np.random.Generator


def over_the_line(voice: Floats, babble: Sequence[Floats], chance: Chance) -> Floats:
    """One caller's one utterance as the hotline gets it, with up to 0.8 s of line before and after it.

    ``babble``: other utterances, from which the people in the background are taken.
    """
    sound = _padded(_level(voice), chance)
    if chance.random() < 0.45:
        sound = _in_a_room(sound, chance)
    if chance.random() < 0.7:
        sound = _add_noise(sound, surroundings(len(sound), babble, chance), _snr(chance))
    return _transmitted(sound, chance)


def among_people(voice: Floats, people: Sequence[Floats], chance: Chance) -> Floats:
    """The same from a place full of people who talk 2 to 20 decibels below the caller."""
    sound = _padded(_level(voice), chance)
    if chance.random() < 0.3:
        sound = _in_a_room(sound, chance)
    around = _talk(len(sound), people, chance)
    if chance.random() < 0.25:
        around = _unit(around + chance.uniform(0.3, 1.5) * surroundings(len(sound), (), chance))
    return _transmitted(_add_noise(sound, around, chance.uniform(2, 20)), chance)


def people_alone(seconds: float, people: Sequence[Floats], chance: Chance) -> Floats:
    """A line on which people talk, and nobody to us."""
    return _transmitted(_level(_talk(int(seconds * RATE), people, chance)), chance, quietest=-45.0)


def empty_line(seconds: float, babble: Sequence[Floats], chance: Chance) -> Floats:
    """A line on which nobody speaks to us: noise, beeps, clicks, or nothing."""
    count = int(seconds * RATE)
    kind = chance.random()
    if kind < 0.15:
        sound = np.zeros(count, np.float32)
    elif kind < 0.4:
        sound = _sounds_of_things(count, chance)
    else:
        sound = surroundings(count, (), chance)
    return _transmitted(_level(sound), chance, quietest=-50.0)


def surroundings(count: int, babble: Sequence[Floats], chance: Chance) -> Floats:
    """What is heard behind a caller: ``count`` samples, mean power near one."""
    kind = chance.random()
    if babble and kind < 0.35:
        noise = _people(count, babble, chance)
    elif kind < 0.5:
        noise = chance.standard_normal(count, np.float32)
    elif kind < 0.75:
        noise = _coloured(count, chance.uniform(0.3, 2.0), chance)
    elif kind < 0.85:
        noise = _hum(count, chance) + np.float32(0.1) * chance.standard_normal(count, np.float32)
    else:
        noise = _coloured(count, 1.0, chance) * _swell(count, chance)
    if chance.random() < 0.3:
        noise = _unit(noise) + chance.uniform(0.3, 2) * _unit(_sounds_of_things(count, chance))
    return _unit(noise)


def _people(count: int, babble: Sequence[Floats], chance: Chance) -> Floats:
    voices = chance.integers(1, 9)
    chosen = (np.resize(babble[int(chance.integers(len(babble)))], count) for _ in range(voices))
    rolled = (np.roll(voice, int(chance.integers(count))) * chance.uniform(0.3, 1) for voice in chosen)
    mixed: Floats = np.sum(list(rolled), axis=0)
    return mixed


def _talk(count: int, people: Sequence[Floats], chance: Chance) -> Floats:
    """Two to nine at once, about equally loud, sometimes in a hall: too many to follow any."""
    chosen = [people[int(chance.integers(len(people)))] for _ in range(int(chance.integers(2, 10)))]
    rolled = (np.roll(np.resize(_unit(one), count), int(chance.integers(count))) for one in chosen)
    talk = _unit(np.sum([one * chance.uniform(0.4, 1) for one in rolled], axis=0))
    return _in_a_room(talk, chance) if chance.random() < 0.3 else talk


def _coloured(count: int, slope: float, chance: Chance) -> Floats:
    """Noise whose power falls with frequency to the power of ``slope``: 1 is pink, 2 brown."""
    spectrum = np.fft.rfft(chance.standard_normal(count))
    falling = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 40.0) ** (-slope / 2)
    noise: Floats = np.fft.irfft(spectrum * falling, count).astype(np.float32)
    return noise


def _hum(count: int, chance: Chance) -> Floats:
    """Mains or an engine: a low tone with overtones."""
    time = np.arange(count) / RATE
    base = chance.choice([50.0, 100.0, chance.uniform(60, 200)])
    tones = (chance.random() / n * np.sin(2 * np.pi * base * n * time + chance.random() * 6) for n in range(1, 12))
    hum: Floats = np.sum(list(tones), axis=0)
    return hum


def _swell(count: int, chance: Chance) -> Floats:
    """A slow change of level between 0.1 and 1: a trolley, a passing car."""
    points = chance.uniform(0.1, 1, max(2, count // RATE * 3 + 2))
    swell: Floats = np.interp(np.linspace(0, len(points) - 1, count), np.arange(len(points)), points).astype(np.float32)
    return swell


def _sounds_of_things(count: int, chance: Chance) -> Floats:
    """Beeps of a till, tones of a telephone, knocks, rustle, a few notes of music."""
    sound = np.zeros(count, np.float32)
    for _ in range(int(chance.integers(1, 8))):
        piece = _thing(chance)[:count]
        at = int(chance.integers(0, count - len(piece) + 1))
        sound[at : at + len(piece)] += piece * chance.uniform(0.2, 1)
    return sound


def _thing(chance: Chance) -> Floats:
    kind = chance.random()
    if kind < 0.5:
        return _beep(chance)
    length = int(RATE * chance.uniform(0.005, 0.3))
    fading = np.exp(-chance.uniform(2, 9) * np.arange(length) / length)
    knock: Floats = (_coloured(max(length, 16), chance.uniform(-0.5, 1.5), chance)[:length]) * fading
    return _unit(knock)


def _beep(chance: Chance) -> Floats:
    """One to three tones together, up to a second: a till, a key of a telephone, a chord."""
    length = int(RATE * chance.uniform(0.04, 1.0))
    time = np.arange(length) / RATE
    tones = (np.sin(2 * np.pi * chance.uniform(180, 3300) * time) for _ in range(int(chance.integers(1, 4))))
    beep: Floats = np.sum(list(tones), axis=0) * np.minimum(1, np.arange(length)[::-1] / 80)
    return beep


def _in_a_room(sound: Floats, chance: Chance) -> Floats:
    """A decaying tail and a few early echoes after the direct sound."""
    length = int(RATE * chance.uniform(0.05, 0.5))
    answer = chance.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    answer[chance.integers(0, length, 4)] *= 4
    answer *= chance.uniform(0.05, 0.4) / np.sqrt((answer**2).sum() + 1e-9)
    answer[0] = 1
    reverberant: Floats = fftconvolve(sound, answer.astype(np.float32))[: len(sound)]
    return reverberant


def _snr(chance: Chance) -> float:
    """Decibels: few callers are in the worst places."""
    return float(chance.triangular(3, 18, 38))


def _add_noise(sound: Floats, noise: Floats, snr: float) -> Floats:
    voiced = np.abs(sound) > 0.05
    power = float((sound[voiced] ** 2).mean()) if voiced.any() else 1.0
    return sound + noise * np.float32(np.sqrt(power / 10 ** (snr / 10)))


def _transmitted(sound: Floats, chance: Chance, quietest: float = -30.0) -> Floats:
    """Microphone, band, level, codec, network."""
    if chance.random() < 0.7:
        sound = _through_a_microphone(sound, chance)
    if chance.random() < 0.6:
        sound = _telephone_band(sound, chance)
    sound = _level(sound) * np.float32(10 ** (chance.uniform(quietest, 0) / 20))
    if chance.random() < 0.08:
        sound = np.clip(sound * np.float32(chance.uniform(1, 4)), -1, 1)
    if chance.random() < 0.65:
        sound = mu_law(sound)
    if chance.random() < 0.1:
        sound = _lose_packets(sound, chance)
    return sound + chance.standard_normal(len(sound)).astype(np.float32) * np.float32(chance.uniform(0.5, 3) / 32768)


def _through_a_microphone(sound: Floats, chance: Chance) -> Floats:
    """A random smooth frequency response, within some 10 dB."""
    spectrum = np.fft.rfft(sound)
    points = chance.normal(0, 0.5, 7) + np.linspace(-1, 1, 7) * chance.uniform(-0.8, 0.8)
    response = np.exp(np.interp(np.linspace(0, 6, len(spectrum)), np.arange(7), points))
    heard: Floats = np.fft.irfft(spectrum * response, len(sound)).astype(np.float32)
    return heard


def _telephone_band(sound: Floats, chance: Chance) -> Floats:
    edges = [chance.uniform(150, 400), chance.uniform(2900, 3800)]
    band: Floats = sosfilt(butter(int(chance.integers(1, 5)), edges, "band", fs=RATE, output="sos"), sound)
    return band.astype(np.float32)


def mu_law(sound: Floats) -> Floats:
    """Through G.711 and back: 255 levels, finer for quiet sound."""
    squeezed = np.sign(sound) * np.log1p(255 * np.minimum(np.abs(sound), 1)) / np.log(256)
    levels = np.round(squeezed * 127) / 127
    restored: Floats = (np.sign(levels) * (256.0 ** np.abs(levels) - 1) / 255).astype(np.float32)
    return restored


def _lose_packets(sound: Floats, chance: Chance) -> Floats:
    """Each lost packet is silence, or the one before it again, as receivers do."""
    damaged, repeat = sound.copy(), chance.random() < 0.5
    for at in range(PACKET, len(sound) - PACKET, PACKET):
        if chance.random() < 0.03:
            damaged[at : at + PACKET] = damaged[at - PACKET : at] if repeat else 0
    return damaged


def _padded(sound: Floats, chance: Chance) -> Floats:
    before, after = (np.zeros(int(RATE * chance.uniform(0.05, 0.8)), np.float32) for _ in range(2))
    return np.concatenate([before, sound, after])


def _level(sound: Floats) -> Floats:
    return sound / np.float32(max(1e-4, float(np.abs(sound).max(initial=0))))


def _unit(sound: Floats) -> Floats:
    unit: Floats = (sound / max(1e-6, float(np.sqrt(np.mean(np.square(sound)))))).astype(np.float32)
    return unit
