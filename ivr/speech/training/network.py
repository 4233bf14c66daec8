"""The network: time-delay layers with a narrow middle (TDNN-F) and bypasses, a step each 0.03 s, phones by CTC.

Factored layers hear as well as full ones of several times their weights (Povey et al., Interspeech 2018). Batch norms
have no weights of their own, so that all of them fold into the matrices around them when the network is written.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ivr.speech.training.features import DIMENSIONS

SUBSAMPLING = 3
SPLICE = 4
"""Frames to each side that the first layer sees."""
BYPASS = 0.66
"""Part of a layer's input that is added to its output; Kaldi's recipes use the same."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a network is made of; kept in its checkpoint."""

    outputs: int
    width: int = 448
    middle: int = 112
    left: tuple[int, ...] = (1, 1, 1, 1, 2, 2, 3, 3, 3)
    """Steps back that each layer sees."""
    right: tuple[int, ...] = (1, 1, 1, 1, 0, 0, 0, 0, 0)
    """Steps ahead: 0.03 s each, which every answer of the hotline waits for."""

    @property
    def left_frames(self) -> int:
        """Frames of context before a step."""
        return SPLICE + SUBSAMPLING * sum(self.left)

    @property
    def right_frames(self) -> int:
        """Frames of context after a step."""
        return SPLICE + SUBSAMPLING * sum(self.right)


class Layer(nn.Module):
    """Narrow over two steps, wide over two steps, ReLU, norm, plus part of what came in."""

    def __init__(self, shape: Shape, left: int, right: int) -> None:
        super().__init__()
        self.left, self.right = left, right
        self.narrow = nn.Linear(2 * shape.width, shape.middle)
        self.wide = nn.Linear(shape.middle * (2 if right else 1), shape.width)
        self.norm = nn.BatchNorm1d(shape.width, affine=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, width) to (batch, steps - left - right, width)."""
        narrow = self.narrow(torch.cat([x[:, : x.shape[1] - self.left], x[:, self.left :]], -1))
        if self.right:
            narrow = torch.cat([narrow[:, : narrow.shape[1] - self.right], narrow[:, self.right :]], -1)
        wide = _normed(self.norm, torch.relu(self.wide(narrow)))
        return wide + BYPASS * x[:, self.left : self.left + wide.shape[1]]


class Network(nn.Module):
    """Features to logarithms of phone probabilities.

    ``mean`` and ``deviation``: (40,), of the training features; they belong to the weights.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(DIMENSIONS))
        self.register_buffer("deviation", torch.ones(DIMENSIONS))
        self.first = nn.Linear(DIMENSIONS * (2 * SPLICE + 1), shape.width)
        self.norm = nn.BatchNorm1d(shape.width, affine=False)
        pairs = zip(shape.left, shape.right, strict=True)
        self.layers = nn.ModuleList(Layer(shape, left, right) for left, right in pairs)
        self.last = nn.Linear(shape.width, shape.outputs)

    def forward(self, frames: Tensor) -> Tensor:
        """(batch, frames, 40) to (batch, steps, phones): a step each three frames, the first one at frame 0.

        Beyond the ends the first and the last frame stand, as libvosk repeats them.
        """
        x = (frames - self.mean) / self.deviation
        before = x[:, :1].expand(-1, self.shape.left_frames, -1)
        after = x[:, -1:].expand(-1, self.shape.right_frames, -1)
        x = torch.cat([before, x, after], 1)
        x = x.unfold(1, 2 * SPLICE + 1, SUBSAMPLING).transpose(2, 3).flatten(2)
        x = _normed(self.norm, torch.relu(self.first(x)))
        for layer in self.layers:
            x = layer(x)
        return torch.log_softmax(self.last(x).float(), -1)


def steps_of(frames: int) -> int:
    """Steps that the network makes of so many frames."""
    return (frames + SUBSAMPLING - 1) // SUBSAMPLING


def _normed(norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """Over (batch, steps, width); flattened, since a transposed copy costs as much as the matrix product."""
    normed: Tensor = norm(x.flatten(0, 1)).view(x.shape)
    return normed
