"""What is said in the line to the operators, in words: positions, minutes, hours, and sentences of ``waiting.yaml``.

A sentence with a number is one segment, so that a voice records it whole: cut into pieces it sounds like a machine.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.counting import cardinal, feminine_for, feminine_of, ordinal, plural
from ivr.dialog.commands import Say, Segment
from ivr.dialog.forms import DialogBook, Prompt, Waiting
from ivr.dialog.render import render

LAST_POSITION = 100
"""Further behind nobody is helped by a number."""
LONGEST_RANGE = 90
"""Minutes; a longer wait is not foretold."""
LONGEST_WAIT = 60
"""Minutes that an operator is told of."""
RECORDED_POSITIONS = 40
RECORDED_MINUTES = 45
"""Greater numbers are rare, and spoken by the synthesizer."""
HOURS_OF_DAY = 24


@dataclass(frozen=True, slots=True)
class LineWords:
    """Puts numbers into the texts of ``waiting``. ``brand``: what ``{brand}`` stands for."""

    waiting: Waiting
    brand: str

    def prompt(self, name: str) -> Say:
        """A prompt of ``waiting.yaml``."""
        return self._fixed(self.waiting.prompts[name])

    def tip(self, number: int) -> Say:
        """The tips one after another, and again from the first."""
        return self._fixed(self.waiting.tips[number % len(self.waiting.tips)])

    def position(self, position: int) -> Say:
        """Where the caller stands; 1 is the next one."""
        if position > LAST_POSITION:
            return self.prompt("long_line")
        return self._counted("position", ordinal(position), position)

    def minutes(self, low: int, high: int) -> tuple[Say, ...]:
        """How long the wait will be, in whole minutes; nothing where it is beyond ``LONGEST_RANGE``."""
        if not 0 <= low <= high <= LONGEST_RANGE or high == 0:
            return ()
        if low == high:
            return (self._counted("about", self._minutes_of(high), high),)
        if low == 0:
            return (self._counted("up_to", self._minutes_of(high), high),)
        return self._counted("from", feminine_of(low), low), self._counted("to", self._minutes_of(high), high)

    def waited(self, minutes: int) -> Say:
        """How long the caller has been waiting, for an operator."""
        if minutes > LONGEST_WAIT:
            return self.prompt("long_wait")
        return self._counted("waited", self._minutes_for(minutes), minutes) if minutes else self.prompt("just_came")

    def category(self, name: str, title: str) -> Say:
        """What a call is about."""
        recording = f"waiting.category.{name}"
        return Say(recording, (Segment(f"{title}.", recording),))

    def quieter(self, hour: int) -> Say:
        """At which hour of the day (0–23) people wait less."""
        return self._counted("quieter", self._hour(hour), hour)

    def recorded(self) -> Iterator[tuple[str, str]]:
        """Name and text of every sentence with a number that is worth a recording."""
        sentences = [self.position(number) for number in range(1, RECORDED_POSITIONS + 1)]
        for number in range(1, RECORDED_MINUTES + 1):
            whole = (self.minutes(number, number + 1)[0], self.minutes(0, number)[0], self.minutes(number, number)[0])
            sentences += [*whole, self._counted("to", self._minutes_of(number), number), self.waited(number)]
        sentences += [self.quieter(hour) for hour in range(HOURS_OF_DAY)]
        yield from ((sentence.prompt, sentence.text) for sentence in sentences)

    def _counted(self, name: str, words: str, number: int) -> Say:
        text = self.waiting.counted[name].format(number=words)
        recording = f"waiting.{name}.{number:02}"
        return Say(recording, (Segment(text, recording),))

    def _minutes_of(self, count: int) -> str:
        return f"{feminine_of(count)} {plural(count, self.waiting.nouns['minutes_of'])}"

    def _minutes_for(self, count: int) -> str:
        return f"{feminine_for(count)} {plural(count, self.waiting.nouns['minutes_for'])}"

    def _hour(self, hour: int) -> str:
        return f"{cardinal(hour)} {plural(hour, self.waiting.nouns['hours'])}"

    def _fixed(self, prompt: Prompt) -> Say:
        return render(prompt, lambda name: (Segment(self.brand),) if name == "brand" else ())


def category_titles(book: DialogBook) -> Mapping[str, str]:
    """What an operator reads and hears of each category."""
    sets = ((form, form.sets.get("category")) for form in book.forms.values())
    return {category: form.title for form, category in sets if category and form.name == f"category_{category}"}
