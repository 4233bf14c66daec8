"""The word graph: CTC by the letter, words that sound the same, the filler; and what OpenFst makes of it."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.errors import ModelError
from ivr.speech.graph import read_graph, write_graph
from ivr.speech.lexicon import Phones
from ivr.speech.topology import GraphSettings, Topology

PHONES = ("SIL", "SPN", "a1", "m", "s", "t", "v")
PLAIN = GraphSettings(word_bonus=0.0, filler_word_cost=50.0, filler_phone_cost=0.0)
"""The filler is too dear to be heard."""
Key = TypeVar("Key", str, tuple[int, str])
Lexicon = Mapping[str, tuple[Phones, ...]]


def way(text: str) -> Phones:
    return tuple(text.split())


class Decoder:
    """Finds the cheapest words for a sequence of frames, each of which is one output of the network for sure."""

    def __init__(self, lexicon: Lexicon, settings: GraphSettings = PLAIN) -> None:
        self.words = ["<eps>", *sorted(lexicon), UNKNOWN_WORD]
        topology = Topology(PHONES, settings)
        for number, word in enumerate(self.words[1:-1], 1):
            topology.add_word(number, lexicon[word])
        topology.add_filler(len(self.words) - 1)
        rows = [line.split() for line in topology.finish()]
        self.start = int(rows[0][0])
        self.final = {int(row[0]) for row in rows if len(row) == 2}
        self.arcs: dict[int, list[tuple[int, int, int, float]]] = {}
        for row in rows:
            if len(row) == 5:
                start, end, sound, said = map(int, row[:4])
                self.arcs.setdefault(start, []).append((end, sound, said, float(row[4])))

    def hear(self, frames: str) -> dict[str, float]:
        """All texts that the frames may be, and the cost of each. The frame ``-`` is the blank."""
        tokens = self._free({(self.start, ""): 0.0})
        for frame in frames.split():
            output = 0 if frame == "-" else PHONES.index(frame)
            moved: dict[tuple[int, str], float] = {}
            for (state, text), cost in tokens.items():
                for end, sound, word, price in self.arcs.get(state, ()):
                    if sound and (sound - 1) // 2 == output:
                        _lower(moved, (end, self._longer(text, word)), cost + price)
            tokens = self._free(moved)
        found: dict[str, float] = {}
        for (state, text), cost in tokens.items():
            if state in self.final:
                _lower(found, text, cost)
        return found

    def best(self, frames: str) -> str | None:
        found = self.hear(frames)
        return min(found, key=lambda text: found[text]) if found else None

    def _longer(self, text: str, word: int) -> str:
        return f"{text} {self.words[word]}".strip() if word else text

    def _free(self, tokens: dict[tuple[int, str], float]) -> dict[tuple[int, str], float]:
        """With all states that take no frame to reach."""
        reached, waiting = dict(tokens), list(tokens)
        while waiting:
            state, text = waiting.pop()
            for end, sound, word, price in self.arcs.get(state, ()):
                place = (end, self._longer(text, word))
                cost = reached[state, text] + price
                if not sound and cost < reached.get(place, float("inf")):
                    reached[place] = cost
                    waiting.append(place)
        return reached


def _lower(costs: dict[Key, float], key: Key, cost: float) -> None:
    costs[key] = min(cost, costs.get(key, float("inf")))


MAMA = {"мама": (way("m a1 m a1"),), "мам": (way("m a1 m"),)}


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        ("m a1 m a1", "мама"),
        ("- m m - a1 - - m a1 a1 -", "мама"),
        ("m a1 m", "мам"),
        ("m a1 m - m a1 m", "мам мам"),
        ("- - -", ""),
        ("m a1", None),
        ("m a1 s a1", None),
    ],
)
def test_it_hears_words_with_as_much_blank_as_there_is(frames: str, text: str | None) -> None:
    heard = {text: cost for text, cost in Decoder(MAMA).hear(frames).items() if UNKNOWN_WORD not in text}
    assert list(heard) == ([] if text is None else [text])


def test_it_wants_a_blank_between_two_phones_that_are_the_same_in_a_word() -> None:
    decoder = Decoder({"масса": (way("m a1 s s a1"),), "маса": (way("m a1 s a1"),)})
    assert decoder.best("m a1 s s a1") == "маса"
    assert decoder.best("m a1 s - s a1") == "масса"


def test_it_wants_a_blank_between_two_phones_that_are_the_same_across_words() -> None:
    decoder = Decoder({"в": (way("v"),), "там": (way("t a1 m"),), "мат": (way("m a1 t"),)})
    assert decoder.best("v v v") == "в"
    assert decoder.best("v - v") == "в в"
    assert "там мат" not in decoder.hear("t a1 m a1 t")
    assert decoder.best("t a1 m - m a1 t") == "там мат"
    assert decoder.best("m a1 t v t a1 m") == "мат в там"


def test_it_hears_every_word_that_sounds_the_same() -> None:
    heard = Decoder({"там": (way("t a1 m"),), "томм": (way("t a1 m"),)}).hear("t a1 m")
    assert heard["там"] == heard["томм"]


def test_it_hears_every_pronunciation_and_prefers_the_first() -> None:
    settings = GraphSettings(word_bonus=1.0, variant_cost=0.5, filler_word_cost=50)
    decoder = Decoder({"там": (way("t a1 m"), way("t m"))}, settings)
    assert decoder.hear("t a1 m")["там"] == pytest.approx(-1.0)
    assert decoder.hear("t m")["там"] == pytest.approx(-0.5)
    assert decoder.hear("t m - t a1 m")["там там"] == pytest.approx(-1.5)


FILLED = GraphSettings(word_bonus=1.0, filler_word_cost=2.0, filler_phone_cost=3.0, filler_least_phones=2)


def test_it_hears_any_phones_as_unknown_at_a_cost() -> None:
    decoder = Decoder(MAMA, FILLED)
    assert decoder.hear("s a1 t")[UNKNOWN_WORD] == pytest.approx(2 + 3 * 3)
    assert decoder.hear("s s - - a1 t t -")[UNKNOWN_WORD] == pytest.approx(2 + 3 * 3)
    assert decoder.hear("SPN v")[UNKNOWN_WORD] == pytest.approx(2 + 2 * 3)


def test_it_prefers_a_word_to_unknown_where_both_fit() -> None:
    decoder = Decoder(MAMA, FILLED)
    assert decoder.best("m a1 m a1") == "мама"
    assert decoder.best("m a1 m a1 - s t a1") == f"мама {UNKNOWN_WORD}"
    assert decoder.best("s t a1 m a1 m") == f"{UNKNOWN_WORD} мам"


@pytest.mark.parametrize("least", [1, 2, 3])
def test_it_takes_no_click_for_speech(least: int) -> None:
    settings = GraphSettings(filler_least_phones=least)
    phones = ["s", "t", "a1", "v"]
    assert UNKNOWN_WORD not in Decoder(MAMA, settings).hear(" ".join(phones[: least - 1]))
    assert UNKNOWN_WORD in Decoder(MAMA, settings).hear(" ".join(phones[:least]))


LEXICON = {
    "карта": (way("k a1 r t V"),),
    "да": (way("d a1"), way("t a1")),
    "код": (way("k o1 t"),),
    "кот": (way("k o1 t"),),
}


def written(folder: Path, lexicon: Lexicon, settings: GraphSettings, phones: Sequence[str] | None = None) -> None:
    """Write a graph, or skip where OpenFst is not there."""
    if shutil.which("fstcompile") is None:
        pytest.skip("NOT TESTED: graphs: no OpenFst (apt-get install libfst-tools libfst22-plugins-base)")
    write_graph(folder, lexicon, settings, phones)


def test_it_writes_what_libvosk_needs_and_what_makes_it_again(tmp_path: Path) -> None:
    settings = GraphSettings(word_bonus=2.0, filler_phone_cost=4.0)
    written(tmp_path, LEXICON, settings)
    names = "Gr.fst HCLr.fst disambig_tid.int graph.json lexicon.tsv phones.txt words.txt"
    assert sorted(file.name for file in tmp_path.iterdir()) == names.split()
    lexicon, read, phones = read_graph(tmp_path)
    assert (lexicon, read, len(phones)) == (LEXICON, settings, 49)
    numbers = dict(line.split() for line in (tmp_path / "words.txt").read_text("utf-8").splitlines())
    assert set(numbers) == {*LEXICON, UNKNOWN_WORD, "<eps>"}
    assert numbers["<eps>"] == "0"
    assert len(set(numbers.values())) == len(numbers)


def test_it_writes_the_same_graph_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        written(tmp_path / name, LEXICON, GraphSettings())
    assert all(
        (tmp_path / "two" / file.name).read_bytes() == file.read_bytes() for file in (tmp_path / "one").iterdir()
    )


def test_it_names_a_phone_that_the_network_lacks(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="карта: the model has no phone V k r"):
        write_graph(tmp_path, LEXICON, GraphSettings(), ("SIL", "SPN", "a1", "d", "t", "o1"))
    assert list(tmp_path.iterdir()) == []


def test_it_says_how_to_install_openfst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelError, match=r"apt-get install libfst-tools libfst22-plugins-base"):
        write_graph(tmp_path / "graph", LEXICON, GraphSettings())


def test_it_says_why_other_peoples_models_cannot_be_extended(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"lexicon\.tsv, graph\.json, phones\.txt"):
        read_graph(tmp_path)
