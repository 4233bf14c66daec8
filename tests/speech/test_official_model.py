"""Models that were made elsewhere: 8 kHz audio for a 16 kHz model, their words, and no way to end the process."""

import hashlib
import re
import shutil
import struct
import subprocess
from collections.abc import Iterable
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner, Result

from ivr.application import Application
from ivr.book.hearing import check_vocabulary
from ivr.book.load import read_book
from ivr.commands.doctor import doctor
from ivr.content import GRAMMARS, load_content, load_ground
from ivr.dialog.commands import Listen
from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, DialogBook
from ivr.errors import ModelError
from ivr.media.question import phrases_for
from ivr.settings import Settings, load_settings
from ivr.slots.phrase_lists import ordered_pairs, with_ordered_pairs
from ivr.speech.model import model_dir, model_words, open_ear
from ivr.speech.official.ear import LenientEar, audible_phrases, unheard_words
from ivr.speech.official.fit import check_files, model_rate, telephone_view
from ivr.speech.recognizer import BUNDLED_MODEL, Ear, Recognizer, VoskEar
from ivr.speech.synthesizer import shared_synthesizer
from tests.speech.model_publisher import NAME, Publisher, publishing, zipped

CHUNK_BYTES = 1600
"""0.1 s of samples."""
LIMITS = ("determinize-max-delay", "max-mem", "frames-per-chunk")
MISSING = ["живой", "нуль", "пятнадцать"]


@pytest.fixture(scope="module")
def book() -> DialogBook:
    return load_content(GRAMMARS, 2026).book


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the bundled model: to this program a model like any other."""
    return Path(shutil.copytree(BUNDLED_MODEL, tmp_path / "model"))


def option(file: Path, name: str) -> str:
    found = re.search(rf"^--{name}=(\S*)", file.read_text("utf-8"), re.M)
    assert found, name
    return found[1]


def edit(file: Path, name: str, line: str) -> None:
    """Another line in place of an option that the file has."""
    text, count = re.subn(rf"^--{name}=.*\n?", line and f"{line}\n", file.read_text("utf-8"), flags=re.M)
    assert count == 1, name
    file.write_text(text, "utf-8")


def make_official(model: Path) -> None:
    """What the official small model's files say: 16 kHz by default, no upsampling, a narrow lattice, no limits."""
    features, decoding = model / "conf" / "mfcc.conf", model / "conf" / "model.conf"
    highest = float(option(features, "high-freq"))
    edit(features, "high-freq", f"--high-freq={highest if highest > 0 else 4000 + highest}")  # the same bands
    edit(features, "sample-frequency", "")
    edit(features, "allow-upsample", "")
    edit(decoding, "lattice-beam", "--lattice-beam=2.0")
    for limit in LIMITS:
        edit(decoding, limit, "")


def lose_words(model: Path, words: Iterable[str]) -> None:
    path = model / "graph" / "words.txt"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.split()[0] not in set(words)]
    assert len(lines) - len(kept) == len(list(words))
    path.write_text("".join(kept), "utf-8")


def settings_with(model: str) -> Settings:
    return load_settings(vosk_model=model, secret_key="x" * 32)  # given, so that none is kept in a file


def ear_of(model: Path) -> Ear:
    return open_ear(settings_with(str(model)))


def hear(ear: Ear, phrases: tuple[str, ...], text: str) -> Utterance:
    pcm = np.pad(shared_synthesizer().speak(text), 3200).astype(np.int16).tobytes()
    recognizer = ear.recognizer(phrases)
    parts = [recognizer.accept(pcm[at : at + CHUNK_BYTES]).finished for at in range(0, len(pcm), CHUNK_BYTES)]
    return Utterance(tuple(Spoken(part) for part in (*parts, recognizer.finish()) if part))


