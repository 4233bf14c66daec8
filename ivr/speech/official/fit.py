"""A model that was made elsewhere, fitted to the telephone without a change to its files.

libvosk is shown a view of the model: a temporary folder of links in which ``conf/`` alone is written anew. It lives
while libvosk reads, for afterwards nothing is read any more. So nothing has to be kept in step with the model, and a
directory that is shared or write-protected does as well.

The wideband models refuse audio of 8000 hertz unless ``conf/mfcc.conf`` allows to upsample it. Kaldi's own resampler
then works inside libvosk, which is told the truth about the rate; the band above 4000 hertz stays empty either way.
"""

import mmap
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ivr.errors import ModelError
from ivr.speech.recognizer import BUNDLED_MODEL

_NEEDED = ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/disambig_tid.int")
_FEATURES = ("mfcc.conf", "fbank.conf")
_IVECTOR_INPUT = b"name=ivector"
"""A line of the network's description, which is text in a binary file as well."""
_IVECTOR = ("final.ie", "final.dubm", "final.mat", "global_cmvn.stats", "online_cmvn.conf", "splice.conf")
_LINKED = ("am", "graph", "ivector")
"""Not ``rescore`` and ``rnnlm``: they are for fixed graphs and cost gigabytes."""
_SILENCE = "endpoint.silence-phones"
_LATTICE = "lattice-beam"
"""Nats. Official small models have 2, which leaves one hypothesis where the hotline looks among ten."""
_LIMITS = ("determinize-max-delay", "max-mem", "frames-per-chunk")
"""Options that official models leave out; the bundled ``conf/model.conf`` says what they are for."""
_KALDI_RATE = "16000"
"""Hertz, where the file does not say."""


def check_files(folder: Path, name: str) -> None:
    """Raise ``ModelError`` for a model that libvosk cannot load, or that would end the process later.

    ``name``: what the model is called in the text.
    """
    if (folder / "graph" / "HCLG.fst").is_file():
        raise ModelError(
            f"The model {name} has one fixed graph (graph/HCLG.fst) and takes no word lists. Set VOSK_MODEL to one "
            "with graph/HCLr.fst and graph/Gr.fst, or leave it empty for the bundled one."
        )
    for needed in _NEEDED:
        if not (folder / needed).is_file():
            raise _missing(name, needed)
    if not any((folder / "conf" / features).is_file() for features in _FEATURES):
        raise _missing(name, "conf/mfcc.conf")
    _check_silence(folder, name)
    for needed in _IVECTOR if _takes_ivectors(folder) else ():
        if not (folder / "ivector" / needed).is_file():
            raise _missing(name, f"ivector/{needed}")


def _missing(name: str, needed: str) -> ModelError:
    return ModelError(
        f"No model in {name}: {needed} is missing. Set VOSK_MODEL to a model's directory, or leave it empty for the "
        "bundled one."
    )


def _check_silence(folder: Path, name: str) -> None:
    given = _options(_read(folder / "conf" / "model.conf")).get(_SILENCE, "")
    if not re.fullmatch(r"\d+(:\d+)*", given):
        raise ModelError(
            f"The model {name}: conf/model.conf must have --{_SILENCE}= with the numbers of its silence phones, such "
            "as 1:2:3:4:5:6:7:8:9:10. libvosk ends the process without it."
        )


def _takes_ivectors(folder: Path) -> bool:
    path = folder / "am" / "final.mdl"
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_IVECTOR_INPUT) >= 0


def model_rate(folder: Path) -> int:
    """Hertz that the model was made for. Raises ``ModelError`` where its configuration is not readable."""
    features = next((file for name in _FEATURES if (file := folder / "conf" / name).is_file()), None)
    if features is None:
        raise _missing(str(folder), "conf/mfcc.conf")
    given = _options(_read(features)).get("sample-frequency", _KALDI_RATE)
    try:
        return round(float(given))
    except ValueError as error:
        raise ModelError(f"{features}: --sample-frequency={given} is no number; mend the file.") from error


@contextmanager
def telephone_view(folder: Path) -> Iterator[Path]:
    """A folder for libvosk to load: the model, with leave to resample and with the hotline's limits on work."""
    with TemporaryDirectory(prefix="hotline-model-") as made:
        view = Path(made)
        for part in _LINKED:
            if (folder / part).is_dir():
                (view / part).symlink_to((folder / part).resolve())
        (view / "conf").mkdir()
        for file in (folder / "conf").iterdir():
            if file.is_file():
                (view / "conf" / file.name).write_text(_fitted(file), "utf-8", "surrogateescape")
        yield view


def _fitted(file: Path) -> str:
    text = _read(file)
    if file.name in _FEATURES:
        return _with(text, {"allow-upsample": "true"})
    return _with(text, _decoding(_options(text))) if file.name == "model.conf" else text


def _decoding(given: Mapping[str, str]) -> dict[str, str]:
    """What ``conf/model.conf`` has to say differently: the bundled model's limits, and a lattice as wide as its own.

    What the model's author chose for the work stays.
    """
    ours = _options(_read(BUNDLED_MODEL / "conf" / "model.conf"))
    added = {option: ours[option] for option in _LIMITS if option in ours and option not in given}
    return added | ({_LATTICE: ours[_LATTICE]} if _is_narrower(given.get(_LATTICE, "0"), ours[_LATTICE]) else {})


def _is_narrower(beam: str, than: str) -> bool:
    try:
        return float(beam) < float(than)
    except ValueError:  # libvosk refuses it with the file's own words
        return False


def _read(file: Path) -> str:
    return file.read_text("utf-8", "surrogateescape")


def _options(text: str) -> dict[str, str]:
    """The options of a Kaldi configuration; the last one of a name counts."""
    return dict(found for line in text.splitlines() if (found := _option(line)))


def _option(line: str) -> tuple[str, str] | None:
    found = re.match(r"\s*--([^=\s#]+)(?:=([^#]*))?", line)
    return (found[1].lower().replace("_", "-"), (found[2] or "").strip()) if found else None


def _with(text: str, options: Mapping[str, str]) -> str:
    """The configuration with these options and no others of their names."""
    kept = [line for line in text.splitlines() if not ((found := _option(line)) and found[0] in options)]
    return "\n".join([*kept, *(f"--{name}={value}" for name, value in options.items())]) + "\n"
