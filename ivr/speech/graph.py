"""The ``graph`` folder of a model directory, as libvosk wants it: what OpenFst's tools make of a lexicon."""

import json
import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.errors import ModelError
from ivr.speech.lexicon import Lexicon, read_lexicon, write_lexicon
from ivr.speech.phones import phone_inventory
from ivr.speech.topology import GraphSettings, Topology

GRAPH = "graph"
"""The folder in a model directory."""
SETTINGS = "graph.json"
LEXICON = "lexicon.tsv"
PHONES = "phones.txt"
_PACKAGES = "apt-get install libfst-tools libfst22-plugins-base"


def write_graph(folder: Path, lexicon: Lexicon, settings: GraphSettings, phones: Sequence[str] | None = None) -> None:
    """Make ``HCLr.fst``, ``Gr.fst``, ``words.txt`` and ``disambig_tid.int`` for libvosk.

    And what it takes to make them again: ``phones.txt``, ``lexicon.tsv``, ``graph.json``.
    ``phones``: the outputs of the network, the blank first; by default the inventory.
    Raises ``ModelError`` where OpenFst's tools are not installed, or a word has a phone that the network lacks.
    """
    outputs = tuple(phones or phone_inventory())
    words = [*sorted(lexicon), UNKNOWN_WORD]
    lines = _trie(words, lexicon, settings, outputs)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="graph-") as made:
        numbers = _compile_trie(Path(made), lines, words)
        _compile_loop(Path(made), numbers.values())
        for file in ("HCLr.fst", "Gr.fst"):
            shutil.copyfile(Path(made) / file, folder / file)
    by_number = sorted(numbers.items(), key=lambda item: item[1])
    _write_lines(folder / "words.txt", ["<eps> 0", *(f"{word} {number}" for word, number in by_number)])
    _write_lines(folder / PHONES, ["<eps> 0", *(f"{phone} {number}" for number, phone in enumerate(outputs, 1))])
    _write_lines(folder / "disambig_tid.int", [])
    write_lexicon(folder / LEXICON, lexicon)
    _write_lines(folder / SETTINGS, [json.dumps(asdict(settings), indent=1)])


def read_graph(folder: Path) -> tuple[dict[str, tuple[tuple[str, ...], ...]], GraphSettings, tuple[str, ...]]:
    """The lexicon, the settings and the phones that a graph was made from.

    Raises ``ModelError`` where they are not there: official models cannot be extended.
    """
    missing = [name for name in (LEXICON, SETTINGS, PHONES) if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} has no {', '.join(missing)}: words can be added only to models that this program made. "
            "Leave VOSK_MODEL empty for the bundled one."
        )
    settings = GraphSettings(**json.loads((folder / SETTINGS).read_text("utf-8")))
    phones = tuple(line.split()[0] for line in (folder / PHONES).read_text("utf-8").splitlines()[1:])
    return read_lexicon(folder / LEXICON), settings, phones


def _trie(words: Sequence[str], lexicon: Lexicon, settings: GraphSettings, phones: Sequence[str]) -> list[str]:
    topology = Topology(phones, settings)
    for number, word in enumerate(words[:-1], 1):
        lacking = {phone for way in lexicon[word] for phone in way} - set(phones[1:])
        if lacking or not all(lexicon[word]):
            raise ModelError(
                f"{word}: the model has no phone {' '.join(sorted(lacking)) or 'for it'}. Respell the word."
            )
        topology.add_word(number, lexicon[word])
    topology.add_filler(len(words))
    return topology.finish()


def _compile_trie(folder: Path, lines: Sequence[str], words: Sequence[str]) -> dict[str, int]:
    """Write ``HCLr.fst``; the numbers of the words in it, since the type ``olabel_lookahead`` gives them new ones."""
    pairs = folder / "relabel.txt"
    sorted_fst = _run("fstarcsort", "--sort_type=olabel", given=_run("fstcompile", given="\n".join(lines).encode()))
    lookahead = ("--fst_type=olabel_lookahead", f"--save_relabel_opairs={pairs}")
    (folder / "HCLr.fst").write_bytes(_run("fstconvert", *lookahead, given=sorted_fst))
    new = dict(line.split() for line in pairs.read_text("utf-8").splitlines())
    return {word: int(new[str(number)]) for number, word in enumerate(words, 1)}


def _compile_loop(folder: Path, numbers: Collection[int]) -> None:
    """Write ``Gr.fst``: any word after any other, for recognizers that are given no list."""
    cost = math.log(len(numbers))
    lines = [*(f"0 0 {number} {number} {cost:.4f}" for number in numbers), "0 0"]
    loop = _run("fstarcsort", "--sort_type=ilabel", given=_run("fstcompile", given="\n".join(lines).encode()))
    (folder / "Gr.fst").write_bytes(_run("fstconvert", "--fst_type=const", given=loop))


def _run(tool: str, *options: str, given: bytes) -> bytes:
    try:
        done = subprocess.run([tool, *options], input=given, capture_output=True, check=False, env=_environment())
    except FileNotFoundError as error:
        raise ModelError(f"{tool} of OpenFst is not installed: {_PACKAGES}.") from error
    if done.returncode != 0 or not done.stdout:
        raise ModelError(f"{tool} of OpenFst failed: {done.stderr.decode(errors='replace').strip()[:200]}")
    return done.stdout


def _environment() -> dict[str, str]:
    """OpenFst loads the type at run time, and looks for it where libraries are, not where Debian puts its plugins."""
    plugin = next(Path("/usr/lib").glob("*/fst/**/olabel_lookahead-fst.so"), None)
    if plugin is None:
        raise ModelError(f"OpenFst's plugin olabel_lookahead is not installed: {_PACKAGES}.")
    paths = [str(plugin.parent), os.environ.get("LD_LIBRARY_PATH", "")]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, paths))}


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
