"""The ways to hear a whole utterance: one hypothesis per stretch of speech, with the keys between, in order."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.dialog.events import Part, Spoken, Utterance
from ivr.slots.unknown import is_mostly_unknown, is_unknown
from ivr.slots.words import Token, key_tokens

WAYS_AT_MOST = 16
"""Ten hypotheses for each of eight stretches are 10^8 ways; callers' true words lie among the first few."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to hear."""

    score: float
    """Nats below the best way, zero or negative."""
    tokens: tuple[Token, ...]


NO_ANSWER = Way(0.0, ("gap",))


def ways(utterance: Utterance, tokens: Callable[[str], tuple[Token, ...]]) -> list[Way]:
    """The likeliest ways, best first, at most ``WAYS_AT_MOST``, each once.

    Log-likelihoods are comparable inside one stretch only, so each stretch contributes its distance from its best one.
    """
    heard, outside = [Way(0.0, ())], _is_outside(utterance, tokens)
    for part in utterance.parts:
        unheard = isinstance(part, Spoken) and (outside or is_unknown(part))
        options = [NO_ANSWER] if unheard else _options(part, tokens)
        joined = [Way(one.score + two.score, _join(one.tokens, two.tokens)) for one in heard for two in options]
        heard = sorted(joined, key=lambda way: -way.score)[:WAYS_AT_MOST]
    return heard


def _is_outside(utterance: Utterance, tokens: Callable[[str], tuple[Token, ...]]) -> bool:
    """True where what was said is mostly other speech, so that the numbers in it are chance."""
    best = [part.hypotheses[0].text for part in utterance.parts if isinstance(part, Spoken)]
    known = sum(word != "gap" for text in best for word in tokens(text))
    return is_mostly_unknown(" ".join(best), known)


def _join(one: tuple[Token, ...], two: tuple[Token, ...]) -> tuple[Token, ...]:
    return (*one, "gap", *two) if one and two else one + two


def _options(part: Part, tokens: Callable[[str], tuple[Token, ...]]) -> list[Way]:
    if not isinstance(part, Spoken):
        return [Way(0.0, key_tokens(part.keys))]
    best = max(hypothesis.confidence for hypothesis in part.hypotheses)
    options: dict[tuple[Token, ...], float] = {}
    for hypothesis in part.hypotheses:
        options.setdefault(tokens(hypothesis.text), hypothesis.confidence - best)
    return [Way(score, cut) for cut, score in options.items()]
