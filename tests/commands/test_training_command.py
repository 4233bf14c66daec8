"""``training all`` from a folder of recordings to a model that libvosk loads, with next to nothing to learn from."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training extra is not installed: make training-extra")
pytest.importorskip("kaldi_native_fbank", reason="the training extra is not installed: make training-extra")
pytest.importorskip("pyworld", reason="the training extra is not installed: make training-extra")

from ivr.media.prompts import same_words
from ivr.settings import ROOT
from ivr.speech.card import read_card
from ivr.speech.recognizer import VoskEar

AUDIO = ROOT / "tests" / "audio"
RECIPE = """
seed: 1
corpora:
  man: {from: folder, folder: train/man, lines: 1, crowd: 1, of: 3, kind: synthetic, licence: ours}
  espeak: {from: espeak, texts: 4, lines: 1, people: 2, kind: synthetic, licence: "GPL-3 program, used as a tool"}
silences: 4
train: {steps: 3, decline: 2}
blank_prior: 3.0
graph: {word_bonus: 1.0, filler_phone_cost: 2.0}
card: {title: Tiny, licence: MIT, attribution: []}
"""


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """A folder of shared recordings as the steps expect it."""
    rows = [line.split("\t") for line in (AUDIO / "index.tsv").read_text("utf-8").splitlines()][:8]
    for place in ("train/man", "dev/man"):
        folder = tmp_path / "speech" / place
        folder.mkdir(parents=True)
        for _, file, _ in rows:
            shutil.copy(AUDIO / file, folder / file)
        lines = [f"{file}\t{same_words(text)}" for _, file, text in rows]
        (folder / "index.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path / "speech"


def ivr(*args: str) -> str:
    done = subprocess.run([sys.executable, "-m", "ivr", *args], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("fstcompile") is None, reason="NOT TESTED: a graph, Debian's libfst-tools is missing")
def test_all_steps_in_turn_make_a_model(tmp_path: Path, speech: Path) -> None:
    recipe, work, out = tmp_path / "recipe.yaml", tmp_path / "work", tmp_path / "model"
    recipe.write_text(RECIPE, "utf-8")
    places = ["--work", str(work), "--speech", str(speech), "--recipe", str(recipe), "--jobs", "1", "--out", str(out)]
    told = ivr("training", "all", *places)
    assert "man" in told
    assert "8 utterances" in told
    made = {path.parent.name for path in (work / "features").glob("*/index.json")}
    assert made == {"man", "man-people", "man-crowd", "man-crowd-people", "espeak", "espeak-people", "silence"}
    assert VoskEar(out).missing_words(["да", "четырнадцать", "оператор"]) == []
    card = read_card(out)
    assert card is not None
    assert (card.title, [one.name for one in card.ingredients][:1]) == ("Tiny", ["man"])
    first = (work / "network.pt").read_bytes()
    ivr("training", "all", *places)
    assert (work / "network.pt").read_bytes() == first, "what is made already stays"
