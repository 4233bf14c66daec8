"""A call that is typed in a terminal, and what is saved of it."""

from datetime import datetime
from pathlib import Path

import pytest

from ivr.retelling.acts import HANG_UP, SILENCE, Act, Piece, Retold, keys, spoken
from ivr.retelling.by_text import World, text_call
from ivr.retelling.saving import NotReplayableError, save_script
from ivr.retelling.script import script_of
from ivr.retelling.typed import act_typed
from ivr.retelling.voice import made_voices
from ivr.simulator.scenario import CODE, WRONG_CODE, load_scenario
from ivr.simulator.voices import caller_voices
from tests.commands.typing_in import typist
from tests.retelling.stored_calls import content

NOON = datetime.fromisoformat("2026-05-12T12:00")
WORLD = World("+79160000102", NOON)


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("активировать карту", spoken("активировать карту")),
        ("сорок два… семьдесят шесть", spoken("сорок два", "семьдесят шесть")),
        ("4276 0512", keys("42760512")),
        ("*", keys("*")),
        ("сорок два <76> ноль пять", Act((Piece("сорок два"), Piece("76", keyed=True), Piece("ноль пять")))),
        ("", SILENCE),
        ("/silence", SILENCE),
        ("/hangup", HANG_UP),
        ("/help", None),
    ],
)
def test_what_is_typed_is_what_a_caller_does(line: str, act: Act | None) -> None:
    assert act_typed(line, content().book.fields["problem"], "") == act


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("804713", keys(CODE)),
        ("восемьдесят сорок семь тринадцать", spoken(CODE)),
        ("804714", keys(WRONG_CODE)),
        ("оператор", spoken("оператор")),
    ],
)
def test_a_code_is_saved_by_its_name(line: str, act: Act) -> None:
    """Each call has another code."""
    assert act_typed(line, content().book.fields["one_time_code"], "804713") == act


def test_words_that_no_question_listens_for_are_other_speech() -> None:
    with text_call(WORLD) as call:
        call.dial()
        told = call.act(spoken("сегодня прекрасная погода"))
    assert told.says[0].prompt.startswith("problem.nomatch")


def test_it_tells_what_the_call_has_left() -> None:
    typed = ("активировать карту", "4276051200020024", "23051985", "мария", "да")
    with text_call(WORLD) as call:
        told = [call.dial()]
        for line in typed:
            question = call.question
            assert question is not None
            act = act_typed(line, question, call.code)
            assert act is not None
            told.append(call.act(act))
        assert call.code in told[-1].sms[0]
        told.append(call.act(keys(CODE)))
        assert call.act(HANG_UP).over
        left = call.left()
    assert left.cards == {"4276051200020024": "active"}
    assert left.disposition == "hung_up"


def test_simulate_saves_what_call_plays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in = typist(monkeypatch, capsys)
    file = tmp_path / "typed.yaml"
    printed = type_in("simulate", "--keys", "--save", str(file), stdin="1\n0#")
    assert "оператор" in printed
    scenario = load_scenario(file)
    assert (scenario.by, scenario.expect.disposition) == (("keys",), "operator")


def test_simulate_tells_before_the_call_that_the_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "typed.yaml").write_text("ours", "utf-8")
    printed = typist(monkeypatch, capsys)("simulate", "--keys", "--save", str(tmp_path / "typed.yaml"), stdin="1\n0#")
    assert "name another file" in printed
    assert "оператор" not in printed


def test_simulate_names_a_wrong_time(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2026-05-12T12:00" in typist(monkeypatch, capsys)("simulate", "--time", "noon")


def test_a_call_that_no_voice_can_say_is_not_saved(tmp_path: Path) -> None:
    """The hotline hears words of its lists only; a scenario that does not hold is worth nothing."""
    with text_call(WORLD) as call:
        retold = Retold(WORLD.number, call.dial())
        retold.add(spoken("оператор"), call.act(spoken("активировать карту")))
        retold.add(HANG_UP, call.act(HANG_UP))
        left = call.left()
    script = script_of("misheard", WORLD, retold, left)
    callers = caller_voices()
    with pytest.raises(NotReplayableError, match="turn"):
        save_script(script, tmp_path / "misheard.yaml", made_voices(callers)[:1], callers)
    assert list(tmp_path.iterdir()) == []
