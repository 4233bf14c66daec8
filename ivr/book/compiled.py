"""Forms and questions that are made out of shorter files than their own: menus, categories, ladders."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ivr.book.strict_yaml import Place, fault
from ivr.dialog.forms import Field, Form


@dataclass(slots=True)
class Compiled:
    """What was made so far, and where it is written."""

    places: dict[str, Place]
    forms: dict[str, Form] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    """A form to the ladder it is a part of."""

    def add(self, form: Form, place: Place, box: str | None = None) -> None:
        """A form, all of which stands at ``place``."""
        self._take(f"form {form.name}", place)
        parts = [*(f"then.{outcome}" for outcome in form.then), *(f"ask.{question}" for question in form.ask)]
        for part in (*parts, "then", "finish", "branch"):
            self.places.setdefault(f"form {form.name}.{part}", place)
        self.forms[form.name] = replace(form, ask=(form.branch,)) if form.branch else form
        if form.branch:
            self.places.setdefault(f"form {form.name}.ask.{form.branch}", place)
        if box:
            self.boxes[form.name] = box

    def ask(self, question: Field, place: Place) -> None:
        """A question that stands at ``place``."""
        self._take(f"question {question.name}", place)
        self.places.setdefault(f"question {question.name}.slot", place)
        self.fields[question.name] = question

    def lead(self, form: str, targets: Mapping[str, Place]) -> None:
        """Where each outcome's form is named, instead of where the form stands."""
        for outcome, place in targets.items():
            self.places[f"form {form}.then.{outcome}"] = place

    def _take(self, name: str, place: Place) -> None:
        if name in self.places:
            raise fault(place, f"`{name}` is written twice", f"rename one; the other is at {self.places[name]}")
        self.places[name] = place
