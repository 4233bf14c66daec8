"""Reads ``grammars/sms.yaml``: letters, words and answers of messages to the short number."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter

from ivr.book.strict_yaml import Listed, Mapped, Place, check_keys, fault, load_yaml, shown
from ivr.errors import BookError
from ivr.slots.lexicon import Lexicon
from ivr.slots.words import fold
from ivr.sms_form.alphabets import Alphabets
from ivr.sms_form.form import FAULTS, PARTS, VERDICTS
from ivr.sms_form.replies import ONE_PART, longest_reply
from ivr.sms_form.words import LabelKind, Replies, SmsWords

_KEYS = (
    *("letters", "labels", "fillers", "stems", "beside", "corrections", "suffixes", "months", "names", "written"),
    *("cases", "patronymics", "surnames", "form", "patterns", "masks", "replies"),
)
_LETTERS = ("vowels", "lookalikes", "digits", "foreign", "layout", "latin", "cyrillic", "endings")
_LABELS: tuple[LabelKind, ...] = ("name", "card", "date", "phone")
_MONTHS = range(1, 13)
_CARD_FAULTS = frozenset({"card_series", "card_check_digit"})
"""Only these may name the card: of the others it is not known."""
_COUNTED = frozenset({"card_too_short", "card_too_long"})


def load_sms_words(path: Path, lexicon: Lexicon, own: Mapping[str, str], length: int = 16) -> SmsWords:
    """Read the file.

    ``own``: the hotline's values by name, which answers may hold; ``sms_number`` among them is no card in a message.
    ``length``: digits of a card, with which the answers are tried for their length. Raises ``BookError`` with file,
    line and key, and what to write instead.
    """
    data = load_yaml(path)
    if not isinstance(data, Mapped):
        raise BookError(f"{shown(path)}:1: not a mapping; write keys such as `fillers: …`, compare the delivered file")
    check_keys(data, _KEYS, "")
    names = _names(data, lexicon)
    patronymics, surnames = (
        _section(data, "patronymics", ("endings", "words")),
        _section(data, "surnames", ("sure", "likely")),
    )
    return SmsWords(
        lexicon=lexicon,
        alphabets=_alphabets(_section(data, "letters", _LETTERS)),
        labels=_labels(_section(data, "labels", _LABELS)),
        fillers=frozenset(word for row in range(len(_rows(data, "fillers"))) for word in _words(data["fillers"], row)),
        stems=tuple(_stem(data["stems"], at) for at in range(len(_rows(data, "stems")))),
        beside_endings=tuple(_words(data, "beside")),
        corrections=frozenset(_words(data, "corrections")),
        suffixes=frozenset(_words(data, "suffixes")),
        months=_months(data, lexicon),
        names=names,
        cases=_cases(data),
        patronymic_endings=tuple(_words(patronymics, "endings")),
        patronymics=frozenset(_words(patronymics, "words")),
        surname_endings=tuple(_words(surnames, "sure")),
        likely_surname_endings=tuple(_words(surnames, "likely")),
        replies=_replies(data, own, length),
        own_numbers=frozenset({own["sms_number"]} if "sms_number" in own else ()),
    )


def _section(data: Mapped, name: str, keys: Sequence[str]) -> Mapped:
    section = data[name]
    if not isinstance(section, Mapped):
        raise fault(data.at(name), f"`{name}` holds no keys", f"write {', '.join(keys)} below it")
    check_keys(section, keys, f"{name}.")
    return section


# -- words ------------------------------------------------------------------------------------------------------------


def _rows(data: Mapped, name: str) -> Listed:
    rows = data[name]
    if not isinstance(rows, Listed):
        raise fault(data.at(name), f"`{name}` is no list", "write it as [one, two]")
    return rows


def _words(data: Mapped | Listed, key: str | int) -> list[str]:
    """A list of words, folded."""
    found = data[key]  # type: ignore[index]
    if not isinstance(found, Listed):
        raise fault(data.at(key), f"`{key}` is no list of words", "write it as [one, two]")
    for at, word in enumerate(found):
        if not isinstance(word, str) or not word or not all(part.isalpha() for part in word.split("-")):
            raise fault(found.at(at), f"`{word}` is no word", "write one word of letters, in quotes where it is none")
    return [fold(word) for word in found]


def _stem(stems: Listed, at: int) -> str:
    stem = stems[at]
    if not isinstance(stem, str) or not stem.endswith("*") or not stem[:-1].isalpha():
        raise fault(stems.at(at), f"`{stem}` is no beginning of a word", "write letters and one `*` behind them")
    return fold(stem[:-1])


def _labels(data: Mapped) -> dict[str, LabelKind]:
    return {word: kind for kind in _LABELS for word in _words(data, kind)}


def _months(data: Mapped, lexicon: Lexicon) -> dict[str, int]:
    months = {form: word.value for form, word in lexicon.dates.items() if word.kind == "month"}
    section = data["months"]
    if not isinstance(section, Mapped):
        raise fault(data.at("months"), "`months` holds no months", "write 1 to 12, each with a list of words")
    for month in section:
        if month not in _MONTHS:
            raise fault(section.at(month), f"`months.{month}` is no month", "write 1 to 12")
    return months | {word: month for month in section for word in _words(section, month)}


def _names(data: Mapped, lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """All first names: those of calls, rare ones, and other spellings of both."""
    names = dict(lexicon.names)
    for at, name in enumerate(_words(data, "names")):
        names[_new(name, names, data["names"].at(at))] = (name,)
    section = data["written"]
    if not isinstance(section, Mapped):
        raise fault(data.at("written"), "`written` holds no names", "write `full name: [as it is written]`")
    for name in section:
        if name not in names.get(fold(str(name)), ()):
            raise fault(section.at(name), f"`{name}` is no full name", "write one of lexicon/names.yaml or of `names`")
        for at, form in enumerate(_words(section, name)):
            names[_new(form, names, section[name].at(at))] = (name,)
    return names


def _new(form: str, names: Mapping[str, tuple[str, ...]], place: Place) -> str:
    """What calls know as a name means in a message what it means in a call."""
    if form in names:
        raise fault(place, f"`{form}` is known already", "remove it: lexicon/names.yaml or a line above has it")
    return form


def _cases(data: Mapped) -> tuple[tuple[str, str], ...]:
    section = data["cases"]
    if not isinstance(section, Mapped):
        raise fault(data.at("cases"), "`cases` holds no endings", "write `ending: [its other cases]`")
    return tuple((other, str(ending)) for ending in section for other in _words(section, ending))


# -- letters ----------------------------------------------------------------------------------------------------------


def _alphabets(data: Mapped) -> Alphabets:
    layout = _section(data, "layout", ("latin", "cyrillic"))
    latin, cyrillic = _text(layout, "latin"), _text(layout, "cyrillic")
    if len(latin) != len(cyrillic):
        cure = "write the keys of both layouts in one order"
        raise fault(layout.at("cyrillic"), f"{len(cyrillic)} keys stand for {len(latin)}", cure)
    return Alphabets(
        vowels=frozenset(_text(data, "vowels")),
        lookalikes=_table(data, "lookalikes"),
        digits=_table(data, "digits"),
        foreign=_table(data, "foreign"),
        to_cyrillic_keys=dict(zip(latin, map(fold, cyrillic), strict=True)),
        to_latin_keys=dict(zip(cyrillic, latin, strict=True)),
        latin=_table(data, "latin"),
        cyrillic=_table(data, "cyrillic"),
        endings=_table(data, "endings"),
    )


def _text(data: Mapped, key: str) -> str:
    text = data[key]
    if not isinstance(text, str) or not text:
        raise fault(data.at(key), f"`{key}` is no text", "write a text")
    return text


def _table(data: Mapped, name: str) -> dict[str, str]:
    table = data[name]
    if not isinstance(table, Mapped):
        raise fault(data.at(name), f"`{name}` is no table of letters", "write `a: b` for each")
    for key, value in table.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise fault(table.at(key), f"`{name}.{key}` is no letter", "put digits in quotes")
    return dict(table)


# -- answers ----------------------------------------------------------------------------------------------------------


def _replies(data: Mapped, own: Mapping[str, str], length: int) -> Replies:
    patterns, masks = _section(data, "patterns", PARTS), _section(data, "masks", ("card", "date"))
    texts = _section(data, "replies", (*FAULTS, *VERDICTS))
    _check_values(data, "form", frozenset(PARTS), frozenset(PARTS))
    for part in PARTS:
        _check_values(patterns, part, frozenset(), frozenset({"length"} if part == "card" else ()))
    _check_values(masks, "card", frozenset({"last"}), frozenset({"last"}))
    _check_values(masks, "date", frozenset({"year"}), frozenset({"year"}))
    for kind in texts:
        _check_values(texts, kind, frozenset(), _allowed(kind) | frozenset(own))
    replies = Replies(dict(texts), data["form"], dict(patterns), dict(masks), dict(own))
    _check_lengths(texts, replies, length)
    return replies


def _allowed(kind: str) -> frozenset[str]:
    allowed = (
        {"form"} | ({"count", "length"} if kind in _COUNTED else set()) | ({"card"} if kind in _CARD_FAULTS else set())
    )
    return frozenset(allowed)


def _check_values(data: Mapped, key: str, needed: frozenset[str], allowed: frozenset[str]) -> None:
    """Only plain ``{value}`` of the allowed ones, and all of the needed ones."""
    try:
        parts = list(Formatter().parse(_text(data, key)))
    except ValueError as error:
        raise fault(data.at(key), f"`{key}` {error}", "write values as {form}") from None
    named = {value for _, value, _, _ in parts if value is not None}
    plain = not any(spec or conversion for _, _, spec, conversion in parts)
    if not plain or not needed <= named <= allowed or len(named) < sum(value is not None for _, value, _, _ in parts):
        told = ", ".join(f"{{{value}}}" for value in sorted(allowed)) or "no value"
        raise fault(data.at(key), f"`{key}` names the wrong values", f"use {told}, each once")


def _check_lengths(texts: Mapped, replies: Replies, length: int) -> None:
    for kind in texts:
        longest = longest_reply(kind, replies, length)
        if longest > ONE_PART:
            cure = f"shorten it by {longest - ONE_PART}: one SMS part holds {ONE_PART}"
            raise fault(texts.at(kind), f"`replies.{kind}` can be {longest} letters long", cure)
