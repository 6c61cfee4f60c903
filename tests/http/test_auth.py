from __future__ import annotations

import base64
import contextlib
import json
import threading
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from instagrapi import exceptions as errors
from instagrapi.exceptions import ClientError
from instagrapi.mixins.http import HttpClient

OTHER = {"ds_user_id": "20000000002", "sessionid": "20000000002%3Aother"}
OTHER_BEARER = "Bearer IGT:2:" + base64.b64encode(json.dumps(OTHER, separators=(",", ":")).encode()).decode()
LOGGED_OUT = {"message": "user_has_logged_out", "status": "fail"}
ACCOUNT: dict[str, Any] = {"user": {"pk": 10000000001, "username": "me.example"}, "status": "ok"}
BAD_PASSWORD = {"message": "The password is incorrect.", "error_type": "bad_password", "status": "fail"}


@pytest.fixture(scope="module")
def key_headers() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "ig-set-password-encryption-key-id": "41",
        "ig-set-password-encryption-pub-key": base64.b64encode(pem).decode(),
        "ig-set-authorization": "Bearer IGT:2:",
        "ig-set-x-mid": "mid1",
    }


def test_a_new_login(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str, session_id: str
) -> None:
    server.answer(headers=key_headers)
    server.answer({"logged_in_user": {"pk": 1}, "status": "ok"}, headers={"ig-set-authorization": bearer})
    assert client.login(" me.example ", "hunter2") is True
    assert server.paths == ["POST /api/v1/launcher/sync/", "POST /api/v1/accounts/login/"]
    assert server.signed(0) == {"id": client.uuid, "server_config_retrieval": "1"}
    form = server.signed(1)
    assert form.pop("enc_password").startswith("#PWD_INSTAGRAM:4:")
    assert form.pop("jazoest").startswith("2")
    assert form == {
        "country_codes": '[{"country_code":"1","source":["default"]}]',
        "phone_id": client.phone_id,
        "username": "me.example",
        "adid": client.settings.uuids["advertising_id"],
        "guid": client.uuid,
        "device_id": client.android_device_id,
        "google_tokens": "[]",
        "login_attempt_count": "0",
    }
    assert server.last.headers["X-MID"] == "mid1"
    assert "Authorization" not in server.last.headers
    assert "hunter2" not in str(server.last.body)
    assert client.username == "me.example"
    assert client.sessionid == session_id
    assert client.settings.last_login is not None


