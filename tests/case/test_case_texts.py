"""``grammars/case.yaml``: complete as delivered, and strict about what an editor may write."""

from pathlib import Path

import pytest

from ivr.actions import load_actions
from ivr.case.texts import CaseTexts, known_to, load_case_texts
from ivr.content import GRAMMARS
from ivr.errors import BookError
from tests.case.case_world import content


def load(tmp_path: Path, old: str = "", new: str = "") -> CaseTexts:
    """The delivered file with one change."""
    text = (GRAMMARS / "case.yaml").read_text("utf-8")
    assert old in text
    path = tmp_path / "case.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return load_case_texts(path, known_to(content().book, {name: one.outcomes for name, one in load_actions().items()}))


def test_it_reads_the_delivered_file(tmp_path: Path) -> None:
    texts = load(tmp_path)
    assert texts == content().case
    assert texts.say("line", "announced", position=3) == "Позиция 3"
    assert texts.say("line", "no_such_event") == ""


def test_every_answer_that_is_kept_has_a_title(tmp_path: Path) -> None:
    book = content().book
    kept = {name for name, field in book.fields.items() if field.keep and field.confirm and not field.secret}
    assert "card_number" in kept
    assert kept <= load(tmp_path).fields.keys()


def test_every_category_has_advice_of_its_own(tmp_path: Path) -> None:
    categories = {name.removeprefix("category_") for name in content().book.forms if name.startswith("category_")}
    assert categories <= load(tmp_path).categories.keys()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  card_number: Номер карты", "  card_nummer: Номер карты", "`fields` knows no `card_nummer`"),
        ("always: [card_number", "always: [no_question", "`always` knows no `no_question`"),
        ("  app: приложение\n", "", "`ways` lacks `app`"),
        ("  app: приложение", "  aple: приложение", "`ways` knows no `aple`"),
        ("do: [activate]", "do: [activat]", "`do` knows no `activat`"),
        ("table: diagnose_till", "table: diagnose_tills", "`table` knows no `diagnose_tills`"),
        ("  balance:\n", "  balans:\n", "has no key `balans`"),
        ("Выдана: {since}.", "Выдана: {sinse}.", "names a wrong value"),
        ("Выдана: {since}.", "Выдана: {since", "`found`"),
        ("×{times}", "×{times:d}", "names a wrong value"),
        ("      sent: ", "      send: ", "has no key `send`"),
        ("      same: Это значение уже стоит в анкете.\n", "", "lacks the key `same`"),
        ("    confirm: Активировать карту?\n", "", "lacks the key `confirm`"),
        ("  issued: Ждёт активации\n", "", "lacks the key `issued`"),
        ("  registered: Зарегистрировано\n", "", "lacks the key `registered`"),
        ("other_title: Причина не названа\n", "", "lacks the key `other_title`"),
        ("unknown_card: Такой карты нет в базе", "unknown_card: 7", "`unknown_card` is no text"),
    ],
)
def test_it_refuses_a_mistake_with_file_and_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(BookError) as caught:
        load(tmp_path, old, new)
    assert told in str(caught.value)
    assert "case.yaml:" in str(caught.value)
    assert "; " in str(caught.value)
