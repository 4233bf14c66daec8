"""What people on duty type is fit for the ear, or they are told why not."""

import pytest

from ivr.errors import RecordError
from ivr.spoken import ANSWER_SECONDS, check_spoken

EIGHT_SECONDS = "Сайт сейчас не работает, мы уже чиним его и скоро починим, карты на кассе принимают как обычно. "


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Сайт не работает", "Сайт не работает."),
        ("  Сайт \n не   работает! ", "Сайт не работает!"),
        (
            "Карта «Мой Магнит» на кассе работает — это проверено.",
            "Карта «Мой Магнит» на кассе работает — это проверено.",
        ),
    ],
)
def test_it_takes_sentences(typed: str, told: str) -> None:
    assert check_spoken(typed) == told


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "empty"),
        (" … ", "empty"),
        ("Сайт не работает до 18 часов", "`18`"),
        ("Сайт magnit не работает", "`magnit`"),
        ("Сaйт не работает", "mixes Latin"),
        ("Пишите {бренд}", "brace"),
        ("Скидка | баллы", r"`\|`"),
        ("Сайт не работает ☹", "☹"),
        (EIGHT_SECONDS * 2, "seconds to say"),
        ("Ах, " * 40, "seconds to say"),
    ],
)
def test_it_says_why_a_text_cannot_be_spoken(typed: str, hint: str) -> None:
    with pytest.raises(RecordError, match=hint) as caught:
        check_spoken(typed)
    assert "\n" not in str(caught.value)


def test_an_answer_is_shorter_than_an_announcement() -> None:
    announcement = EIGHT_SECONDS + "Спасибо, что ждёте вместе с нами."
    assert check_spoken(announcement)
    with pytest.raises(RecordError, match="shorten it to 8"):
        check_spoken(announcement, ANSWER_SECONDS)
