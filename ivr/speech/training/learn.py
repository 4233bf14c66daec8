"""Training by CTC: batches of like length, a steady rate, then a decline to zero; checkpoints to go on from.

The rate stays up until the last ``decline`` steps. So a run that has to end early, or may go on longer than was
planned, resumes from its checkpoint with another number of steps, and no schedule is spoiled.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ivr.errors import ModelError
from ivr.speech.training.features import DIMENSIONS
from ivr.speech.training.network import SUBSAMPLING, Network, Shape, steps_of
from ivr.speech.training.shards import Example
from ivr.speech.training.throats import other_throat

BLANK = 0
BUCKETS = 40
"""Groups of like length. Padding to the longest of a group costs work and teaches nothing."""
CHANNEL_NOISE = 0.15
"""Deviations by which a whole utterance's features are shifted: every line has a colour of its own."""
STEPS_A_PHONE = 8
"""A batch of silences holds no phones; it counts as if it held one each 0.24 s."""
OTHER_THROATS = 0.6
"""The share of utterances whose formants are moved."""
MASKS = 2
LONGEST_MASK = 12
"""Frames. What a packet swallowed must be guessed from its surroundings."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    steps: int
    decline: int
    """The last steps, over which the rate falls to zero."""
    rate: float = 2e-3
    warm_up: int = 300
    batch_frames: int = 18000
    """Frames in a batch, padding included: 180 s of speech."""
    save_every: int = 250
    seed: int = 1

    def rate_at(self, step: int) -> float:
        """The learning rate of a step."""
        rising = min(1.0, (step + 1) / self.warm_up)
        falling = min(1.0, (self.steps - step) / max(1, self.decline))
        return self.rate * min(rising, falling)


@dataclass(frozen=True, slots=True)
class Target:
    """An example as the network meets it: (frames, 40) and the numbers of its phones."""

    frames: np.ndarray[Any, np.dtype[np.float16]]
    phones: tuple[int, ...]


def targets(examples: Sequence[Example], phones_of: Mapping[str, tuple[int, ...]]) -> list[Target]:
    """Examples whose words can be said in their time; CTC cannot align the others."""
    made = (Target(example.frames, tuple(p for word in example.words for p in phones_of[word])) for example in examples)
    return [target for target in made if steps_of(len(target.frames)) > 1.1 * len(target.phones) + 2]


@dataclass
class Progress:
    """A run as it stands: what a checkpoint holds."""

    network: Network
    optimizer: torch.optim.Optimizer
    step: int = 0

    def save(self, file: Path, phones: Sequence[str]) -> None:
        """Write beside and rename, so that a run that is killed leaves the checkpoint before."""
        state = {
            "shape": asdict(self.network.shape),
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "phones": list(phones),
        }
        torch.save(state, file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)


def load_network(file: Path) -> tuple[Network, list[str]]:
    """The network of a checkpoint and its phones. Raises ``ModelError`` where there is none."""
    state = _state(file)
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state["network"])
    return network.eval(), list(state["phones"])


def begin(shape: Shape, learned: Sequence[Target], plan: Plan) -> Progress:
    """A new network, with the features' mean and deviation of its examples."""
    torch.manual_seed(plan.seed)
    network = Network(shape)
    some = random.Random(plan.seed).sample(learned, min(2000, len(learned)))
    frames = np.concatenate([target.frames for target in some]).astype(np.float32)
    network.mean.copy_(torch.from_numpy(frames.mean(0)))
    network.deviation.copy_(torch.from_numpy(frames.std(0)))
    return Progress(network, _optimizer(network, plan))


def resume(file: Path, plan: Plan) -> Progress:
    """Go on from a checkpoint. Raises ``ModelError`` where there is none."""
    state = _state(file)
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state["network"])
    optimizer = _optimizer(network, plan)
    optimizer.load_state_dict(state["optimizer"])
    return Progress(network, optimizer, state["step"])


