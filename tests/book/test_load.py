"""What is read from the small grammars, and how unreadable ones are refused."""

from collections.abc import Sequence
from typing import Any

import pytest

from ivr.book.load import load_book, read_book
from ivr.book.source import all_prompts
from ivr.dialog.forms import DialogBook, End
from ivr.errors import BookError


@pytest.fixture(scope="module")
def book(small: Any) -> DialogBook:
    return load_book(small.path, small.slot_types, small.outcomes)


def test_it_reads_the_small_book(book: DialogBook) -> None:
    assert (book.start, book.escalate) == ("greeting", "operator")
    assert book.forms["activate_card"].ask == ("card_number", "birth_date", "person_name")
    assert book.forms["enter_code"].then["wrong_code"] == "enter_code"
    assert book.forms["connect"].end == End("transfer", "operator")
    assert book.forms["goodbye"].opening is not None
    assert not book.forms["goodbye"].opening.bargein
    assert (book.limits.misses, book.limits.stream_losses) == (12, 2)
    assert [(u.name, u.keys) for u in book.universals] == [
        ("operator", "0"),
        ("repeat", "*"),
        ("help", None),
        ("restart", None),
        ("slower", None),
        ("faster", None),
        ("back", None),
        ("wait", None),
    ]
    assert book.home is None


def test_it_reads_a_question_whole(book: DialogBook) -> None:
    field = book.fields["card_number"]
    assert (field.choose, field.keep, field.secret, field.silence_seconds) == ("pick_known_card", True, False, 9.0)
    assert field.ask.name == "card_number.ask"
    assert "\n" not in field.ask.text
    assert [prompt.name for prompt in field.noinput] == [f"card_number.noinput.{n}" for n in (1, 2, 3)]
    assert field.confirm is not None
    assert (field.confirm.when, field.confirm.ask.name) == ("spoken", "card_number.confirm.ask")
    assert field.confirm.nomatch[2].name == "card_number.confirm.nomatch.3"
    code = book.fields["one_time_code"]
    assert (code.keep, code.secret, code.confirm) == (False, True, None)


def test_it_expands_the_everywhere_words(book: DialogBook) -> None:
    operator = book.universals[0].phrases
    assert "оператор" in operator
    assert "пожалуйста соедините меня с оператором" in operator
    assert len(operator) == len(set(operator))


def test_it_gives_every_prompt_a_name_of_its_own(book: DialogBook) -> None:
    names = [prompt.name for prompt in all_prompts(book)]
    assert len(names) == len(set(names))
    assert {"greeting.opening", "enter_code.say.wrong_code", "keypad_only"} <= set(names)


def test_it_hashes_all_that_was_loaded(folder: Any) -> None:
    before = folder.read().book.version
    assert len(before) == 64
    assert folder.read().book.version == before
    for file in ("universals.yaml", "forms/goodbye.yaml", "questions/birth_date.yaml", "prompts.yaml"):
        folder.write(file, (folder.path / file).read_text(encoding="utf-8") + "# a remark\n")
        after = folder.read().book.version
        assert after != before, file
        before = after


