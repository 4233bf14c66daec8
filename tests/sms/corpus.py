"""Handwritten messages and what they should be read as; ``python -m tests.sms.corpus`` counts how many are."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from ivr.book.strict_yaml import load_yaml
from ivr.hotline import CardScheme, load_hotline
from ivr.settings import ROOT
from ivr.slots.lexicon import load_lexicon
from ivr.sms_form import SmsFault, SmsForm, SmsWords, load_sms_words, parse_sms

TODAY = date(2026, 11, 24)
CORPUS = Path(__file__).with_name("corpus.yaml")
KEYS = {"say", "scheme", "name", "first", "card", "born", "fault", "count", "not_yet"}


@dataclass(frozen=True)
class Message:
    """A message of the corpus."""

    group: str
    line: int
    say: str
    expected: Mapping[str, Any]

    @property
    def not_yet(self) -> str | None:
        """Why the message is read otherwise than it should be; None where it is not."""
        return self.expected.get("not_yet")

    @property
    def scheme(self) -> CardScheme:
        own = load_hotline(ROOT / "grammars" / "hotline.yaml").card_scheme
        match self.expected.get("scheme"):
            case "luhn":
                return replace(own, luhn=True)
            case "series":
                return replace(own, series=("4276",))
        return own


def sms_words() -> SmsWords:
    """The delivered words."""
    hotline = load_hotline(ROOT / "grammars" / "hotline.yaml")
    own = {name: getattr(hotline, name) for name in ("brand", "site", "hotline_number_shown", "sms_number")}
    lexicon = load_lexicon(ROOT / "grammars" / "lexicon")
    return load_sms_words(ROOT / "grammars" / "sms.yaml", lexicon, own, hotline.card_scheme.length)


def messages() -> list[Message]:
    """All messages of ``corpus.yaml``. Raises ValueError for a misspelled key."""
    return list(_messages(load_yaml(CORPUS)))


def _messages(data: Any) -> Iterator[Message]:
    for group in data:
        for at, entry in enumerate(data[group]):
            if "say" not in entry or not set(entry) <= KEYS:
                raise ValueError(f"{data[group].at(at)}: keys are {', '.join(sorted(KEYS))}")
            yield Message(group, data[group].at(at).line, entry["say"], entry)


def differences(message: Message, read: SmsForm | SmsFault) -> list[str]:
    """How a reading differs from what is expected; empty where it does not."""
    expected = message.expected
    understood = read.understood
    kind = read.kind if isinstance(read, SmsFault) else "form"
    found = {
        "fault": kind if kind != "form" or "fault" in expected else None,
        "name": " ".join(understood.name),
        "first": " ".join(understood.first_names),
        "card": understood.card_number,
        "born": understood.birth_date and understood.birth_date.isoformat(),
        "count": read.count if isinstance(read, SmsFault) else 0,
    }
    wanted = {"fault": None} | {key: value for key, value in expected.items() if key in found}
    if "name" in wanted and "fault" not in expected and "first" not in wanted:
        wanted["first"] = str(wanted["name"]).split()[0]
    return [f"{key}: {found[key]!r} instead of {want!r}" for key, want in wanted.items() if found[key] != want]


def main() -> int:
    """Print what is misread, and the count. Exit code 1 where anything is that is not known to be."""
    words, all_messages, wrong, unknown = sms_words(), messages(), 0, 0
    for message in all_messages:
        read = parse_sms(message.say, words, TODAY, message.scheme)
        if told := differences(message, read):
            wrong, unknown = wrong + 1, unknown + (message.not_yet is None)
            sys.stdout.write(f"corpus.yaml:{message.line}: {message.say!r}: {'; '.join(told)}\n")
    sys.stdout.write(f"{len(all_messages) - wrong} of {len(all_messages)} messages are read as expected\n")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
