"""The text of a message as digits, words and signs, with slips of the alphabet put right."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.sms_form.alphabets import LATIN
from ivr.sms_form.words import SmsWords

NUMBER_SIGN = "\N{NUMERO SIGN}"
_TOKEN = re.compile(
    r"(?P<digits>[0-9]+)|(?P<word>[^\W\d_]+(?:[-'][^\W\d_]+)*)|(?P<line>\s*[\r\n]\s*)|(?P<space>\s+)|(?P<sign>.)"
)
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")
"""E-mail and pages: the names in them are not the writer's."""
_RUN = re.compile(r"[^\W_]+")
_PIECE = 3
"""Letters of a part that is cut off a word written in one with its neighbour."""
_GROUP = 4
"""Digits of a card stand in groups of so many."""
_ENDS = ".,;'"
"""Signs that are letters in the other layout, and often only signs."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text."""

    kind: Literal["digits", "word", "space", "line", "sign"]
    text: str
    """Of a word: in plain Russian letters, as the lists know it."""


_UNSHIFTED = str.maketrans('<>{}:"~', ",.[];'`")


def read_tokens(text: str, words: SmsWords) -> tuple[Token, ...]:
    """The whole text; never fails."""
    clean = _with_digits(_in_one_layout(_cleaned(text), words), words)
    raw = [(match.lastgroup, match[0]) for match in _TOKEN.finditer(clean)]
    switched = any(kind == "word" and _is_switched(part, words) for kind, part in raw)
    return tuple(token for kind, part in raw for token in _tokens(kind or "sign", part, words, switched))


def _tokens(kind: str, part: str, words: SmsWords, switched: bool) -> Iterator[Token]:
    match kind:
        case "word":
            yield from (Token("word", word) for word in _split(part, words, switched))
        case "digits":
            yield Token("digits", part)
        case "space":
            yield Token("space", " ")
        case "line":
            yield Token("line", "\n")
        case _:
            yield Token("sign", part)


def _cleaned(text: str) -> str:
    """One form for each letter, digit and apostrophe; nothing invisible."""
    whole = unicodedata.normalize("NFKC", _ADDRESS.sub(" ", text).replace(NUMBER_SIGN, " n "))
    return "".join(_plain(letter) for letter in whole)


def _plain(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if kind in ("Mn", "Cf"):
        return ""
    if kind == "Cc" and letter not in "\r\n\t":
        return " "
    if letter in "\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}":
        return "'"
    return "-" if kind == "Pd" else letter


# -- letters for digits, digits for letters ---------------------------------------------------------------------------


def _with_digits(text: str, words: SmsWords) -> str:
    """«О1.О2.199О» in digits and «0льга» in letters."""
    settled = _RUN.sub(lambda match: _settled(match[0], words), text)
    digits = words.alphabets.digits
    return _RUN.sub(lambda match: _group_of_letters(match, digits), settled)


def _settled(run: str, words: SmsWords) -> str:
    letters = [letter.lower() for letter in run if letter.isalpha()]
    if not letters or len(letters) == len(run):
        return run
    digits = words.alphabets.digits
    if all(letter in digits for letter in letters):
        return "".join(digits.get(letter.lower(), letter) for letter in run)
    word = words.alphabets.without_lookalikes(words.alphabets.plain(run))
    return word if word in words.names else run


def _group_of_letters(match: re.Match[str], digits: dict[str, str] | object) -> str:
    """«0512 OOO3 ОООО»: a group without a digit of its own between groups of digits."""
    run, text = match[0], match.string
    table = digits if isinstance(digits, dict) else {}
    values = "".join(table.get(letter.lower(), "?") for letter in run)
    beside = text[: match.start()].rstrip(" .-/")[-1:] + text[match.end() :].lstrip(" .-/")[:1]
    whole = len(run) == _GROUP or (1 < len(run) < _GROUP and set(values) == {"0"})
    fits = whole and "0" in values and "?" not in values and not run.isdecimal()
    return values if fits and any(map(str.isdecimal, beside)) else run


# -- the other layout -------------------------------------------------------------------------------------------------


def _in_one_layout(text: str, words: SmsWords) -> str:
    """Words of which a letter is a sign in the other layout: «K.,jdm»."""
    return "".join(_switched(chunk, words) for chunk in re.split(r"(\s+)", text))


def _switched(chunk: str, words: SmsWords) -> str:
    low = chunk.lower().translate(_UNSHIFTED)
    keys = words.alphabets.to_cyrillic_keys
    if not LATIN.search(low) or low.isalpha() or not all(letter in keys for letter in low):
        return chunk
    for kept in (low, low.rstrip(_ENDS), low.strip(_ENDS)):
        if word := words.in_other_layout(kept):
            return word
    return chunk


def _is_switched(raw: str, words: SmsWords) -> bool:
    word = words.alphabets.plain(raw)
    return word.isascii() and words.in_other_layout(word) == words.resolve(word)


# -- words in one -----------------------------------------------------------------------------------------------------


def _split(raw: str, words: SmsWords, switched: bool) -> list[str]:
    """The words of one: of «Иван-Петров», «ИванПетров», «имяИван» each alone; a double name stays whole."""
    whole = _resolved(raw, words, switched)
    if whole in words.names:
        return [whole]
    parts = [_resolved(part, words, switched) for part in _by_capitals(raw)]
    if len(parts) > 1 and any(len(part) >= _PIECE and words.means(part) for part in parts):
        return parts
    if words.means(whole):
        return [whole]
    if "-" in raw or "'" in raw:
        parts = [_resolved(part, words, switched) for part in re.split("[-']", raw) if part]
        names = sum(part in words.names for part in parts)
        if any(map(words.is_known_beside, parts)) or 0 < names < len(parts):
            return parts
        return [whole if "'" in raw else "-".join(parts)]
    return [whole]


def _resolved(raw: str, words: SmsWords, switched: bool) -> str:
    word = words.resolve(raw)
    if switched and not words.means(word) and raw.isascii():
        return words.alphabets.other_layout(words.alphabets.plain(raw))
    return word


def _by_capitals(raw: str) -> list[str]:
    cuts = [at for at in range(1, len(raw)) if raw[at - 1].islower() and raw[at].isupper()]
    return [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
