from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from instagrapi.exceptions import (
    ChallengeRequired,
    ClientConnectionError,
    ClientError,
    ClientJSONDecodeError,
    ClientServerError,
    ClientThrottledError,
    LoginRequired,
    PrivateError,
)
from instagrapi.mixins.http import HttpClient
from instagrapi.profile import Endpoints, Profile
from tests.http.conftest import FakeInstagram


def test_without_data_it_is_a_get(member: HttpClient, server: Any) -> None:
    server.answer({"status": "ok", "n": 1})
    assert member.private_request("users/1/info?a=b", params={"flag": True, "gone": None}) == {"status": "ok", "n": 1}
    assert server.paths == ["GET /api/v1/users/1/info/"]
    assert server.query() == {"a": "b", "flag": "true"}
    assert server.last.body is None
    assert "Content-Type" not in server.last.headers


def test_data_is_signed_unless_told_otherwise(member: HttpClient, server: Any) -> None:
    server.answer()
    member.private_request("x/", {"a": True, "b": [1]})
    assert server.last.method == "POST"
    assert server.signed() == {"a": True, "b": [1]}
    assert server.last.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    server.answer()
    member.private_request("x/", {"a": True, "b": [1]}, with_signature=False)
    assert server.form() == {"a": "true", "b": "[1]"}
    server.answer()
    member.private_request("x/", {}, with_signature=False)
    assert server.last.method == "POST"


def test_headers_are_those_of_the_app_and_belong_to_one_request(member: HttpClient, server: Any, bearer: str) -> None:
    server.answer()
    member.private_request("x/", headers={"X-Own": "1", "x-ig-capabilities": None, "user-agent": "mine"})
    headers = server.last.headers
    assert (headers["Authorization"], headers["X-Own"], headers["User-Agent"]) == (bearer, "1", "mine")
    assert "X-IG-Capabilities" not in headers
    assert "Host" not in headers
    server.answer()
    member.private_request("x/")
    assert "X-Own" not in server.last.headers
    assert server.last.headers["X-IG-Capabilities"] == "3brTv10="


def test_every_answer_is_read_for_what_it_changes(member: HttpClient, server: Any) -> None:
    server.answer(
        {"message": "no", "status": "fail"},
        status=400,
        headers={"ig-set-x-mid": "m1", "ig-set-ig-u-rur": "RVA", "x-ig-set-www-claim": "c1"},
        cookies=["csrftoken=abc; Domain=.instagram.com; Path=/; Secure"],
    )
    with pytest.raises(Exception, match="no"):
        member.private_request("x/")
    assert member.token == "abc"
    server.answer()
    member.private_request("x/")
    headers = server.last.headers
    assert (headers["X-MID"], headers["IG-U-RUR"], headers["X-IG-WWW-Claim"]) == ("m1", "RVA", "c1")
    assert headers["Cookie"] == "csrftoken=abc"


def test_a_failure_is_raised_with_its_evidence_and_kept_as_last(member: HttpClient, server: Any) -> None:
    body = {"message": "user_has_logged_out", "status": "fail"}
    server.answer(body, status=403)
    with pytest.raises(LoginRequired) as caught:
        member.private_request("x/")
    assert caught.value.code == 403
    assert caught.value.body == member.last_json == body
    assert caught.value.response is member.last_response
    assert member.sessionid is not None, "the caller decides what a dead session means"


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"\xff\xfe\xfa", b"[" * 100_000, b"", b"1" * 5000])
def test_an_answer_that_is_no_json_object(member: HttpClient, server: Any, body: bytes) -> None:
    server.answer(body)
    with pytest.raises(ClientJSONDecodeError):
        member.private_request("x/")
    assert member.last_json == {}


def test_the_path_tells_what_a_bare_not_found_means(member: HttpClient, server: Any) -> None:
    server.answer(b"Not Found", status=404)
    with pytest.raises(ChallengeRequired):
        member.private_request("/media/1/comment")


def test_throttling_is_raised_at_once(member: HttpClient, server: Any) -> None:
    server.answer(b"", status=429, headers={"Retry-After": "7"})
    with pytest.raises(ClientThrottledError) as caught:
        member.private_request("x/", {"a": 1})
    assert (caught.value.empty_body, caught.value.retry_after, len(server.requests)) == (True, 7.0, 1)


def test_no_secret_in_the_error_of_a_lost_connection(member: HttpClient, server: Any, session_id: str) -> None:
    server.fail(requests.ConnectionError(f"https://user:secret@proxy/?q={session_id}"))
    with pytest.raises(ClientConnectionError) as caught:
        member.private_request("x/", {"password": "secret"})
    assert "secret" not in repr(caught.value).lower()
    assert session_id not in repr(caught.value)


def test_only_the_authorities_of_the_emulator_are_trusted(server: Any, session: requests.Session) -> None:
    endpoints = Endpoints(http="https://127.0.0.1:8443", ca_file="/tmp/ca.pem")
    client = HttpClient({"cookies": {"sessionid": "1%3A2"}}, session=session, profile=Profile(endpoints=endpoints))
    server.answer()
    client.private_request("x/")
    assert server.last.url == "https://127.0.0.1:8443/api/v1/x/"
    assert server.last.headers["Cookie"] == "sessionid=1%3A2"
    assert server.options[0]["verify"] == "/tmp/ca.pem"


def test_trust_of_the_settings_is_used(member: HttpClient, server: Any) -> None:
    member.settings["tls_verify"] = "/tmp/company.pem"
    server.answer()
    member.private_request("x/")
    assert server.options[0]["verify"] == "/tmp/company.pem"


