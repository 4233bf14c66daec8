"""Every handwritten message is read as expected."""

import pytest

from ivr.sms_form import FAULTS, SmsWords, parse_sms
from tests.sms.corpus import TODAY, Message, differences, main, messages

MESSAGES = messages()
AT_LEAST = 300


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: f"{message.group}:{message.line}")
def test_it_reads_a_message_as_expected(words: SmsWords, message: Message) -> None:
    """A message that is known to be misread must be so, or else the note in the corpus is out of date."""
    told = differences(message, parse_sms(message.say, words, TODAY, message.scheme))
    assert bool(told) is bool(message.not_yet), told


def test_the_corpus_is_large_and_no_message_is_in_it_twice() -> None:
    said = [(message.say, message.expected.get("scheme")) for message in MESSAGES]
    assert len(said) >= AT_LEAST
    assert len(set(said)) == len(said)


def test_the_corpus_has_every_fault() -> None:
    """``too_long`` is a matter of length alone; its test is beside."""
    assert {message.expected.get("fault") for message in MESSAGES} >= set(FAULTS) - {"too_long"}


def test_a_difference_is_told(words: SmsWords) -> None:
    read = parse_sms("Иван 4276051200030031 31.03.1986", words, TODAY, MESSAGES[0].scheme)
    other = Message("x", 1, "", {"name": "пётр", "card": "4276051200030031", "born": "1986-03-31"})
    assert differences(other, read) == ["name: 'иван' instead of 'пётр'", "first: 'иван' instead of 'пётр'"]
    assert differences(Message("x", 1, "", {"fault": "no_date"}), read) == ["fault: 'form' instead of 'no_date'"]


def test_the_command_prints_the_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    misread = sum(message.not_yet is not None for message in MESSAGES)
    assert misread * 100 < len(MESSAGES)
    assert f"{len(MESSAGES) - misread} of {len(MESSAGES)} messages are read as expected" in capsys.readouterr().out


def test_a_very_long_message_is_told_so(words: SmsWords) -> None:
    read = parse_sms("Иван 4276051200030031 31.03.1986 " + "очень прошу " * 40, words, TODAY, MESSAGES[0].scheme)
    assert differences(Message("x", 1, "", {"fault": "too_long"}), read) == []