def sums(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def refusal(model: Path) -> str:
    """The one line that says why a model is not taken."""
    with pytest.raises(ModelError) as caught:
        ear_of(model)
    assert "\n" not in str(caught.value)
    assert "hotline-model-" not in str(caught.value), "nobody knows the temporary folder"
    return str(caught.value)


# -- 8 kHz ---------------------------------------------------------------------------------------------------------


def test_a_wideband_model_hears_the_telephone(model: Path, book: DialogBook) -> None:
    make_official(model)
    with pytest.raises(Exception, match="Failed to process waveform"):
        VoskEar(model).recognizer(("да",)).accept(bytes(CHUNK_BYTES))
    assert model_rate(model) == 16000
    heard = hear(ear_of(model), phrases_for(book, Listen("birth_date", confirming=True)), "да, верно")
    assert book.yes_no.read(heard) == Complete(("yes",)), heard.best_text


def test_the_files_of_a_model_are_not_touched(model: Path) -> None:
    make_official(model)
    before = sums(model)
    ear_of(model).recognizer(("да",)).accept(bytes(CHUNK_BYTES))
    assert sums(model) == before


def view_of(model: Path, name: str) -> list[str]:
    """The options of a configuration as libvosk is shown them."""
    with telephone_view(model) as view:
        assert (view / "am" / "final.mdl").samefile(model / "am" / "final.mdl")
        lines = (view / "conf" / name).read_text("utf-8").splitlines()
    assert not view.exists()
    return [line for line in lines if line.startswith("--")]


def test_libvosk_is_shown_what_the_telephone_needs(model: Path) -> None:
    make_official(model)
    assert sorted(view_of(model, "model.conf")) == sorted(view_of(BUNDLED_MODEL, "model.conf"))
    features = view_of(model, "mfcc.conf")
    assert "--allow-upsample=true" in features
    assert not any("sample-frequency" in line for line in features)


def test_what_the_author_of_a_model_chose_stays(model: Path) -> None:
    edit(model / "conf" / "model.conf", "lattice-beam", "--lattice-beam=8")
    edit(model / "conf" / "model.conf", "frames-per-chunk", "--frames-per-chunk=24  # mine")
    edit(model / "conf" / "mfcc.conf", "allow-upsample", "--allow_upsample=false")
    lines = view_of(model, "model.conf")
    assert [line for line in lines if "lattice-beam" in line] == ["--lattice-beam=8"]
    assert [line for line in lines if "frames-per-chunk" in line] == ["--frames-per-chunk=24  # mine"]
    assert [line for line in view_of(model, "mfcc.conf") if "upsample" in line] == ["--allow-upsample=true"]


@pytest.mark.parametrize(
    ("line", "rate"), [("", 16000), ("--sample-frequency=8e3", 8000), ("#--sample-frequency=1", 16000)]
)
def test_it_knows_the_rate_of_a_model(model: Path, line: str, rate: int) -> None:
    edit(model / "conf" / "mfcc.conf", "sample-frequency", line)
    assert model_rate(model) == rate


def test_a_rate_that_is_none_is_a_clear_error(model: Path) -> None:
    edit(model / "conf" / "mfcc.conf", "sample-frequency", "--sample-frequency=wide")
    with pytest.raises(ModelError, match=r"mfcc\.conf: --sample-frequency=wide"):
        model_rate(model)


# -- files that end the process -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        "am/final.mdl",
        "conf/model.conf",
        "conf/mfcc.conf",
        "graph/HCLr.fst",
        "graph/disambig_tid.int",
        "graph/words.txt",
    ],
)
def test_a_missing_file_is_named(model: Path, file: str) -> None:
    (model / file).unlink()
    assert f"{file} is missing" in refusal(model)


def test_a_fixed_graph_is_refused(model: Path) -> None:
    (model / "graph" / "HCLG.fst").write_bytes(b"")
    assert "takes no word lists" in refusal(model)


NO_SILENCE = ("", "--endpoint.silence-phones=", "--endpoint.silence-phones=1,2", "#--endpoint.silence-phones=1")


@pytest.mark.parametrize("line", NO_SILENCE)
def test_silence_must_be_named(model: Path, line: str) -> None:
    edit(model / "conf" / "model.conf", r"endpoint\.silence-phones", line)
    assert "--endpoint.silence-phones=" in refusal(model)


def test_a_network_that_takes_ivectors_needs_their_files(model: Path) -> None:
    with (model / "am" / "final.mdl").open("ab") as file:
        file.write(b"\ninput-node name=ivector dim=30\n")
    assert "ivector/final.ie is missing" in refusal(model)
    (model / "ivector").mkdir()
    for name in ("final.ie", "final.dubm", "final.mat", "global_cmvn.stats", "online_cmvn.conf"):
        (model / "ivector" / name).write_bytes(b"")
    assert "ivector/splice.conf is missing" in refusal(model)
    (model / "ivector" / "splice.conf").write_bytes(b"")
    check_files(model, "it")


@pytest.mark.parametrize(
    ("file", "kept"), [("graph/HCLr.fst", 0.5), ("graph/HCLr.fst", 0.0), ("am/final.mdl", 0.5), ("am/final.mdl", 0.0)]
)
def test_a_file_cut_short_does_not_take_the_process_along(model: Path, file: str, kept: float) -> None:
    content = (model / file).read_bytes()
    (model / file).write_bytes(content[: round(len(content) * kept)])
    assert "libvosk cannot use the model" in refusal(model)


