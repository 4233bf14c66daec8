"""The words that the model's graph knows."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from ivr.book.phrases import RUSSIAN
from ivr.settings import ROOT
from ivr.speech.training.texts.lexis import (
    LEXICON,
    cardinal_words,
    lexis,
    openings,
    other_number_words,
    read_yaml,
    ways,
)
from ivr.speech.training.texts.people import first_names, patronymics, short_names
from ivr.speech.training.texts.phrases import answers, commands, greetings, problems, words_of

OFTEN = 2
"""A word that prompts say so often is taken up by callers."""
_WORD = re.compile(f"{RUSSIAN}+")
_PROMPT_FOLDERS = ("forms", "questions")


@cache
def vocabulary() -> frozenset[str]:
    """Words of all texts but plain sentences and surnames, of the grammars' lexicon, and frequent ones of prompts."""
    months = (form for forms in lexis().months.values() for form in forms)
    tables = (lexis().ordinals, lexis().ordinal_hundreds)
    ordinals = (form for table in tables for forms in table.values() for form in forms)
    fathers = (name for both in patronymics() for name in both)
    numbers = (*cardinal_words(), *other_number_words())
    return frozenset(
        (
            *words_of((*answers(), *commands(), *greetings(), *problems())),
            *words_of([(*numbers, *ordinals, *months, *first_names(), *short_names(), *fathers)]),
            *(word for kind in ways()["openings"] for phrase in openings(kind) for word in phrase),
            *_strings(ways()),
            *_strings(read_yaml(LEXICON / "speech.yaml")),
            *_of_prompts(),
        )
    )


def _of_prompts() -> Iterator[str]:
    folders = (ROOT / "grammars" / folder for folder in _PROMPT_FOLDERS)
    files = (file for folder in folders for file in sorted(folder.glob("*.yaml")))
    counts = Counter(word for file in files for word in _strings(read_yaml(file)))
    return (word for word, count in counts.items() if count >= OFTEN)


def _strings(data: object) -> Iterator[str]:
    """All Russian words in a file's strings."""
    if isinstance(data, str):
        yield from _WORD.findall(data.lower())
    elif isinstance(data, dict):
        for part in data.values():
            yield from _strings(part)
    elif isinstance(data, list):
        for part in data:
            yield from _strings(part)
