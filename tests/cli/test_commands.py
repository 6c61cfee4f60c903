"""``instagrapi login``, ``listen``, ``send`` and ``push``, as a user calls them."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Emulator
from instagrapi.realtime import RealtimeClient

Cli = Callable[..., Any]


@pytest.fixture
def logged_in(emulator: Emulator, settings_file: Path) -> Client:
    client: Client = emulator.client(emulator.account("me"))
    settings_file.parent.mkdir(parents=True)
    client.dump_settings(settings_file)
    return client


def test_login_reads_the_password_from_standard_input_and_keeps_the_session(
    cli: Cli, emulator: Emulator, settings_file: Path
) -> None:
    emulator.account("me", "correct horse")
    outcome = cli("login", "me", stdin="correct horse\n")
    assert outcome.status == 0
    assert outcome.out == f"Logged in as me; the session is in {settings_file}.\n"
    assert stat.S_IMODE(settings_file.stat().st_mode) == 0o600
    assert "correct horse" not in settings_file.read_text() + outcome.out + outcome.err


def test_login_again_is_the_same_device(cli: Cli, emulator: Emulator, settings_file: Path) -> None:
    emulator.account("me", "pw")
    devices = []
    for _ in range(2):
        assert cli("login", "me", stdin="pw\n").status == 0
        devices.append(json.loads(settings_file.read_text())["uuids"])
    assert devices[0] == devices[1]


def test_login_by_session_id(cli: Cli, emulator: Emulator, settings_file: Path) -> None:
    session_id = emulator.account("me").new_session()
    outcome = cli("login", "--session-id", stdin=f"{session_id}\n")
    assert outcome.status == 0
    assert session_id not in outcome.out + outcome.err


def test_login_never_takes_the_password_as_an_argument(cli: Cli, emulator: Emulator) -> None:
    assert cli("login", "me", "secret").status == 2
    assert "--password" not in cli("login", "--help").out


@pytest.mark.parametrize(
    ("stdin", "sentence"),
    [
        ("wrong\n", "The password you entered is incorrect. Please try again."),
        ("", "no password came on standard input"),
    ],
)
def test_a_failed_login_is_one_sentence(cli: Cli, emulator: Emulator, stdin: str, sentence: str) -> None:
    emulator.account("me", "right")
    assert cli("login", "me", stdin=stdin) == (1, "", f"instagrapi: {sentence}\n")


def test_debug_shows_the_traceback(cli: Cli, emulator: Emulator) -> None:
    emulator.account("me", "right")
    with pytest.raises(Exception, match="incorrect"):
        cli("--debug", "login", "me", stdin="wrong\n")


@pytest.mark.parametrize("command", [["listen"], ["push"], ["send", "1", "hi"], ["whoami"], ["logout"]])
def test_without_a_session_the_command_says_what_to_do(cli: Cli, command: list[str], settings_file: Path) -> None:
    assert cli(*command) == (
        1,
        "",
        f"instagrapi: there is no session in {settings_file}; run 'instagrapi login' first\n",
    )


def test_send_waits_for_the_answer(cli: Cli, emulator: Emulator, logged_in: Client) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    thread = alice.thread_with(me)
    outcome = cli("send", thread.thread_id, "from the shell")
    sent = alice.last_message_from(me)
    assert sent is not None
    assert sent.text == "from the shell"
    assert (outcome.status, outcome.out) == (0, f"Sent as item {sent.item_id}.\n")


def test_send_to_nowhere_is_one_sentence(cli: Cli, emulator: Emulator, logged_in: Client) -> None:
    outcome = cli("send", "340282366841710300949128999999999999999", "x")
    assert outcome.status == 1
    assert outcome.err == "instagrapi: There is no such thread.\n"


@pytest.mark.parametrize("command", [["listen", "--seconds", "0"], ["send", "1", "hi"]])
@pytest.mark.parametrize("wall", ["revoke", "challenge", "suspend", "checkpoint"])
def test_a_refused_session_is_explained_as_other_commands_do(
    cli: Cli, emulator: Emulator, logged_in: Client, command: list[str], wall: str
) -> None:
    getattr(emulator.faults, wall)("me")
    asked = cli("whoami")
    assert (asked.status, asked.out) == (1, "")
    assert cli(*command) == asked


def test_a_refusal_that_nobody_explains_is_told_as_it_is(cli: Cli, emulator: Emulator, logged_in: Client) -> None:
    emulator.faults.refuse_connect(5, "realtime")
    outcome = cli("listen", "--seconds", "0")
    assert outcome.status == 1
    assert outcome.err.startswith("instagrapi: the broker does not authorize this session (CONNACK 5)")


def test_listen_shows_what_was_asked_for(
    cli: Cli, emulator: Emulator, logged_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_when_subscribed(emulator, monkeypatch, lambda alice, me: (alice.typing(me), alice.send(me, "one\ntwo\x1b[31m")))
    outcome = cli("listen", "--type", "message", "--count", "1", "--seconds", "20")
    assert outcome.status == 0
    (line,) = outcome.out.splitlines()
    assert "message" in line
    assert line.endswith("“one\\ntwo\\x1b[31m”")


@pytest.mark.parametrize("whole", [False, True])
def test_listen_knows_names_from_the_inbox_and_ids_when_asked_for(
    cli: Cli, emulator: Emulator, logged_in: Client, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    thread = emulator.account("alice").thread_with(emulator.account("me"))
    emulator.account("alice").send(thread, "before")
    calls = len(emulator.http_calls)
    act_when_subscribed(emulator, monkeypatch, lambda alice, me: alice.send(me, "hi"))
    arguments = ["--ids"] if whole else []
    (line,) = cli("listen", "--type", "message", "--count", "1", "--seconds", "20", *arguments).out.splitlines()
    item = list(thread.latest_first())[0]
    where = f"in {item.thread_id} item {item.item_id}" if whole else f"in …{item.thread_id[-6:]}"
    assert line.endswith(f"message            alice {where}: “hi”")
    assert [call.path for call in emulator.http_calls[calls:]] == ["direct_v2/inbox/"]


def test_listen_writes_json_lines(
    cli: Cli, emulator: Emulator, logged_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_when_subscribed(emulator, monkeypatch, lambda alice, me: alice.typing(me))
    outcome = cli("listen", "--json", "--type", "typing", "--count", "1", "--seconds", "20")
    event = json.loads(outcome.out)
    assert outcome.status == 0
    assert (event["kind"], event["sender_id"], event["is_active"]) == (
        "typing",
        str(emulator.account("alice").pk),
        True,
    )


def test_listen_says_when_the_time_was_up(cli: Cli, emulator: Emulator, logged_in: Client) -> None:
    outcome = cli("listen", "--type", "message", "--count", "2", "--seconds", "0")
    assert (outcome.status, outcome.err) == (1, "instagrapi: only 0 of 2 events came in time\n")


def test_push_shows_notifications_and_keeps_the_device(
    cli: Cli, emulator: Emulator, logged_in: Client, monkeypatch: pytest.MonkeyPatch, settings_file: Path
) -> None:
    fbns_connect = Client.fbns_connect

    def connect_and_send(self: Client, **options: Any) -> Any:
        fbns = fbns_connect(self, **options)
        emulator.account("alice").send(emulator.account("me"), "wake up")
        return fbns

    monkeypatch.setattr(Client, "fbns_connect", connect_and_send)
    outcome = cli("push", "--count", "1", "--seconds", "20")
    assert outcome.status == 0
    assert "“alice: wake up”" in outcome.out
    assert json.loads(settings_file.read_text())["fbns_auth"]["device_secret"]


def test_listening_does_not_undo_what_another_command_saved(
    cli: Cli, emulator: Emulator, logged_in: Client, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def push_meanwhile(alice: Any, me: Any) -> None:
        logged_in.fbns_connect()
        logged_in.fbns_disconnect()
        logged_in.dump_settings(settings_file)

    act_when_subscribed(emulator, monkeypatch, push_meanwhile)
    assert cli("listen", "--seconds", "0").status == 0
    assert json.loads(settings_file.read_text())["fbns_auth"]["device_id"]


def test_a_kind_that_does_not_exist_is_refused(cli: Cli, logged_in: Client) -> None:
    outcome = cli("listen", "--type", "mesage")
    assert outcome.status == 2
    assert "'message'" in outcome.err


def test_a_reader_that_leaves_ends_the_command_quietly(
    emulator: Emulator, logged_in: Client, settings_file: Path
) -> None:
    """``instagrapi listen | head -1``."""
    emulator.companion("alice", 0.02)
    command = [
        sys.executable,
        "-c",
        "from instagrapi.cli import run; run()",
        "listen",
        "--settings",
        str(settings_file),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(30), process.stderr.read()) == (1, b"")


def test_a_lost_connection_is_told_and_tried_again(
    cli: Cli, emulator: Emulator, logged_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_when_subscribed(emulator, monkeypatch, lambda alice, me: emulator.stop())
    outcome = cli("listen", "--seconds", "0.5")
    assert (outcome.status, outcome.err) == (0, "")
    assert "disconnected" in outcome.out
    assert "trying again in" in outcome.out


def test_ctrl_c_ends_listen_cleanly(
    cli: Cli, emulator: Emulator, logged_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: RealtimeClient, timeout: float | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RealtimeClient, "read_once", interrupt)
    assert cli("listen") == (0, "", "")


@pytest.mark.parametrize("url", ["emulator://8.8.8.8?http=1&realtime=2&fbns=3", "https://127.0.0.1", "emulator://x"])
def test_only_loopback_is_taken_for_an_emulator(cli: Cli, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("INSTAGRAPI_EMULATOR", "")
    outcome = cli("--emulator", url, "login", "me", stdin="pw\n")
    assert outcome.status == 1
    assert outcome.err.startswith("instagrapi: INSTAGRAPI_EMULATOR must look like emulator://127.0.0.1?")


def act_when_subscribed(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, act: Callable[..., object]) -> None:
    """Lets something happen as soon as ``listen`` follows."""
    subscribe = RealtimeClient.direct_subscribe

    def subscribe_and_act(self: RealtimeClient, *arguments: Any, **options: Any) -> dict[str, int]:
        state = subscribe(self, *arguments, **options)
        act(emulator.account("alice"), emulator.account("me"))
        return state

    monkeypatch.setattr(RealtimeClient, "direct_subscribe", subscribe_and_act)