@pytest.mark.parametrize(
    ("file", "name", "line", "hint"),
    [
        ("model.conf", "frames-per-chunk", "--frames-per-chunk=0", "frames_per_chunk"),
        ("model.conf", "max-active", "--no-such-option=1", "Invalid option --no-such-option"),
        ("model.conf", "lattice-beam", "--lattice-beam=wide", "wide"),
        ("mfcc.conf", "num-ceps", "--num-ceps=20", "dimension mismatch"),
    ],
)
def test_a_bad_option_does_not_either(model: Path, file: str, name: str, line: str, hint: str) -> None:
    edit(model / "conf" / file, name, line)
    assert hint in refusal(model)


# -- words --------------------------------------------------------------------------------------------------------


def embed_words(model: Path) -> None:
    """As official models have it: the words inside the graph, and no words.txt."""
    if not shutil.which("fstsymbols"):
        pytest.skip("NOT TESTED: words inside Gr.fst: no fstsymbols (apt-get install libfst-tools)")
    words, graph = model / "graph" / "words.txt", model / "graph" / "Gr.fst"
    made = graph.with_suffix(".new")
    subprocess.run(["fstsymbols", f"--isymbols={words}", f"--osymbols={words}", str(graph), str(made)], check=True)
    made.replace(graph)
    words.unlink()


def test_it_reads_the_words_inside_the_graph_as_libvosk_does(model: Path) -> None:
    lose_words(model, MISSING)
    listed = model_words(str(model))
    embed_words(model)
    assert model_words(str(model)) == listed
    assert listed < model_words("")
    ear = ear_of(model)
    assert ear.missing_words(listed - {"<eps>"}) == []
    assert ear.missing_words(["один", *MISSING]) == MISSING


def test_words_that_cannot_be_read_are_a_clear_error(model: Path) -> None:
    graph = model / "graph" / "Gr.fst"
    (model / "graph" / "words.txt").unlink()
    with pytest.raises(ModelError, match=r"words\.txt is missing and Gr\.fst beside it holds no words"):
        model_words(str(model))
    header = struct.pack("<ii5sii8sii", 2125659606, 5, b"const", 0, 0, b"", 2, 0)
    for content in (b"", b"junk" * 20, graph.read_bytes()[:30], header, struct.pack("<ii", 2125659606, -1)):
        graph.write_bytes(content)
        with pytest.raises(ModelError, match="not readable"):
            model_words(str(model))


def test_phrases_with_unknown_words_are_left_out(model: Path, book: DialogBook) -> None:
    lose_words(model, MISSING)
    ear = ear_of(model)
    assert unheard_words(book, ear) == MISSING
    for name in book.fields:
        for confirming in (False, True):
            ear.recognizer(phrases_for(book, Listen(name, confirming)))
    heard = hear(ear, phrases_for(book, Listen("card_number")), "сорок два семьдесят шесть")
    assert heard.best_text == "сорок два семьдесят шесть"


def test_the_linter_tells_where_the_unknown_words_are(model: Path) -> None:
    lose_words(model, MISSING)
    ground = load_ground(GRAMMARS, 2026)
    source = read_book(GRAMMARS, ground.slot_types, ground.outcomes)
    found = list(check_vocabulary(source, model_words(str(model))))
    line = 1 + (GRAMMARS / "universals.yaml").read_text("utf-8").splitlines().index("    - живой человек")
    places = [(Path(one.file).name, one.line) for one in found if "`живой`" in one.what]
    assert places == [("universals.yaml", line)]
    assert any("`нуль`" in one.what and "card_number.yaml" in one.file for one in found)
    assert all(any(f"`{word}`" in one.what for word in MISSING) for one in found)


def test_the_bundled_model_may_lack_no_word(model: Path) -> None:
    for name in ("", str(BUNDLED_MODEL)):
        strict = open_ear(settings_with(name))
        with pytest.raises(ModelError, match="трололо"):
            strict.recognizer(("один", "два трололо"))
    ear_of(model).recognizer(("один", "два трололо"))


def test_a_list_of_which_nothing_is_left_is_an_error(model: Path) -> None:
    with pytest.raises(ModelError, match="knows none of these phrases: трололо, один трололо"):
        ear_of(model).recognizer(("трололо", "один трололо"))


class SpyEar:
    """Knows all words but some, and keeps the lists that it was asked for."""

    def __init__(self, unknown: Iterable[str]) -> None:
        self.unknown = frozenset(unknown)
        self.lists: list[tuple[str, ...]] = []

    def recognizer(self, phrases: tuple[str, ...]) -> Recognizer:
        self.lists.append(phrases)
        return None  # type: ignore[return-value]

    def missing_words(self, words: Iterable[str]) -> list[str]:
        return sorted(self.unknown & set(words))


