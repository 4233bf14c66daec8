"""A call that took place becomes a scenario in which an invented person hears what the caller heard."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ivr.dialog.events import keyed, said
from ivr.errors import HotlineError, RecordError
from ivr.retelling import saving
from ivr.retelling.acts import Act, Piece
from ivr.retelling.matching import Telling, retell
from ivr.retelling.saving import save_script
from ivr.retelling.script import Script, script_of, write_script
from ivr.retelling.stored import read_call
from ivr.retelling.voice import MadeVoice, made_voices
from ivr.simulator.scenario import CODE as THE_CODE
from ivr.simulator.scenario import WRONG_CODE, load_scenario
from ivr.simulator.voices import caller_voices
from tests.retelling.stored_calls import ASKS, CANARIES, CARD, CODE, NUMBER, SID, SPOKEN_CANARIES, Hotline

BORN = "семнадцатое февраля сорок седьмого года"
TO_THE_CODE = (ASKS, NUMBER, "да", BORN, "да", "зинаида", "да")


def written(telling: Telling, folder: Path) -> str:
    script = script_of("retold", telling.world, telling.retold, telling.left)
    write_script(script, folder / "retold.yaml")
    load_scenario(folder / "retold.yaml")
    return (folder / "retold.yaml").read_text("utf-8")


def texts(telling: Telling) -> list[str]:
    return [" ".join(piece.text for piece in act.pieces) for act in telling.retold.acts]


def test_it_tells_the_same_call_of_an_invented_person(hotline: Hotline, tmp_path: Path) -> None:
    telling = retell(hotline.hold(*TO_THE_CODE, CODE, "нет"))
    assert telling.faithful
    assert telling.left.disposition == "solved"
    assert list(telling.left.cards.values()) == ["active"]
    text = written(telling, tmp_path)
    assert [canary for canary in (*CANARIES, *SPOKEN_CANARIES) if canary in text] == []
    assert "активирована" in text


def test_it_tells_a_wrong_code_from_a_right_one_by_what_came_of_it(hotline: Hotline) -> None:
    telling = retell(hotline.hold(*TO_THE_CODE, "111111", CODE, "нет"))
    assert telling.faithful
    codes = [act.pieces[0].text for act in telling.retold.acts if act.holds_code]
    assert codes == [WRONG_CODE, THE_CODE]


def test_half_of_a_number_and_a_misheard_one_keep_their_shape(hotline: Hotline, tmp_path: Path) -> None:
    half = "сорок два семьдесят шесть ноль пять восемьдесят один"
    rest = "тридцать семь сорок шесть шестьдесят три пятьдесят восемь"
    telling = retell(hotline.hold(ASKS, half, rest, "нет", NUMBER, "да"))
    assert telling.faithful
    first, second = telling.retold.acts[1], telling.retold.acts[2]
    whole = telling.retold.acts[4]
    assert "…" not in first.pieces[0].text
    said = [act.pieces[0].text for act in (first, second, whole)]
    assert said[2].startswith(said[0])
    assert f"{said[0]} {said[1]}" != said[2]  # the misheard last digit is another one here too
    text = written(telling, tmp_path)
    assert [canary for canary in (*CANARIES, *SPOKEN_CANARIES) if canary in text] == []


WRONG = NUMBER.replace("тридцать семь", "тридцать восемь")


@pytest.mark.parametrize(
    ("turns", "told"),
    [
        pytest.param(("нет", "второй блок восемьдесят один тридцать семь"), "второй блок", id="a block by its name"),
        pytest.param(("нет восемьдесят один тридцать семь",), "нет", id="at once"),
    ],
)
def test_a_number_is_put_right_as_it_was(hotline: Hotline, tmp_path: Path, turns: tuple[str, ...], told: str) -> None:
    telling = retell(hotline.hold(ASKS, WRONG, *turns, "да"))
    assert telling.retold.acts[1 + len(turns)].pieces[0].text.startswith(told)
    assert telling.faithful
    text = written(telling, tmp_path)
    assert [canary for canary in (*CANARIES, *SPOKEN_CANARIES) if canary in text] == []


def test_a_call_by_keys_is_told_by_keys(hotline: Hotline, tmp_path: Path) -> None:
    telling = retell(hotline.hold("1", "1", CARD, "17021947", "1", "1111111#", keypad=True))
    assert telling.world.keypad
    assert all(act.keyed_only for act in telling.retold.acts)
    text = written(telling, tmp_path)
    assert "by: [keys]" in text
    assert [canary for canary in CANARIES if canary in text] == []


@pytest.mark.parametrize(
    ("pressed", "told"),
    [
        pytest.param(CARD, "9", id="answers nothing"),
        pytest.param(f"{CARD[:15]}1#", "1#", id="its last key answers"),
        pytest.param("1", "1", id="an answer"),
    ],
)
def test_a_number_keyed_at_a_menu_is_not_repeated(hotline: Hotline, tmp_path: Path, pressed: str, told: str) -> None:
    telling = retell(hotline.hold(pressed, ends=False, keypad=True))
    assert texts(telling)[0] == told
    assert telling.faithful
    text = written(telling, tmp_path)
    assert [canary for canary in CANARIES if canary in text] == []


def test_a_number_keyed_into_words_is_not_repeated(hotline: Hotline, tmp_path: Path) -> None:
    mixed = keyed(CARD[:8]) + said("карта") + keyed(f"{CARD[8:]}1")
    telling = retell(hotline.hold(mixed, ends=False))
    assert [piece.text for piece in telling.retold.acts[0].pieces] == ["карта", "1"]
    text = written(telling, tmp_path)
    assert [canary for canary in CANARIES if canary in text] == []


def test_silence_and_words_that_always_work_stay(hotline: Hotline) -> None:
    telling = retell(hotline.hold(None, "повторите", ASKS, None, "оператор", ends=False))
    assert telling.faithful
    assert telling.retold.acts[0] == Act()
    assert texts(telling)[1] == "повторите"
    assert telling.retold.last.transferred


def test_an_unknown_card_is_a_card_of_nobody(hotline: Hotline, tmp_path: Path) -> None:
    unknown = "4276058137466350"
    telling = retell(hotline.hold(ASKS, unknown, BORN, "да", "зинаида", "да", "111111"))
    assert telling.faithful
    assert telling.left.cards == {}
    assert unknown not in written(telling, tmp_path)


def test_words_that_are_no_answer_are_not_repeated(hotline: Hotline, tmp_path: Path) -> None:
    """Whatever cannot be read at a personal question may be personal."""
    telling = retell(hotline.hold(ASKS, NUMBER, "да", "зинаида февраля"))
    text = written(telling, tmp_path)
    assert "февраля" not in text
    assert telling.retold.acts[3].pieces[0].text


def test_a_call_that_nothing_is_kept_of_cannot_be_saved(hotline: Hotline) -> None:
    with hotline.db.reading() as conn, pytest.raises(RecordError, match="CallSid"):
        read_call(conn, SID)


def test_a_saved_call_is_played_with_the_same_result(hotline: Hotline, tmp_path: Path) -> None:
    """Words by a made voice, through the recognizer; the code by keys."""
    telling = retell(hotline.hold(ASKS, CARD, "17021947", "зинаида", "да", CODE, "нет"))
    script = script_of("retold", telling.world, telling.retold, telling.left)
    callers = caller_voices()
    saved = save_script(script, tmp_path / "retold.yaml", made_voices(callers), callers)
    assert saved.recordings == 4
    assert sorted(file.name for file in (tmp_path / "retold").iterdir()) == ["01.wav", "02.wav", "03.wav", "04.wav"]


def test_a_file_needs_a_name_that_a_scenario_can_have(hotline: Hotline, tmp_path: Path) -> None:
    telling = retell(hotline.hold("оператор", ends=False))
    script = script_of("retold", telling.world, telling.retold, telling.left)
    with pytest.raises(HotlineError, match=r"\.yaml"):
        save_script(script, tmp_path / "retold.txt", [], caller_voices())


@pytest.fixture
def script(hotline: Hotline) -> Script:
    telling = retell(hotline.hold("оператор", ends=False))
    return script_of("retold", telling.world, telling.retold, telling.left)


@pytest.mark.parametrize("taken", ["retold.yaml", "retold/ours.wav"])
def test_what_is_there_already_is_not_overwritten(script: Script, tmp_path: Path, taken: str) -> None:
    """Beside ``ivr.yaml`` in the root there would be the folder ``ivr``."""
    (tmp_path / taken).parent.mkdir(exist_ok=True)
    (tmp_path / taken).write_text("ours", "utf-8")
    with pytest.raises(HotlineError, match="name another file"):
        save_script(script, tmp_path / "retold.yaml", [], caller_voices())
    assert (tmp_path / taken).read_text("utf-8") == "ours"
    assert {path.name for path in tmp_path.iterdir()} & {"retold.yaml", "retold"} == {Path(taken).parts[0]}


@pytest.mark.parametrize("works", [True, False])
def test_what_fails_leaves_nothing_behind(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    """The voice fails, or the player after it."""
    folder, made = tmp_path / "calls", MadeVoice("silent", lambda texts: [np.zeros(800, np.float32) for _ in texts])
    if works:
        monkeypatch.setattr(saving, "load_scenario", lambda _: 1 / 0)
    else:
        made = replace(made, speak=lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(ZeroDivisionError):
        save_script(script, folder / "retold.yaml", [made], caller_voices())
    assert list(folder.iterdir()) == []


def test_keys_in_words_are_pieces_of_one_turn() -> None:
    assert Act((Piece("сорок два"), Piece("76", keyed=True))).keyed_only is False
