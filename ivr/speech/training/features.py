"""What libvosk computes from a model's ``conf/mfcc.conf``, computed alike: the network meets what it learned from."""

from functools import cache
from pathlib import Path

import kaldi_native_fbank
import numpy as np
from numpy.typing import NDArray

from ivr.speech.sound import RATE

DIMENSIONS = 40
FRAME_SECONDS = 0.01
CONF = Path(__file__).parent.parent / "model" / "conf" / "mfcc.conf"

Frames = NDArray[np.float32]


@cache
def _options(conf: Path) -> kaldi_native_fbank.MfccOptions:
    """The options of a Kaldi configuration, so that there is one truth about features."""
    given = dict(line.removeprefix("--").split("=") for line in conf.read_text("utf-8").split())
    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.samp_freq = float(given["sample-frequency"])
    options.frame_opts.dither = float(given["dither"])
    options.frame_opts.snip_edges = given["snip-edges"] == "true"
    options.mel_opts.num_bins = int(given["num-mel-bins"])
    options.mel_opts.low_freq = float(given["low-freq"])
    options.mel_opts.high_freq = float(given["high-freq"])
    options.num_ceps = int(given["num-ceps"])
    options.use_energy = given["use-energy"] == "true"
    return options


def mfcc(samples: NDArray[np.float32]) -> Frames:
    """``samples``: at 8000 hertz, on the scale of int16. Gives (frames, 40): each 0.01 s, of 0.025 s."""
    computer = kaldi_native_fbank.OnlineMfcc(_options(CONF))
    computer.accept_waveform(RATE, samples)
    computer.input_finished()
    frames = [computer.get_frame(index) for index in range(computer.num_frames_ready)]
    return np.stack(frames).astype(np.float32) if frames else np.zeros((0, DIMENSIONS), np.float32)
