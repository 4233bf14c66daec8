"""``grammars/sms.yaml`` is read strictly: file, line, what is wrong and what to write."""

from pathlib import Path

import pytest

from ivr.errors import BookError
from ivr.settings import ROOT
from ivr.slots.lexicon import load_lexicon
from ivr.sms_form import SmsWords, load_sms_words

DELIVERED = ROOT / "grammars" / "sms.yaml"
OWN = {"site": "moy.magnit.ru", "hotline_number_shown": "8-800-200-90-02", "sms_number": "9002"}
LEXICON = load_lexicon(ROOT / "grammars" / "lexicon")


def load_changed(folder: Path, old: str, new: str) -> SmsWords:
    text = DELIVERED.read_text("utf-8")
    assert old in text
    path = folder / "sms.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return load_sms_words(path, LEXICON, OWN)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("corrections:", "correction:", "unknown key `correction`"),
        ('form: "{name}', 'forms: "{name}', "unknown key `forms`"),
        ("  no_date: ", "  no_dates: ", "unknown key `replies.no_dates`"),
        ("  phone: [тел,", "  fone: [тел,", "unknown key `labels.fone`"),
        ("Нет даты рождения. ", "Нет даты рождения, а она очень нужна. ", "`replies.no_date` can be"),
        ("Сообщение пустое. Пришлите: {form}", "Пришлите: {from}", "`empty` names the wrong values"),
        (
            "Сообщение пустое. Пришлите: {form}",
            "Пришлите: {card}",
            "`empty` names the wrong values; use {form}, {hotline_number_shown}, ",
        ),
        ("Сообщение пустое. Пришлите: {form}", "Пришлите: {form", "`empty` "),
        ("Сообщение пустое. Пришлите: {form}", "Пришлите: {form:>9}", "`empty` names the wrong values"),
        ('"{name} {card} {date}"', '"{name} {card}"', "`form` names the wrong values"),
        ('"****{last}"', '"{last}{last}"', "`card` names the wrong values"),
        ('"**.**.{year}"', '"**.**.**"', "`date` names the wrong values"),
        ("stems: [активир*,", "stems: [активир,", "`активир` is no beginning of a word"),
        ("names:\n  [абдула,", "names:\n  [абдула 2,", "`абдула 2` is no word"),
        ("suffixes: [го,", "suffixes: [1,", "`1` is no word"),
        ("  1: [янв,", "  13: [янв,", "`months.13` is no month"),
        ("  алла: [ала]", "  аллла: [ала]", "`аллла` is no full name"),
        ('"0": о', "0: о", "`lookalikes.0` is no letter"),
        ('zxcvbnm,."', 'zxcvbnm,"', "33 keys stand for 32"),
        ("vowels: аеиоуыэюя", "vowels: [а, е]", "`vowels` is no text"),
        ("cases: {", "cases: [{", "`cases` holds no endings"),
    ],
)
def test_it_tells_file_line_and_cure(tmp_path: Path, old: str, new: str, told: str) -> None:
    if old == "cases: {":
        old, new = (
            'cases: {а: [ы, и, е, у, ой], я: [и, е, ю, ей], "": [а, у, ом, е], й: [я, ю, ем], ь: [я, ю, ем, и]}',
            "cases: [а]",
        )
    text = DELIVERED.read_text("utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(BookError) as caught:
        load_changed(tmp_path, old, new)
    message = str(caught.value)
    assert told in message
    lines = {line, line + new.count("\n"), line + 1}
    assert any(f"sms.yaml:{number}: " in message for number in lines), (message, lines)
    assert "; " in message


def test_a_key_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"sms\.yaml:\d+: the key `replies\.accepted` is missing; add it"):
        load_changed(tmp_path, '  accepted: "Принято: {form}. Дождитесь СМС с кодом."\n', "")


def test_a_name_that_calls_know_means_the_same_in_messages(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"`маришка` is known already; remove it"):
        load_changed(tmp_path, "  мария: [", "  мария: [маришка, ")
    with pytest.raises(BookError, match=r"`иван` is known already"):
        load_changed(tmp_path, "names:\n  [", "names:\n  [иван, ")


def test_a_file_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sms.yaml"
    path.write_text("- one\n", "utf-8")
    with pytest.raises(BookError, match=r"sms\.yaml:1: not a mapping"):
        load_sms_words(path, LEXICON, OWN)


def test_a_hotline_with_longer_values_must_shorten_its_texts() -> None:
    with pytest.raises(BookError, match=r"`replies\.limited` can be \d+ letters long; shorten it by"):
        load_sms_words(DELIVERED, LEXICON, OWN | {"hotline_number_shown": "8-800-200-90-02 (бесплатно)"})


def test_a_card_of_another_length_fits_too() -> None:
    words = load_sms_words(DELIVERED, LEXICON, OWN, 13)
    assert words.replies.patterns["card"] == "{length} ЦИФР"


def test_no_word_is_written_twice_in_one_list() -> None:
    words = load_sms_words(DELIVERED, LEXICON, OWN)
    assert not words.fillers & words.names.keys()
    assert not set(words.labels) & words.names.keys()
    assert not words.corrections & words.fillers
