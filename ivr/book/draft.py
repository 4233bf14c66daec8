"""A first version of a category: its file, its form, its place in the menu and a scripted call, out of a few words.

What is written stands in ``grammars/drafts``. Nothing is stored here: the caller has the texts checked first.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ivr.book.categories import MOST_IN_GROUP
from ivr.book.load import MENU
from ivr.book.strict_yaml import Mapped, load_yaml, shown
from ivr.book.timing import MAX_SECONDS, seconds_of
from ivr.errors import BookError

DRAFTS = "drafts"
KEYS = "123456789"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says of a new category."""

    name: str
    """Of its files."""
    title: str
    """As operators read it and the keypad's menu says it."""
    group: str
    """Of ``menu.yaml``."""
    examples: tuple[str, ...]
    """What callers say, one or more."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the menu as it is."""

    key: str
    """At the first question."""
    keys: str
    """What the keypad's menu says."""
    members: Mapping[str, str]
    """Its categories, each with something that callers say for it."""
    free: str
    """The first key that no category has; empty where the group is full."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Texts of files, by their names within ``grammars/``, and of the scripted call."""

    grammars: Mapping[str, str]
    call: str


def read_groups(grammars: Path) -> Mapping[str, Group]:
    """The groups of the menu. The folder has been read as a book before, so that all is there."""
    menu = load_yaml(grammars / MENU)
    categories = [load_yaml(path) for path in sorted((grammars / "categories").glob("*.yaml"))]
    return {name: _group(name, table, categories) for name, table in menu["groups"].items()}


def _group(name: str, table: Mapped, categories: list[Mapped]) -> Group:
    own = [category for category in categories if category["group"] == name]
    taken = {category["key"] for category in own}
    members = {category["category"]: _said_for(category) for category in own}
    room = next(key for key in KEYS if key not in taken) if len(own) < MOST_IN_GROUP else ""
    return Group(table["key"], table["keys"], members, room)


def _said_for(category: Mapped) -> str:
    return next((said for said in category["examples"]["match"] if isinstance(said, str)), category["name"])


def draft(grammars: Path, wanted: Wanted, group: Group) -> Draft:
    """All texts. Raises ``BookError`` where the menu has no room for another option."""
    menu = load_yaml(grammars / MENU)
    values = {
        "name": wanted.name,
        "title": _scalar(wanted.title),
        "bare": wanted.title,
        "said": _scalar(_within(wanted.title)),
        "group": wanted.group,
        "key": group.free,
        "group_key": group.key,
        "example": wanted.examples[0],
        "phrases": _listed(wanted.examples, "  "),
        "match": _listed(wanted.examples, "    "),
        "other": _listed(tuple(group.members.values()), "    "),
        "ask": _first_sentence(menu["question"]["ask"]),
        "keys": _first_sentence(menu["question"]["keys"]),
        "narrow": _first_sentence(group.keys),
    }
    files = {
        f"categories/{wanted.name}.yaml": _filled(grammars, "category", values),
        f"forms/{wanted.name}.yaml": _filled(grammars, "form", values),
        MENU: _menu_with(grammars, wanted, group),
    }
    return Draft(files, _filled(grammars, "call", values))


def _filled(grammars: Path, what: str, values: Mapping[str, str]) -> str:
    return Template((grammars / DRAFTS / f"{what}.txt").read_text("utf-8")).substitute(values)


def _menu_with(grammars: Path, wanted: Wanted, group: Group) -> str:
    """The menu's text with the option told to callers by keypad; comments and all else stay."""
    text, told = (grammars / MENU).read_text("utf-8"), _told(grammars, wanted, group)
    where = shown(grammars / MENU)
    if (seconds := seconds_of(told)) > MAX_SECONDS:
        raise BookError(
            f"{where}: with it `keys` of the group {wanted.group} would take {seconds:.1f} seconds to say, "
            f"{MAX_SECONDS:g} are the most; shorten them first, or give a shorter title."
        )
    if text.count(group.keys) != 1:
        raise BookError(f"{where}: `keys` of the group {wanted.group} goes over several lines; write it on one first.")
    return text.replace(group.keys, told)


def _told(grammars: Path, wanted: Wanted, group: Group) -> str:
    words = load_yaml(grammars / DRAFTS / "words.yaml")
    option = words["option"].format(name=wanted.title, key=words["keys"][group.free])
    before = group.keys.removesuffix(words["last"]).rstrip()
    return " ".join([before, option, *([words["last"]] if before != group.keys else [])])


def _within(title: str) -> str:
    """As it stands inside a sentence: an abbreviation keeps its capitals."""
    return title[0].lower() + title[1:] if title[1:2].islower() else title


def _first_sentence(text: str) -> str:
    ends = [at for at in map(text.find, ".?!") if at > 0]
    return text[: min(ends, default=len(text))]


def _listed(texts: tuple[str, ...], indent: str) -> str:
    return "\n".join(f"{indent}- {_scalar(text)}" for text in texts)


def _scalar(text: str) -> str:
    """As it is where it is letters and spaces, else in quotes: a JSON text is a YAML one too."""
    return text if text.replace(" ", "").isalpha() else json.dumps(text, ensure_ascii=False)
