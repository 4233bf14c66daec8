"""An operator saves the call that is to be written up as a scenario for testers."""

from http import HTTPStatus

import httpx
import pytest

from ivr.saved_calls import CallNotSavedError, CallSaver, SavingBusyError
from ivr.serving import Serving
from tests.desk.desk_world import in_line, post, sign_in, talking


@pytest.fixture(autouse=True)
def saver(monkeypatch: pytest.MonkeyPatch) -> None:
    """How it is saved is tried in ``tests/retelling``."""

    def zipped(_: CallSaver, call_sid: str) -> bytes:
        if call_sid == "CA9":
            raise SavingBusyError("try again in a minute")
        if call_sid != "CA1":
            raise CallNotSavedError("It failed.")
        return b"PK of CA1"

    monkeypatch.setattr(CallSaver, "zipped", zipped)


async def test_an_operator_saves_the_own_call_and_no_other(serving: Serving, http: httpx.AsyncClient) -> None:
    await sign_in(http, "olga")
    in_line(serving)
    assert (await post(http, "/desk/call/1/save")).status_code == HTTPStatus.CONFLICT  # not hers yet
    assert talking(serving, "olga").number == 1
    await post(http, "/desk/call/1/end")
    assert 'id="save-call"' in (await http.get("/desk")).text
    answer = await post(http, "/desk/call/1/save")
    assert answer.content == b"PK of CA1"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (await post(http, "/desk/call/2/save")).status_code == HTTPStatus.CONFLICT


@pytest.mark.parametrize(
    ("sid", "status", "told"),
    [
        pytest.param("CA9", HTTPStatus.SERVICE_UNAVAILABLE, "Подождите минуту", id="busy"),
        pytest.param("CA8", HTTPStatus.CONFLICT, "не удалось повторить", id="failed"),
    ],
)
async def test_an_operator_is_told_why_a_call_is_not_saved(
    serving: Serving, http: httpx.AsyncClient, sid: str, status: HTTPStatus, told: str
) -> None:
    await sign_in(http, "olga")
    in_line(serving, sid)
    answer = await post(http, f"/desk/call/{talking(serving, 'olga').number}/save")
    assert answer.status_code == status
    assert told in answer.text


async def test_nobody_saves_a_call_without_signing_in(http: httpx.AsyncClient) -> None:
    answer = await http.post("/desk/call/1/save")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert b"PK" not in answer.content
