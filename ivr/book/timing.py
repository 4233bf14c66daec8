"""How long a text takes to say, before anybody has said it."""

import re

MAX_SECONDS = 12.0
"""Who listens longer has forgotten how it began."""
SYLLABLE_SECONDS = 0.2
PAUSE_SECONDS = 0.35
"""Both are fitted by least squares to the 73 recordings of ``audio/prompts`` that have fifteen syllables and more:
0.198 s a syllable and 0.365 s a mark inside the text, 0.5 s off for one recording. A faster voice may want less."""
_VOWEL = re.compile("[\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f\u0451]", re.IGNORECASE)
"""Russian vowels: each makes a syllable."""
_MARKS = re.compile(r"[,:;.!?\u2026\u2014]+")


def seconds_of(text: str) -> float:
    """Seconds of speech: syllables, and a pause at each mark between words."""
    inside = text.rstrip(" .!?\u2026")
    return SYLLABLE_SECONDS * len(_VOWEL.findall(text)) + PAUSE_SECONDS * len(_MARKS.findall(inside))
