"""The page about sessions says what the code does, and its examples run."""

from __future__ import annotations

import inspect
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from instagrapi import Client, exceptions
from instagrapi.emulator import Emulator
from instagrapi.types import ChallengeState, TwoFactorInfo
from tests.docs.test_event_reference import names, table

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sessions.md").read_text()
FIRST, TWO_FACTOR, CHALLENGE, ON_ERROR, TRANSPORT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
#: Errors that have nothing to do with a session.
ELSEWHERE = {
    "ClientForbiddenError",
    "ClientNotFoundError",
    "ClientUnauthorizedError",
    "PrivateAccount",
    "PrivateError",
    "UserError",
    "UserNotFound",
}


def run(program: str, *answers: str | Callable[[], str]) -> dict[str, Any]:
    """Runs an example, with a person who answers."""
    remaining = list(answers)

    def answer(question: str) -> str:
        given = remaining.pop(0)
        return given if isinstance(given, str) else given()

    variables: dict[str, Any] = {"input": answer, "print": lambda *words: None}
    exec(compile(program, "sessions.md", "exec"), variables)
    assert remaining == []
    return variables


def saved_user() -> str:
    return str(json.loads(Path("session.json").read_text())["authorization_data"]["ds_user_id"])


def test_the_first_login_and_the_next_ones(emulator: Emulator) -> None:
    for _ in range(2):
        run(FIRST)
        assert saved_user() == str(emulator.account("me").pk)
    assert emulator.counters.http_calls("accounts/login/").total == 1


def test_two_factor(emulator: Emulator) -> None:
    me = emulator.account("me")
    codes = me.enable_two_factor().backup_codes
    run(TWO_FACTOR, "000000", codes[0])
    assert saved_user() == str(me.pk)


def test_a_challenge(emulator: Emulator) -> None:
    me = emulator.account("me")
    emulator.faults.challenge(me, "legacy")
    run(CHALLENGE, "1", "000000", lambda: me.codes[-1])
    assert saved_user() == str(me.pk)


def test_a_challenge_for_the_app(emulator: Emulator) -> None:
    emulator.faults.challenge("me")
    with pytest.raises(SystemExit, match="Open the Instagram app, .* https://i.instagram.com/challenge/"):
        run(CHALLENGE)


def test_on_error(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    client = run(ON_ERROR)["cl"]
    client.delay_range = None
    emulator.account("me", "emulated-password")
    with emulator.faults.answer_http(503, "busy", times=1):
        client.login("me", "emulated-password")
    assert pauses == [1]
    with emulator.faults.throttle(7), pytest.raises(exceptions.ClientThrottledError):
        client.account_info()
    assert pauses == [1, 7]


class Library:
    """What the adapter of the page expects, over requests itself."""

    def __init__(self, ca_file: str | None) -> None:
        self._session = requests.Session()
        self._ca_file = ca_file
        self.closed = False

    def request(self, method: str, url: str, *, content: Any, follow_redirects: bool, **options: Any) -> Any:
        self._session.cookies.clear()
        return self._session.request(
            method, url, data=content, allow_redirects=follow_redirects, verify=self._ca_file, **options
        )

    def close(self) -> None:
        self._session.close()
        self.closed = True


def test_another_transport(emulator: Emulator) -> None:
    variables = run(TRANSPORT.replace("https://i.instagram.com", emulator.endpoints.http))
    library = Library(emulator.endpoints.ca_file)
    client = variables["client_over"](library)
    assert client.login("me", "emulated-password")
    assert client.account_info().username == "me"
    assert client.settings.cookies["csrftoken"]
    assert emulator.complaints == []
    adapter = variables["OverAnotherLibrary"](library)
    adapter.close()
    assert library.closed


def test_errors_of_another_transport_are_ours(emulator: Emulator) -> None:
    class ReadTimeout(Exception):
        pass

    class Broken:
        error: Exception = ReadTimeout()

        def request(self, *arguments: Any, **options: Any) -> Any:
            raise self.error

    broken = Broken()
    variables = run(TRANSPORT.replace("https://i.instagram.com", emulator.endpoints.http))
    client = variables["client_over"](broken)
    with pytest.raises(exceptions.ClientRequestTimeout):
        client.private_request("x/")
    broken.error = KeyError("h2")
    with pytest.raises(exceptions.ClientConnectionError):
        client.private_request("x/")


def test_the_table_of_errors_is_complete() -> None:
    rows = table(PAGE, "error", "what happened", "what to do")
    told = {name for cell, *_ in rows for name in names(cell)}
    http = {
        name
        for name, cls in vars(exceptions).items()
        if inspect.isclass(cls)
        and issubclass(cls, exceptions.ClientError)
        and not issubclass(cls, exceptions.RealtimeError | exceptions.DirectError)
    }
    assert told == http - ELSEWHERE - {"ClientError"}


def test_what_is_called_exists() -> None:
    for name, arguments in re.findall(r"\bcl\.(\w+)\(([^()]*)\)", PAGE):
        given = re.findall(r"(\w+)=", arguments)
        assert set(given) <= set(inspect.signature(getattr(Client, name)).parameters), name


def test_what_a_state_has_is_told() -> None:
    told = {name for cell, _ in table(PAGE, "of `state`", "meaning") for name in names(cell)}
    public = {name for name in {*ChallengeState.model_fields, *vars(ChallengeState)} if not name.startswith("_")}
    assert told == public - {"model_config"}
    assert {"ways", "phone", "is_moved"} <= {*TwoFactorInfo.model_fields, *vars(TwoFactorInfo)}
