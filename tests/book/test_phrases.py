"""One template, many phrases."""

import pytest

from ivr.book.phrases import MAX_PHRASES, TemplateError, expand

RULES = {"points": ("баллы", "бонусы"), "my": ("[мои|все] <points>",), "loop": ("а <loop>",)}


@pytest.mark.parametrize(
    ("template", "phrases"),
    [
        ("оператор", ("оператор",)),
        ("  Соедините  с Оператором ", ("соедините с оператором",)),
        ("[мне] помогите", ("помогите", "мне помогите")),
        ("(да|нет)", ("да", "нет")),
        ("да|нет", ("да", "нет")),
        ("ещё раз", ("ещё раз",)),
        ("(включи|запусти)[те]", ("включи", "включите", "запусти", "запустите")),
        ("где <points>", ("где баллы", "где бонусы")),
        ("где <my>", ("где баллы", "где бонусы", "где мои баллы", "где мои бонусы", "где все баллы", "где все бонусы")),
        ("а [б [в]]", ("а", "а б", "а б в")),
        ("[а|б] в", ("в", "а в", "б в")),
        ("(а|а) б", ("а б",)),
        ("санкт-петербург", ("санкт-петербург",)),
    ],
)
def test_it_lists_the_phrases_of_a_template(template: str, phrases: tuple[str, ...]) -> None:
    assert expand(template, RULES) == phrases


@pytest.mark.parametrize(
    ("template", "what", "cure"),
    [
        ("[мне помогите", "a bracket is not closed, `]`", "write `]`"),
        ("(мне помогите]", "a bracket is not closed, `)`", "write `)`"),
        ("мне) помогите", "`)` closes no bracket", "remove it"),
        ("где <absent>", "there is no rule `<absent>`", "loop, my, points"),
        ("где <my", "there is no rule `<`", "loop, my, points"),
        ("<loop>", "`<loop>` names itself", "write its words out"),
        ("[мне]", "also stands for silence", "outside the square brackets"),
        ("", "also stands for silence", "outside the square brackets"),
        ("карта 16", "is not words of Russian letters", "numbers as words"),
        ("оператоp", "is not words of Russian letters", "no signs"),
        ("[" * 400 + "а", "longer than 300 letters", "several lines"),
        (" ".join(["(а|б)"] * 9), f"more than {MAX_PHRASES} phrases", "slot type"),
    ],
)
def test_it_tells_what_is_wrong_with_a_template(template: str, what: str, cure: str) -> None:
    with pytest.raises(TemplateError) as caught:
        expand(template, RULES)
    assert what in caught.value.what
    assert cure in caught.value.cure


def test_it_stops_early_where_a_template_explodes() -> None:
    with pytest.raises(TemplateError, match="more than"):
        expand(" ".join(["(а|б|в|г)"] * 25))
