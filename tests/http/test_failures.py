from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi import exceptions as errors
from instagrapi.exceptions import ClientError
from instagrapi.http.failures import failure, retry_after

BROADCAST = "direct_v2/threads/broadcast/text/"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def failed(status: int, body: Any, path: str = "users/1/info/", **headers: str) -> ClientError:
    error = failure(status, headers, body, path)
    assert error is not None
    return error


@pytest.mark.parametrize("body", [{"status": "ok"}, {"offset": 0}, {"status": "ok", "error_title": "x", "spam": True}])
def test_success(body: Any) -> None:
    assert failure(200, {}, body) is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"message": "Please wait a few minutes before you try again."}, errors.PleaseWaitFewMinutes),
        ({"message": "login_required"}, errors.LoginRequired),
        ({"message": "user_has_logged_out", "logout_reason": 9}, errors.LoginRequired),
        ({"message": "", "two_factor_info": {"totp_two_factor_on": True}}, errors.TwoFactorRequired),
        ({"error_type": "two_factor_required"}, errors.TwoFactorRequired),
        ({"message": "challenge_required", "challenge": {}}, errors.ChallengeRequired),
        ({"message": None, "error_type": "checkpoint_challenge_required"}, errors.ChallengeRequired),
        ({"message": "checkpoint_required"}, errors.CheckpointRequired),
        ({"message": "consent_required"}, errors.ConsentRequired),
        ({"message": "feedback_required"}, errors.FeedbackRequired),
        ({"message": "", "spam": True}, errors.FeedbackRequired),
        ({"message": "x", "error_type": "sentry_block"}, errors.SentryBlock),
        ({"message": "x", "error_type": "rate_limit_error"}, errors.RateLimitError),
        ({"message": "x", "error_type": "bad_password"}, errors.BadPassword),
        ({"message": "x", "error_type": "unusable_password"}, errors.BadPassword),
        ({"message": "x", "error_type": "invalid_user"}, errors.InvalidUser),
        ({"message": "x", "error_type": "ip_block"}, errors.ProxyAddressIsBlocked),
        ({"message": "x", "error_type": "needs_upgrade"}, errors.ClientNeedsUpgradeError),
        ({"message": "x", "error_type": "sms_code_validation_code_invalid"}, errors.TwoFactorBadCode),
        ({"message": "x", "error_type": "invalid_nonce"}, errors.TwoFactorCodeExpired),
        ({"message": "x", "error_type": "inactive user"}, errors.AccountSuspended),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403, 429, 500])
def test_what_the_body_says_counts_at_any_status(status: int, body: dict[str, Any], kind: type[ClientError]) -> None:
    error = failed(status, {"status": "fail", **body})
    assert type(error) is kind
    assert error.code == status
    assert error.body == {"status": "fail", **body}
    assert str(error)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {}, errors.ClientBadRequestError),
        (400, {"message": "no"}, errors.UnknownError),
        (400, {"error_type": "odd"}, errors.UnknownError),
        (202, {"message": "Transcode not finished yet.", "status": "fail"}, errors.UnknownError),
        (200, {"status": "fail"}, errors.ClientBadRequestError),
        (200, "<html>", errors.ClientJSONDecodeError),
        (200, [], errors.ClientJSONDecodeError),
        (200, None, errors.ClientJSONDecodeError),
        (302, "", ClientError),
        (401, {}, errors.ClientUnauthorizedError),
        (403, {"message": "no"}, errors.ClientForbiddenError),
        (404, {"message": "User not found"}, errors.ClientNotFoundError),
        (404, "<html>Not Found</html>", errors.ClientNotFoundError),
        (408, "", errors.ClientRequestTimeout),
        (418, "", ClientError),
        (429, {"message": "slow"}, errors.ClientThrottledError),
        (500, {"message": "no"}, errors.ClientServerError),
        (503, "busy", errors.ClientServerError),
    ],
)
def test_what_is_left_is_told_by_the_status(status: int, body: Any, kind: type[ClientError]) -> None:
    assert type(failed(status, body)) is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"message": "Not authorized to view user"}, errors.PrivateAccount),
        ({"message": "Unable to fetch followers"}, errors.UserNotFound),
        ({"message": "The username you entered doesn't belong"}, errors.InvalidUser),
        ({"message": "The username you entered", "exception_name": "RleLoginBlocked"}, errors.ProxyAddressIsBlocked),
    ],
)
def test_refusals_known_by_their_sentence(body: dict[str, Any], kind: type[ClientError]) -> None:
    assert type(failed(400, body)) is kind


