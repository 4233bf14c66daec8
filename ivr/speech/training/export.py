"""A trained network as ``final.mdl`` that unchanged libvosk 0.3.45 loads: Kaldi's nnet3, binary.

The transition model has one state a phone, with a loop (transition-id 2i+1 of phone i from 0) and a way out
(2i+2); the output of a phone is its own (pdf = phone). Norms and the features' mean and deviation fold into the
matrices: a norm after ReLU is a positive factor, which may as well stand before it, and a shift, which every later
layer takes into its bias.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ivr.speech.training import kaldi_binary as kaldi
from ivr.speech.training.features import DIMENSIONS
from ivr.speech.training.kaldi_binary import Doubles
from ivr.speech.training.network import BYPASS, SPLICE, SUBSAMPLING, Layer, Network

NO_PDF = -1

Component = tuple[str, bytes]
"""A component's name and its content."""


def acoustic_model(network: Network, blank_prior: float) -> bytes:
    """The bytes of ``final.mdl``.

    ``blank_prior``: libvosk divides the network's probabilities by priors; the blank's, against one for every
    phone, decides how eagerly words appear.
    """
    lines, components = _Folded(network).write()
    phones, shape = network.shape.outputs, network.shape
    priors = np.array([blank_prior] + [1.0] * (phones - 1))
    return model_file(lines, components, (shape.left_frames, shape.right_frames), priors)


def model_file(
    lines: Sequence[str], components: Sequence[Component], context: tuple[int, int], priors: Doubles
) -> bytes:
    """``final.mdl`` of any network of nnet3.

    ``lines``: its configuration. ``context``: frames before and after a step. ``priors``: one for each phone.
    """
    named = b"".join(kaldi.token("<ComponentName>") + kaldi.token(name) + content for name, content in components)
    config = "".join(f"{line}\n" for line in lines)
    return (
        kaldi.HEADER
        + _transition_model(len(priors))
        + kaldi.token("<Nnet3>")
        + f"\n{config}\n".encode()
        + kaldi.token("<NumComponents>")
        + kaldi.integer(len(components))
        + named
        + kaldi.token("</Nnet3>")
        + kaldi.token("<LeftContext>")
        + kaldi.integer(context[0])
        + kaldi.token("<RightContext>")
        + kaldi.integer(context[1])
        + kaldi.token("<Priors>")
        + kaldi.vector(priors)
    )


def _transition_model(phones: int) -> bytes:
    numbers = range(1, phones + 1)
    half = kaldi.real(0.5)
    state = kaldi.integer(0) + kaldi.integer(2) + kaldi.integer(0) + half + kaldi.integer(1) + half
    last = kaldi.integer(NO_PDF) + kaldi.integer(0)
    topology = kaldi.integers(list(numbers)) + kaldi.integers([-1] + [0] * phones) + kaldi.integer(1) + kaldi.integer(2)
    triples = b"".join(kaldi.integer(phone) + kaldi.integer(0) + kaldi.integer(phone - 1) for phone in numbers)
    return (
        kaldi.token("<TransitionModel>")
        + kaldi.token("<Topology>")
        + topology
        + state
        + last
        + kaldi.token("</Topology>")
        + kaldi.token("<Triples>")
        + kaldi.integer(phones)
        + triples
        + kaldi.token("</Triples>")
        + kaldi.token("<LogProbs>")
        + kaldi.vector(np.array([0.0] + [math.log(0.5)] * (2 * phones)))
        + kaldi.token("</LogProbs>")
        + kaldi.token("</TransitionModel>")
    )


@dataclass(frozen=True, slots=True)
class _Norm:
    """What a norm does to its input: times ``factor``, plus ``shift``."""

    factor: Doubles
    shift: Doubles


