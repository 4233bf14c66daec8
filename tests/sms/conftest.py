"""The delivered words, read once."""

import pytest

from ivr.hotline import CardScheme, Hotline
from ivr.sms_form import SmsWords
from tests.sms.corpus import sms_words


@pytest.fixture(scope="session")
def words() -> SmsWords:
    return sms_words()


@pytest.fixture(scope="session")
def scheme(hotline: Hotline) -> CardScheme:
    return hotline.card_scheme
