"""Ladders: one step at a time, what was tried is passed over, and an SMS on demand."""

from typing import Any

import pytest

from ivr.book.lint import lint
from ivr.dialog.commands import Command, Listen, Run, says_of
from ivr.dialog.engine import advance
from ivr.dialog.events import Finished, Heard, Started, said
from ivr.errors import BookError


class OnLadder:
    """A caller whose site does not open."""

    def __init__(self, menu: Any) -> None:
        self.book = menu.load()
        self.state, self.commands = advance(self.book, None, Started(facts={"brand": "Магазин"}))
        self.say("сайт не открывается")

    def say(self, text: str) -> "OnLadder":
        self.state, self.commands = advance(self.book, self.state, Heard(said(text)))
        return self

    def finish(self, outcome: str) -> "OnLadder":
        assert isinstance(self.last, Run)
        self.state, self.commands = advance(self.book, self.state, Finished(self.last.action, outcome))
        return self

    @property
    def last(self) -> Command:
        return self.commands[-1]

    @property
    def prompts(self) -> list[str]:
        return [say.prompt for say in says_of(self.commands)]


def test_it_goes_step_by_step_until_one_has_helped(menu: Any) -> None:
    caller = OnLadder(menu)
    assert caller.prompts == ["site_steps.opening"]
    assert caller.last == Run("way_is_new", {}, args={"way": "other_browser"})
    caller.finish("new")
    assert caller.prompts == ["site_steps_1.lead", "ladder_answer.ask"]
    assert caller.commands[-1] == Listen("site_steps_1")
    caller.say("нет не помогло")
    assert caller.last == Run("note_way", {}, args={"way": "other_browser", "result": "failed"})
    caller.finish("noted").finish("new")
    assert caller.prompts == ["site_steps_2.lead", "ladder_answer.ask"]
    caller.say("помогло")
    assert caller.last == Run("note_way", {}, args={"way": "clear_cache", "result": "helped"})
    assert caller.finish("noted").prompts == ["goodbye.opening"]


def test_it_passes_over_what_was_tried_before_and_ends_where_nothing_is_left(menu: Any) -> None:
    caller = OnLadder(menu).finish("tried")
    assert caller.last == Run("way_is_new", {}, args={"way": "clear_cache"})
    caller.finish("tried")
    assert caller.state.form == "operator"
    caller = OnLadder(menu).finish("tried").finish("new").say("дальше").finish("noted")
    assert caller.state.form == "operator"


def test_it_texts_a_step_and_asks_again(menu: Any) -> None:
    caller = OnLadder(menu).finish("new").say("пришлите смс")
    assert caller.last == Run("text_caller", {}, args={"sms": "Сайт: откройте его в другом браузере."})
    caller.finish("sent")
    assert caller.prompts == ["ladder_answer.sent", "ladder_answer.ask"]
    assert caller.commands[-1] == Listen("ladder_answer")
    caller.say("да")
    assert caller.last == Run("note_way", {}, args={"way": "other_browser", "result": "helped"})


def test_the_step_is_repeated_whole(menu: Any) -> None:
    assert OnLadder(menu).finish("new").say("повторите").prompts == ["site_steps_1.lead", "ladder_answer.ask"]


def test_yes_and_no_together_are_asked_again(menu: Any) -> None:
    assert OnLadder(menu).finish("new").say("да нет").prompts == ["ladder_answer.nomatch.1"]


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("ladders/site_steps.yaml", "helped: goodbye", "helped: good", "there is no form `good`"),
        ("ladders/site_steps.yaml", "failed: operator", "failed: human", "there is no form `human`"),
        ("ladders/site_steps.yaml", "  - way: clear_cache", "  - ways: clear_cache", "a step has no key `ways`"),
        ("ladders.yaml", "no_phone:", "nophone:", "has no key `nophone`"),
    ],
)
def test_it_refuses_with_file_and_line(menu: Any, file: str, old: str, new: str, what: str) -> None:
    line = menu.swap(file, old, new)
    with pytest.raises(BookError) as caught:
        menu.load()
    assert what in str(caught.value)
    assert f"{file}:{line}:" in str(caught.value)


def test_a_ladder_that_nobody_uses_is_told_once(menu: Any) -> None:
    menu.swap("categories/site.yaml", "form: site_steps", "form: operator")
    found = [str(finding) for finding in lint(menu.read())]
    assert len(found) == 1
    assert "no form leads to `site_steps`" in found[0]
