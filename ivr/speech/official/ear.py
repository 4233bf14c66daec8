"""An ear whose model was not made for these dialogues: what it does not know is left out of its lists, and told."""

from collections.abc import Container, Iterable

from ivr.dialog.forms import DialogBook
from ivr.errors import ModelError
from ivr.speech.recognizer import Ear, Recognizer


class LenientEar:
    """Leaves phrases with unknown words out of a list, where ``VoskEar`` refuses the list.

    A general model lacks a few rare words of the dialogues. A hotline that does not hear those phrases serves its
    callers still, one that does not start serves nobody; ``unheard_words`` tells what is missed.
    """

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._audible: dict[tuple[str, ...], tuple[str, ...]] = {}

    def recognizer(self, phrases: tuple[str, ...]) -> Recognizer:
        """Raises ``ModelError`` where nothing is left of the list."""
        if phrases not in self._audible:
            audible = audible_phrases(phrases, set(self.missing_words(_words(phrases))))
            if phrases and not audible:
                raise ModelError(f"The model knows none of these phrases: {', '.join(phrases)}. Run the linter.")
            self._audible[phrases] = audible
        return self._ear.recognizer(self._audible[phrases])

    def missing_words(self, words: Iterable[str]) -> list[str]:
        return self._ear.missing_words(words)


def audible_phrases(phrases: Iterable[str], missing: Container[str]) -> tuple[str, ...]:
    """The phrases that can be heard without the missing words."""
    return tuple(phrase for given in phrases if (phrase := _audible(given, missing)))


def _audible(phrase: str, missing: Container[str]) -> str:
    """The phrase, or nothing. A chain of number words is no phrase that anybody says: it loses the word alone.

    Words that follow each other in it still do so afterwards, hence all the pairs of the other words are kept.
    """
    words = phrase.split()
    known = [word for word in words if word not in missing]
    if len(known) == len(words):
        return phrase
    return " ".join(known) if _holds_every_pair(words) else ""


def _holds_every_pair(words: list[str]) -> bool:
    """Whether this is the shortest chain in which each of its words follows each once: n * n + 1 words."""
    return len(words) == len(set(words)) ** 2 + 1


def unheard_words(book: DialogBook, ear: Ear) -> list[str]:
    """The words of the dialogues that the ear's model does not know, sorted.

    Raises ``ModelError`` where nothing is left of the answers to a question: nobody could answer it by voice.
    """
    answers = {name: field.slot.phrases() for name, field in book.fields.items()} | {"yes_no": book.yes_no.phrases()}
    everywhere = [universal.phrases for universal in book.universals]
    missing = ear.missing_words({word for phrases in (*answers.values(), *everywhere) for word in _words(phrases)})
    for name, phrases in answers.items():
        if not audible_phrases(phrases, missing):
            raise ModelError(
                f"The model knows no answer to `{name}`; of the dialogues' words it lacks {len(missing)}. "
                "Set VOSK_MODEL to another model, or leave it empty for the bundled one."
            )
    return missing


def _words(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.split()}
