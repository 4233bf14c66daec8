"""Card numbers through the dialogue, on a line that hears what the test says."""

from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
import soundfile

from ivr.bench.hearing.cards import (
    BLOCK_PAUSE_SECONDS,
    GAP_SECONDS,
    CardBase,
    CardCall,
    CardCaller,
    card_words,
    cards_of_fours,
    paired_cards,
    single_cards,
    word_by_word,
)
from ivr.bench.hearing.questions import Questions, Verdict
from ivr.bench.hearing.sound import Piece, Sound, play
from ivr.bench.hearing.trials import Kind, Trial
from ivr.dialog.events import Hypothesis, Spoken, Utterance, said
from tests.bench.hearing_ear import ScriptedLine, WideEar

NUMBER = "4276051200020024"
SPOKEN = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре"
HALF = "сорок два семьдесят шесть ноль пять двенадцать"
REST = "ноль ноль ноль два ноль ноль двадцать четыре"
MISHEARD = SPOKEN.replace("двадцать четыре", "двадцать пять")


@pytest.fixture(scope="module")
def questions() -> Questions:
    return Questions(WideEar())


@pytest.fixture
def words(tmp_path: Path, questions: Questions) -> dict[str, list[Path]]:
    """One recording for all words of numbers."""
    file = tmp_path / "word.wav"
    soundfile.write(file, 0.3 * np.sin(np.arange(2400) / 3), 8000)
    return {word: [file] for word in questions.lexicon.numbers}


def call(questions: Questions, words: dict[str, list[Path]], *heard: Utterance) -> tuple[CardCall, ScriptedLine]:
    line = ScriptedLine(*heard)
    file = next(iter(words.values()))[0]
    trial = Trial("somebody", "card", Kind.CARD, SPOKEN, NUMBER, Sound((Piece(file),)))
    return CardCaller(questions, line, words).call(trial), line


def test_it_takes_the_number_that_the_dialogue_reads_back(questions: Questions, words: dict[str, list[Path]]) -> None:
    found, _ = call(questions, words, said(SPOKEN))
    assert (found.verdict, found.offered, found.tries) == (Verdict.RIGHT, NUMBER, 1)
    assert found.among
    assert found.without_base is Verdict.RIGHT


def test_it_lets_the_base_of_cards_choose(questions: Questions, words: dict[str, list[Path]]) -> None:
    found, _ = call(questions, words, said(MISHEARD, SPOKEN))
    assert (found.verdict, found.without_base) == (Verdict.RIGHT, Verdict.WRONG)


def test_it_refuses_a_wrong_number_and_says_it_again(questions: Questions, words: dict[str, list[Path]]) -> None:
    found, line = call(questions, words, said(MISHEARD), said(SPOKEN))
    assert (found.verdict, found.tries, found.wrong_accepted) == (Verdict.WRONG, 2, False)
    assert len(line.played) == 2
    assert len(line.played[1].mulaw) > len(line.played[0].mulaw), "the second try is joined word by word"


def test_it_says_only_the_wrong_block_again(questions: Questions, words: dict[str, list[Path]]) -> None:
    found, line = call(questions, words, said(MISHEARD), said("ноль ноль двадцать четыре"))
    assert (found.verdict, found.tries) == (Verdict.WRONG, 2)
    one_word = play(Sound((Piece(words["два"][0]),))).mulaw
    assert len(line.played[1].mulaw) < 16 * len(one_word), "four words of sixteen"


def test_it_says_the_block_that_is_asked_about(questions: Questions, words: dict[str, list[Path]]) -> None:
    both = Spoken((Hypothesis(MISHEARD.replace("двадцать пять", "тридцать"), 100.0), Hypothesis(MISHEARD, 99.9)))
    found, line = call(questions, words, Utterance((both,)), said("ноль ноль двадцать четыре"))
    assert (found.verdict, found.tries, len(line.played)) == (Verdict.AGAIN, 2, 2)


def test_it_gives_the_rest_where_the_rest_is_asked_for(questions: Questions, words: dict[str, list[Path]]) -> None:
    found, line = call(questions, words, said(HALF), said(REST))
    assert (found.verdict, found.tries) == (Verdict.AGAIN, 2)
    assert line.earlier[1] == said(HALF)


def test_it_gives_up_after_three_tries(questions: Questions, words: dict[str, list[Path]]) -> None:
    found, line = call(questions, words, *[said("семь")] * 3)
    assert (found.verdict, found.tries, len(line.played)) == (Verdict.AGAIN, 0, 3)


def test_it_goes_no_further_with_a_caller_who_got_an_operator(
    questions: Questions, words: dict[str, list[Path]]
) -> None:
    found, line = call(questions, words, said("оператор"))
    assert (found.verdict, found.tries, len(line.played)) == (Verdict.AGAIN, 0, 1)


def test_it_notices_a_wrong_number_that_is_somebodys_card(
    questions: Questions, words: dict[str, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CardBase, "holds", lambda self, number: True)
    found, _ = call(questions, words, said(MISHEARD), said(SPOKEN))
    assert found.wrong_accepted
    assert found.tries == 2


def test_it_issues_cards_at_their_true_density() -> None:
    base = CardBase(NUMBER)
    assert base.known_cards([NUMBER, "0000000000000000"]) == {NUMBER}
    alike = [NUMBER[:6] + f"{count:010}" for count in range(200_000)]
    assert 5 <= sum(map(base.holds, alike)) <= 45, "a million among 10**10: twenty among so many"
    assert base.known_cards(alike) == CardBase(NUMBER).known_cards(alike)


def test_it_pauses_after_every_block(words: dict[str, list[Path]]) -> None:
    pieces = ("сорок два", "семьдесят шесть", "ноль пять", "двенадцать")
    pauses = [piece.pause for piece in word_by_word(pieces, words, Random(0)).pieces]
    assert len(pauses) == 7
    assert pauses[0] == 0
    assert BLOCK_PAUSE_SECONDS[0] <= pauses[4] <= BLOCK_PAUSE_SECONDS[1]
    assert all(GAP_SECONDS[0] <= pause <= GAP_SECONDS[1] for pause in (*pauses[1:4], *pauses[5:]))


def test_it_joins_the_same_cards_every_time(questions: Questions, words: dict[str, list[Path]]) -> None:
    for make in (single_cards, paired_cards):
        cards = list(make("somebody", words, questions, 5))
        assert cards == list(make("somebody", words, questions, 5))
        for card in cards:
            assert questions.judge(card, said(card.said)) == (Verdict.RIGHT, card.want)


def test_it_makes_cards_out_of_recordings_of_four_digits(tmp_path: Path) -> None:
    fours = [
        Trial("somebody", "4 digits", Kind.DIGITS, f"{a} {b}", f"{a}{b}00", Sound((Piece(tmp_path / f"{a}{b}"),)))
        for a, b in product(range(3), repeat=2)
    ]
    cards = list(cards_of_fours(fours, 4))
    assert [len(card.want) for card in cards] == [16] * 4
    for card in cards:
        assert "".join(f"{piece.source}"[-2:] + "00" for piece in card.sound.pieces) == card.want
        assert [piece.pause for piece in card.sound.pieces] == [0, 0.6, 0.6, 0.6]


def test_it_finds_recordings_of_single_words(questions: Questions) -> None:
    texts = {Path("a"): "два", Path("b"): "два", Path("c"): "два три", Path("d"): "сообщение"}
    assert card_words(texts, questions) == {"два": [Path("a"), Path("b")]}
