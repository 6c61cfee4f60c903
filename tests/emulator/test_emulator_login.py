"""Logging in to the emulator in every way, and everything that a login can end with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from instagrapi import Client
from instagrapi import exceptions as errors
from instagrapi.emulator import Actor, Emulator, VirtualEmulator
from instagrapi.emulator.faults import Faults


@pytest.fixture
def emu() -> VirtualEmulator:
    return VirtualEmulator(strict=True)


@pytest.fixture
def bot(emu: VirtualEmulator) -> Actor:
    return emu.account("bot", "right")


@pytest.fixture
def client(emu: VirtualEmulator) -> Client:
    """Logged out."""
    return emu.new_client()


def begin(client: Client) -> None:
    with pytest.raises(errors.TwoFactorRequired):
        client.login("bot", "right")


# --- two-factor -------------------------------------------------------------------------------------------------------


def test_a_code_of_the_app(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    settings = bot.enable_two_factor()
    begin(client)
    assert client.two_factor_info is not None
    assert client.two_factor_info.ways == ("app", "backup")
    assert client.two_factor_login(client.totp_generate_code(settings.seed))
    assert client.account_info().username == "bot"
    assert emu.complaints == []
    assert [call.path for call in emu.http_calls] == [
        "launcher/sync/",
        "accounts/login/",
        "accounts/two_factor_login/",
        "accounts/current_user/",
    ]


def test_a_seed_logs_in_at_once(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    assert client.login("bot", "right", totp_seed=bot.enable_two_factor().seed)
    emu.clock.advance(3600)
    assert client.relogin()


def test_a_code_by_sms_comes_by_itself_when_there_is_nothing_else(client: Client, bot: Actor) -> None:
    bot.enable_two_factor("sms")
    begin(client)
    assert client.two_factor_login(bot.codes[-1])


@pytest.mark.parametrize("by", ["sms", "whatsapp"])
def test_a_code_can_be_asked_for(client: Client, bot: Actor, by: Any) -> None:
    bot.enable_two_factor("app", "sms", "whatsapp")
    begin(client)
    assert bot.codes == []
    for _ in range(2):
        client.two_factor_send_code(by)
    first, second = bot.codes
    with pytest.raises(errors.TwoFactorBadCode):
        client.two_factor_login(first)
    assert client.two_factor_login(second)


def test_codes_are_not_sent_where_the_account_has_none(client: Client, bot: Actor) -> None:
    bot.enable_two_factor("app")
    begin(client)
    with pytest.raises(errors.TwoFactorError):
        client.two_factor_send_code("sms")


def test_a_backup_code_is_good_for_one_login(client: Client, bot: Actor) -> None:
    code = bot.enable_two_factor().backup_codes[0]
    begin(client)
    assert client.two_factor_login(f"{code[:4]} {code[4:]}", trust_device=False)
    client.logout()
    begin(client)
    with pytest.raises(errors.TwoFactorBadCode):
        client.two_factor_login(code)


def test_a_trusted_device_is_not_asked_again(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    seed = bot.enable_two_factor().seed
    begin(client)
    client.two_factor_login(client.totp_generate_code(seed))
    client.logout()
    assert client.login("bot", "right")
    other = emu.new_client()
    begin(other)
    with pytest.raises(errors.TwoFactorBadCode):
        other.two_factor_login(other.totp_generate_code(seed, lambda: emu.clock.time() - 300))


def test_a_moved_account_refuses_the_classic_step(client: Client, bot: Actor) -> None:
    settings = bot.enable_two_factor(is_moved=True)
    begin(client)
    assert client.two_factor_info is not None
    assert client.two_factor_info.is_moved
    with pytest.raises(errors.TwoFactorError, match="needs the app"):
        client.two_factor_login(client.totp_generate_code(settings.seed))
    bot.disable_two_factor()
    assert client.login("bot", "right")


def test_an_unknown_login_has_expired(client: Client, bot: Actor) -> None:
    bot.enable_two_factor()
    begin(client)
    assert client.two_factor_info is not None
    client.two_factor_info.identifier = "of-yesterday"
    with pytest.raises(errors.TwoFactorCodeExpired):
        client.two_factor_login("123456")
    form = {"username": "bot", "verification_code": "1"}
    with pytest.raises(errors.ClientError):
        client.private_request("accounts/two_factor_login/", form)


# --- one tap ----------------------------------------------------------------------------------------------------------


def test_who_was_logged_out_gets_a_nonce(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    client.login("bot", "right")
    client.logout()
    nonce = client.last_json["login_nonce"]
    form = {
        "phone_id": client.phone_id,
        "user_id": str(bot.pk),
        "adid": client.settings.uuids["advertising_id"],
        "guid": client.uuid,
        "device_id": client.android_device_id,
        "login_nonce": nonce,
        "_csrftoken": client.token,
    }
    client.private_request("accounts/one_tap_app_login/", form)
    assert client.account_info().username == "bot"
    with pytest.raises(errors.UnknownError, match="log in with your password"):
        client.private_request(
            "accounts/one_tap_app_login/",
            form,
            headers={"Authorization": None, "IG-U-DS-USER-ID": None, "IG-INTENDED-USER-ID": "0", "Cookie": None},
        )


# --- challenges -------------------------------------------------------------------------------------------------------


def test_a_challenge_at_login_is_passed_with_a_code(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    fault = emu.faults.challenge(bot, "legacy")
    with pytest.raises(errors.ChallengeRequired) as caught:
        client.login("bot", "right")
    assert caught.value.kind == "legacy"
    state = client.challenge_state()
    assert state.choices == {"0": "+0 *** ***-**-00", "1": "m******e@e******.com"}
    assert client.challenge_select("sms").contact_point == "+0 *** ***-**-00"
    with pytest.raises(errors.ChallengeBadCode, match="check the code"):
        client.challenge_send_code("no code")
    first = bot.codes[-1]
    client.challenge_resend()
    with pytest.raises(errors.ChallengeBadCode):
        client.challenge_send_code(first)
    assert client.challenge_reset().wants == "choice"
    client.challenge_select("email")
    assert client.challenge_send_code(bot.codes[-1]).is_closed
    assert client.username == "bot"
    assert client.account_info().username == "bot"
    assert not fault.is_on
    assert emu.complaints == []


def test_a_choice_that_is_none(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    emu.faults.challenge(bot, "legacy")
    with pytest.raises(errors.ChallengeRequired):
        client.login("bot", "right")
    with pytest.raises(errors.ChallengeBadChoice, match="valid choice"):
        client.challenge_select("7")


def test_a_challenge_within_a_session_leaves_a_session(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    client.login("bot", "right")
    emu.faults.challenge(bot, "legacy", step="verify_email")
    with pytest.raises(errors.ChallengeRequired):
        client.direct_threads(amount=1)
    assert client.challenge_state().wants == "code"
    assert client.challenge_send_code(bot.codes[-1]).is_closed
    assert client.direct_threads(amount=1) == []


def test_a_login_that_is_to_be_confirmed(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    emu.faults.challenge(bot, "legacy", step="delta_login_review")
    with pytest.raises(errors.ChallengeRequired):
        client.login("bot", "right")
    assert client.challenge_state().choices == {"0": "It was me"}
    assert client.challenge_select("0").is_closed
    assert client.account_info().username == "bot"


@pytest.mark.parametrize("step", ["STEP_NAME", "selfie_captcha", "ufac_www_bloks", "add_birthday"])
def test_some_steps_lead_into_the_app(emu: VirtualEmulator, client: Client, bot: Actor, step: str) -> None:
    fault = emu.faults.challenge(bot, "legacy", step=step)
    with pytest.raises(errors.ChallengeRequired):
        client.login("bot", "right")
    assert client.challenge_state().needs_app
    fault.lift()
    assert client.login("bot", "right"), "the owner has passed it"


@pytest.mark.parametrize("kind", ["native", "auth_platform"])
def test_other_challenges_have_no_steps(emu: VirtualEmulator, client: Client, bot: Actor, kind: Any) -> None:
    emu.faults.challenge(bot, kind)
    with pytest.raises(errors.ChallengeRequired) as caught:
        client.login("bot", "right")
    assert caught.value.kind == kind
    requests = len(emu.http_calls)
    assert client.challenge_state().needs_app
    assert len(emu.http_calls) == requests


def test_a_challenge_that_is_over_has_no_page(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    fault = emu.faults.challenge(bot, "legacy")
    with pytest.raises(errors.ChallengeRequired):
        client.login("bot", "right")
    fault.lift()
    with pytest.raises(errors.ClientNotFoundError):
        client.challenge_state()


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fail", "kind"),
    [
        (lambda faults: faults.refuse_login("risky"), errors.BadPassword),
        (lambda faults: faults.refuse_login("ip_block"), errors.ProxyAddressIsBlocked),
        (lambda faults: faults.refuse_login("needs_upgrade"), errors.ClientNeedsUpgradeError),
        (lambda faults: faults.refuse_login("rate_limit_error"), errors.RateLimitError),
        (lambda faults: faults.refuse_login("sentry_block"), errors.SentryBlock),
        (lambda faults: faults.refuse_login("inactive user"), errors.AccountSuspended),
        (lambda faults: faults.refuse_login("unusable_password", "bot"), errors.BadPassword),
        (lambda faults: faults.checkpoint("bot"), errors.CheckpointRequired),
        (lambda faults: faults.consent("bot"), errors.ConsentRequired),
        (lambda faults: faults.suspend("bot"), errors.AccountSuspended),
        (lambda faults: faults.feedback_required("bot"), errors.FeedbackRequired),
        (lambda faults: faults.please_wait("bot", status=400), errors.PleaseWaitFewMinutes),
        (lambda faults: faults.please_wait("bot", status=401), errors.PleaseWaitFewMinutes),
        (lambda faults: faults.please_wait("bot"), errors.PleaseWaitFewMinutes),
        (lambda faults: faults.throttle(account="bot", is_empty=True), errors.ClientThrottledError),
    ],
)
def test_every_end_of_a_login_has_its_error(
    emu: VirtualEmulator, client: Client, bot: Actor, fail: Callable[[Faults], Any], kind: type[errors.ClientError]
) -> None:
    with fail(emu.faults):
        with pytest.raises(errors.ClientError) as caught:
            client.login("bot", "right")
        assert type(caught.value) is kind
        assert caught.value.code is not None
        logins = emu.counters.http_calls("accounts/login/").total
        assert logins == 1, "a refused login is not tried again"
    assert client.login("bot", "right")


def test_a_risky_login_hints_at_the_app(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    emu.faults.refuse_login("risky")
    with pytest.raises(errors.BadPassword) as caught:
        client.login("bot", "right")
    assert caught.value.hint is not None
    assert "in the app" in caught.value.hint


def test_an_empty_429_is_named(emu: VirtualEmulator, client: Client, bot: Actor) -> None:
    emu.faults.throttle(None, bot, is_empty=True)
    with pytest.raises(errors.ClientThrottledError, match="rather the kind of connection than a limit") as caught:
        client.login("bot", "right")
    assert caught.value.empty_body
    assert caught.value.retry_after is None


@pytest.mark.slow
def test_over_sockets_and_tls() -> None:
    with Emulator(strict=True) as emu:
        bot = emu.account("bot", "right")
        seed = bot.enable_two_factor("app", "sms").seed
        client = emu.new_client()
        begin(client)
        assert client.two_factor_login(client.totp_generate_code(seed))
        emu.faults.challenge(bot, "legacy")
        with pytest.raises(errors.ChallengeRequired):
            client.account_info()
        client.challenge_select("email")
        assert client.challenge_send_code(bot.codes[-1]).is_closed
        assert client.account_info().username == "bot"
        assert client.logout()
        assert emu.complaints == []


@pytest.mark.slow
def test_threads_that_log_in_at_once_make_one_session() -> None:
    with Emulator(strict=True) as emu:
        bot = emu.account("bot", "right")
        client = emu.client(bot)
        bot.end_sessions()
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda _: client.login("bot", "right"), range(4)))
        assert emu.counters.http_calls("accounts/login/").total == 2
        assert client.account_info().username == "bot"


def test_a_ready_client_has_confirmed_its_login(emu: VirtualEmulator, bot: Actor) -> None:
    bot.enable_two_factor("app", "sms")
    assert emu.client(bot).account_info().username == "bot"
