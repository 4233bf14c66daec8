"""Phrase templates, in the notation of Home Assistant's intents: what one line of YAML lets a caller say.

``[мне] не (начислили|пришли) <points>`` stands for four phrases times the phrases of the rule ``points``.
"""

import re
from collections.abc import Iterator, Mapping

from ivr.errors import HotlineError

MAX_PHRASES = 500
"""Of one template. More is a list of values, which is a slot type's work, and swells the recognizer's graph."""

MAX_LETTERS = 300
"""Of one template; also keeps brackets from nesting deeper than a reader, or this program, can follow."""

Rules = Mapping[str, tuple[str, ...]]
"""A rule's name to its templates."""

_SIGN = re.compile(r"[\[\]()|]|<[^<>]*>|[^\[\]()|<>]+|[<>]")
RUSSIAN = "[\u0430-\u044f\u0451]"
"""A small Russian letter, as a pattern; by code points, because a reader cannot tell some of them from Latin ones."""
_WORDS = re.compile(rf"{RUSSIAN}+(?:[ -]{RUSSIAN}+)*")
_STEMS = re.compile(rf"{RUSSIAN}+\*?(?:[ -]{RUSSIAN}+\*?)*")
"""The same, where a word may end in a star for all words that begin so."""
_CLOSING = {"[": "]", "(": ")"}


class TemplateError(HotlineError):
    """A template that cannot be read. ``what`` is wrong and ``cure`` mends it; the loader adds file and line."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}; {cure}")
        self.what = what
        self.cure = cure


def expand(template: str, rules: Rules | None = None, *, stems: bool = False) -> tuple[str, ...]:
    """All phrases of a template, lower-case, ``ё`` kept, each once, in the template's order.

    ``stems``: words may end in ``*``, which stays in the phrases. Raises ``TemplateError`` on an unclosed bracket, an
    unknown rule, letters that are not Russian, an empty phrase, or more than ``MAX_PHRASES``.
    """
    signs = _SIGN.findall(template.lower())
    if len(template) > MAX_LETTERS:
        raise TemplateError(f"the template is longer than {MAX_LETTERS} letters", "write several lines")
    reader = _Reader(signs, rules or {}, ())
    found = reader.choice(None)
    phrases = tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in found))
    _check(template, phrases, _STEMS if stems else _WORDS)
    return phrases


def _check(template: str, phrases: tuple[str, ...], words: re.Pattern[str]) -> None:
    for phrase in phrases:
        if not phrase:
            raise TemplateError(f"`{template}` also stands for silence", "leave one word outside the square brackets")
        if not words.fullmatch(phrase):
            raise TemplateError(f"`{phrase}` is not words of Russian letters", "write numbers as words, no signs")


class _Reader:
    """Recursive descent over the signs; every step returns the texts that the part stands for."""

    def __init__(self, signs: list[str], rules: Rules, inside: tuple[str, ...]) -> None:
        self._signs = signs
        self._next = 0
        self._rules = rules
        self._inside = inside
        """Rules that are being expanded, so that a rule that names itself ends with an error."""

    def choice(self, closing: str | None) -> list[str]:
        found = self._sequence(closing)
        while self._take("|"):
            found = _capped(found + self._sequence(closing))
        if closing and not self._take(closing):
            raise TemplateError(f"a bracket is not closed, `{closing}` is missing", f"write `{closing}` where it ends")
        if not closing and self._next < len(self._signs):
            raise TemplateError(f"`{self._signs[self._next]}` closes no bracket", "remove it, or open one before it")
        return found

    def _sequence(self, closing: str | None) -> list[str]:
        found = [""]
        while self._next < len(self._signs) and self._signs[self._next] not in "|])":
            part = self._part(self._signs[self._next])
            found = _capped(left + right for left in found for right in part)
        return found

    def _part(self, sign: str) -> list[str]:
        self._next += 1
        if sign in _CLOSING:
            found = self.choice(_CLOSING[sign])
            return ["", *found] if sign == "[" else found
        if sign.startswith("<"):
            return self._rule(sign)
        return [sign]

    def _rule(self, sign: str) -> list[str]:
        name = sign[1:-1]
        if sign in "<>" or name not in self._rules:
            known = ", ".join(sorted(self._rules)) or "there are none yet"
            raise TemplateError(f"there is no rule `{sign}`", f"write one of the rules of universals.yaml: {known}")
        if name in self._inside:
            raise TemplateError(f"the rule `{sign}` names itself", "write its words out")
        texts = (_SIGN.findall(template.lower()) for template in self._rules[name])
        readers = (_Reader(signs, self._rules, (*self._inside, name)) for signs in texts)
        return _capped(text for reader in readers for text in reader.choice(None))

    def _take(self, sign: str) -> bool:
        taken = self._next < len(self._signs) and self._signs[self._next] == sign
        self._next += taken
        return taken


def _capped(texts: Iterator[str] | list[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in texts:
        found[text] = None
        if len(found) > MAX_PHRASES:
            raise TemplateError(
                f"the template stands for more than {MAX_PHRASES} phrases", "split it, or make the list a slot type"
            )
    return list(found)
