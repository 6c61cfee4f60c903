"""Challenges in steps, against answers of the form that the wire page shows."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi import exceptions as errors
from instagrapi.mixins.http import HttpClient
from instagrapi.types import ChallengeState, TwoFactorInfo
from tests.support.mutations import mutated

NONCE_PATH = "/challenge/10000000001/SyNtHnOnCe/"
SELECT = {
    "step_name": "select_verify_method",
    "step_data": {"choice": "1", "phone_number": "+0 *** 00", "email": "m***@e***.com", "fb_access_token": "None"},
    "user_id": 10000000001,
    "nonce_code": "SyNtHnOnCe",
    "status": "ok",
}
VERIFY = {
    "step_name": "verify_email",
    "step_data": {"security_code": "None", "contact_point": "m***@e***.com", "form_type": "email"},
    "status": "ok",
}


def challenged(client: HttpClient, server: Any, **challenge: Any) -> errors.ChallengeRequired:
    fields = {"url": f"https://i.instagram.com{NONCE_PATH}", "api_path": NONCE_PATH, "native_flow": False}
    body = {"message": "challenge_required", "challenge": {**fields, **challenge}, "status": "fail"}
    server.answer(body, status=400)
    with pytest.raises(errors.ChallengeRequired) as caught:
        client.private_request("direct_v2/inbox/")
    return caught.value


def test_a_legacy_challenge_is_passed_step_by_step(client: HttpClient, server: Any, bearer: str) -> None:
    error = challenged(client, server, challenge_context='{"step_name":""}')
    assert (error.kind, error.needs_app) == ("legacy", False)
    assert "challenge_state()" in str(error)

    server.answer(SELECT)
    state = client.challenge_state()
    assert server.paths[-1] == "GET /api/v1/challenge/10000000001/SyNtHnOnCe/"
    assert server.query() == {
        "guid": client.uuid,
        "device_id": client.android_device_id,
        "challenge_context": '{"step_name":""}',
    }
    assert (state.wants, state.step, state.choices) == (
        "choice",
        "select_verify_method",
        {"0": "+0 *** 00", "1": "m***@e***.com"},
    )
    assert "challenge_select" in state.instruction
    assert not state.needs_app

    server.answer(VERIFY)
    state = client.challenge_select("email")
    assert server.paths[-1] == "POST /api/v1/challenge/10000000001/SyNtHnOnCe/"
    device = {"guid": client.uuid, "device_id": client.android_device_id, "_csrftoken": client.token}
    assert server.signed() == {"choice": "1", **device}
    assert (state.wants, state.contact_point) == ("code", "m***@e***.com")
    assert "m***@e***.com" in state.instruction

    server.answer({"message": "Please check the code we sent you and try again.", "status": "fail"}, status=400)
    with pytest.raises(errors.ChallengeBadCode, match="check the code") as caught:
        client.challenge_send_code("000000")
    assert (caught.value.code, caught.value.response) == (400, client.last_response)

    server.answer(VERIFY)
    assert client.challenge_resend().wants == "code"
    assert server.paths[-1] == "POST /api/v1/challenge/replay/10000000001/SyNtHnOnCe/"
    server.answer(SELECT)
    assert client.challenge_reset().wants == "choice"
    assert server.paths[-1] == "POST /api/v1/challenge/reset/10000000001/SyNtHnOnCe/"

    server.answer(
        {"action": "close", "logged_in_user": {"pk": 1, "username": "me.example"}, "status": "ok"},
        headers={"ig-set-authorization": bearer, "x-ig-set-www-claim": "hmac.x"},
    )
    state = client.challenge_send_code("123 456")
    assert server.signed() == {"security_code": "123456", **device}
    assert state.is_closed
    assert state.instruction == "The challenge is closed; go on."
    assert (client.username, client.user_id) == ("me.example", "10000000001")
    assert client.settings.ig_www_claim == "hmac.x"
    assert client.settings.last_login is not None
    with pytest.raises(errors.ChallengeError, match="No challenge"):
        client.challenge_state()


@pytest.mark.parametrize("choice", ["0", 0, "sms", "phone"])
def test_choices_may_be_named(client: HttpClient, server: Any, choice: Any) -> None:
    challenged(client, server)
    server.answer(VERIFY)
    client.challenge_select(choice)
    assert server.signed()["choice"] == "0"


def test_a_session_that_was_challenged_goes_on_afterwards(member: HttpClient, server: Any) -> None:
    before, name = member.authorization, member.username
    challenged(member, server)
    server.answer({"action": "close", "status": "ok"})
    assert member.challenge_send_code("123456").is_closed
    assert (member.authorization, member.username, member.settings.last_login) == (before, name, None)


def test_a_challenged_login_is_passed_without_the_old_session(member: HttpClient, server: Any) -> None:
    before = member.authorization
    body = {"message": "challenge_required", "challenge": {"api_path": NONCE_PATH}, "status": "fail"}
    server.answer(body, status=400, cookies=["csrftoken=abc; Domain=.instagram.com; Path=/"])
    with pytest.raises(errors.ChallengeRequired):
        member.login_by_sessionid("20000000002%3AabcDEFghiJKL%3A7%3AAYf")
    server.answer(SELECT)
    member.challenge_state()
    assert "20000000002%3AabcDEFghiJKL%3A7%3AAYf; csrftoken=abc" in server.last.headers["Cookie"]
    assert member.authorization == before
    session = {"ds_user_id": "20000000002", "sessionid": "20000000002%3Anew"}
    bearer = "Bearer IGT:2:" + base64.b64encode(json.dumps(session).encode()).decode()
    server.answer({"action": "close", "logged_in_user": {"username": "bob"}}, headers={"ig-set-authorization": bearer})
    assert member.challenge_send_code("123456").is_closed
    assert server.last.headers["IG-INTENDED-USER-ID"] == "20000000002"
    assert server.signed()["_csrftoken"] == "abc"
    assert (member.username, member.user_id) == ("bob", "20000000002")


def test_a_new_session_replaces_the_cookie_of_the_old_one(member: HttpClient, server: Any) -> None:
    member.settings.cookies = {"sessionid": "10000000001%3Aold", "ds_user_id": "10000000001", "csrftoken": "t"}
    assert member.sessionid == "10000000001%3Aold"
    challenged(member, server)
    bearer = member.authorization
    server.answer({"action": "close", "logged_in_user": {}}, headers={"ig-set-authorization": str(bearer)})
    member.challenge_send_code("123456")
    assert member.sessionid == member.authorization_data["sessionid"]
    assert member.settings.cookies == {"csrftoken": "t"}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"native_flow": True}, "native"),
        ({"native_flow": True, "api_path": "/challenge/"}, "native"),
        ({"api_path": "/auth_platform/?apc=x"}, "auth_platform"),
        ({"api_path": "/challenge/"}, "unknown"),
        ({"api_path": None}, "unknown"),
    ],
)
def test_without_steps_a_person_is_asked_for_at_once(
    client: HttpClient, server: Any, fields: dict[str, Any], kind: str
) -> None:
    error = challenged(client, server, **fields)
    assert (error.kind, error.needs_app) == (kind, True)
    assert "a person has to open the app" in str(error)
    state = client.challenge_state()
    assert (state.kind, state.wants, state.needs_app) == (kind, "app", True)
    assert state.url == f"https://i.instagram.com{NONCE_PATH}"
    assert "Open the Instagram app" in state.instruction
    for step in (lambda: client.challenge_select(1), lambda: client.challenge_send_code("1"), client.challenge_resend):
        with pytest.raises(errors.ChallengeError, match="no challenge that can be passed by steps"):
            step()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "wants"),
    [
        ({"step_name": "STEP_NAME"}, "bloks", "app"),
        ({**SELECT, "bloks_action": "com.bloks.www.ig.challenge.redirect.async"}, "bloks", "app"),
        ({**SELECT, "bloks_action": "com.instagram.challenge.navigation.take_challenge"}, "legacy", "choice"),
        ({"step_name": "ufac_www_bloks"}, "review", "app"),
        ({"step_name": "selfie_captcha"}, "review", "app"),
        ({"step_name": "submit_phone"}, "legacy", "app"),
        ({"step_name": "change_password"}, "legacy", "app"),
        ({"step_name": "add_birthday"}, "legacy", "app"),
        ({"step_name": "step_of_tomorrow"}, "legacy", "app"),
        ({"step_name": "delta_login_review", "step_data": {"choice": "0"}}, "legacy", "choice"),
        ({"step_name": "verify_sms_code"}, "legacy", "code"),
        ({"step_name": "verify_phone", "step_data": None}, "legacy", "code"),
        ({}, "legacy", "app"),
        ({"step_name": None, "step_data": [1], "action": 5}, "legacy", "app"),
        ({"logged_in_user": {"pk": 1}}, "legacy", "nothing"),
    ],
)
def test_what_a_state_waits_for(client: HttpClient, server: Any, answer: Any, kind: str, wants: str) -> None:
    challenged(client, server)
    server.answer({"status": "ok", **answer})
    state = client.challenge_state()
    assert (state.kind, state.wants) == (kind, wants)
    assert state.raw["status"] == "ok"


def test_a_login_that_was_reviewed_is_confirmed_by_the_program_s_choice(client: HttpClient, server: Any) -> None:
    challenged(client, server)
    server.answer({"status": "ok", "step_name": "delta_login_review"})
    assert client.challenge_state().choices == {"0": "It was me"}
    assert len(server.requests) == 2, "nothing is confirmed unasked"


def test_the_latest_challenge_counts(client: HttpClient, server: Any) -> None:
    challenged(client, server, api_path="/challenge/1/first/")
    challenged(client, server, api_path="/api/v1/challenge/2/second/")
    server.answer(SELECT)
    client.challenge_state()
    assert server.paths[-1] == "GET /api/v1/challenge/2/second/"


def test_a_hidden_checkpoint_does_not_hide_a_challenge_with_steps(client: HttpClient, server: Any) -> None:
    challenged(client, server)
    server.answer(b"Not Found", status=404)
    with pytest.raises(errors.ChallengeRequired):
        client.private_request("media/1/comment/")
    server.answer(b"Not Found", status=404)
    with pytest.raises(errors.ClientNotFoundError):
        client.challenge_state()
    server.answer(SELECT)
    assert client.challenge_state().wants == "choice"


def test_an_old_app_is_no_wrong_code(client: HttpClient, server: Any) -> None:
    challenged(client, server)
    server.answer({"message": "x", "error_type": "needs_upgrade", "status": "fail"}, status=400)
    with pytest.raises(errors.ClientNeedsUpgradeError):
        client.challenge_send_code("123456")


@pytest.mark.parametrize("message", ["Please wait a few minutes before you try again.", "feedback_required"])
def test_other_refusals_keep_their_own_class(client: HttpClient, server: Any, message: str) -> None:
    challenged(client, server)
    server.answer({"message": message, "status": "fail"}, status=400)
    with pytest.raises(errors.PrivateError) as caught:
        client.challenge_send_code("123456")
    assert not isinstance(caught.value, errors.ChallengeError)


def test_a_new_session_or_device_has_no_challenge(client: HttpClient, server: Any, bearer: str) -> None:
    challenged(client, server)
    client.apply_session({"ig-set-authorization": bearer})
    with pytest.raises(errors.ChallengeError):
        client.challenge_state()
    challenged(client, server)
    client.set_settings({})
    with pytest.raises(errors.ChallengeError):
        client.challenge_state()


def test_without_a_challenge_there_are_no_steps(client: HttpClient) -> None:
    with pytest.raises(errors.ChallengeError, match="No challenge has come up"):
        client.challenge_state()
    with pytest.raises(errors.ChallengeError, match="no challenge that can be passed"):
        client.challenge_select("1")


def test_the_nonce_is_in_no_text_that_is_shown(client: HttpClient, server: Any) -> None:
    error = challenged(client, server)
    server.answer(SELECT)
    assert "SyNtHnOnCe" not in f"{error} {error!r} {client.challenge_state()!r}"


@given(mutated({**SELECT, **VERIFY, "action": "close", "logged_in_user": {"pk": 1}, "bloks_action": "x"}, most=6))
def test_a_changed_state_is_still_one(body: Any) -> None:
    state = ChallengeState.model_validate(body)
    assert state.raw == body
    assert state.instruction
    assert all(isinstance(contact, str) for contact in state.choices.values())


json_values = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_anything_is_a_state(body: Any) -> None:
    assert ChallengeState.model_validate(body).wants in ("app", "choice", "code", "nothing")
    assert TwoFactorInfo.model_validate(body).ways[-1] == "backup"