@pytest.mark.parametrize("switched_off", [False, ""])
def test_settings_cannot_switch_verification_off(
    member: HttpClient, server: Any, caplog: pytest.LogCaptureFixture, switched_off: Any
) -> None:
    member.settings["tls_verify"] = switched_off
    for _ in range(2):
        server.answer()
        member.private_request("x/")
        assert server.options[-1]["verify"] is True
    assert [record.getMessage() for record in caplog.records if record.name == "instagrapi.http"] == [
        "tls_verify does not switch verification off; it can only name a file of certificate authorities"
    ]
    assert member.get_settings()["tls_verify"] == switched_off


def test_a_pause_before_each_request_if_wanted(session: requests.Session, server: Any) -> None:
    pauses: list[float] = []
    client = HttpClient(session=session, profile=Profile(), sleep=pauses.append)
    server.answer()
    client.private_request("x/")
    assert pauses == []
    client.delay_range = [1, 3]
    server.answer()
    client.private_request("x/")
    assert len(pauses) == 1
    assert 1 <= pauses[0] <= 3


def test_on_error_may_ask_for_one_repetition(session: requests.Session, server: Any) -> None:
    seen: list[ClientError] = []

    def repeat(error: ClientError) -> bool:
        seen.append(error)
        return isinstance(error, ClientThrottledError)

    client = HttpClient(session=session, profile=Profile(), on_error=repeat)
    server.answer(b"", status=429)
    server.answer({"status": "ok", "n": 2})
    assert client.private_request("x/", {"a": 1}) == {"status": "ok", "n": 2}
    assert server.signed(0) == server.signed(1) == {"a": 1}
    server.answer(b"", status=429)
    server.answer(b"", status=429)
    with pytest.raises(ClientThrottledError):
        client.private_request("x/")
    server.answer({"message": "challenge_required"}, status=400)
    with pytest.raises(ChallengeRequired):
        client.private_request("x/")
    assert [type(error) for error in seen] == [ClientThrottledError, ClientThrottledError, ChallengeRequired]
    assert len(server.requests) == 5


def test_requests_made_by_on_error_are_not_reported_to_it(session: requests.Session, server: Any) -> None:
    calls = 0

    def ask(error: ClientError) -> bool:
        nonlocal calls
        calls += 1
        client.account_info()
        return True

    client = HttpClient(session=session, profile=Profile(), on_error=ask)
    for _ in range(2):
        server.answer(b"", status=500)
    with pytest.raises(ClientServerError):
        client.private_request("x/")
    assert (calls, len(server.requests)) == (1, 2)
    server.answer(b"", status=500)
    server.answer({"user": {"pk": 1}})
    server.answer({"status": "ok"})
    assert client.private_request("x/") == {"status": "ok"}
    assert calls == 2, "it is asked again after it has failed"


def test_without_on_error_nothing_is_repeated(member: HttpClient, server: Any) -> None:
    for body in ("feedback_required", "challenge_required", "Please wait a few minutes before you try again."):
        server.answer({"message": body, "status": "fail"}, status=400)
        with pytest.raises(PrivateError):
            member.private_request("x/")
    assert len(server.requests) == 3


def test_several_threads_may_share_a_client() -> None:
    """Each gets its own answer, and no change that an answer brings is lost."""

    class Echo(BaseAdapter):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
            number = str(request.url).rstrip("/").rpartition("/")[2]
            fake = FakeInstagram()
            cookie = f"c{number}={number}; Domain=.instagram.com; Path=/; Secure"
            fake.answer({"status": "ok", "number": number}, cookies=[cookie])
            barrier.wait()
            return fake.send(request)

        def close(self) -> None:
            pass

    threads = 8
    barrier = threading.Barrier(threads)
    session = requests.Session()
    session.mount("https://", Echo())
    client = HttpClient(session=session, profile=Profile())

    def ask(number: int) -> tuple[int, str]:
        return number, client.private_request(f"x/{number}/")["number"]

    with ThreadPoolExecutor(threads) as pool:
        for number, answer in pool.map(ask, range(threads * 5)):
            assert str(number) == answer
    assert len(client.settings.cookies) == threads * 5


def test_retry_after_as_a_date_counts_from_the_date_of_the_answer(member: HttpClient, server: Any) -> None:
    server.answer(
        b"",
        status=429,
        headers={"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"},
    )
    with pytest.raises(ClientThrottledError) as caught:
        member.private_request("x/")
    assert caught.value.retry_after == 120


def test_any_adapter_can_be_mounted() -> None:
    """The shape of a transport of one's own, as the page on sessions shows it."""

    class Transport(BaseAdapter):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
            assert options["timeout"] == (5, 20)
            assert options["verify"] is True
            response = requests.Response()
            response.status_code = 200
            response.raw = io.BytesIO(b'{"status": "ok", "over": "h2"}')
            response.headers["ig-set-x-mid"] = "from-h2"
            return response

        def close(self) -> None:
            pass

    session = requests.Session()
    session.mount("https://", Transport())
    client = HttpClient(session=session, timeout=(5, 20), profile=Profile())
    assert client.private_request("x/") == {"status": "ok", "over": "h2"}
    assert client.mid == "from-h2"


def test_who_never_logged_in_is_told_to_log_in(client: HttpClient, server: Any) -> None:
    server.answer({"message": "login_required", "status": "fail"}, 403)
    with pytest.raises(LoginRequired, match="Nobody is logged in: call login") as caught:
        client.private_request("x/")
    assert (caught.value.code, caught.value.response.status_code) == (403, 403)
