"""Logins that need a code, against answers of the form that the wire page shows."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from instagrapi import exceptions as errors
from instagrapi.mixins.http import HttpClient
from instagrapi.profile import Profile

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
WRONG = {"message": "Please check the security code and try again.", "status": "fail"} | {
    "error_type": "sms_code_validation_code_invalid"
}


@pytest.fixture(scope="module")
def key_headers() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "ig-set-password-encryption-key-id": "41",
        "ig-set-password-encryption-pub-key": base64.b64encode(pem).decode(),
    }


def info(**changes: Any) -> dict[str, Any]:
    return {
        "username": "me.example",
        "sms_two_factor_on": False,
        "whatsapp_two_factor_on": False,
        "totp_two_factor_on": True,
        "obfuscated_phone_number": "0042",
        "two_factor_identifier": "the-identifier",
        **changes,
    }


def two_factor(server: Any, key_headers: dict[str, str], **changes: Any) -> None:
    server.answer(headers=key_headers, cookies=["csrftoken=abc; Domain=.instagram.com; Path=/; Secure"])
    body = {"message": "", "two_factor_info": info(**changes), "status": "fail", "error_type": "two_factor_required"}
    server.answer(body, status=400)


def begin(client: HttpClient, server: Any, key_headers: dict[str, str], **changes: Any) -> None:
    two_factor(server, key_headers, **changes)
    with pytest.raises(errors.TwoFactorRequired):
        client.login("me@example.org", "secret")


def test_the_code_alone_finishes_the_login(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    begin(client, server, key_headers)
    known = client.two_factor_info
    assert known is not None
    assert (known.ways, known.username, known.phone) == (("app", "backup"), "me.example", "0042")
    assert "the-identifier" not in repr(known)
    client.password = None
    server.answer({"logged_in_user": {"pk": 1}, "status": "ok"}, headers={"ig-set-authorization": bearer})
    assert client.two_factor_login("123 456") is True
    assert server.paths[-1] == "POST /api/v1/accounts/two_factor_login/"
    form = server.signed()
    assert len(form.pop("waterfall_id")) == 36
    assert form == {
        "verification_code": "123456",
        "two_factor_identifier": "the-identifier",
        "username": "me.example",
        "guid": client.uuid,
        "device_id": client.android_device_id,
        "phone_id": client.phone_id,
        "_csrftoken": "abc",
        "trust_this_device": "1",
        "verification_method": "3",
    }
    assert server.last.headers["Cookie"] == "csrftoken=abc"
    assert client.user_id == "10000000001"
    assert client.settings.last_login is not None
    assert client.two_factor_info is None


@pytest.mark.parametrize(
    ("offered", "code", "given", "method"),
    [
        ({}, "123456", None, "3"),
        ({}, "1234 5678", None, "2"),
        ({}, "1234-5678", None, "2"),
        ({"totp_two_factor_on": False, "sms_two_factor_on": True}, "123456", None, "1"),
        ({"totp_two_factor_on": False, "whatsapp_two_factor_on": True}, "123456", None, "1"),
        ({"sms_two_factor_on": True}, "123456", None, "3"),
        ({"sms_two_factor_on": True}, "123456", "sms", "1"),
        ({"totp_two_factor_on": None, "sms_two_factor_on": "odd"}, "123456", None, "3"),
        ({"totp_two_factor_on": False, "sms_two_factor_on": True}, "12345678", "app", "3"),
    ],
)
def test_the_method_is_told_by_the_account_and_the_code(
    client: HttpClient,
    server: Any,
    key_headers: dict[str, str],
    bearer: str,
    offered: dict[str, Any],
    code: str,
    given: Any,
    method: str,
) -> None:
    begin(client, server, key_headers, **offered)
    server.answer(headers={"ig-set-authorization": bearer})
    client.two_factor_login(code, given, trust_device=False)
    assert server.signed()["verification_method"] == method
    assert server.signed()["trust_this_device"] == "0"


@pytest.mark.parametrize("by", ["sms", "whatsapp"])
def test_a_code_can_be_sent(client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str, by: Any) -> None:
    begin(client, server, key_headers, sms_two_factor_on=True)
    server.answer({"status": "ok", "two_factor_info": info(two_factor_identifier="renewed")})
    assert client.two_factor_send_code(by) is True
    assert server.paths[-1] == f"POST /api/v1/accounts/send_two_factor_login_{by}/"
    assert server.signed() == {
        "two_factor_identifier": "the-identifier",
        "username": "me.example",
        "guid": client.uuid,
        "device_id": client.android_device_id,
    }
    server.answer(headers={"ig-set-authorization": bearer})
    client.two_factor_login("123456")
    assert server.signed()["verification_method"] == "1", "the code that was asked for, not that of the app"
    assert server.signed()["two_factor_identifier"] == "renewed"


@pytest.mark.parametrize("status", [200, 400])
def test_the_answer_to_that_may_look_like_the_first_one(
    client: HttpClient, server: Any, key_headers: dict[str, str], status: int
) -> None:
    begin(client, server, key_headers)
    server.answer({"status": "fail", "two_factor_info": info(two_factor_identifier="renewed")}, status=status)
    assert client.two_factor_send_code() is True
    assert client.two_factor_info is not None
    assert client.two_factor_info.identifier == "renewed"


def test_an_answer_without_identifier_keeps_the_old_one(
    client: HttpClient, server: Any, key_headers: dict[str, str]
) -> None:
    begin(client, server, key_headers)
    server.answer({"status": "ok", "two_factor_info": [1]})
    client.two_factor_send_code()
    assert client.two_factor_info is not None
    assert client.two_factor_info.identifier == "the-identifier"


def test_after_a_wrong_code_another_can_be_tried(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    begin(client, server, key_headers)
    server.answer(WRONG, status=400)
    with pytest.raises(errors.TwoFactorBadCode):
        client.two_factor_login("000000")
    assert client.sessionid is None
    server.answer(headers={"ig-set-authorization": bearer})
    assert client.two_factor_login("123456")
    assert server.signed()["two_factor_identifier"] == "the-identifier"
    assert server.signed()["_csrftoken"] == "abc"


def test_an_expired_login_is_over(client: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    begin(client, server, key_headers)
    server.answer({"message": "x", "error_type": "invalid_nonce", "status": "fail"}, status=400)
    with pytest.raises(errors.TwoFactorCodeExpired):
        client.two_factor_login("123456")
    with pytest.raises(errors.TwoFactorError, match="call login"):
        client.two_factor_login("123456")


def test_an_account_whose_two_factor_was_moved(client: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    two_factor(server, key_headers, two_step_verification_context="opaque")
    with pytest.raises(errors.TwoFactorRequired) as caught:
        client.login("me", "secret")
    assert caught.value.is_moved is True
    assert client.two_factor_info is not None
    assert client.two_factor_info.is_moved is True
    body = {"message": "Invalid Parameters", "error_type": "invalid_parameters", "status": "fail"}
    server.answer(body, status=400)
    with pytest.raises(errors.TwoFactorError, match="needs the app"):
        client.two_factor_login("123456")


def test_without_a_waiting_login_nothing_is_sent(client: HttpClient, server: Any) -> None:
    for call in (lambda: client.two_factor_login("123456"), client.two_factor_send_code):
        with pytest.raises(errors.TwoFactorError, match="No login waits"):
            call()
    assert client.two_factor_info is None
    assert server.requests == []


def test_methods_and_ways_must_exist(client: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    begin(client, server, key_headers)
    with pytest.raises(ValueError, match="method is one of sms, whatsapp, backup, app"):
        client.two_factor_login("1", "pigeon")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sms or whatsapp"):
        client.two_factor_send_code("app")


def test_a_success_without_session_is_none(client: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    begin(client, server, key_headers)
    server.answer()
    with pytest.raises(errors.ClientError, match="holds no session"):
        client.two_factor_login("123456")


def test_a_failed_code_leaves_the_old_session(member: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    before = member.sessionid
    two_factor(server, key_headers)
    with pytest.raises(errors.TwoFactorRequired):
        member.login("me", "secret", relogin=True)
    assert member.sessionid == before
    server.answer()
    member.two_factor_send_code()
    assert "Authorization" not in server.last.headers
    server.answer(WRONG, status=400)
    with pytest.raises(errors.TwoFactorBadCode):
        member.two_factor_login("000000")
    assert "Authorization" not in server.last.headers
    assert member.sessionid == before


def test_login_takes_the_code_at_once_as_in_instagrapi_3(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    two_factor(server, key_headers)
    server.answer(headers={"ig-set-authorization": bearer})
    assert client.login("me", "secret", verification_code="654321") is True
    assert server.signed()["verification_code"] == "654321"


def test_a_seed_makes_the_code_now_and_at_every_relogin(
    session: requests.Session, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    client = HttpClient(session=session, profile=Profile(), clock=lambda: 59.0)
    for login in (lambda: client.login("me", "secret", totp_seed=SEED), client.relogin):
        two_factor(server, key_headers)
        server.answer(headers={"ig-set-authorization": bearer})
        assert login() is True
        assert server.signed()["verification_code"] == "287082"
    assert SEED not in f"{client!r}{client.get_settings()}"


def test_a_seed_is_of_no_use_where_codes_come_by_sms(
    client: HttpClient, server: Any, key_headers: dict[str, str]
) -> None:
    two_factor(server, key_headers, totp_two_factor_on=False, sms_two_factor_on=True)
    with pytest.raises(errors.TwoFactorRequired):
        client.login("me", "secret", totp_seed=SEED)
    assert len(server.requests) == 2


def test_a_seed_belongs_to_one_account(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    two_factor(server, key_headers)
    server.answer(headers={"ig-set-authorization": bearer})
    client.login("me", "secret", totp_seed=SEED)
    two_factor(server, key_headers)
    with pytest.raises(errors.TwoFactorRequired):
        client.login("bob", "secret", relogin=True)


def test_a_code_that_is_not_asked_for_is_not_sent(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    server.answer(headers=key_headers)
    server.answer(headers={"ig-set-authorization": bearer})
    assert client.login("me", "secret", verification_code="654321", totp_seed=SEED)
    assert len(server.requests) == 2


def test_a_finished_step_ends_the_count_of_relogins(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    client.username, client.password = "me", "secret"
    for _ in range(4):
        two_factor(server, key_headers)
        with pytest.raises(errors.TwoFactorRequired):
            client.relogin()
        server.answer(headers={"ig-set-authorization": bearer})
        client.two_factor_login("123456")


def test_the_generator_takes_a_clock(client: HttpClient) -> None:
    assert client.totp_generate_code(SEED, lambda: 59.0) == "287082"
    assert len(client.totp_generate_code(SEED)) == 6


@pytest.mark.parametrize("odd", [None, [], "x", {"two_factor_identifier": {"a": 1}}, {"username": 5}])
def test_odd_information_is_a_failed_step_at_most(
    client: HttpClient, server: Any, key_headers: dict[str, str], odd: Any
) -> None:
    server.answer(headers=key_headers)
    server.answer({"error_type": "two_factor_required", "two_factor_info": odd, "status": "fail"}, status=400)
    with pytest.raises(errors.TwoFactorRequired):
        client.login("me", "secret")
    server.answer(WRONG, status=400)
    with pytest.raises(errors.TwoFactorBadCode):
        client.two_factor_login("123456")
    json.dumps(server.signed())


def test_another_session_ends_a_login_that_waits(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    begin(client, server, key_headers)
    client.apply_session({"ig-set-authorization": bearer})
    assert client.two_factor_info is None
