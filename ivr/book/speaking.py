"""Is each prompt fit for the ear: short, in words, worded anew at each miss, with values that exist?"""

import re
from collections.abc import Container, Iterator
from dataclasses import replace

from ivr.book.phrases import RUSSIAN
from ivr.book.source import BookSource, Finding, all_prompts, field_prompts, ladders
from ivr.book.timing import MAX_SECONDS, seconds_of
from ivr.dialog.clarify import ASIDE_VALUES
from ivr.dialog.forms import Field, Prompt
from ivr.dialog.render import PLACEHOLDER, fixed_stretches

LADDER = 3
"""Wordings per miss counter: the question in other words, then shorter, then the keypad or an operator."""
HEARD = "heard"
"""The placeholder for what was understood so far of an unfinished answer."""

_LATIN_WORD = re.compile(r"[^\W\d_]*[A-Za-z][^\W\d_]*")
_CYRILLIC = re.compile(RUSSIAN, re.IGNORECASE)
_DIGIT = re.compile(r"\d+")
_STRAY_BRACE = re.compile(r"[{}]")
_UNSPOKEN = re.compile(r"[<>\[\]|_*#@%&№$/\\]")


def check_texts(source: BookSource) -> Iterator[Finding]:
    """Length, alphabet and signs of every prompt."""
    for prompt in all_prompts(source.book):
        for what, cure in text_flaws(PLACEHOLDER.sub("", prompt.text)):
            yield source.finding(source.places[f"prompt {prompt.name}"], f"`{prompt.name}`: {what}", cure)


def text_flaws(text: str) -> Iterator[tuple[str, str]]:
    """What keeps a text from being spoken, and the cure."""
    seconds = seconds_of(text)
    if seconds > MAX_SECONDS:
        yield (
            f"takes about {seconds:.1f} seconds to say",
            f"keep it under {MAX_SECONDS:g}: a syllable takes a fifth of one",
        )
    for word in _LATIN_WORD.findall(text):
        if _CYRILLIC.search(word):
            yield f"`{word}` mixes Latin and Russian letters", "type the whole word in Russian letters"
        else:
            yield f"`{word}` is in Latin letters", "write it as it is spoken, in Russian letters"
    for number in _DIGIT.findall(text):
        yield f"`{number}` is in digits", "write numbers as words, as they are spoken"
    if _STRAY_BRACE.search(text):
        yield "a lonely brace", "write a placeholder as {name}"
    for sign in dict.fromkeys(_UNSPOKEN.findall(text)):
        yield f"the sign `{sign}` cannot be spoken", "write its name in words"


def check_ladders(source: BookSource) -> Iterator[Finding]:
    """Each miss gets its own wording; a prompt that is merely repeated did not help the first time either."""
    for field in source.book.fields.values():
        for name, wordings in ladders(field):
            yield from _ladder(source, f"{field.name}.{name}", wordings)


def _ladder(source: BookSource, name: str, wordings: tuple[Prompt, ...]) -> Iterator[Finding]:
    place = source.places[f"prompt {wordings[0].name}"]
    if len(wordings) != LADDER:
        yield source.finding(place, f"`{name}` has {len(wordings)} wordings", f"write {LADDER} different ones")
    seen: dict[str, str] = {}
    for wording in wordings:
        text = " ".join(re.findall(r"\w+", wording.text.lower()))
        if text in seen:
            place = source.places[f"prompt {wording.name}"]
            yield source.finding(place, f"`{wording.name}` repeats `{seen[text]}`", "say it in other words")
        seen.setdefault(text, wording.name)


def check_placeholders(source: BookSource, facts: Container[str] | None) -> Iterator[Finding]:
    """Each ``{name}`` stands for something, secrets stay unsaid, and a read-back says the value."""
    asked_in = {prompt.name: field for field in source.book.fields.values() for prompt in field_prompts(field)}
    for prompt in all_prompts(source.book):
        for name in PLACEHOLDER.findall(prompt.text):
            flaw = _placeholder_flaw(source, name, asked_in.get(prompt.name), facts)
            if flaw:
                yield source.finding(source.places[f"prompt {prompt.name}"], f"`{{{name}}}` {flaw[0]}", flaw[1])
    for field in source.book.fields.values():
        yield from _read_back_flaws(source, field)


def _placeholder_flaw(
    source: BookSource, name: str, asking: Field | None, facts: Container[str] | None
) -> tuple[str, str] | None:
    if asking is not None and name in ASIDE_VALUES:
        return None
    named = asking if name == HEARD else source.book.fields.get(name)
    if named is not None and named.secret:
        return "would say a secret answer aloud", "leave it out"
    if named is not None or (name != HEARD and (facts is None or name in facts)):
        return None
    if name == HEARD:
        return "works only inside a question", "leave it out"
    return "is no question and no fact", f"write one of: {', '.join(sorted(source.book.fields))}, or a fact"


def _read_back_flaws(source: BookSource, field: Field) -> Iterator[Finding]:
    if field.confirm is None:
        return
    place = source.places[f"prompt {field.confirm.ask.name}"]
    if field.secret:
        what = f"`{field.name}` is secret and read back"
        yield source.finding(source.places[f"question {field.name}.confirm"], what, "remove `confirm` or `secret`")
    elif field.name not in PLACEHOLDER.findall(field.confirm.ask.text):
        yield source.finding(place, "the read-back does not say the answer", f"put {{{field.name}}} into it")


def check_recordings(source: BookSource, recordings: Container[str]) -> Iterator[Finding]:
    """Notes on what a synthesizer has to speak because nobody recorded it."""
    for prompt in all_prompts(source.book):
        for name in fixed_stretches(prompt):
            if name not in recordings:
                place = source.places[f"prompt {prompt.name}"]
                what, cure = f"`{name}` is not recorded", f"add audio/prompts/{name}.wav, or let it be synthesized"
                yield replace(source.finding(place, what, cure), severity="note")
