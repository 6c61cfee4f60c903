"""Answers of the emulator have the form of the collected samples, which are read where they lie."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.emulator import VirtualEmulator
from instagrapi.emulator import http_answers as answers
from instagrapi.emulator.http_answers import Answer
from instagrapi.emulator.model import Account
from instagrapi.emulator.two_factor import TwoFactor

samples = pathlib.Path(__file__).resolve().parents[3] / "shared" / "http-samples"
pytestmark = pytest.mark.skipif(not samples.is_dir(), reason="the sample answers are not next to the checkout")

ACCOUNT = Account(10000000001, "me.example", "secret")


def two_factor(*, is_moved: bool) -> Answer:
    settings = TwoFactor(frozenset({"app"}), "SEED", [], is_moved)
    return answers.two_factor_required(answers.two_factor_info(ACCOUNT, settings, "x" * 64)).answer


ANSWERS: dict[str, Callable[[], Answer]] = {
    "login_02_ok": lambda: answers.logged_in(ACCOUNT, "10000000001%3Ax"),
    "login_03_two_factor_required": lambda: two_factor(is_moved=False),
    "login_04_two_factor_bloks_context": lambda: two_factor(is_moved=True),
    "login_05_two_factor_bad_code": lambda: answers.wrong_code().answer,
    "login_06_two_factor_invalid_parameters": lambda: answers.invalid_parameters().answer,
    "login_07_bad_password": lambda: answers.bad_password("me.example").answer,
    "login_08_bad_password_recovery": lambda: answers.login_refused("risky"),
    "login_09_invalid_user": lambda: answers.invalid_user().answer,
    "login_09b_ip_block": lambda: answers.login_refused("ip_block"),
    "login_10_needs_upgrade": lambda: answers.login_refused("needs_upgrade"),
    "login_11_rate_limit_error": lambda: answers.login_refused("rate_limit_error"),
    "challenge_01_required_legacy": lambda: answers.challenge_required(ACCOUNT, "legacy", "n"),
    "challenge_02_required_native": lambda: answers.challenge_required(ACCOUNT, "native", "n"),
    "challenge_03_required_auth_platform": lambda: answers.challenge_required(ACCOUNT, "auth_platform", "n"),
    "challenge_08_checkpoint_required": answers.checkpoint_required,
    "challenge_09_consent_required": answers.consent_required,
    "error_01_login_required": lambda: answers.login_required().answer,
    "error_02_user_has_logged_out": lambda: answers.user_has_logged_out().answer,
    "error_03_feedback_required": answers.feedback_required,
    "error_04_please_wait_429": lambda: answers.please_wait(429),
    "error_05_please_wait_401": lambda: answers.please_wait(401),
    "error_06_throttled_empty_429": lambda: answers.throttled(None, is_empty=True),
    "error_09_sentry_block": lambda: answers.login_refused("sentry_block"),
}
#: What the emulator leaves out, because no client is known to read it.
LEFT_OUT = {
    "login_02_ok": {"logged_in_user", "ig-set-x-mid"},
    "login_08_bad_password_recovery": {
        "error_title",
        "is_cp_nonce_flow",
        "login_identifer_type",
        "login_user_input",
        "qe_device_id",
        "login_attempt_count",
        "login_source",
        "error_code",
        "retry_response",
    },
    "challenge_08_checkpoint_required": {"flow_render_type"},
    "error_05_please_wait_401": {"igweb_rollout"},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_form_is_that_of_the_sample(name: str) -> None:
    sample, answer = json.loads((samples / f"{name}.json").read_text()), ANSWERS[name]()
    left_out = LEFT_OUT.get(name, set())
    assert answer.status == sample["status"]
    assert {*sample["headers"]} - {"Content-Type", *left_out} <= {*answer.headers}
    same_form(sample["body"], answer.body, left_out)
    for key in ("message", "error_type", "error_title"):
        if isinstance(sample["body"], dict) and key in {*sample["body"]} - left_out:
            assert answer.body[key] == sample["body"][key]  # type: ignore[index]


def same_form(sample: Any, own: Any, left_out: set[str]) -> None:
    """The same keys, with values of the same type."""
    if isinstance(sample, dict):
        assert isinstance(own, dict)
        for key in {*sample} - left_out:
            assert key in own, key
            same_form(sample[key], own[key], left_out)
    elif sample is not None and own is not None:
        assert type(own) is type(sample)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("challenge_05_state_select_verify_method", "select_verify_method"),
        ("challenge_06_state_verify_email", "verify_email"),
    ],
)
def test_states_of_challenges(name: str, step: str) -> None:
    sample = json.loads((samples / f"{name}.json").read_text())["body"]
    emu = VirtualEmulator()
    me = emu.account("me")
    emu.faults.challenge(me, "legacy", step=step)
    client = emu.new_client()
    with pytest.raises(Exception, match="challenge_state"):
        client.login("me", me.password)
    own = client.challenge_state().raw
    unread = {"bloks_action", "cni", "challenge_context", "fb_access_token", "big_blue_token", "google_oauth_token"}
    for key in {*sample} - unread:
        assert key in own, key
    same_form(sample["step_data"], own["step_data"], unread | {"vetted_device"})
