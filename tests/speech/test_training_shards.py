"""Features on disk, and the figures of a model's card."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training extra is not installed: make training-extra")
pytest.importorskip("kaldi_native_fbank", reason="the training extra is not installed: make training-extra")
pytest.importorskip("scipy", reason="the training extra is not installed: make training-extra")

from ivr.errors import AudioError, ModelError
from ivr.speech.card import ModelCard, read_card, write_card
from ivr.speech.training.corpus import RATE, CorpusWriter, read_corpus
from ivr.speech.training.release import write_figures
from ivr.speech.training.shards import make_people_shard, make_shard, make_silence, read_shard


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    chance = np.random.default_rng(1)
    with CorpusWriter(tmp_path / "corpus") as writer:
        for number in range(4):
            time = np.arange(int(RATE * (0.5 + number / 5))) / RATE
            writer.add(
                f"u{number}", (np.sin(900 * time) * chance.uniform(0.1, 0.9)).astype(np.float32), ("да",) * number
            )
        writer.add("long", np.zeros(RATE * 15, np.float32), ("нет",))
    return tmp_path / "corpus"


def test_it_sends_each_recording_over_so_many_lines_the_same_every_time(corpus: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert list(make_shard(corpus, tmp_path / name, copies=2, seed=1, processes=1))[-1] == 8
    one, other = read_shard(tmp_path / "one"), read_shard(tmp_path / "other")
    assert [example.words for example in one] == [("да",) * number for number in range(4)] * 2
    assert all(np.array_equal(left.frames, right.frames) for left, right in zip(one, other, strict=True))
    assert one[0].frames.shape[1] == 40
    assert not np.array_equal(one[1].frames[:20], one[5].frames[:20])


def test_each_third_goes_once_more_with_people_talking(corpus: Path, tmp_path: Path) -> None:
    people = read_corpus(corpus)[1:3]
    list(make_people_shard(corpus, tmp_path / "people", every=3, people=people, seed=1, processes=1))
    assert [example.words for example in read_shard(tmp_path / "people")] == [(), ("да",) * 3]


def test_silences_hold_no_words(corpus: Path, tmp_path: Path) -> None:
    assert list(make_silence(tmp_path / "silence", 3, read_corpus(corpus)[1:3], seed=1))[-1] == 3
    assert [example.words for example in read_shard(tmp_path / "silence")] == [(), (), ()]


def test_a_corpus_without_an_index_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"index\.tsv"):
        read_corpus(tmp_path)


def test_figures_go_from_the_bench_into_the_card(tmp_path: Path) -> None:
    row = {"voice": "real-elena-joined", "set": "dates with a year", "condition": "clean", "n": 30, "right": 29}
    others = [{**row, "condition": "10 dB babble", "right": 21}, {**row, "voice": "asterisk (in training)"}]
    with pytest.raises(ModelError, match="no card"):
        write_figures(tmp_path, {"bench": "hearing", "rows": [row]})
    write_card(tmp_path, ModelCard("t", "2026-11-24", "n", 8.0, "MIT", (), ()))
    with pytest.raises(ModelError, match="bench hearing"):
        write_figures(tmp_path, {"bench": "webhooks"})
    assert write_figures(tmp_path, {"bench": "hearing", "rows": [row, *others]}) == 2
    card = read_card(tmp_path)
    assert card is not None
    assert [(f.kind, f.what, f.right) for f in card.figures] == [
        ("joined", "dates with a year", 29),
        ("joined", "dates with a year, 10 dB babble", 21),
    ]
