"""Logging in, proving who one is, and out again, as a user does it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import click
import pytest

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.http_answers import ok
from instagrapi.emulator.views.confirming import ConfirmingViews
from tests.support.proxies import proxy_to

Cli = Callable[..., Any]


@pytest.fixture
def me(emulator: Emulator) -> Actor:
    return emulator.account("me", "pw")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Answers on a terminal; a function makes an answer when it is asked for. Gives the questions."""

    def answer(*answers: str | Callable[[], str]) -> list[str]:
        remaining, questions = list(answers), []

        class Terminal(StringIO):
            def isatty(self) -> bool:
                return True

        def prompt(label: str, **options: Any) -> str:
            questions.append(label)
            assert options["err"], "questions are no output"
            assert options["hide_input"] is (label in ("Password", "Session id", "Seed of the authenticator app"))
            given = remaining.pop(0)
            return given if isinstance(given, str) else given()

        monkeypatch.setattr(click, "prompt", prompt)
        monkeypatch.setattr(sys, "stdin", Terminal())
        return questions

    return answer


@pytest.fixture
def terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command whose standard input is the terminal."""

    def run(*arguments: str) -> Any:
        terminal = sys.stdin
        original = monkeypatch.setattr

        def keep(target: Any, name: str, value: Any) -> None:
            original(target, name, terminal if (target, name) == (sys, "stdin") else value)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(monkeypatch, "setattr", keep)
            return cli(*arguments)

    return run


def test_login_goes_through_the_proxy(cli: Cli, me: Actor) -> None:
    server, asked = proxy_to(None, ("proxy-user", "proxy-secret"))
    with server:
        outcome = cli("--proxy", f"http://proxy-user:proxy-secret@127.0.0.1:{server.port}", "login", "me", stdin="pw\n")
    assert outcome.status == 0, outcome.err
    assert asked
    assert "proxy-secret" not in outcome.out + outcome.err


# --- two-factor -------------------------------------------------------------------------------------------------------


def test_a_backup_code_from_standard_input(cli: Cli, me: Actor, settings_file: Path) -> None:
    code = me.enable_two_factor().backup_codes[0]
    outcome = cli("login", "me", stdin=f"pw\n{code}\n")
    assert (outcome.status, outcome.out) == (0, f"Logged in as me; the session is in {settings_file}.\n")
    assert "from the authenticator app; or one of the backup codes" in outcome.err
    assert code not in outcome.out + outcome.err


def test_a_seed_from_standard_input(cli: Cli, me: Actor, settings_file: Path) -> None:
    seed = me.enable_two_factor().seed
    outcome = cli("login", "me", "--totp", stdin=f"pw\n{seed}\n")
    assert outcome.status == 0
    assert seed not in outcome.out + outcome.err + settings_file.read_text()


def test_a_code_by_sms_at_the_terminal(terminal: Cli, me: Actor, typed: Callable[..., list[str]]) -> None:
    me.enable_two_factor("app", "sms", "whatsapp")
    questions = typed("pw", "000000", "sms", lambda: me.codes[-1])
    outcome = terminal("login", "me")
    assert outcome.status == 0, outcome.err
    assert questions == ["Password", "Two-factor code", "Two-factor code", "Two-factor code"]
    assert "by SMS (…0000), type sms to have one sent" in outcome.err
    assert "The code is wrong.\nA code was sent.\n" in outcome.err


def test_three_wrong_codes_are_enough(cli: Cli, emulator: Emulator, me: Actor) -> None:
    me.enable_two_factor()
    outcome = cli("login", "me", stdin="pw\n000000\n000001\n000002\n000003\n")
    assert outcome.status == 1
    assert outcome.err.endswith("instagrapi: no right code was given; run the command again later\n")
    assert emulator.counters.http_calls("accounts/two_factor_login/").total == 3


def test_without_a_code_nothing_is_tried(cli: Cli, emulator: Emulator, me: Actor) -> None:
    me.enable_two_factor("sms")
    outcome = cli("login", "me", stdin="pw\n")
    assert outcome.status == 1
    assert outcome.err.endswith("instagrapi: no two-factor code came on standard input\n")
    assert emulator.counters.http_calls("accounts/two_factor_login/").total == 0


def test_two_factor_that_needs_the_app_is_one_sentence(cli: Cli, me: Actor) -> None:
    me.enable_two_factor(is_moved=True)
    outcome = cli("login", "me", stdin="pw\n000000\n")
    assert outcome.status == 1
    assert "the account needs the app for it" in outcome.err.splitlines()[-1]


# --- challenges -------------------------------------------------------------------------------------------------------


def test_a_challenge_is_passed_at_the_terminal(
    terminal: Cli, emulator: Emulator, me: Actor, typed: Callable[..., list[str]], settings_file: Path
) -> None:
    emulator.faults.challenge(me, "legacy")
    questions = typed("pw", "1", "000000", "again", lambda: me.codes[-1])
    outcome = terminal("login", "me")
    assert outcome.status == 0, outcome.err
    assert outcome.out == f"Logged in as me; the session is in {settings_file}.\n"
    code = "Code that was sent to m******e@e******.com"
    assert questions == ["Password", "Your choice", code, code, code]
    assert "  0  +0 *** ***-**-00\n  1  m******e@e******.com\n" in outcome.err
    assert "Please check the code we sent you" in outcome.err
    assert json.loads(settings_file.read_text())["authorization_data"]["ds_user_id"] == str(me.pk)


def test_three_wrong_codes_end_a_challenge(cli: Cli, emulator: Emulator, me: Actor) -> None:
    emulator.faults.challenge(me, "legacy", step="verify_email")
    outcome = cli("login", "me", stdin="pw\n1\n2\n3\n4\n")
    assert outcome.status == 1
    assert outcome.err.endswith("instagrapi: no right code was given; run the command again later\n")


@pytest.mark.parametrize(("kind", "step"), [("native", "select_verify_method"), ("legacy", "STEP_NAME")])
def test_other_challenges_say_what_to_do(cli: Cli, emulator: Emulator, me: Actor, kind: Any, step: str) -> None:
    emulator.faults.challenge(me, kind, step=step)
    outcome = cli("login", "me", stdin="pw\n")
    assert outcome.status == 1
    assert "open the Instagram app or https://i.instagram.com/challenge/" in outcome.err
    assert outcome.err.endswith("confirm there that it was you, then run the command again\n")


def test_a_challenge_that_ends_without_a_session_is_no_login(
    terminal: Cli,
    cli: Cli,
    emulator: Emulator,
    me: Actor,
    typed: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cli("login", "me", stdin="pw\n")
    me.end_sessions()
    emulator.faults.challenge(me, "legacy", step="verify_email")
    monkeypatch.setattr(ConfirmingViews, "_closed", lambda *_: ok(action="close"))
    typed("pw", lambda: me.codes[-1])
    outcome = terminal("login", "me")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.endswith("the challenge is passed; run the command again to log in\n")


def test_a_checkpoint_names_its_page(cli: Cli, emulator: Emulator, me: Actor) -> None:
    emulator.faults.checkpoint(me)
    outcome = cli("login", "me", stdin="pw\n")
    assert (outcome.status, outcome.out) == (1, "")
    assert "Pass the checkpoint in the app" in outcome.err
    assert "The page: https://i.instagram.com/checkpoint/dismiss/" in outcome.err


def test_a_risky_login_gets_a_hint(cli: Cli, emulator: Emulator, me: Actor) -> None:
    emulator.faults.refuse_login("risky")
    outcome = cli("login", "me", stdin="pw\n")
    assert "We can send you an email" in outcome.err
    assert "log in with a saved session, or first in the app" in outcome.err


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_whoami_is_one_request(cli: Cli, emulator: Emulator, me: Actor, settings_file: Path) -> None:
    cli("login", "me", stdin="pw\n")
    before, content = len(emulator.http_calls), settings_file.read_bytes()
    outcome = cli("whoami")
    first, second, third = outcome.out.splitlines()
    assert first == f"me ({me.pk}) “Me”"
    assert second.startswith(f"session  {settings_file}, of 20")
    assert third == "device   Pixel 8 Pro with app 449.0.0.52.84"
    assert [call.path for call in emulator.http_calls[before:]] == ["accounts/current_user/"]
    assert settings_file.read_bytes() == content, "a program may be using it"


def test_whoami_with_a_dead_session_is_one_sentence(cli: Cli, me: Actor) -> None:
    cli("login", "me", stdin="pw\n")
    me.end_sessions()
    outcome = cli("whoami")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err == "instagrapi: The session has ended; log in again from the same device settings.\n"


def test_a_challenge_outside_of_login_leads_to_login(cli: Cli, emulator: Emulator, me: Actor) -> None:
    cli("login", "me", stdin="pw\n")
    emulator.faults.challenge(me, "legacy")
    assert "run 'instagrapi login', which can have a code sent" in cli("whoami").err
    outcome = cli("login", "me", stdin="pw\n1\n")
    assert outcome.err.endswith("no code that was sent to m******e@e******.com came on standard input\n")


@pytest.mark.parametrize("is_dead", [False, True])
def test_logout_keeps_the_device(cli: Cli, me: Actor, settings_file: Path, is_dead: bool) -> None:
    cli("login", "me", stdin="pw\n")
    before = json.loads(settings_file.read_text())
    if is_dead:
        me.end_sessions()
    outcome = cli("logout")
    assert (outcome.status, outcome.out) == (0, f"Logged out; {settings_file} keeps the device.\n")
    after = json.loads(settings_file.read_text())
    assert after["authorization_data"] == {}
    assert after["uuids"] == before["uuids"]
    assert cli("whoami").err.endswith("is logged out; run 'instagrapi login' first\n")
