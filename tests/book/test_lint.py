"""Mistakes are planted one by one in the small grammars; each is told with file, line and cure."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ivr.book.lint import lint
from ivr.book.load import read_book
from ivr.book.source import Finding
from ivr.errors import BookError
from ivr.facts import FACTS
from ivr.slots import load_slot_types

VOCABULARY = Path(__file__).resolve().parents[2] / "ivr/speech/model/graph/words.txt"
SMALL_FACTS = frozenset({"brand", "since", "appeal_number"})
WORDS = (
    "оператор оператора оператору операторы оператором консультант консультанта специалист специалистом с со мне "
    "нужно хочу пожалуйста позовите соедините меня можно поговорить живой человек повторите ещё раз вопрос я не понял "
    "поняла плохо помогите помощь знаю что делать вернуться в начало начала "
    "один два три пятое марта алла мария да нет медленнее помедленнее быстрее назад подождите погодите одну минуту "
    "минутку минуточку секунду"
)


def _lint(folder: Any) -> list[Finding]:
    return lint(folder.read(), facts=SMALL_FACTS, vocabulary=frozenset(WORDS.split()))


def test_it_finds_nothing_in_the_small_grammars(folder: Any) -> None:
    assert [str(finding) for finding in _lint(folder)] == []


def test_it_finds_nothing_with_the_real_slot_types(shipped: Any) -> None:
    source = read_book(shipped.path, load_slot_types(shipped.path / "lexicon"), shipped.outcomes)
    known = frozenset(line.split()[0] for line in VOCABULARY.read_text(encoding="utf-8").splitlines())
    assert [str(finding) for finding in lint(source, facts=FACTS, vocabulary=known)] == []


PLANTED: Sequence[tuple[str, str, str, str, str]] = [
    # file, what stands there, what an editor wrote instead, what is wrong, what to write
    # names
    ("prompts.yaml", "start: greeting", "start: hello", "there is no form `hello`", "activate_card, appeal"),
    ("prompts.yaml", "escalate: operator", "escalate: human", "there is no form `human`", "operator"),
    ("forms/activate_card.yaml", "sent: enter_code", "sent: entercode", "no form `entercode`", "enter_code"),
    ("forms/activate_card.yaml", "birth_date, per", "birthday, per", "no question `birthday`", "birth_date"),
    ("forms/activate_card.yaml", "finish: send_code", "finish: sendcode", "no action `sendcode`", "send_code"),
    ("questions/card_number.yaml", "choose: pick_known_card", "choose: pick", "no action `pick`", "pick_known_card"),
    (
        "questions/card_number.yaml",
        "choose: pick_known_card",
        "choose: pick_known_card\nunanswered: nothing",
        "`nothing` is no answer",
        "a `choice`",
    ),
    # outcomes
    ("forms/enter_code.yaml", "  code_spent: operator\n", "", "`code_spent` leads nowhere", "add `code_spent: FORM`"),
    (
        "forms/enter_code.yaml",
        "  code_spent: operator",
        "  spent: operator\n  code_spent: operator",
        "no outcome `spent`",
        "code_spent",
    ),
    ("forms/enter_code.yaml", "  code_expired: Этот", "  expired: Этот", "no outcome `expired` to say", "code_expired"),
    (
        "forms/greeting.yaml",
        "  done: activate_card",
        "  next: activate_card\n  done: activate_card",
        "no outcome `next`",
        "done",
    ),
    (
        "forms/connect.yaml",
        "  unanswered: appeal",
        "  busy: appeal\n  unanswered: appeal",
        "no outcome `busy`",
        "answered, unanswered",
    ),
    (
        "forms/goodbye.yaml",
        "form: goodbye",
        "form: goodbye\nthen: {done: greeting}",
        "has no outcome `done`",
        "ends the call",
    ),
    (
        "forms/goodbye.yaml",
        "end: {",
        "finish: send_code\nend: {",
        "ends the call and has questions",
        "a form of its own",
    ),
    # shape
    (
        "forms/enter_code.yaml",
        "code_expired: new_code",
        "code_expired: operator",
        "no form leads to `new_code`",
        "remove the file",
    ),
    ("forms/activate_card.yaml", ", person_name]", "]", "no form asks `person_name`", "name it in an `ask`"),
    (
        "forms/connect.yaml",
        "unanswered: appeal",
        "unanswered: operator",
        "from `connect` the dialogue comes back",
        "keep: false",
    ),
    (
        "questions/one_time_code.yaml",
        "keep: false",
        "keep: true",
        "from `enter_code` the dialogue comes back",
        "keep: false",
    ),
    (
        "forms/greeting.yaml",
        "done: activate_card",
        "done: greeting",
        "from `greeting` the dialogue comes back",
        "lead it elsewhere",
    ),
    ("universals.yaml", '  keys: "0"\n', "", "no key leads to an operator", 'keys: "0"'),
    (
        "universals.yaml",
        '  keys: "0"\n',
        '  keys: "0#"\n',
        "the key for an operator does not lead to one",
        "that word or key",
    ),
    (
        "forms/new_code.yaml",
        "sent: enter_code",
        "sent: return",
        "`new_code` returns, but is reached",
        "by `first` only",
    ),
    (
        "forms/enter_code.yaml",
        "ask: [one_time_code]",
        "first: {form: identity, unless: verified}\nask: [one_time_code]",
        "there is no form `identity`",
        "write one of",
    ),
    (
        "forms/new_code.yaml",
        "finish: send_code",
        "branch: one_time_code",
        "`one_time_code` has no closed set of answers",
        "branch on a `choice`",
    ),
    (
        "forms/new_code.yaml",
        "finish: send_code",
        "finish: send_code\nbranch: one_time_code",
        "has `branch` and `finish`",
        "keep one",
    ),
    ("prompts.yaml", "escalate: operator", "escalate: appeal", "`appeal` leads to no operator", "kind: transfer"),
    # words for the ear
    ("forms/appeal.yaml", "Ответ придёт", "Ответ через 3 дня придёт", "`3` is in digits", "numbers as words"),
    ("forms/appeal.yaml", "в СМС", "в SMS", "`SMS` is in Latin letters", "Russian letters"),
    (
        "forms/appeal.yaml",
        "Обращение номер",
        "Oбращение номер",
        "mixes Latin and Russian letters",
        "in Russian letters",
    ),
    ("forms/appeal.yaml", "Обращение номер", "Обращение №", "the sign `№` cannot be spoken", "in words"),
    (
        "forms/appeal.yaml",
        "Ответ",
        "Ответ " + "очень скоро " * 15,
        "seconds to say",
        "keep it under 12",
    ),
    ("forms/appeal.yaml", "{appeal_number}", "{number}", "`{number}` is no question and no fact", "or a fact"),
    ("forms/appeal.yaml", "{appeal_number}", "{heard}", "works only inside a question", "leave it out"),
    ("forms/appeal.yaml", "{appeal_number}", "{appeal number}", "a lonely brace", "{name}"),
    (
        "forms/enter_code.yaml",
        "Код не подошёл.",
        "Код {one_time_code} не подошёл.",
        "say a secret answer",
        "leave it out",
    ),
    ("questions/one_time_code.yaml", "Это ещё", "Слышно {heard}, это ещё", "say a secret answer", "leave it out"),
    (
        "questions/card_number.yaml",
        "карты: {card_number}. Верно",
        "карты слышен. Верно",
        "does not say the answer",
        "{card_number}",
    ),
    (
        "questions/card_number.yaml",
        "slot: card_number",
        "slot: card_number\nsecret: true",
        "secret and read back",
        "remove",
    ),
    (
        "questions/person_name.yaml",
        "Пока тихо. Скажите имя или наберите его по буквам, в конце решётка.",
        "Ничего не слышно! Назовите пожалуйста имя из анкеты",
        "`person_name.noinput.2` repeats `person_name.noinput.1`",
        "in other words",
    ),
    (
        "questions/person_name.yaml",
        "  - Пока тихо. Скажите имя или наберите его по буквам, в конце решётка.\n",
        "",
        "has 2 wordings",
        "write 3",
    ),
    # words for the recognizer
    (
        "universals.yaml",
        "    - что [мне] делать",
        "    - отставить",
        "does not know the word `отставить`",
        "another word",
    ),
    (
        "universals.yaml",
        "    - что [мне] делать",
        "    - ещё раз",
        "`ещё раз` (help) sounds like `ещё раз` (repeat)",
        "change one",
    ),
    (
        "universals.yaml",
        "    - что [мне] делать",
        "    - еще раз",
        "`еще раз` (help) sounds like `ещё раз` (repeat)",
        "change one",
    ),
    (
        "universals.yaml",
        "    - что [мне] делать",
        "    - операторе",
        "`операторе` (help) sounds like `оператор` (operator)",
        "change one",
    ),
    (
        "universals.yaml",
        "    - что [мне] делать",
        "    - алло",
        "`алло` (help) sounds like `алла` (person_name)",
        "change one",
    ),
    ("universals.yaml", "    - что [мне] делать", "    - нет", "`нет` (help) sounds like `нет` (yes_no)", "change one"),
]


@pytest.mark.parametrize("mistake", PLANTED, ids=range(len(PLANTED)))
def test_it_finds_a_planted_mistake(folder: Any, mistake: tuple[str, str, str, str, str]) -> None:
    file, old, new, what, cure = mistake
    folder.swap(file, old, new)
    findings = _lint(folder)
    hit = [finding for finding in findings if what in finding.what and cure in finding.cure]
    assert hit, [str(finding) for finding in findings]
    text = Path(hit[0].file).read_text(encoding="utf-8").splitlines()
    assert 1 <= hit[0].line <= len(text)
    assert str(hit[0]).startswith(f"{hit[0].file}:{hit[0].line}: ")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("forms/activate_card.yaml", "sent: enter_code", "sent: entercode"),
        ("forms/appeal.yaml", "{appeal_number}", "{number}"),
        ("questions/birth_date.yaml", "Дата верная, да или нет", "Дата верная, 1 или 2"),
        ("universals.yaml", "что [мне] делать", "отставить"),
        ("forms/goodbye.yaml", "Спасибо", "Cпасибо"),
    ],
)
def test_it_points_at_the_very_line(folder: Any, file: str, old: str, new: str) -> None:
    line = folder.swap(file, old, new)
    found = [(finding.file, finding.line) for finding in _lint(folder)]
    assert found
    assert set(found) == {((folder.path / file).as_posix(), line)}


def test_it_finds_a_dead_end(folder: Any) -> None:
    """Two forms that ask each other for ever: everything is reachable, and nothing hangs up."""
    for old in ("activated", "already_active", "long_active"):
        folder.swap("forms/enter_code.yaml", f"  {old}: goodbye", f"  {old}: enter_code")
    for old in ("code_spent", "not_possible"):
        folder.swap("forms/enter_code.yaml", f"  {old}: operator", f"  {old}: enter_code")
    folder.swap("forms/new_code.yaml", "limited: operator", "limited: enter_code")
    found = [finding.what for finding in _lint(folder)]
    assert "no way from `enter_code` hangs up" in found
    assert "no way from `new_code` hangs up" in found


def test_it_tells_options_of_one_question_apart(folder: Any) -> None:
    folder.write("questions/reason.yaml", REASON)
    folder.swap("forms/activate_card.yaml", "ask: [card", "ask: [reason, card")
    found = [(finding.line, finding.what) for finding in lint(folder.read())]
    assert (10, "`баллы` (points) sounds like `балл` (score)") in found
    assert not any("карта" in what for _, what in found)


def test_it_notes_what_is_not_recorded(folder: Any) -> None:
    recorded = {"goodbye.opening", "appeal.say.registered.1"}
    found = lint(folder.read(), recordings=recorded)
    assert {finding.severity for finding in found} == {"note"}
    told = " ".join(str(finding) for finding in found)
    assert "`goodbye_appeal.opening` is not recorded; add audio/prompts/goodbye_appeal.opening.wav" in told
    assert "`appeal.say.registered.2` is not recorded" in told
    assert "`appeal.say.registered.1`" not in told
    assert "`goodbye.opening`" not in told


def test_it_orders_findings_by_place(folder: Any) -> None:
    folder.swap("forms/goodbye.yaml", "Спасибо", "Cпасибо")
    folder.swap("forms/appeal.yaml", "{appeal_number}", "7")
    folder.swap("universals.yaml", "что [мне] делать", "отставить")
    assert [Path(finding.file).name for finding in _lint(folder)] == ["appeal.yaml", "goodbye.yaml", "universals.yaml"]


REASON = """question: reason
choice:
  score:
    key: "1"
    phrases:
      - балл
  points:
    key: "2"
    phrases:
      - баллы
  card:
    key: "3"
    phrases:
      - карта