UNREADABLE: Sequence[tuple[str, str, str, str, str]] = [
    # file, what stands there, what an editor wrote instead, what is wrong, what to write
    ("forms/goodbye.yaml", "title:", "titel:", "a form has no key `titel`", "write `title`"),
    (
        "forms/goodbye.yaml",
        "title: Прощание, вопрос решён",
        "",
        "a form lacks the key `title`",
        "add a line `title: …`",
    ),
    ("forms/goodbye.yaml", "form: goodbye", "form: bye", "`form` is `bye`", "write `form: goodbye`"),
    ("forms/goodbye.yaml", "kind: hang_up", "kind: hangup", "`kind` is `hangup`", "hang_up, transfer"),
    (
        "forms/goodbye.yaml",
        "disposition: solved",
        "disposition: ok",
        "`disposition` is `ok`",
        "solved, operator, appeal",
    ),
    ("forms/goodbye.yaml", "bargein: false", "bargein: no", "`bargein` is `no`", "true or false"),
    ("forms/activate_card.yaml", "finish: send_code", "finish: Send code", "is no name", "small Latin letters"),
    ("forms/activate_card.yaml", "sent: enter_code", "sent: [enter_code]", "is no name", "small Latin letters"),
    ("forms/activate_card.yaml", "[card_number, birth", "[card_number, card_number, birth", "asked twice", "keep one"),
    (
        "forms/activate_card.yaml",
        "ask: [card_number, birth_date, person_name]",
        "ask: card_number",
        "no list",
        "[one, two]",
    ),
    ("forms/activate_card.yaml", "then:", "then: operator\nsay_:", "no key `say_`", "write `say`"),
    ("forms/appeal.yaml", "say:\n  registered: Обр", "say: спасибо\ntitle_: Обр", "no key `title_`", "write `title`"),
    ("questions/birth_date.yaml", "slot: birth_date", "slot: birthday", "no slot type `birthday`", "birth_date, card"),
    ("questions/birth_date.yaml", "slot: birth_date", "", "needs `slot` or `choice`", "write one"),
    ("questions/birth_date.yaml", "when: spoken", "when: sometimes", "`when` is `sometimes`", "never, spoken, always"),
    ("questions/birth_date.yaml", "confirm:\n", "confirm:\n  then: x\n", "has no key `then`", "write `when`"),
    ("questions/birth_date.yaml", "slot: birth_date", "slot: birth_date\nkeep: no", "`keep` is `no`", "true or false"),
    ("questions/birth_date.yaml", "more: Нужны", "more: 12\nhelp_: Нужны", "no key `help_`", "write `help`"),
    ("questions/birth_date.yaml", "more: Нужны число, месяц и год. ", "more: 12 #", "`more` is no text", "in quotes"),
    ("questions/birth_date.yaml", "more: Нужны число, месяц и год. ", "more: {heard} #", "is a table", "in quotes"),
    (
        "questions/birth_date.yaml",
        "  - Ничего не слышно. Назовите",
        "  - ''\n  - Назовите",
        "is no text",
        "write words",
    ),
    ("questions/birth_date.yaml", "slot: birth_date", "slot: birth_date\nsilence_seconds: 900", "is `900`", "2 to 60"),
    (
        "questions/birth_date.yaml",
        "question: birth_date",
        "question: birth_day",
        "is `birth_day`",
        "question: birth_date",
    ),
    ("universals.yaml", 'keys: "0"', "keys: 0", "`keys` is no text", "in quotes"),
    ("universals.yaml", 'keys: "0"', 'keys: "ноль"', "is on no telephone", "digits"),
    ("universals.yaml", "    - что [мне] делать", '    - "[отмена"', "a bracket is not closed", "write `]`"),
    ("universals.yaml", "    - что [мне] делать", '    - "<cancel>"', "no rule `<cancel>`", "person, with_person"),
    ("universals.yaml", "    - что [мне] делать", "    - отменa", "is not words of Russian letters", "no signs"),
    (
        "universals.yaml",
        "    - что [мне] делать",
        '    - "[отмена]"',
        "also stands for silence",
        "outside the square brackets",
    ),
    ("universals.yaml", "    - специалист\n", '    - "<person>"\n', "names itself", "write its words out"),
    (
        "universals.yaml",
        "    - что [мне] делать",
        "    - " + " ".join(["(а|б|в)"] * 6),
        "more than 500 phrases",
        "slot type",
    ),
    ("prompts.yaml", "  resume: Связь прервалась, продолжим.\n", "", "prompt `resume` is missing", "add a line"),
    ("prompts.yaml", "misses: 12", "misses: 0", "`misses` is `0`", "a number from 1"),
]


@pytest.mark.parametrize("mistake", UNREADABLE, ids=range(len(UNREADABLE)))
def test_it_refuses_what_it_cannot_read(folder: Any, mistake: tuple[str, str, str, str, str]) -> None:
    file, old, new, what, cure = mistake
    line = folder.swap(file, old, new)
    with pytest.raises(BookError) as caught:
        folder.read()
    place, _, rest = str(caught.value).partition(": ")
    said, _, mended = rest.partition("; ")
    path, _, number = place.rpartition(":")
    assert path == (folder.path / file).as_posix()
    assert what in said
    assert cure in mended
    assert abs(int(number) - line) <= 1 or "lacks" in said or "needs" in said or "missing" in said


def test_it_refuses_a_book_that_contradicts_itself(folder: Any) -> None:
    folder.swap("forms/activate_card.yaml", "sent: enter_code", "sent: enter_kode")
    folder.swap("forms/operator.yaml", "closed: appeal", "closed: apeal")
    with pytest.raises(BookError, match=r"activate_card\.yaml:\d+: there is no form `enter_kode`; .* \(and 1 more"):
        folder.load()


def test_it_names_a_folder_without_a_book(tmp_path: Any, folder: Any) -> None:
    with pytest.raises(BookError, match=r"prompts\.yaml:1: the file cannot be read"):
        read_book(tmp_path / "absent", folder.slot_types, folder.outcomes)
    for path in (folder.path / "questions").iterdir():
        path.unlink()
    with pytest.raises(BookError, match=r"questions:1: no \.yaml file is here"):
        folder.read()