@pytest.mark.parametrize(
    ("api_path", "native", "kind"),
    [
        ("/challenge/10000000001/SyNtHnOnCe/", False, "legacy"),
        ("/challenge/10000000001/SyNtHnOnCe/", True, "native"),
        ("/challenge/", True, "native"),
        ("/auth_platform/?apc=x", True, "auth_platform"),
        ("/challenge/", False, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_kinds_of_challenge(api_path: Any, native: Any, kind: str) -> None:
    challenge = {"api_path": api_path, "native_flow": native, "url": "https://i.instagram.com/challenge/"}
    error = failed(400, {"message": "challenge_required", "challenge": challenge})
    assert isinstance(error, errors.ChallengeRequired)
    assert (error.kind, error.url, error.challenge) == (kind, challenge["url"], challenge)
    assert kind in str(error)


def test_suspended_is_not_a_challenge() -> None:
    challenge = {"url": "https://www.instagram.com/accounts/suspended/?next=x"}
    assert type(failed(400, {"message": "challenge_required", "challenge": challenge})) is errors.AccountSuspended


def test_two_factor_carries_what_is_offered() -> None:
    error = failed(400, {"two_factor_info": {"two_factor_identifier": "secret", "sms_two_factor_on": True}})
    assert isinstance(error, errors.TwoFactorRequired)
    assert error.info["sms_two_factor_on"] is True
    assert "secret" not in repr(error)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("accounts/two_factor_login/", errors.TwoFactorError),
        ("accounts/send_two_factor_login_sms/", errors.TwoFactorError),
        ("x/", errors.UnknownError),
    ],
)
def test_invalid_parameters_depend_on_the_step(path: str, kind: type[ClientError]) -> None:
    assert type(failed(400, {"message": "Invalid Parameters", "error_type": "invalid_parameters"}, path)) is kind


def test_a_bad_password_keeps_the_server_s_words_and_hints_at_the_risk() -> None:
    plain = failed(400, {"message": "The password is incorrect.", "error_type": "bad_password"})
    risky = failed(400, {"message": "We can send you an email to help.", "error_type": "bad_password"})
    assert isinstance(plain, errors.BadPassword)
    assert (str(plain), plain.hint) == ("The password is incorrect.", None)
    assert isinstance(risky, errors.BadPassword)
    assert risky.hint is not None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"message": "You can't message this account unless they follow you."}, "Disabled"),
        (400, {"message": "You can’t message this account."}, "Disabled"),
        (403, {"payload": {"message": "This person can't receive your message."}}, "Disabled"),
        (403, {"payload": {"message": "The voice clip was refused."}}, "DirectError"),
    ],
)
def test_a_refusal_of_direct_is_found_wherever_it_stands(status: int, body: dict[str, Any], kind: str) -> None:
    expected = {"Disabled": errors.DirectMessageRequestsDisabled, "DirectError": errors.DirectError}[kind]
    error = failed(status, {"status": "fail", **body}, BROADCAST)
    assert type(error) is expected
    assert str(error) == body.get("message", body.get("payload", {}).get("message"))
    assert not isinstance(failed(status, body, "users/1/info/"), errors.DirectError)
    assert type(failed(503, body, BROADCAST)) is errors.ClientServerError


def test_a_bare_not_found_hides_a_checkpoint_outside_direct() -> None:
    assert type(failed(404, "Not Found", "media/1/comment/")) is errors.ChallengeRequired
    assert type(failed(404, "Not Found", "direct_v2/threads/1/")) is errors.ClientNotFoundError
    assert type(failed(404, "Not Found", "messenger_video/1")) is errors.ClientNotFoundError