ask: С чем помочь?
keys: Нажмите один, два или три.
help: Есть три ответа.
noinput: [Раз., Два., Три.]
nomatch: [Раз., Два., Три.]
"""


def test_a_form_that_is_passed_first_may_not_want_one_itself(folder: Any) -> None:
    folder.swap("forms/activate_card.yaml", "ask: [card", "first: {form: identify, unless: verified}\nask: [card")
    folder.write("forms/identify.yaml", "form: identify\ntitle: Код\nask: [one_time_code]\nthen: {done: return}\n")
    assert [str(finding) for finding in _lint(folder)] == []
    first = "first: {form: deeper, unless: known}\n"
    folder.write("forms/identify.yaml", f"form: identify\ntitle: Код\n{first}then: {{done: return}}\n")
    folder.write("forms/deeper.yaml", "form: deeper\ntitle: Код\nask: [one_time_code]\nthen: {done: return}\n")
    found = [finding.what for finding in _lint(folder)]
    assert "`identify` returns, but is reached by a `then`, or wants a form passed first itself" in found


def test_a_branch_names_every_answer(folder: Any) -> None:
    folder.write("questions/reason.yaml", REASON.replace("балл\n", "рубль\n"))
    folder.write(
        "forms/why.yaml", "form: why\ntitle: Что\nbranch: reason\nthen: {score: goodbye, points: activate_card}\n"
    )
    folder.swap("forms/greeting.yaml", "done: activate_card", "done: why")
    found = [str(finding) for finding in _lint(folder)]
    assert any("forms/why.yaml:4: the outcome `card` leads nowhere; add `card: FORM`" in text for text in found), found


def test_a_key_stands_for_one_option_and_for_no_everywhere_word(folder: Any) -> None:
    folder.write("questions/reason.yaml", REASON.replace('key: "3"', 'key: "0"'))
    folder.swap("forms/activate_card.yaml", "ask: [card", "ask: [reason, card")
    assert any("the key `0` means `operator` everywhere" in finding.what for finding in _lint(folder))
    folder.write("questions/reason.yaml", REASON.replace('key: "3"', 'key: "2"'))
    with pytest.raises(BookError, match="the key `2` stands for two options of `reason`; give each a key"):
        folder.read()
