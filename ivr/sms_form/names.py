"""Which words are the sender's name."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import OSA

from ivr.slots.words import fold
from ivr.sms_form.form import FaultKind
from ivr.sms_form.tokens import Token
from ivr.sms_form.validators import Validators
from ivr.sms_form.words import SmsWords

WORDS_AT_MOST = 4
UNKNOWN_AT_MOST = 3
"""So many words that no list knows may be a name; more of them are a sentence."""
SLIP_AT_LEAST = 5
"""Letters of a word that may be any slip of a known name; below, two letters may be swapped or one lost."""
TWO_SLIPS_AT_LEAST = 8
LONGEST = 30
"""Letters."""
SAME_IN_A_ROW = 3
_PART = 3
"""Letters of a name and of a surname that are written in one."""


@dataclass(frozen=True, slots=True)
class NameRead:
    """A name, or why there is none."""

    name: tuple[str, ...] = ()
    first_names: tuple[str, ...] = ()
    fault: FaultKind | None = None


def read_name(tokens: Sequence[Token], taken: Container[int], checks: Validators) -> NameRead:
    """The name among the words. ``taken``: indexes of tokens that are part of something else."""
    words = checks.words
    runs = _runs(tokens, taken, words)
    if not runs:
        return NameRead(fault="no_name")
    whole = list(runs.values())
    announced = [run for before, run in runs.items() if before >= 0 and words.labels.get(tokens[before].text) == "name"]
    return _known(whole, checks) or _mended(whole, checks) or _unknown(announced or whole, words)


def _runs(tokens: Sequence[Token], taken: Container[int], words: SmsWords) -> dict[int, list[str]]:
    """Words that may be names, those beside each other together, by the index of what stands before them."""
    runs, before = dict[int, list[str]](), -1
    for at, token in enumerate(tokens):
        if token.kind in ("space", "sign", "line"):
            continue
        if word := _word(token, at in taken, words):
            runs.setdefault(before, []).append(word)
        else:
            before = at
    return runs


def _word(token: Token, taken: bool, words: SmsWords) -> str | None:
    """A word that may be a name; a single letter is an initial."""
    if token.kind != "word" or taken or len(token.text) == 1:
        return None
    if token.text in words.names or not (words.is_known_beside(token.text) or token.text in words.months):
        return token.text
    return None


# -- a known first name -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _First:
    """A first name among its words."""

    run: Sequence[str]
    word: str
    first_names: tuple[str, ...]
    written: tuple[str, ...] = ()
    """As it stood there, where it was mended."""


def _known(runs: Sequence[Sequence[str]], checks: Validators) -> NameRead | None:
    words = checks.words
    found = [(run, word) for run in runs for word in run if _first_part(word, words)]
    if not found:
        return None
    run, word = min(found, key=lambda item: _rank(item[0], item[1], words))
    return _with_company(_First(run, word, checks.first_names(_first_part(word, words) or word)), runs, words)


def _first_part(word: str, words: SmsWords) -> str | None:
    """The word where it is a first name; of «Анна-Мария» the first one."""
    if word in words.names:
        return word
    parts = word.split("-")
    return parts[0] if len(parts) > 1 and all(part in words.names for part in parts) else None


def _rank(run: Sequence[str], word: str, words: SmsWords) -> tuple[bool, bool]:
    """Before a patronymic stands the first name, whatever else is one too; and full names go before short ones."""
    at = run.index(word)
    before_patronymic = at + 1 < len(run) and words.is_patronymic(run[at + 1])
    return not before_patronymic, word not in words.names.get(word, (word,))


def _with_company(first: _First, runs: Sequence[Sequence[str]], words: SmsWords) -> NameRead:
    """The name with what belongs to it."""
    others = [word for word in first.run if word != first.word and not _is_noise(word, words)]
    others += [word for run in runs if run is not first.run for word in run if _is_surely_a_name(word, words)]
    if len(others) >= WORDS_AT_MOST:
        others = [word for word in others if _is_name_like(word, words)]
    others = list(dict.fromkeys(others))
    patronymics = [word for word in others if words.is_patronymic(word)]
    name = (_spelled(first.word, words), *patronymics, *(word for word in others if word not in patronymics))
    if len(name) > WORDS_AT_MOST:
        return NameRead(fault="too_many_names")
    return NameRead(name, _fitting(first.first_names, patronymics, words.alphabets.vowels) + first.written)


def _spelled(name: str, words: SmsWords) -> str:
    """A full name with its ё; others as they are compared."""
    return next((full for full in words.names.get(name, ()) if fold(full) == name), name)


def _is_name_like(word: str, words: SmsWords) -> bool:
    return word in words.names or words.is_patronymic(word) or words.is_like_surname(word)


def _is_surely_a_name(word: str, words: SmsWords) -> bool:
    return words.is_patronymic(word) or words.is_surname(word)


def _is_noise(word: str, words: SmsWords) -> bool:
    return not words.alphabets.is_russian(word) or not _is_pronounceable(word, words)


def _fitting(first_names: tuple[str, ...], patronymics: Sequence[str], vowels: Container[str]) -> tuple[str, ...]:
    """Of «Саша Петровна» the woman's name first: her patronymic ends in a vowel, as nearly all her names do."""
    if not patronymics:
        return first_names
    woman = patronymics[0][-1] in vowels
    return tuple(sorted(first_names, key=lambda name: (name[-1] in vowels) != woman))