def test_throttling_tells_an_empty_answer() -> None:
    empty, full = failed(429, ""), failed(429, {"message": "x"})
    assert isinstance(empty, errors.ClientThrottledError)
    assert isinstance(full, errors.ClientThrottledError)
    assert (empty.empty_body, full.empty_body) == (True, False)
    assert str(empty) != str(full)


@pytest.mark.parametrize(("value", "seconds"), [("120", 120.0), ("soon", None), ("²", None), ("9" * 400, None)])
def test_retry_after(value: str, seconds: float | None) -> None:
    assert failed(429, "", **{"Retry-After": value}).retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "now", "seconds"),
    [
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}, None, 120.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 5.0, 120.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT"}, 1445412570.0, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT"}, None, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:30:00 GMT", "Date": "Wed, 21 Oct 2015 08:28:00 GMT"}, None, 0.0),
        ({"Retry-After": "Wed, 99 Oct 2015 07:30:00 GMT"}, 5.0, None),
        ({"Date": "Wed, 21 Oct 2015 08:28:00 GMT"}, 5.0, None),
    ],
)
def test_retry_after_may_be_a_date(headers: dict[str, str], now: float | None, seconds: float | None) -> None:
    assert retry_after(headers, now) == seconds


@pytest.mark.parametrize(
    "body",
    [
        {"message": "the reason"},
        {"message": {"errors": ["the reason"]}},
        {"message": {"errors": [{"message": "the reason"}]}},
        {"message": ["the", "reason"]},
        {"message": None, "payload": {"message": "the reason"}},
        {"message": None, "error_body": "the reason", "error_title": "Oh no"},
        {"message": "", "feedback_message": "the reason"},
        {"errors": ["the reason"]},
        {"error": {"message": "the reason"}},
        {"challenge": {"errors": ["the reason"]}},
        {"message": 5, "error_title": "the reason"},
    ],
)
def test_the_reason_is_found_wherever_it_stands(body: dict[str, Any]) -> None:
    error = failed(400, body)
    assert (type(error), str(error)) == (errors.UnknownError, "the reason")
    assert str(failed(403, body)) == "the reason (HTTP 403)"


def test_what_a_person_has_to_do_is_said() -> None:
    for body, remedy in (
        ({"message": "challenge_required", "challenge": {"api_path": "/challenge/1/x/"}}, r"challenge_state\(\)"),
        ({"message": "challenge_required", "challenge": {"native_flow": True}}, "a person has to open the app"),
        ({"message": "checkpoint_required"}, "Pass the checkpoint in the app"),
        ({"message": "consent_required"}, "accept the new terms"),
        ({"error_type": "needs_upgrade"}, r"upgrade_app\(\)"),
        ({"two_factor_info": {"x": 1}}, r"two_factor_login\(\)"),
        ({"message": "login_required"}, "log in again"),
    ):
        assert re.search(remedy, str(failed(400, body))), body


def test_secrets_in_the_server_s_words_are_not_repeated() -> None:
    for secret in ("10000000001%3AabcDEF%3A7%3AAYf", "10000000001:abcDEF:7:AYf", "Bearer IGT:2:c2VjcmV0"):
        error = failed(400, {"message": f"bad session {secret} at 12:30:00\nwait"})
        assert str(error) in ("bad session … at 12:30:00 wait", "bad session Bearer … at 12:30:00 wait")


def test_messages_stay_short() -> None:
    assert len(str(failed(400, {"message": "9" * 1_000_000}))) <= 300


@given(
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(["message", "payload", "error_type", "status", "challenge", "two_factor_info", "spam"])
        | st.text(),
        json_values | st.sampled_from(["challenge_required", "fail", "ok", "feedback_required"]),
    )
    | json_values,
    st.text() | st.just(BROADCAST),
    st.dictionaries(st.sampled_from(["Retry-After"]) | st.text(), st.text()),
)
def test_it_never_raises(status: int, body: Any, path: str, headers: dict[str, str]) -> None:
    error = failure(status, headers, body, path)
    if error is None:
        assert 200 <= status < 300
    else:
        assert isinstance(error, ClientError)
        assert str(error)
        assert "\n" not in str(error)
