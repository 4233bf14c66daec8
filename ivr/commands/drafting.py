"""``new-category``: one more thing that callers come with, as files that a person goes on with."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import typer

from ivr.book.draft import Draft, Group, Wanted, draft, read_groups
from ivr.commands.book import findings
from ivr.content import GRAMMARS
from ivr.errors import BookError, HotlineError
from ivr.settings import ROOT

NAME = re.compile(r"[a-z][a-z0-9_]{1,31}")
MOST_LETTERS = 60
"""Of a title or an example: both are said in one breath."""


def new_category(  # noqa: PLR0917  a command's options are its arguments
    name: str,
    title: str = typer.Option("", help="As operators read it, in Russian; asked for where it is not given."),
    group: str = typer.Option("", help="A group of menu.yaml; asked for likewise."),
    example: list[str] = typer.Option([], help="What callers say, once for each phrase; asked for likewise."),  # noqa: B008
    grammars: Path = typer.Option(GRAMMARS, help="The folder to write to."),  # noqa: B008
    calls: Path = typer.Option(ROOT / "tests" / "calls", help="Where the scripted call goes."),  # noqa: B008
) -> None:
    """Write a category with its form, its place in the menu and a scripted call; nothing where lint would object."""
    _check_new(name, grammars, calls)
    groups = read_groups(grammars)
    wanted = _asked(name, title.strip(), group, tuple(example), groups)
    made = draft(grammars, wanted, groups[wanted.group])
    _check(grammars, made)
    call = calls / f"{name}.yaml"
    for path, text in {**{grammars / file: text for file, text in made.grammars.items()}, call: made.call}.items():
        path.write_text(text, "utf-8")
        typer.echo(path)
    typer.echo(
        f"Now add it to `ask` of the group {wanted.group} in menu.yaml, write more phrases and examples, and run: "
        f"python -m ivr lint; python -m ivr prompts render; python -m ivr call {call}",
        err=True,
    )


def _check_new(name: str, grammars: Path, calls: Path) -> None:
    if not NAME.fullmatch(name):
        raise HotlineError(f"{name!r} is no name: write Latin letters, digits and underscores, such as card_lost.")
    files = [grammars / folder / f"{name}.yaml" for folder in ("categories", "forms", "ladders")]
    there = next((path for path in (*files, calls / f"{name}.yaml") if path.exists()), None)
    if there is not None:
        raise HotlineError(f"{there} is there already and stays as it is: choose another name.")


def _asked(name: str, title: str, group: str, examples: tuple[str, ...], groups: Mapping[str, Group]) -> Wanted:
    """What the options leave open is asked for at the terminal."""
    title = title or typer.prompt("Title, as operators read it", err=True)
    free = [one for one, found in groups.items() if found.free]
    group = group or typer.prompt(f"Group ({', '.join(free)})", err=True)
    if group not in free:
        raise HotlineError(f"{group!r} is no group of menu.yaml with room for a category: write {' or '.join(free)}.")
    examples = examples or _typed_examples()
    told = tuple(" ".join(re.sub(r"[^\w\s-]", " ", text.lower()).split()) for text in examples)
    for text in (title, *told):
        if not text or len(text) > MOST_LETTERS or re.search(r"[\"$\\\n]", text):
            raise HotlineError(f"{text!r} cannot be said in one breath: write 1 to {MOST_LETTERS} letters in words.")
    return Wanted(name, title, group, told)


def _typed_examples() -> tuple[str, ...]:
    typed = list[str]()
    while line := typer.prompt("What callers say for it, an empty line ends", default="", show_default=False, err=True):
        typed.append(line)
    return tuple(typed) or ("",)


def _check(grammars: Path, made: Draft) -> None:
    """Lint a copy. Raises ``BookError`` with what it says of the new category."""
    with tempfile.TemporaryDirectory(prefix="grammars-") as folder:
        copy = shutil.copytree(grammars, Path(folder) / grammars.name)
        for file, text in made.grammars.items():
            (copy / file).write_text(text, "utf-8")
        wrong = [told for told, is_error in findings(copy) if is_error]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise BookError(f"Nothing was written: {wrong[0].removeprefix(f'{folder}/')}{more}")
