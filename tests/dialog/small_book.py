"""A hand-made book of three questions, with slot types that need no words, and a caller who walks through it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from ivr.dialog.commands import Command, HangUp, Listen, Run, Say, Transfer, says_of
from ivr.dialog.engine import advance
from ivr.dialog.events import (
    CallEvent,
    Finished,
    Heard,
    HungUp,
    Keyed,
    NoInput,
    Started,
    StreamLost,
    Utterance,
    keyed,
    said,
)
from ivr.dialog.forms import (
    Complete,
    Confirm,
    DialogBook,
    End,
    Field,
    Form,
    Limits,
    Partial,
    Prompt,
    Reading,
    Rejection,
    Universal,
)
from ivr.dialog.state import DialogState


@dataclass(frozen=True)
class DigitSlot:
    """So many digits: spoken ones stand in the text as digits, all hypotheses count."""

    name: str
    length: int

    def phrases(self) -> tuple[str, ...]:
        return tuple("0123456789")

    def read(self, utterance: Utterance) -> Reading:
        ways = ["".join(way).replace("#", "") for way in product(*map(_texts, utterance.parts))]
        numbers = [way for way in ways if way.isdecimal()]
        whole = tuple(dict.fromkeys(number for number in numbers if len(number) == self.length))
        if whole:
            return Complete(whole)
        if not numbers:
            return Rejection("nothing")
        return Partial(numbers[0]) if len(numbers[0]) < self.length else Rejection("too_long")

    def spoken(self, value: str) -> tuple[str, ...]:
        return tuple(value)

    def key_count(self) -> int:
        return self.length


def _texts(part: object) -> list[str]:
    if isinstance(part, Keyed):
        return [part.keys]
    return [hypothesis.text.replace(" ", "") for hypothesis in part.hypotheses]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class YesNoSlot:
    """«Да», «нет», keys 1 and 2."""

    name: str = "yes_no"

    def phrases(self) -> tuple[str, ...]:
        return ("да", "нет")

    def read(self, utterance: Utterance) -> Reading:
        answer = {"да": "yes", "<1>": "yes", "нет": "no", "<2>": "no"}.get(utterance.best_text)
        return Complete((answer,)) if answer else Rejection("nothing")

    def spoken(self, value: str) -> tuple[str, ...]:
        return (value,)

    def key_count(self) -> int:
        return 1


def prompts(name: str, count: int) -> tuple[Prompt, ...]:
    return tuple(Prompt(f"{name}.{n}", f"{name} {n}") for n in range(1, count + 1))


def confirm(field: str, when: str) -> Confirm:
    return Confirm(
        when=when,  # type: ignore[arg-type]
        ask=Prompt(f"{field}.confirm", f"Верно {{{field}}}?"),
        noinput=prompts(f"{field}.confirm.noinput", 2),
        nomatch=prompts(f"{field}.confirm.nomatch", 2),
        wrong=Prompt(f"{field}.wrong", "Ещё раз."),
    )


def field(name: str, length: int, **more: object) -> Field:
    return Field(
        name=name,
        ask=Prompt(f"{name}.ask", "Назовите."),
        keys=Prompt(f"{name}.keys", "Наберите."),
        help=Prompt(f"{name}.help", "Вот как."),
        noinput=prompts(f"{name}.noinput", 3),
        nomatch=prompts(f"{name}.nomatch", 3),
        **{"slot": DigitSlot(name, length), "more": None, **more},  # type: ignore[arg-type]
    )


ENGINE_PROMPTS = ("keypad_only", "resume", "trouble", "wait", "slower", "normal_pace", "no_way_back", "welcome_back")
FIELDS = {
    "number": field(
        "number",
        4,
        more=Prompt("number.more", "Слышно {heard}, дальше."),
        choose="pick",
        confirm=confirm("number", "spoken"),
    ),
    "day": field("day", 2, confirm=confirm("day", "always")),
    "code": field("code", 3, keep=False, secret=True),
}
FORMS = (
    Form("hello", "Привет", opening=Prompt("hello", "Это {brand}."), then={"done": "ask"}),
    Form(
        "ask",
        "Вопросы",
        ask=("number", "day"),
        finish="send",
        say={"sent": Prompt("ask.sent", "Код для {number} послан.")},
        then={"sent": "check", "limited": "operator"},
    ),
    Form(
        "check",
        "Код",
        ask=("code",),
        finish="check_code",
        say={"wrong": Prompt("check.wrong", "Не тот код."), "right": Prompt("check.right", "Готово с {since}.")},
        then={"right": "goodbye", "wrong": "check"},
    ),
    Form(
        "operator",
        "Оператор",
        finish="call",
        say={"open": Prompt("operator.open", "Соединяем.")},
        then={"open": "connect", "closed": "appeal"},
    ),
    Form(
        "connect",
        "Разговор",
        end=End("transfer", "operator"),
        say={"unanswered": Prompt("connect.unanswered", "Заняты.")},
        then={"answered": "goodbye", "unanswered": "appeal"},
    ),
    Form("appeal", "Обращение", finish="register", then={"registered": "goodbye"}),
    Form("goodbye", "Пока", opening=Prompt("goodbye", "Пока.", bargein=False), end=End("hang_up", "solved")),
)


def small_book(**changes: object) -> DialogBook:
    values: dict[str, object] = {
        "forms": {form.name: form for form in FORMS},
        "fields": FIELDS,
        "universals": (
            Universal("operator", ("оператор", "живой человек"), "0"),
            Universal("repeat", ("повторите", "ещё раз"), "*"),
            Universal("help", ("помощь",), None),
            Universal("restart", ("в начало",), None),
            Universal("slower", ("медленнее",), None),
            Universal("faster", ("быстрее",), None),
            Universal("back", ("назад",), None),
            Universal("wait", ("минуту",), None),
        ),
        "yes_no": YesNoSlot(),
        "prompts": {name: Prompt(name, name) for name in ENGINE_PROMPTS},
        "limits": Limits(misses=12, stream_losses=2),
        "start": "hello",
        "escalate": "operator",
        "home": None,
        "version": "v1",
    }
    return DialogBook(**{**values, **changes})  # type: ignore[arg-type]


class Caller:
    """Goes through a book event by event and keeps what was answered last."""

    def __init__(self, book: DialogBook | None = None, *, keypad: bool = False, brand: str = "Магазин") -> None:
        self.book = book or small_book()
        self.state: DialogState | None = None
        self.commands: tuple[Command, ...] = ()
        self.take(Started(keypad=keypad, facts={"brand": brand}))

    def take(self, event: CallEvent) -> "Caller":
        self.state, self.commands = advance(self.book, self.state, event)
        return self

    def say(self, *texts: str) -> "Caller":
        return self.take(Heard(said(*texts)))

    def press(self, keys: str) -> "Caller":
        return self.take(Heard(keyed(keys)))

    def silence(self, times: int = 1) -> "Caller":
        for _ in range(times):
            self.take(NoInput())
        return self

    def lose_stream(self) -> "Caller":
        return self.take(StreamLost())

    def leave(self) -> "Caller":
        return self.take(HungUp())

    def finish(self, outcome: str, slots: Mapping[str, str] | None = None, **facts: str) -> "Caller":
        """The action or the transfer that runs now has come to ``outcome``."""
        ran = self.commands[-1]
        assert isinstance(ran, Run | Transfer), self.commands
        return self.take(Finished(ran.action if isinstance(ran, Run) else "transfer", outcome, slots or {}, facts))

    @property
    def now(self) -> DialogState:
        assert self.state is not None
        return self.state

    @property
    def says(self) -> tuple[Say, ...]:
        return says_of(self.commands)

    @property
    def prompts(self) -> list[str]:
        """Names of what was said last."""
        return [say.prompt for say in self.says]

    @property
    def listens(self) -> Listen:
        assert isinstance(self.commands[-1], Listen), self.commands
        return self.commands[-1]

    @property
    def runs(self) -> Run:
        assert isinstance(self.commands[-1], Run), self.commands
        return self.commands[-1]

    @property
    def hangs_up(self) -> HangUp:
        assert isinstance(self.commands[-1], HangUp), self.commands
        return self.commands[-1]

    @property
    def calls_operator(self) -> bool:
        return isinstance(self.commands[-1], Run) and self.commands[-1].action == "call"


def at_read_back(**options: bool) -> Caller:
    """A caller who hears 1234 read back."""
    caller = Caller(**options).say("1234")  # type: ignore[arg-type]
    assert caller.listens.confirming
    return caller


def at_day(**options: bool) -> Caller:
    """A caller at the second question."""
    caller = Caller(**options).press("1234")  # type: ignore[arg-type]
    assert caller.listens == Listen("day", False, options.get("keypad", False))
    return caller


def at_code() -> Caller:
    """A caller at the question whose answer counts once."""
    caller = at_day().press("05").say("да").finish("sent")
    assert caller.listens.field == "code"
    return caller