def test_the_key_is_asked_for_a_second_time_only_when_missing(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    server.answer(b"", status=429)
    server.answer(headers=key_headers)
    server.answer(headers={"ig-set-authorization": bearer})
    assert client.login("me", "secret")
    assert server.paths[1] == "GET /api/v1/qe/sync/"


def test_without_a_key_nothing_is_sent(client: HttpClient, server: Any) -> None:
    server.answer()
    server.answer()
    with pytest.raises(ClientError, match="no key"):
        client.login("me", "secret")
    assert len(server.requests) == 2


def test_a_loaded_session_that_lives_is_used(member: HttpClient, server: Any) -> None:
    server.answer(ACCOUNT)
    assert member.login() is True
    assert server.paths == ["GET /api/v1/accounts/current_user/"]
    assert server.query() == {"edit": "true"}
    assert member.username == "me.example"


@pytest.mark.parametrize("name", [" ME.Example ", "me@example.org", "+4912345"])
def test_a_session_of_the_requested_account_is_used(member: HttpClient, server: Any, name: str) -> None:
    server.answer({"user": {**ACCOUNT["user"], "email": "me@example.org", "phone_number": "+4912345"}})
    assert member.login(name, "secret") is True
    assert len(server.requests) == 1
    assert member.username == "me.example", "the account's own name"


def test_a_session_whose_account_is_not_told_is_used(member: HttpClient, server: Any) -> None:
    server.answer({"user": {"pk": 10000000001}})
    assert member.login("bob", "secret") is True
    assert member.username == "bob"


def test_a_session_of_another_account_is_replaced(member: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    session = {"ds_user_id": "20000000002", "sessionid": "20000000002%3Aother"}
    bearer = "Bearer IGT:2:" + base64.b64encode(json.dumps(session).encode()).decode()
    server.answer(ACCOUNT, headers={"ig-set-ig-u-shbid": "of-me", "ig-set-ig-u-shbts": "of-me"})
    server.answer(headers=key_headers)
    server.answer(headers={"ig-set-authorization": bearer})
    assert member.login("bob", "secret") is True
    assert server.paths[1:] == ["POST /api/v1/launcher/sync/", "POST /api/v1/accounts/login/"]
    assert not {"Authorization", "IG-U-SHBID", "IG-U-SHBTS"} & set(server.requests[1].headers)
    assert (member.username, member.user_id) == ("bob", "20000000002")


def test_a_failed_login_to_another_account_leaves_the_old_session(
    member: HttpClient, server: Any, key_headers: dict[str, str]
) -> None:
    before = member.get_settings()["authorization_data"]
    server.answer(ACCOUNT)
    server.answer(headers=key_headers)
    server.answer(BAD_PASSWORD, status=400)
    with pytest.raises(errors.BadPassword):
        member.login("bob", "wrong")
    assert member.get_settings()["authorization_data"] == before


def test_the_password_of_one_account_is_not_sent_for_another(member: HttpClient, server: Any) -> None:
    server.answer(ACCOUNT)
    assert member.login("me.example", "secret")
    server.answer(ACCOUNT)
    with pytest.raises(errors.BadCredentials):
        member.login("bob")
    assert server.paths[1:] == ["GET /api/v1/accounts/current_user/"]


@pytest.mark.parametrize("told", ["me.example", None, 5])
def test_the_account_s_own_name_is_known_after_a_login_with_an_address(
    client: HttpClient, server: Any, key_headers: dict[str, str], bearer: str, told: Any
) -> None:
    server.answer(headers=key_headers)
    server.answer({"logged_in_user": {"username": told}}, headers={"ig-set-authorization": bearer})
    assert client.login("me@example.org", "secret")
    assert client.username == ("me.example" if told == "me.example" else "me@example.org")
    server.answer(LOGGED_OUT, status=403)
    server.answer(headers=key_headers)
    server.answer(headers={"ig-set-authorization": bearer})
    assert client.login("me@example.org"), "the password is still known"


def test_another_account_needs_a_password(member: HttpClient, server: Any) -> None:
    server.answer(ACCOUNT)
    with pytest.raises(errors.BadCredentials):
        member.login("bob")
    assert member.user_id == "10000000001"


@pytest.mark.parametrize("body", [LOGGED_OUT, {"message": "login_required", "status": "fail"}])
def test_a_dead_session_is_replaced_on_the_same_device(
    member: HttpClient, server: Any, key_headers: dict[str, str], bearer: str, body: Any
) -> None:
    device = dict(member.settings.uuids)
    member.settings["ig_u_rur"] = "old"
    server.answer(body, status=403)
    server.answer(headers=key_headers)
    server.answer(headers={"ig-set-authorization": bearer})
    assert member.login("me", "secret") is True
    assert "Authorization" not in server.requests[1].headers
    assert "IG-U-RUR" not in server.requests[1].headers
    assert member.settings.uuids == device
    assert member.authorization == bearer


def test_a_dead_session_without_password_is_an_error(member: HttpClient, server: Any) -> None:
    server.answer(LOGGED_OUT, status=403)
    before = member.sessionid
    with pytest.raises(errors.BadCredentials):
        member.login()
    assert member.sessionid == before, "kept until there is another one"


def test_any_other_failure_of_the_check_keeps_the_session(member: HttpClient, server: Any) -> None:
    server.answer({"message": "challenge_required", "challenge": {}, "status": "fail"}, status=400)
    with pytest.raises(errors.ChallengeRequired):
        member.login("me", "secret")
    assert member.sessionid is not None
    assert len(server.requests) == 1


@pytest.mark.parametrize("credentials", [("", "secret"), ("me", ""), (None, None)])
def test_credentials_are_needed(client: HttpClient, server: Any, credentials: Any) -> None:
    with pytest.raises(errors.BadCredentials):
        client.login(*credentials)
    assert server.requests == []


def test_two_relogins_may_fail_but_not_three(member: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    member.username, member.password = "me", "secret"
    before = member.sessionid
    for _ in range(2):
        server.answer(headers=key_headers)
        server.answer(BAD_PASSWORD, status=400)
        with pytest.raises(errors.BadPassword):
            member.relogin()
    with pytest.raises(errors.ReloginAttemptExceeded):
        member.relogin()
    assert len(server.requests) == 4
    assert member.sessionid == before, "a failed relogin costs no living session"


def test_a_success_starts_the_count_again(
    member: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    for _ in range(4):
        server.answer(headers=key_headers)
        server.answer(headers={"ig-set-authorization": bearer})
        assert member.login("me", "secret", relogin=True)


def test_the_password_is_in_no_error(client: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    server.answer(headers=key_headers)
    server.answer(BAD_PASSWORD, status=400)
    with pytest.raises(errors.BadPassword) as caught:
        client.login("me", "hunter2hunter2")
    assert "hunter2" not in f"{caught.value!r} {client!r} {vars(caught.value)} {client.get_settings()}"


def test_two_factor_surfaces_and_leaves_nothing_half_done(
    client: HttpClient, server: Any, key_headers: dict[str, str]
) -> None:
    info = {"totp_two_factor_on": True, "two_factor_identifier": "id"}
    server.answer(headers=key_headers, cookies=["csrftoken=abc; Domain=.instagram.com; Path=/; Secure"])
    server.answer({"message": "", "two_factor_info": info, "status": "fail"}, status=400)
    with pytest.raises(errors.TwoFactorRequired) as caught:
        client.login("me", "secret")
    assert caught.value.info == info
    assert (client.settings.cookies, client.mid) == ({}, "mid1"), "the machine id is the device's"


def test_a_success_without_session_is_none(client: HttpClient, server: Any, key_headers: dict[str, str]) -> None:
    server.answer(headers=key_headers)
    server.answer({"logged_in_user": {}, "status": "ok"})
    with pytest.raises(ClientError, match="holds no session"):
        client.login("me", "secret")


def test_while_one_thread_logs_in_the_others_keep_the_session(
    member: HttpClient, server: Any, key_headers: dict[str, str], bearer: str
) -> None:
    before, seen = member.authorization, []

    def elsewhere() -> None:
        server.answer_first({"user": {}})
        with contextlib.suppress(ClientError):
            member.private_request("accounts/current_user/")
        seen.append((server.last.headers.get("Authorization"), member.user_id))

    def in_the_middle() -> None:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()

    server.answer(headers=key_headers)
    server.answer(headers={"ig-set-authorization": OTHER_BEARER}, meanwhile=in_the_middle)
    assert member.login("me", "secret", relogin=True)
    assert seen == [(before, "10000000001")]
    assert member.authorization == OTHER_BEARER


def test_a_late_answer_to_the_old_session_does_not_bring_it_back(member: HttpClient, server: Any, bearer: str) -> None:
    late = {"ig-set-authorization": bearer, "ig-set-ig-u-rur": "old"}
    server.answer(headers=late, meanwhile=lambda: member.apply_session({"ig-set-authorization": OTHER_BEARER}))
    member.private_request("direct_v2/inbox/")
    assert (member.authorization, member.settings.ig_u_rur) == (OTHER_BEARER, None)


@pytest.mark.parametrize("plain", [False, True])
def test_login_by_session_id(client: HttpClient, server: Any, session_id: str, plain: bool) -> None:
    server.answer(ACCOUNT)
    given = session_id.replace("%3A", ":") if plain else session_id
    assert client.login_by_sessionid(f" {given}\n") is True
    assert client.sessionid == session_id
    assert client.user_id == "10000000001"
    assert client.username == "me.example"
    assert server.last.headers["Cookie"] == f"sessionid={session_id}"
    assert server.last.headers["Authorization"] == client.authorization
    assert client.settings["authorization_data"]["should_use_header_over_cookies"] is True


def test_a_dead_session_id_is_not_kept(client: HttpClient, server: Any, session_id: str) -> None:
    server.answer(LOGGED_OUT, status=403)
    with pytest.raises(errors.LoginRequired):
        client.login_by_sessionid(session_id)
    assert client.user_id is None


def test_a_dead_session_id_leaves_the_old_session(member: HttpClient, server: Any, session_id: str) -> None:
    server.answer(LOGGED_OUT, status=403)
    with pytest.raises(errors.LoginRequired):
        member.login_by_sessionid(session_id.replace("10000000001", "20000000002"))
    assert member.user_id == "10000000001"


@pytest.mark.parametrize(
    "text",
    ["", "secret", "1%3Asecret", "x%3AsecretsecretsecretsecretsecretsecretAA%3A7"]
    + ["١٢٣%3AsecretsecretsecretsecretsecretsecretAA%3A7"],
)
def test_what_is_no_session_id(client: HttpClient, text: str) -> None:
    with pytest.raises(errors.RealtimeConfigError) as caught:
        client.login_by_sessionid(text)
    assert isinstance(caught.value, ValueError)
    assert "secret" not in str(caught.value)


def test_apply_session_takes_headers_and_cookies(client: HttpClient, bearer: str, session_id: str) -> None:
    client.apply_session(
        {"IG-Set-Authorization": bearer, "x-ig-set-www-claim": "c", "ig-set-ig-u-rur": "r"},
        ["csrftoken=abc; Path=/; Domain=.instagram.com", "ds_user_id=10000000001; Secure"],
    )
    assert client.sessionid == session_id
    assert client.settings.cookies == {"csrftoken": "abc", "ds_user_id": "10000000001"}
    assert (client.settings.ig_www_claim, client.settings.ig_u_rur) == ("c", "r")


def test_apply_session_takes_cookies_alone(client: HttpClient, session_id: str) -> None:
    client.apply_session({}, {"sessionid": session_id})
    assert client.user_id == "10000000001"


def test_apply_session_without_a_session_keeps_the_old_one(member: HttpClient) -> None:
    settings = member.settings
    with pytest.raises(errors.LoginRequired):
        member.apply_session({"ig-set-authorization": "Bearer IGT:2:"}, {"csrftoken": "abc"})
    assert member.user_id == "10000000001"
    assert member.settings is settings


def test_logout_forgets_the_session_and_keeps_the_device(member: HttpClient, server: Any) -> None:
    member.settings.update(cookies={"sessionid": "x"}, ig_u_rur="r", ig_www_claim="c", last_login=1, mid="m")
    device = dict(member.settings.uuids)
    server.answer({"status": "ok", "login_nonce": "n"}, headers={"ig-set-authorization": "Bearer IGT:2:"})
    assert member.logout() is True
    form = server.signed()
    assert (form["guid"], form["phone_id"], form["device_id"]) == (
        member.uuid,
        member.phone_id,
        member.android_device_id,
    )
    assert (member.sessionid, member.user_id, member.authorization) == (None, None, None)
    assert {member.settings[key] for key in ("ig_u_rur", "ig_www_claim", "last_login")} == {None}
    assert (member.settings.uuids, member.mid) == (device, "m")


def test_logging_out_a_dead_session_is_no_error_and_other_failures_keep_it(member: HttpClient, server: Any) -> None:
    server.answer(b"", status=500)
    with pytest.raises(errors.ClientServerError):
        member.logout()
    assert member.sessionid is not None
    server.answer(LOGGED_OUT, status=403)
    assert member.logout() is True
    assert member.sessionid is None
