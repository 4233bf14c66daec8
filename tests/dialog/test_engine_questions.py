"""Order of questions, answers in parts, read-backs and corrections."""

from ivr.dialog.commands import Listen, Run, Segment
from ivr.dialog.events import Heard, Keyed, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Partial
from ivr.dialog.meaning import read_confirmation
from tests.dialog.small_book import Caller, at_code, at_day, at_read_back, small_book


def test_it_opens_the_first_form_and_asks_its_first_question() -> None:
    caller = Caller()
    assert caller.prompts == ["hello", "number.ask"]
    assert caller.says[0].text == "Это Магазин"
    assert caller.listens == Listen("number", False, False)
    assert caller.now.form == "ask"


def test_it_asks_the_questions_in_order_and_then_runs_the_action() -> None:
    caller = at_day().say("05")
    assert caller.prompts == ["day.confirm"]
    caller.say("да")
    assert caller.runs == Run("send", {"number": "1234", "day": "05"})
    assert caller.now.field is None


def test_it_says_what_an_outcome_means_and_goes_where_it_leads() -> None:
    caller = at_day().press("05").say("да").finish("sent")
    assert caller.prompts == ["ask.sent", "code.ask"]
    assert caller.says[0].segments == (
        Segment("Код для", "ask.sent.1"),
        *(Segment(digit, secret=True) for digit in "1234"),
        Segment("послан.", "ask.sent.2"),
    )


def test_an_outcome_without_a_destination_leads_to_an_operator() -> None:
    assert at_day().press("05").say("да").finish("unheard_of").calls_operator


def test_it_takes_an_answer_in_parts_and_never_asks_for_what_was_said() -> None:
    caller = Caller().say("12")
    assert caller.prompts == ["number.more"]
    assert caller.says[0].text == "Слышно 1 2, дальше."
    assert caller.says[0].segments[1] == Segment("1", secret=True)
    caller.say("3")
    assert caller.says[0].text == "Слышно 1 2 3, дальше."
    caller.press("4")
    assert caller.prompts == ["number.confirm"]
    assert caller.now.candidates == ("1234",)
    assert caller.now.heard == Utterance((said("12").parts[0], said("3").parts[0], Keyed("4")))


def test_silence_and_noise_inside_an_answer_lose_nothing() -> None:
    caller = Caller().say("12").silence().say("шум").say("34")
    assert caller.prompts == ["number.confirm"]
    assert caller.now.candidates == ("1234",)


def test_a_repeated_beginning_is_a_miss() -> None:
    caller = Caller().say("12").say("")
    assert caller.prompts == ["number.nomatch.1"]
    assert caller.say("34").now.candidates == ("1234",)


def test_a_caller_may_begin_anew_instead_of_going_on() -> None:
    caller = Caller().say("12").say("5678")
    assert caller.now.candidates == ("5678",)
    assert caller.now.heard == said("5678")


def test_beginning_anew_may_be_partial_again() -> None:
    caller = Caller().say("12").say("567")
    assert caller.says[0].text == "Слышно 5 6 7, дальше."


def test_a_partial_answer_to_a_question_without_more_is_a_miss_that_is_remembered() -> None:
    caller = at_day().say("0")
    assert caller.prompts == ["day.nomatch.1"]
    assert caller.say("5").now.candidates == ("05",)


def test_keys_need_no_read_back_where_only_speech_does() -> None:
    assert Caller().press("1234").prompts == ["day.ask"]
    assert Caller().say("1234").prompts == ["number.confirm"]
    assert Caller().say("12").press("34").prompts == ["number.confirm"]


def test_a_field_that_is_always_read_back_is_so_for_keys() -> None:
    assert at_day().press("05").prompts == ["day.confirm"]


def test_a_read_back_is_answered_with_yes_by_voice_or_key() -> None:
    assert at_read_back().say("да").prompts == ["day.ask"]
    assert at_read_back().press("1").prompts == ["day.ask"]


def test_a_refused_value_is_said_to_be_wrong_and_asked_again() -> None:
    caller = at_read_back().say("нет")
    assert caller.prompts == ["number.wrong", "number.ask"]
    assert caller.listens == Listen("number", False, False)
    assert caller.now.refused == ("1234",)
    assert not caller.now.heard


def test_a_refused_value_is_never_offered_again() -> None:
    caller = at_read_back().say("нет").say("1234", "1284")
    assert caller.now.candidates == ("1284",)
    caller.say("нет").say("1284", "1234")
    assert caller.prompts == ["number.nomatch.1"]
    assert not caller.now.heard
    assert caller.now.refused == ("1234", "1284")


def test_a_correction_inside_a_read_back_is_read_back_in_its_turn() -> None:
    caller = at_read_back().say("5678")
    assert caller.prompts == ["number.confirm"]
    assert caller.now.candidates == ("5678",)
    assert caller.now.refused == ("1234",)
    assert caller.say("да").now.slots == {"number": "5678"}


