"""Training: it learns, and goes on where it was stopped."""

from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

torch = pytest.importorskip("torch", reason="the training extra is not installed: make training-extra")
pytest.importorskip("kaldi_native_fbank", reason="the training extra is not installed: make training-extra")
pytest.importorskip("scipy", reason="the training extra is not installed: make training-extra")

from ivr.errors import ModelError  # noqa: E402
from ivr.speech.training.learn import Plan, Target, begin, learn, load_network, resume, targets  # noqa: E402
from ivr.speech.training.network import Shape  # noqa: E402
from ivr.speech.training.recipe import read_recipe  # noqa: E402
from ivr.speech.training.shards import Example  # noqa: E402

PHONES = ("SIL", "SPN", "a", "b", "c")
SHAPE = Shape(len(PHONES), width=32, middle=16, left=(1, 1), right=(1, 0))


def _toys(count: int = 40) -> list[Target]:
    """Each phone is a stretch of frames with a mean of its own."""
    chance = np.random.default_rng(1)
    means = chance.normal(0, 20, (len(PHONES), 40))
    made = []
    for _ in range(count):
        phones = tuple(int(phone) for phone in chance.integers(2, len(PHONES), 3))
        rows = [means[phone] for phone in phones for phone in (phone,) * 9 + (0,) * 6]
        frames = np.array(rows) + chance.normal(0, 1, (len(rows), 40))
        made.append(Target(frames.astype(np.float16), phones))
    return made


def _plan(steps: int) -> Plan:
    return Plan(steps, decline=20, warm_up=10, batch_frames=600, save_every=30)


def test_it_learns(tmp_path: Path) -> None:
    toys, plan = _toys(), _plan(150)
    losses = [loss for _, loss in learn(begin(SHAPE, toys, plan), toys, plan, tmp_path / "net.pt", PHONES)]
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:5])
    network, phones = load_network(tmp_path / "net.pt")
    assert phones == list(PHONES)
    with torch.no_grad():
        outputs = network(torch.from_numpy(toys[0].frames.astype(np.float32))[None]).argmax(-1)[0].tolist()
    heard = [phone for phone, before in zip(outputs, [0, *outputs], strict=False) if phone not in (0, before)]
    assert Levenshtein.distance(heard, list(toys[0].phones)) <= 1


def test_it_goes_on_from_its_checkpoint_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    toys, plan = _toys(), _plan(60)
    whole = [loss for _, loss in learn(begin(SHAPE, toys, plan), toys, plan, tmp_path / "whole.pt", PHONES)]
    stopped = learn(begin(SHAPE, toys, plan), toys, plan, tmp_path / "net.pt", PHONES)
    for step, _ in stopped:
        if step == 30:
            break
    resumed = list(learn(resume(tmp_path / "net.pt", plan), toys, plan, tmp_path / "net.pt", PHONES))
    assert [step for step, _ in resumed] == list(range(31, 61))
    assert np.mean([loss for _, loss in resumed]) == pytest.approx(np.mean(whole[30:]), rel=0.25)


def test_the_rate_rises_stays_and_falls() -> None:
    plan = Plan(steps=1000, decline=200, rate=0.002, warm_up=100)
    rates = [plan.rate_at(step) for step in (0, 49, 99, 500, 800, 900, 999)]
    assert rates == pytest.approx([0.00002, 0.001, 0.002, 0.002, 0.002, 0.001, 0.00001])


def test_it_leaves_out_what_cannot_be_said_in_its_time() -> None:
    examples = [Example(np.zeros((frames, 40), np.float16), ("да", "да")) for frames in (12, 60)]
    assert [len(target.frames) for target in targets(examples, {"да": (2, 3)})] == [60]
    silence = Example(np.zeros((50, 40), np.float16), ())
    assert targets([silence], {})[0].phones == ()


def test_it_says_what_to_do_without_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train first"):
        load_network(tmp_path / "none.pt")


def test_the_recipe_is_read_and_its_mistakes_are_named(tmp_path: Path) -> None:
    recipe = read_recipe()
    assert {ingredient.origin for ingredient in recipe.ingredients} >= {"folder", "asterisk", "festvox", "joined"}
    file = tmp_path / "recipe.yaml"
    for text, said in (("[]", "not a recipe"), ("seed: 1", "train"), ("corpora: {x: {from: tape}}", "train")):
        file.write_text(text, "utf-8")
        with pytest.raises(ModelError, match=said):
            read_recipe(file)
    text = Path(recipe_file()).read_text("utf-8").replace("from: festvox,", "from: tape,")
    file.write_text(text, "utf-8")
    with pytest.raises(ModelError, match="from must be one of"):
        read_recipe(file)


def recipe_file() -> Path:
    from ivr.speech.training.recipe import RECIPE

    return RECIPE