# -- a slip of one ----------------------------------------------------------------------------------------------------


def _mended(runs: Sequence[Sequence[str]], checks: Validators) -> NameRead | None:
    """A name written in one with a surname, or with a slip that only one known name explains."""
    return _parted(runs, checks) or _without_slip(runs, checks)


def _parted(runs: Sequence[Sequence[str]], checks: Validators) -> NameRead | None:
    for run in runs:
        for word in run:
            if cut := _cut_in_two(word, checks.words):
                return _known(_exchanged(runs, word, cut), checks)
    return None


def _without_slip(runs: Sequence[Sequence[str]], checks: Validators) -> NameRead | None:
    words = checks.words
    slips = [(word, name) for run in runs for word in run for name in [_meant(word, words)] if name]
    if not slips:
        return None
    word, name = min(slips, key=lambda slip: words.is_like_surname(slip[0]))
    mended = _exchanged(runs, word, [name])
    run = next(run for run in mended if name in run)
    return _with_company(_First(run, name, checks.first_names(name), (word,)), mended, words)


def _exchanged(runs: Sequence[Sequence[str]], word: str, others: Sequence[str]) -> list[list[str]]:
    """The runs with other words in the place of one."""
    return [[new for old in run for new in (others if old == word else (old,))] for run in runs]


def _meant(word: str, words: SmsWords) -> str | None:
    return words.name_in_case(word) or _slip_of(word, words)


def _cut_in_two(word: str, words: SmsWords) -> list[str] | None:
    """«иванпетров» and «петровиван», where only one cut gives a known name and a surname or patronymic."""
    if words.is_patronymic(word) and not any(word.startswith(name) for name in words.names if len(name) > _PART):
        return None
    cuts = ((word[:at], word[at:]) for at in range(_PART, len(word) - _PART + 1))
    found = [list(cut) for cut in cuts if _is_name_and_surname(*cut, words) or _is_name_and_surname(*cut[::-1], words)]
    return found[0] if len(found) == 1 else None


def _is_name_and_surname(name: str, other: str, words: SmsWords) -> bool:
    if not any(fold(full) == name for full in words.names.get(name, ())):
        return False
    if words.is_patronymic(other) and other[0] not in words.alphabets.vowels:
        return True
    ending = max((end for end in words.surname_endings if other.endswith(end)), key=len, default="")
    stem = other[: len(other) - len(ending)]
    return bool(ending) and len(stem) >= _PART


def _slip_of(word: str, words: SmsWords) -> str | None:
    """The one known name that the word is a slip of; None for none and for several."""
    if words.is_patronymic(word):
        return None
    near = list(_near(word, 1, words))
    if words.is_surname(word):
        near = [name for name in near if name.startswith(word)]
    if not near and len(word) >= TWO_SLIPS_AT_LEAST and not words.is_like_surname(word):
        near = [name for name in _near(word, 2, words) if len(name) >= TWO_SLIPS_AT_LEAST]
    meant = {words.names[name] for name in near}
    return near[0] if len(meant) == 1 else None


def _near(word: str, slips: int, words: SmsWords) -> Iterator[str]:
    for name in words.names:
        if OSA.distance(word, name, score_cutoff=slips) <= slips:
            swapped = len(word) == len(name) > _PART and sorted(word) == sorted(name)
            if len(word) >= SLIP_AT_LEAST or swapped or (len(name) > len(word) > _PART):
                yield name


# -- no known one -----------------------------------------------------------------------------------------------------


def _unknown(runs: Sequence[Sequence[str]], words: SmsWords) -> NameRead:
    """Words that no list knows are a name as they are written, as a name that is spelled in a call is."""
    found = [word for run in runs for word in run]
    first = [word for word in found if not (words.is_surname(word) or words.is_patronymic(word))]
    if not first:
        return NameRead(fault="only_surname")
    likely = [word for word in first if not words.is_like_surname(word)] or first
    doubtful = any(_has_several(word, words) for word in likely[:1])
    if len(found) > UNKNOWN_AT_MOST or doubtful or any(_is_noise(word, words) for word in found):
        return NameRead(fault="name_unreadable")
    patronymics = [word for word in found if words.is_patronymic(word)]
    rest = [word for word in found if word != likely[0] and word not in patronymics]
    return NameRead((likely[0], *patronymics, *rest), (likely[0],))


def _has_several(word: str, words: SmsWords) -> bool:
    """True for a slip that several known names explain."""
    return len(word) >= SLIP_AT_LEAST and len({words.names[name] for name in _near(word, 1, words)}) > 1


def _is_pronounceable(word: str, words: SmsWords) -> bool:
    """False for letters that nobody is called by."""
    if not 2 <= len(word) <= LONGEST or not any(letter in words.alphabets.vowels for letter in word):
        return False
    return max(len(list(same)) for _, same in groupby(word)) < SAME_IN_A_ROW
