"""Prompts to segments: fixed text keeps its recording's name, values become the pieces that their slot type speaks."""

import re
from collections.abc import Callable

from ivr.dialog.commands import Say, Segment
from ivr.dialog.forms import Prompt

PLACEHOLDER = re.compile(r"\{(\w+)\}")
Values = Callable[[str], tuple[Segment, ...]]


def render(prompt: Prompt, values: Values, *, slow: bool = False) -> Say:
    """The prompt with every ``{name}`` replaced by ``values(name)``.

    A prompt without placeholders is one recording, ``<name>``. Otherwise its fixed stretches are recorded one by one
    as ``<name>.1``, ``<name>.2`` and so on, counted from the left.
    """
    return Say(prompt.name, tuple(_segments(prompt, values)), prompt.bargein, slow)


def fixed_stretches(prompt: Prompt) -> dict[str, str]:
    """Recording name to text, for all that is fixed in a prompt: what a studio has to record."""
    none: Values = lambda _: ()  # noqa: E731
    return {segment.audio: segment.text for segment in _segments(prompt, none) if segment.audio}


def _segments(prompt: Prompt, values: Values) -> list[Segment]:
    stretches = PLACEHOLDER.split(prompt.text)
    if len(stretches) == 1:
        return [Segment(prompt.text, prompt.name)]
    segments: list[Segment] = []
    for index, stretch in enumerate(stretches):
        if index % 2:
            segments += values(stretch)
        elif any(letter.isalpha() for letter in stretch):
            segments.append(Segment(stretch.strip(), f"{prompt.name}.{index // 2 + 1}"))
    return segments
