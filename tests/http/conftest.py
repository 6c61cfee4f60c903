"""A stand-in for Instagram's HTTP side: it answers from a list and remembers what was asked."""

from __future__ import annotations

import base64
import io
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from instagrapi.mixins.http import HttpClient
from instagrapi.profile import Profile

SESSION_ID = "10000000001%3AabcDEFghiJKL%3A7%3AAYfSecretSecretSecret"
SESSION = {"ds_user_id": "10000000001", "sessionid": SESSION_ID}
BEARER = "Bearer IGT:2:" + base64.b64encode(json.dumps(SESSION, separators=(",", ":")).encode()).decode()


class _Original:
    """What urllib3 keeps of http.client, and requests reads cookies from."""

    def __init__(self, cookies: Sequence[str]) -> None:
        self.msg = Message()
        for line in cookies:
            self.msg["Set-Cookie"] = line

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        pass


class FakeInstagram(BaseAdapter):
    def __init__(self) -> None:
        super().__init__()
        self.requests: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []
        self._answers: deque[tuple[HTTPResponse | Exception, Callable[[], object]]] = deque()

    def answer(
        self,
        body: Any = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        cookies: Sequence[str] = (),
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """The next answer: a JSON value, or bytes as they are; ``meanwhile`` happens before it comes."""
        content = body if isinstance(body, bytes) else json.dumps({"status": "ok"} if body is None else body).encode()
        response = HTTPResponse(
            body=io.BytesIO(content),
            headers=HTTPHeaderDict(headers or {}),
            status=status,
            preload_content=False,
            original_response=_Original(cookies),  # type: ignore[arg-type]
        )
        self._answers.append((response, meanwhile))

    def answer_first(self, body: Any) -> None:
        """What comes before the answers that wait already."""
        self.answer(body)
        self._answers.rotate(1)

    def forget_answer(self) -> None:
        """The next answer was not asked for."""
        self._answers.pop()

    def fail(self, error: Exception) -> None:
        self._answers.append((error, lambda: None))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        self.requests.append(request)
        self.options.append(options)
        assert self._answers, f"an unexpected request: {request.method} {request.url}"
        answer, meanwhile = self._answers.popleft()
        meanwhile()
        if isinstance(answer, Exception):
            raise answer
        return HTTPAdapter().build_response(request, answer)

    def close(self) -> None:
        pass

    @property
    def last(self) -> requests.PreparedRequest:
        return self.requests[-1]

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {urlsplit(str(request.url)).path}" for request in self.requests]

    def query(self, index: int = -1) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(str(self.requests[index].url)).query, keep_blank_values=True))

    def form(self, index: int = -1) -> dict[str, str]:
        return dict(parse_qsl(str(self.requests[index].body), keep_blank_values=True))

    def signed(self, index: int = -1) -> dict[str, Any]:
        word, _, text = self.form(index)["signed_body"].partition(".")
        assert word == "SIGNATURE"
        return dict(json.loads(text))


@pytest.fixture
def server() -> FakeInstagram:
    return FakeInstagram()


@pytest.fixture
def session(server: FakeInstagram) -> requests.Session:
    session = requests.Session()
    session.mount("https://", server)
    return session


@pytest.fixture
def client(session: requests.Session) -> HttpClient:
    """Logged out."""
    return HttpClient(session=session, profile=Profile())


@pytest.fixture
def member(client: HttpClient) -> HttpClient:
    """Logged in, with a bearer and no cookie."""
    client.authorization_data = SESSION
    return client


@pytest.fixture
def session_id() -> str:
    return SESSION_ID


@pytest.fixture
def bearer() -> str:
    return BEARER
