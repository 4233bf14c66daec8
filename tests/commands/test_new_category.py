"""``new-category`` writes what lint, menu and a call take as it is, or nothing; ``lint`` reads all texts."""

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from ivr import __main__ as program
from ivr.book.draft import Wanted, draft, read_groups
from ivr.errors import BookError
from ivr.settings import ROOT
from ivr.simulator.runner import play
from ivr.simulator.scenario import load_scenario
from ivr.simulator.voices import caller_voices
from tests.commands.typing_in import MISTAKE

TITLE = "Карта пропала"
EXAMPLES = ("Моя карта пропала!", "карта пропала", "карты больше нет")


@dataclass(frozen=True)
class Folder:
    """Grammars that may be spoiled."""

    path: Path

    @property
    def grammars(self) -> Path:
        return self.path / "grammars"

    @property
    def call(self) -> Path:
        return self.path / "card_lost.yaml"

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.path.rglob("*") if path.is_file()}


def type_in(folder: Folder, name: str, *more: str, stdin: str = "") -> tuple[int, str]:
    """Exit code, and what stands on standard error."""
    where = ["--grammars", str(folder.grammars), "--calls", str(folder.path)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["ivr", name, *more, "--grammars", str(folder.grammars)])
        if name == "new-category":
            patch.setattr("sys.argv", ["ivr", name, *more, *where])
        patch.setattr("sys.stdin", io.StringIO(stdin))
        patch.setattr("sys.stderr", told := io.StringIO())
        patch.setattr("sys.stdout", told)
        with pytest.raises(SystemExit) as ended:
            program.main()
    return int(ended.value.code or 0), told.getvalue()


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The shipped grammars with a category that was drafted at the terminal's questions."""
    folder = Folder(tmp_path_factory.mktemp("drafted"))
    shutil.copytree(ROOT / "grammars", folder.grammars)
    typed = "\n".join([TITLE, "card", *EXAMPLES, "", ""])
    code, told = type_in(folder, "new-category", "card_lost", stdin=typed)
    assert code == 0, told
    return folder


@pytest.fixture
def untouched(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    shutil.copytree(ROOT / "grammars", folder.grammars)
    return folder


def test_it_writes_the_category_its_form_and_its_place_in_the_menu(drafted: Folder) -> None:
    category = yaml.safe_load((drafted.grammars / "categories/card_lost.yaml").read_text("utf-8"))
    assert (category["title"], category["group"], category["key"]) == (TITLE, "card", "4")
    assert category["examples"]["match"] == ["моя карта пропала", "карта пропала", "карты больше нет"]
    assert "активируйте карту" in category["examples"]["not"]
    before = (ROOT / "grammars/menu.yaml").read_text("utf-8").splitlines()
    after = (drafted.grammars / "menu.yaml").read_text("utf-8").splitlines()
    [(was, now)] = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert now == was.replace(" Оператор — ноль.", " Карта пропала — четыре. Оператор — ноль.")


def test_lint_has_nothing_against_it(drafted: Folder) -> None:
    code, told = type_in(drafted, "lint")
    assert (code, "0 mistakes" in told) == (0, True), told


async def test_its_call_passes_as_it_is(drafted: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.application.GRAMMARS", drafted.grammars)
    result = await play(load_scenario(drafted.call), "keys", caller_voices())
    assert result.failures == ()


def test_it_overwrites_nothing(drafted: Folder) -> None:
    before = drafted.files()
    code, told = type_in(drafted, "new-category", "card_lost", "--title", "Другое")
    assert (code, "is there already and stays as it is" in told) == (MISTAKE, True)
    (drafted.grammars / "categories/card_lost.yaml").unlink()
    assert type_in(drafted, "new-category", "card_lost")[0] == MISTAKE
    for path, content in before.items():
        Path(path).write_bytes(content)


@pytest.mark.parametrize(
    ("name", "group", "example", "hint"),
    [
        ("Card-Lost", "card", "карта пропала", "write Latin letters"),
        ("card_lost", "points", "карта пропала", "write card or online"),
        ("card_lost", "nowhere", "карта пропала", "write card or online"),
        ("card_lost", "card", "?!", "cannot be said in one breath"),
        ("card_lost", "card", "а" * 61, "cannot be said in one breath"),
    ],
)
def test_it_says_what_to_write_instead(untouched: Folder, name: str, group: str, example: str, hint: str) -> None:
    before = untouched.files()
    options = ("--title", TITLE, "--group", group, "--example", example)
    code, told = type_in(untouched, "new-category", name, *options)
    assert (code, hint in told) == (MISTAKE, True), told
    assert untouched.files() == before


def test_it_writes_nothing_that_the_model_cannot_hear(untouched: Folder) -> None:
    before = untouched.files()
    options = ("--title", TITLE, "--group", "card", "--example", "карту украл синхрофазотрон")
    code, told = type_in(untouched, "new-category", "card_lost", *options)
    assert (code, told.startswith("Nothing was written: ")) == (MISTAKE, True)
    assert "categories/card_lost.yaml:" in told
    assert "синхрофазотрон" in told
    assert untouched.files() == before


def test_a_menu_that_would_take_too_long_is_not_lengthened(untouched: Folder) -> None:
    groups = read_groups(untouched.grammars)
    wanted = Wanted("card_lost", "Пропала пластиковая карта с накопленными баллами", "card", EXAMPLES)
    with pytest.raises(BookError, match=r"menu.yaml: .* seconds to say, 12 are the most; shorten them first"):
        draft(untouched.grammars, wanted, groups["card"])


SPOILED = {"sms.yaml": "  no_date: ", "consent.yaml": "personal_data:", "cabinet.yaml": "  same_value: "}


def test_lint_reads_the_texts_beside_the_dialogues(untouched: Folder) -> None:
    for file, key in SPOILED.items():
        path = untouched.grammars / file
        text = path.read_text("utf-8")
        assert key in text
        path.write_text(text.replace(key, key.replace(":", "x:"), 1), "utf-8")
    code, told = type_in(untouched, "lint")
    assert code == 1
    assert [file for file in SPOILED if f"{file}:" not in told] == []
    assert "3 mistakes" in told
