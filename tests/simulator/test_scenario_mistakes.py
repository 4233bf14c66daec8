"""A scenario that is written wrong: file, line, what is wrong and what to write instead."""

from pathlib import Path

import pytest

from ivr.errors import BookError
from ivr.simulator.scenario import load_scenario

HEAD = "call: x\ntitle: t\nturns:\n  - hotline: карта\n"
SOLVED = "expect: {disposition: solved}\n"


def told(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    with pytest.raises(BookError) as raised:
        load_scenario(path)
    message = str(raised.value)
    assert "\n" not in message
    file, _, rest = message.partition("x.yaml:")
    assert file.endswith("/")
    return rest


MISTAKES = {
    "a key misspelt at the top": (
        "call: x\ntitel: t\nturns: []\n" + SOLVED,
        "2: unknown key `titel`; did you mean `title`?",
    ),
    "a key misspelt in a turn": (
        HEAD + '  - {caller: да, keyz: "1"}\n' + SOLVED,
        "5: unknown key `keyz`; did you mean `keys`?",
    ),
    "a key misspelt in an operator": (
        "call: x\ntitle: t\noperators: [{name: anna, do: [accept]}]\nturns: [{hotline: a}]\n" + SOLVED,
        "3: unknown key `do`; did you mean `does`?",
    ),
    "a key misspelt in an appeal": (
        HEAD + "expect: {disposition: solved, appeals: [{categry: x}]}\n",
        "5: unknown key `categry`; did you mean `category`?",
    ),
    "digits without quotes": (
        HEAD + "  - keys: 0\n" + SOLVED,
        "5: `turns.2.keys` is no text; put it in quotes",
    ),
    "a key that no telephone has": (
        HEAD + '  - keys: "12a"\n' + SOLVED,
        "5: `turns.2.keys` cannot be '12a'; write digits, * and #",
    ),
    "an end that no call has": (
        HEAD + "expect:\n  disposition: solvd\n",
        "6: `expect.disposition` cannot be 'solvd'; did you mean `solved`?",
    ),
    "a status that no card has": (
        HEAD + 'expect: {disposition: solved, cards: {"4276": activ}}\n',
        "5: `expect.cards.4276` cannot be 'activ'; did you mean `active`?",
    ),
    "a status that no card has, spelt out": (
        HEAD + 'expect: {disposition: solved, cards: {"4276": {status: activ}}}\n',
        "5: `expect.cards.4276.status` cannot be 'activ'; did you mean `active`?",
    ),
    "a fault that has no such name": (
        "call: x\ntitle: t\nfaults: [webhook_twise]\nturns: [{hotline: a}]\n" + SOLVED,
        "3: `faults.1` cannot be 'webhook_twise'; did you mean `webhook_twice`?",
    ),
    "a mutation that has no such name": (
        HEAD + '  - {caller: да, keys: "1", with: "bable:10"}\n' + SOLVED,
        "5: There is no mutation 'bable'. Did you mean babble?",
    ),
    "two things in one turn": (
        HEAD + "  - {caller: да, hotline: да}\n" + SOLVED,
        "5: a turn is one of hotline, sms, text_to_hotline, hang_up, dial, operator, answer, caller, audio, keys, "
        "silence, noise, and this has hotline and caller; make it turns of their own",
    ),
    "nothing in a turn": (HEAD + "  - only: voice\n" + SOLVED, "5: a turn is one of"),
    "a recording that is not there": (
        HEAD + '  - {audio: no.wav, keys: "1"}\n' + SOLVED,
        "5: there is no recording no.wav; name a WAV file",
    ),
    "an expectation beside the wrong thing": (
        HEAD + "  - {hotline: да, within_ms: 300}\n" + SOLVED,
        "5: `within_ms` says nothing beside hotline; it goes with",
    ),
    "words without keys": (
        HEAD + "  - caller: да\n" + SOLVED,
        "5: a call by keys cannot speak; add `keys:` or `only: voice`",
    ),
    "a code before an SMS": (
        HEAD + '  - keys: "{code}"\n' + SOLVED,
        "5: there is no code before the first SMS; add a turn `sms: true` above",
    ),
    "no end": (HEAD + "expect: {sms: 1}\n", "5: the key `disposition` is missing; say how the last call ends"),
    "no turns": ("call: x\ntitle: t\n" + SOLVED, "1: the key `turns` is missing; add it"),
    "a turn that is a word": (
        "call: x\ntitle: t\nturns:\n  - hotline\n" + SOLVED,
        "4: `turns.1` is not made of `key: value` pairs",
    ),
    "turns that are no list": (
        "call: x\ntitle: t\nturns: {hotline: a}\n" + SOLVED,
        "3: `turns` is no list; write [one, two]",
    ),
    "a time that is none": (
        "call: x\ntitle: t\ntime: noon\nturns: [{hotline: a}]\n" + SOLVED,
        "3: 'noon' is no time; write it like 2026-05-12T12:00",
    ),
    "a number that cannot be dialled": (
        'call: x\ntitle: t\ncaller: "8916"\nturns: [{hotline: a}]\n' + SOLVED,
        "3: `caller` cannot be '8916'; write it in E.164 in quotes",
    ),
    "a list instead of a scenario": ("- a\n", "1: a scenario is `key: value` pairs; begin with `call: NAME`"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_it_tells_line_and_cure_of(text: str, expected: str, tmp_path: Path) -> None:
    assert told(tmp_path / "x.yaml", text).startswith(expected)


def test_it_tells_the_first_of_several_mistakes(tmp_path: Path) -> None:
    text = HEAD + "  - {keys: 0}\n  - {callr: да}\n" + SOLVED
    assert told(tmp_path / "x.yaml", text).startswith("5: ")
