"""The collected sample answers, fed through the client, against the class that each has to become.

They are read where they lie, next to the checkout, and are no part of it.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instagrapi import exceptions as errors
from instagrapi.mixins.http import HttpClient
from instagrapi.types import ChallengeState, DirectThread, TwoFactorInfo
from tests.support.mp4 import JPEG, mp4
from tests.support.mutations import mutated

samples = pathlib.Path(__file__).resolve().parents[3] / "shared" / "http-samples"
pytestmark = pytest.mark.skipif(not samples.is_dir(), reason="the sample answers are not next to the checkout")

FAILURES = {
    "login_03_two_factor_required": errors.TwoFactorRequired,
    "login_04_two_factor_bloks_context": errors.TwoFactorRequired,
    "login_05_two_factor_bad_code": errors.TwoFactorBadCode,
    "login_06_two_factor_invalid_parameters": errors.TwoFactorError,
    "login_07_bad_password": errors.BadPassword,
    "login_08_bad_password_recovery": errors.BadPassword,
    "login_09_invalid_user": errors.InvalidUser,
    "login_09b_ip_block": errors.ProxyAddressIsBlocked,
    "login_10_needs_upgrade": errors.ClientNeedsUpgradeError,
    "login_11_rate_limit_error": errors.RateLimitError,
    "challenge_01_required_legacy": errors.ChallengeRequired,
    "challenge_02_required_native": errors.ChallengeRequired,
    "challenge_03_required_auth_platform": errors.ChallengeRequired,
    "challenge_04_suspended": errors.AccountSuspended,
    "challenge_08_checkpoint_required": errors.CheckpointRequired,
    "challenge_09_consent_required": errors.ConsentRequired,
    "error_01_login_required": errors.LoginRequired,
    "error_02_user_has_logged_out": errors.LoginRequired,
    "error_03_feedback_required": errors.FeedbackRequired,
    "error_04_please_wait_429": errors.PleaseWaitFewMinutes,
    "error_05_please_wait_401": errors.PleaseWaitFewMinutes,
    "error_06_throttled_empty_429": errors.ClientThrottledError,
    "error_07_not_found_masked_challenge": errors.ChallengeRequired,
    "error_08_not_found_json": errors.ClientNotFoundError,
    "error_09_sentry_block": errors.SentryBlock,
    "error_10_status_fail_2xx": errors.UnknownError,
    "error_11_html_instead_of_json": errors.ClientJSONDecodeError,
    "error_12_user_not_found": errors.ClientNotFoundError,
    "direct_12_broadcast_403_payload": errors.DirectMessageRequestsDisabled,
    "direct_13_requests_disabled_400": errors.DirectMessageRequestsDisabled,
    "direct_14_broadcast_feature_gone_400": errors.UnknownError,
    "upload_03_messenger_404_html": errors.ClientNotFoundError,
}
PATHS = {
    "login_05": "accounts/two_factor_login/",
    "login_06": "accounts/two_factor_login/",
    "direct_": "direct_v2/threads/broadcast/text/",
    "error_07": "media/1/comment/",
}
NAMES = sorted(path.stem for path in samples.glob("*.json"))


def give(server: Any, name: str) -> Any:
    sample = json.loads((samples / f"{name}.json").read_text())
    body, headers = sample["body"], dict(sample["headers"])
    cookies = [headers.pop("Set-Cookie")] if "Set-Cookie" in headers else []
    server.answer(body.encode() if isinstance(body, str) else body, sample["status"], headers, cookies)
    return body


def path_of(name: str) -> str:
    return next((path for prefix, path in PATHS.items() if name.startswith(prefix)), "users/1/info/")


@pytest.mark.parametrize("name", FAILURES)
def test_failure(client: HttpClient, server: Any, name: str) -> None:
    body = give(server, name)
    with pytest.raises(errors.ClientError) as caught:
        client.private_request(path_of(name))
    assert type(caught.value) is FAILURES[name]
    assert caught.value.body == body


@pytest.mark.parametrize("name", [name for name in NAMES if name not in FAILURES])
def test_success(client: HttpClient, server: Any, name: str) -> None:
    body = give(server, name)
    assert client.private_request(path_of(name)) == body


@pytest.mark.parametrize(
    ("name", "kind"),
    [("01_required_legacy", "legacy"), ("02_required_native", "native")]
    + [("03_required_auth_platform", "auth_platform")],
)
def test_kind_of_challenge(client: HttpClient, server: Any, name: str, kind: str) -> None:
    give(server, f"challenge_{name}")
    with pytest.raises(errors.ChallengeRequired) as caught:
        client.private_request("x/")
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("name", "wants"),
    [("05_state_select_verify_method", "choice"), ("06_state_verify_email", "code"), ("07_closed", "nothing")],
)
def test_states_of_a_challenge(client: HttpClient, server: Any, name: str, wants: str) -> None:
    give(server, "challenge_01_required_legacy")
    with pytest.raises(errors.ChallengeRequired):
        client.private_request("direct_v2/inbox/")
    give(server, f"challenge_{name}")
    state = client.challenge_send_code("123456")
    assert server.paths[-1] == "POST /api/v1/challenge/10000000001/SyNtHnOnCe/"
    assert state.wants == wants
    if wants == "choice":
        assert state.choices == {"0": "+0 *** ***-**-00", "1": "m******e@e******.com"}
    if wants == "code":
        assert state.contact_point == "m******e@e******.com"
    assert (client.user_id == "10000000001") is state.is_closed
    assert (client.settings.ig_www_claim is not None) is state.is_closed


@pytest.mark.parametrize("name", ["03_two_factor_required", "04_two_factor_bloks_context"])
def test_ways_of_two_factor(client: HttpClient, server: Any, name: str) -> None:
    give(server, f"login_{name}")
    with pytest.raises(errors.TwoFactorRequired) as caught:
        client.private_request("accounts/login/", {"x": 1})
    info = TwoFactorInfo.model_validate(caught.value.info)
    assert info.identifier == "synthetic2faIdentifier00000000000000000000000000000000000000000001"
    assert (info.ways, info.username) == (("app", "backup"), "me.example")
    assert info.is_moved is caught.value.is_moved is (name[:2] == "04")


NEAR_LOGIN = [name for name in NAMES if name.startswith(("login_", "challenge_", "error_", "account_"))]


@pytest.mark.parametrize("name", NEAR_LOGIN)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_answers_are_a_success_or_an_error_of_ours(
    client: HttpClient, server: Any, name: str, data: st.DataObject
) -> None:
    sample = json.loads((samples / f"{name}.json").read_text())
    body = data.draw(mutated(sample["body"])) if isinstance(sample["body"], dict) else {}
    server.answer(body, sample["status"], sample["headers"])
    with contextlib.suppress(errors.ClientError):
        client.private_request(path_of(name))
    for step in (
        lambda: client.challenge_send_code("1"),
        lambda: client.challenge_state(),
        lambda: client.account_info(),
        lambda: client.two_factor_send_code(),
        lambda: client.two_factor_login("1"),
    ):
        answers = len(server.requests)
        server.answer(body, sample["status"], sample["headers"])
        with contextlib.suppress(errors.ClientError):
            step()
        if len(server.requests) == answers:
            server.forget_answer()
    info = TwoFactorInfo.model_validate(body.get("two_factor_info"))
    assert isinstance(info.ways, tuple)
    assert ChallengeState.model_validate(body).instruction


def test_before_login_the_key_is_stored_and_the_empty_bearer_ignored(client: HttpClient, server: Any) -> None:
    give(server, "login_01_launcher_sync_ok")
    client.private_request("launcher/sync/", {"id": client.uuid})
    assert client.mid == "aAAAAAABAAGsyntheticMID0001"
    assert client.token == "syntheticCsrfToken0000000000000000"
    assert client.authorization is None


def test_login_applies_the_session(client: HttpClient, server: Any) -> None:
    give(server, "login_02_ok")
    client.private_request("accounts/login/", {"x": 1})
    assert client.user_id == "10000000001"
    assert client.sessionid is not None
    assert client.sessionid.startswith("10000000001%3A")
    assert client.settings.ig_www_claim == "hmac.AR0synthetic0claim0value"


def test_recovery_offers_hint_at_a_risky_login(client: HttpClient, server: Any) -> None:
    give(server, "login_08_bad_password_recovery")
    with pytest.raises(errors.BadPassword) as caught:
        client.private_request("accounts/login/", {"x": 1})
    assert caught.value.hint is not None


def test_inbox_pages(member: HttpClient, server: Any) -> None:
    first = give(server, "direct_01_inbox")
    last = give(server, "direct_02_inbox_last_page")
    threads = member.direct_threads(amount=0)
    raw = first["inbox"]["threads"] + last["inbox"]["threads"]
    assert [thread.id for thread in threads] == [thread["thread_id"] for thread in raw]
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", ["direct_03_thread", "direct_04_thread_rich_items", "direct_05_thread_sparse"])
def test_threads_parse_whole(name: str) -> None:
    raw = json.loads((samples / f"{name}.json").read_text())["body"]["thread"]
    thread = DirectThread.model_validate(raw)
    assert thread.id == raw["thread_id"]
    assert [message.item_type for message in thread.messages] == [item["item_type"] for item in raw["items"]]
    assert all(message.timestamp is not None and message.thread_id == thread.id for message in thread.messages)
    assert thread.folder == raw.get("folder")


def test_account(member: HttpClient, server: Any) -> None:
    give(server, "account_01_current_user")
    assert member.account_info().email == "me@example.org"


def test_upload_of_a_video(member: HttpClient, server: Any) -> None:
    give(server, "upload_01_messenger_offset")
    media_id = give(server, "upload_02_messenger_media_id")["media_id"]
    give(server, "direct_10_broadcast_text_ok")
    assert member.direct_send_video(mp4(), thread_ids=[1]).id
    assert server.form()["attachment_fbid"] == str(media_id)


def test_upload_that_the_edge_refuses(member: HttpClient, server: Any) -> None:
    give(server, "upload_03_messenger_404_html")
    with pytest.raises(errors.ClientNotFoundError):
        member.direct_send_photo(JPEG, thread_ids=[1])
