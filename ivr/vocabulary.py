"""The words that the dialogues listen for, and whether the recognizer's model has them."""

import logging

from ivr.dialog.commands import Listen
from ivr.dialog.forms import DialogBook
from ivr.media.question import phrases_for
from ivr.speech.official.ear import unheard_words
from ivr.speech.recognizer import Ear

_log = logging.getLogger(__name__)


def check_vocabulary(book: DialogBook, ear: Ear) -> None:
    """Every word that the recognizer is asked for is in the model. Raises ``ModelError`` through the ear's lists."""
    for phrases in lists_heard(book):
        ear.recognizer(phrases)


def lists_heard(book: DialogBook) -> set[tuple[str, ...]]:
    """All lists of phrases that the recognizer is ever given; the steps of ladders share theirs."""
    asked = (Listen(name, confirming) for name in book.fields for confirming in (False, True))
    waiting = {book.waiting.words.phrases()} if book.waiting else set()
    return {phrases_for(book, listen) for listen in asked} | waiting


def words_heard(book: DialogBook) -> frozenset[str]:
    """The words that the dialogues listen for: what a model has to know."""
    return frozenset(word for phrases in lists_heard(book) for phrase in phrases for word in phrase.split())


def tell_unheard(book: DialogBook, ear: Ear) -> None:
    """Warn of words that the model lacks."""
    words = unheard_words(book, ear)
    if words:
        unheard = "the model lacks %d words of the dialogues, phrases with them are not heard: %s; `lint` shows where"
        _log.warning(unheard, len(words), ", ".join(words))