def test_a_keyed_correction_is_taken_at_its_word() -> None:
    caller = at_read_back().press("5678")
    assert caller.now.slots == {"number": "5678"}


def test_a_correction_never_brings_back_a_refused_value() -> None:
    caller = at_read_back().say("нет").say("5678").say("1234")
    assert caller.prompts == ["number.nomatch.1"]
    assert caller.listens == Listen("number", False, False)
    assert caller.now.candidates == ()
    caller = at_read_back().say("нет").say("5678").say("1234", "1239")
    assert caller.now.candidates == ("1239",)


def test_saying_the_same_value_again_refuses_nothing() -> None:
    caller = at_read_back().say("нет").say("5678").say("5678")
    assert caller.now.candidates == ("5678",)
    assert caller.now.refused == ("1234",)


def test_several_readings_are_settled_by_the_action_that_chooses() -> None:
    caller = Caller().say("1234", "1284")
    assert caller.runs == Run("pick", {}, ("1234", "1284"))
    caller.finish("picked", {"number": "1284"})
    assert caller.prompts == ["number.confirm"]
    assert caller.now.candidates == ("1284", "1234")
    assert Caller().say("1234", "1284").finish("unclear").now.candidates == ("1234", "1284")


def test_a_question_without_such_an_action_takes_the_first_reading() -> None:
    assert at_day().say("05", "15").now.candidates == ("05", "15")


def test_an_answer_that_counts_once_is_asked_again_when_its_form_is_entered() -> None:
    caller = at_code().press("111")
    assert caller.runs == Run("check_code", {"number": "1234", "day": "05", "code": "111"})
    caller.finish("wrong")
    assert caller.prompts == ["check.wrong", "code.ask"]
    assert caller.now.slots == {"number": "1234", "day": "05"}
    assert caller.press("222").runs.slots["code"] == "222"


def test_an_answer_that_is_kept_is_never_asked_again() -> None:
    forms = dict(small_book().forms)
    forms["check"] = forms["ask"]
    caller = Caller(small_book(forms=forms)).press("1234").press("05").say("да").finish("sent")
    assert isinstance(caller.commands[-1], Run)


def test_facts_are_spoken_in_pieces() -> None:
    caller = at_code().press("111").finish("right", since="пятого|марта")
    assert caller.prompts == ["check.right", "goodbye"]
    assert [segment.text for segment in caller.says[0].segments] == ["Готово с", "пятого", "марта"]
    assert caller.says[0].text == "Готово с пятого марта"
    assert caller.hangs_up.disposition == caller.now.disposition == "solved"
    assert caller.says[1].bargein is False


def test_an_action_may_put_a_slot_right() -> None:
    caller = at_day().press("05").say("да").finish("sent", {"number": "9999"})
    assert caller.now.slots["number"] == "9999"


def test_an_answer_at_a_read_back_is_a_value_before_it_is_yes_or_no() -> None:
    book = small_book()
    number = book.fields["number"]
    assert read_confirmation(book, number, said("1234")) == Complete(("1234",))
    assert read_confirmation(book, number, said("да")) == Complete(("yes",))
    assert read_confirmation(book, number, said("12")) == Partial("12")
    assert read_confirmation(book, number, keyed("1")) == Complete(("yes",))


def test_yes_beside_another_hypothesis_is_no_value() -> None:
    assert at_read_back().take(Heard(said("да", "12"))).prompts == ["day.ask"]


def test_an_utterance_keeps_speech_and_keys_in_order() -> None:
    caller = Caller().take(Heard(Utterance((*said("12").parts, Keyed("3"), *said("4").parts))))
    assert caller.now.candidates == ("1234",)
    assert [type(part) for part in caller.now.heard.parts] == [Spoken, Keyed, Spoken]


def test_it_reaches_the_operator_by_a_key_behind_noise_that_sounded_like_words() -> None:
    assert Caller().take(Heard(Utterance((*said("шум").parts, Keyed("0"))))).calls_operator


def test_it_reads_nothing_back_when_the_keys_alone_give_the_value() -> None:
    caller = Caller().take(Heard(Utterance((*said("").parts, Keyed("1234")))))
    assert caller.now.slots == {"number": "1234"}


def test_a_key_that_goes_on_with_a_spoken_number_is_a_digit() -> None:
    caller = Caller().take(Heard(Utterance((*said("12").parts, Keyed("0")))))
    assert caller.prompts == ["number.more"]


def test_silence_after_half_an_answer_asks_for_the_rest_only() -> None:
    assert Caller().say("12").silence().prompts == ["number.more"]


def test_a_refused_value_counts_when_it_is_keyed() -> None:
    caller = Caller().say("1234").say("нет").press("1234")
    assert caller.now.slots == {"number": "1234"}