def learn(
    progress: Progress, learned: Sequence[Target], plan: Plan, out: Path, phones: Sequence[str]
) -> Iterator[tuple[int, float]]:
    """Train to the plan's last step. Yields each step and its loss, in nats a phone; saves to ``out`` as it goes."""
    progress.network.train()
    batches = _batches(learned, plan, progress.step)
    while progress.step < plan.steps:
        loss = _improve(progress, next(batches), plan)
        progress.step += 1
        if progress.step % plan.save_every == 0 or progress.step == plan.steps:
            progress.save(out, phones)
        yield progress.step, loss


def _improve(progress: Progress, batch: Sequence[Target], plan: Plan) -> float:
    """One step: the loss before it."""
    for group in progress.optimizer.param_groups:
        group["lr"] = plan.rate_at(progress.step)
    chance = np.random.default_rng([plan.seed, progress.step])
    frames, lengths = _padded(batch, progress.network, chance)
    with torch.autocast("cpu", torch.bfloat16):
        heard = progress.network(frames)
    loss = _loss(heard, lengths, batch)
    progress.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(progress.network.parameters(), 5.0)
    progress.optimizer.step()
    return loss.item()


def _loss(heard: Tensor, lengths: Tensor, batch: Sequence[Target]) -> Tensor:
    said = torch.tensor([phone for target in batch for phone in target.phones])
    counts = torch.tensor([len(target.phones) for target in batch])
    steps = (lengths + SUBSAMPLING - 1) // SUBSAMPLING
    total = nn.functional.ctc_loss(heard.transpose(0, 1), said, steps, counts, BLANK, "sum", zero_infinity=True)
    return total / max(len(said), int(steps.sum()) // STEPS_A_PHONE)


def _padded(batch: Sequence[Target], network: Network, chance: np.random.Generator) -> tuple[Tensor, Tensor]:
    """(batch, frames, 40) and the true lengths: begun up to two frames late, by other throats, shifted, with holes."""
    cut = [target.frames[int(chance.integers(3)) :].astype(np.float32) for target in batch]
    longest = max(len(frames) for frames in cut)
    cut = [frames @ other_throat(chance) if chance.random() < OTHER_THROATS else frames for frames in cut]
    for frames in cut:
        _punch_holes(frames, network, chance)
    whole = np.stack([np.pad(frames, ((0, longest - len(frames)), (0, 0)), "edge") for frames in cut])
    shift = chance.normal(0, CHANNEL_NOISE, (len(batch), 1, DIMENSIONS)) * network.deviation.numpy()
    return torch.from_numpy(whole + shift.astype(np.float32)), torch.tensor([len(frames) for frames in cut])


def _punch_holes(frames: np.ndarray[Any, np.dtype[np.float32]], network: Network, chance: np.random.Generator) -> None:
    for _ in range(int(chance.integers(MASKS + 1))):
        length = int(chance.integers(1, LONGEST_MASK))
        at = int(chance.integers(0, max(1, len(frames) - length)))
        frames[at : at + length] = network.mean.numpy()


def _batches(learned: Sequence[Target], plan: Plan, first: int) -> Iterator[list[Target]]:
    """Endless; every example once an epoch, in batches of like length, in a new order each time."""
    ordered = sorted(learned, key=lambda target: len(target.frames))
    epoch = first
    while True:
        chance = random.Random(f"{plan.seed}/{epoch}")
        batches = [batch for group in _groups(ordered) for batch in _cut(group, plan.batch_frames, chance)]
        chance.shuffle(batches)
        yield from batches
        epoch += len(batches)


def _groups(ordered: Sequence[Target]) -> Iterator[list[Target]]:
    size = max(1, len(ordered) // BUCKETS + 1)
    for at in range(0, len(ordered), size):
        yield list(ordered[at : at + size])


def _cut(group: list[Target], batch_frames: int, chance: random.Random) -> Iterator[list[Target]]:
    chance.shuffle(group)
    size = max(1, batch_frames // max(1, len(max(group, key=lambda target: len(target.frames)).frames)))
    for at in range(0, len(group), size):
        yield group[at : at + size]


def _optimizer(network: Network, plan: Plan) -> torch.optim.Optimizer:
    return torch.optim.AdamW(network.parameters(), lr=plan.rate, weight_decay=1e-2)


def _state(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise ModelError(f"There is no checkpoint {file}: train first.")
    state: dict[str, Any] = torch.load(file, weights_only=True)
    return state