def test_a_question_that_nobody_could_answer_is_an_error(book: DialogBook) -> None:
    slot = book.fields["person_name"].slot
    names = [name for name, field in book.fields.items() if field.slot is slot]
    words = {word for phrase in slot.phrases() for word in phrase.split()}
    with pytest.raises(ModelError, match=f"no answer to `({'|'.join(names)})`"):
        unheard_words(book, SpyEar(words))
    assert unheard_words(book, SpyEar(words - {"анна"}))
    yes_no = {word for phrase in book.yes_no.phrases() for word in phrase.split()}
    with pytest.raises(ModelError, match="no answer to"):
        unheard_words(book, SpyEar(yes_no))
    operator = {word for universal in book.universals for phrase in universal.phrases for word in phrase.split()}
    assert unheard_words(book, SpyEar(operator - yes_no - words)) == sorted(operator - yes_no - words)


def test_the_lists_that_reach_the_model_hold_what_it_knows(book: DialogBook) -> None:
    spy = SpyEar(MISSING)
    LenientEar(spy).recognizer(phrases_for(book, Listen("card_number")))
    heard = {word for phrase in spy.lists[0] for word in phrase.split()}
    asked = {word for phrase in phrases_for(book, Listen("card_number")) for word in phrase.split()}
    assert asked - heard == {*MISSING, "человек"}  # «живой человек» is left out, not shortened


WORDS = st.lists(st.sampled_from([f"слово{number}" for number in range(12)]), min_size=2, max_size=8, unique=True)


@given(words=WORDS, data=st.data())
def test_a_chain_of_number_words_keeps_all_pairs_of_the_others(words: list[str], data: st.DataObject) -> None:
    missing = data.draw(st.sets(st.sampled_from(words), max_size=len(words) - 1))
    known = [word for word in words if word not in missing]
    (chain,) = audible_phrases([ordered_pairs(words)], missing)
    assert set(chain.split()) == set(known)
    assert set(pairwise(chain.split())) >= set(product(known, known))


@given(words=WORDS, data=st.data())
def test_a_phrase_is_heard_whole_or_not_at_all(words: list[str], data: st.DataObject) -> None:
    missing = data.draw(st.sets(st.sampled_from(words)))
    assert audible_phrases([" ".join(words)], missing) == (() if missing else (" ".join(words),))
    given_list = with_ordered_pairs(words, ["ну вот"], ["ой нет"])
    assert audible_phrases(given_list, ()) == given_list


# -- by name, and what is told --------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("VOSK_MODEL_PATH", "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_model_that_was_fetched_by_name_hears(model: Path, home: Path, book: DialogBook) -> None:
    make_official(model)
    files = {str(path.relative_to(model)): path.read_bytes() for path in model.rglob("*") if path.is_file()}
    with publishing(Publisher({f"{NAME}.zip": zipped(files)}, None)) as publisher:
        assert model_dir(NAME, lambda *_: None, publisher.source) == home / ".cache" / "vosk" / NAME
    ear = open_ear(settings_with(NAME))
    heard = hear(ear, phrases_for(book, Listen("card_number")), "сорок два семьдесят шесть")
    assert heard.best_text == "сорок два семьдесят шесть"
    assert unheard_words(book, ear) == []


def consult(model: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run ``doctor`` with a model."""
    monkeypatch.setenv("VOSK_MODEL", str(model))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{home}/calls.db")
    app = Typer()
    app.command()(doctor)
    return CliRunner().invoke(app)


def test_the_doctor_tells_of_another_model(model: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_official(model)
    lose_words(model, MISSING)
    told = consult(model, home, monkeypatch)
    lines = {line.partition(": ")[0].split(maxsplit=1)[1]: line for line in told.stdout.splitlines()}
    assert told.exit_code == 0
    assert (
        f"{model}, {len(model_words(str(model)))} words, made for 16000 Hz, telephone audio is resampled"
        in lines["model"]
    )
    assert f"the model lacks 3 of their words ({', '.join(MISSING)})" in lines["dialogues and model"]
    assert "python -m ivr lint" in lines["dialogues and model"]


def test_the_doctor_tells_of_a_model_without_the_word_for_noise(
    model: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_words(model, ["[unk]"])
    assert "it has no [unk]" in consult(model, home, monkeypatch).stdout


def test_the_hotline_starts_with_it_and_warns_once(model: Path, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    lose_words(model, MISSING)
    application = Application(load_settings(vosk_model=str(model), database_url=f"sqlite:///{home}/calls.db"))
    application.db.close()
    told = [record.getMessage() for record in caplog.records if record.name == "ivr.vocabulary"]
    assert len(told) == 1
    assert f"lacks {len(MISSING)} words of the dialogues" in told[0]
    assert ", ".join(MISSING) in told[0]