class _Folded:
    """Walks the network from its input and keeps the shift that each layer's output has against the written one."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._lines = [f"input-node name=input dim={DIMENSIONS}"]
        self._components: list[Component] = []

    def write(self) -> tuple[list[str], list[Component]]:
        """nnet3's configuration and its components with their names."""
        name, shift = self._first()
        for number, layer in enumerate(self._network.layers, 1):
            assert isinstance(layer, Layer)
            name, shift = self._layer(f"l{number}", layer, name, shift)
        weight, bias = _numbers(self._network.last)
        self._affine("last", weight, bias + weight @ shift, name)
        self._component("output.logsoftmax", _nonlinear("LogSoftmaxComponent", len(bias)), "last")
        self._lines.append("output-node name=output input=output.logsoftmax objective=linear")
        return self._lines, self._components

    def _first(self) -> tuple[str, Doubles]:
        mean, deviation = self._network.mean.double().numpy(), self._network.deviation.double().numpy()
        weight, bias = _numbers(self._network.first)
        frames = 2 * SPLICE + 1
        weight = weight / np.tile(deviation, frames)
        bias = bias - weight @ np.tile(mean, frames)
        norm = _norm(self._network.norm)
        self._affine(
            "first", weight * norm.factor[:, None], bias * norm.factor, _append("input", range(-SPLICE, SPLICE + 1))
        )
        self._component("first.relu", _nonlinear("RectifiedLinearComponent", len(bias)), "first")
        return "first.relu", norm.shift

    def _layer(self, name: str, layer: Layer, before: str, shift: Doubles) -> tuple[str, Doubles]:
        """Write a layer; gives the descriptor of its output and the output's shift."""
        weight, bias = _numbers(layer.narrow)
        self._affine(
            f"{name}.narrow", weight, bias + weight @ np.tile(shift, 2), _append(before, (-layer.left, 0), SUBSAMPLING)
        )
        norm = _norm(layer.norm)
        weight, bias = _numbers(layer.wide)
        seen = _append(f"{name}.narrow", (0, layer.right) if layer.right else (0,), SUBSAMPLING)
        self._affine(f"{name}.wide", weight * norm.factor[:, None], bias * norm.factor, seen)
        self._component(f"{name}.relu", _nonlinear("RectifiedLinearComponent", len(bias)), f"{name}.wide")
        self._component(f"{name}.sum", _no_op(len(bias)), f"Sum({name}.relu, Scale({BYPASS}, {before}))")
        return f"{name}.sum", norm.shift + BYPASS * shift

    def _affine(self, name: str, weight: Doubles, bias: Doubles, source: str) -> None:
        self._component(name, affine(weight, bias), source)

    def _component(self, name: str, content: bytes, source: str) -> None:
        self._lines.append(f"component-node name={name} component={name} input={source}")
        self._components.append((name, content))


def affine(weight: Doubles, bias: Doubles) -> bytes:
    """A matrix (out, in) and a bias (out,)."""
    return (
        kaldi.token("<AffineComponent>")
        + kaldi.token("<LearningRate>")
        + kaldi.real(0.001)
        + kaldi.token("<LinearParams>")
        + kaldi.matrix(weight)
        + kaldi.token("<BiasParams>")
        + kaldi.vector(bias)
        + kaldi.token("</AffineComponent>")
    )


def _append(name: str, offsets: range | tuple[int, ...], unit: int = 1) -> str:
    """nnet3's descriptor of several moments of one node."""
    moments = [name if offset == 0 else f"Offset({name}, {offset * unit})" for offset in offsets]
    return moments[0] if len(moments) == 1 else f"Append({', '.join(moments)})"


def _nonlinear(kind: str, width: int) -> bytes:
    nothing = kaldi.vector(np.zeros(0))
    return (
        kaldi.token(f"<{kind}>")
        + kaldi.token("<Dim>")
        + kaldi.integer(width)
        + kaldi.token("<ValueAvg>")
        + nothing
        + kaldi.token("<DerivAvg>")
        + nothing
        + kaldi.token("<Count>")
        + kaldi.real(0.0)
        + kaldi.token(f"</{kind}>")
    )


def _no_op(width: int) -> bytes:
    return (
        kaldi.token("<NoOpComponent>")
        + kaldi.token("<Dim>")
        + kaldi.integer(width)
        + kaldi.token("<BackpropScale>")
        + kaldi.real(1.0)
        + kaldi.token("</NoOpComponent>")
    )


def _numbers(linear: nn.Module) -> tuple[Doubles, Doubles]:
    assert isinstance(linear, nn.Linear)
    return linear.weight.detach().double().numpy(), linear.bias.detach().double().numpy()


def _norm(norm: nn.BatchNorm1d) -> _Norm:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    factor = 1 / torch.sqrt(norm.running_var.double() + norm.eps).numpy()
    return _Norm(factor, -norm.running_mean.double().numpy() * factor)
