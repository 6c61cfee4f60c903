"""``instagrapi doctor``: what it finds, what it advises, and that its output can be pasted anywhere."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Emulator
from tests.support.proxies import proxy_to

Cli = Callable[..., Any]
ALL = ["versions", "session file", "file mode", "proxy"]
ALL += [f"{service} {step}" for service in ("HTTP", "realtime", "FBNS") for step in ("DNS", "TCP", "TLS")]
ALL += ["session", "CONNACK", "iris", "FBNS"]


@pytest.fixture
def client(emulator: Emulator, settings_file: Path) -> Client:
    """A logged-in client that has connected to FBNS once; its session is in the file."""
    client: Client = emulator.client(emulator.account("some.body"))
    client.fbns_connect()
    client.fbns_disconnect()
    settings_file.parent.mkdir(parents=True)
    client.dump_settings(settings_file)
    return client


@pytest.fixture
def findings(cli: Cli) -> Callable[..., dict[str, dict[str, str]]]:
    """Runs the command and gives what it found by the names of the checks; the exit status has to fit."""

    def run(*arguments: str) -> dict[str, dict[str, str]]:
        outcome = cli(*arguments, "doctor", "--json", "--timeout", "3")
        found = {finding["name"]: finding for finding in map(json.loads, outcome.out.splitlines())}
        assert outcome.status == any(finding["outcome"] == "failed" for finding in found.values())
        return found

    return run


def failed(found: dict[str, dict[str, str]]) -> list[str]:
    return [name for name, finding in found.items() if finding["outcome"] == "failed"]


def skipped(found: dict[str, dict[str, str]]) -> list[str]:
    return [name for name, finding in found.items() if finding["outcome"] == "skipped"]


def test_everything_is_well(client: Client, findings: Any) -> None:
    found = findings()
    assert list(found) == ALL
    assert {finding["outcome"] for finding in found.values()} == {"ok"}
    assert not any("remedy" in finding for finding in found.values())


def test_it_is_careful_with_the_account(client: Client, findings: Any, emulator: Emulator) -> None:
    calls, connections = len(emulator.http_calls), len(emulator.connections)
    findings()
    assert [call.path for call in list(emulator.http_calls)[calls:]] == ["accounts/current_user/", "direct_v2/inbox/"]
    assert [connection.service for connection in list(emulator.connections)[connections:]] == ["realtime", "fbns"]
    assert not any(connection.is_open for connection in emulator.connections)


def test_the_device_stays_the_same(client: Client, findings: Any, settings_file: Path) -> None:
    findings()
    after = json.loads(settings_file.read_text())
    assert after["fbns_auth"]["device_id"] == client.get_settings()["fbns_auth"]["device_id"]
    assert after["uuids"] == client.get_settings()["uuids"]


def test_lines_for_people(cli: Cli, client: Client, emulator: Emulator) -> None:
    emulator.faults.revoke("some.body")
    outcome = cli("doctor", "--timeout", "3")
    assert outcome.status == 1
    lines = outcome.out.splitlines()
    assert lines[0].startswith("ok      versions      instagrapi-realtime ")
    place = next(number for number, line in enumerate(lines) if line.startswith("failed"))
    assert lines[place] == "failed  session       The session has ended; log in again from the same device settings."
    assert lines[place + 1] == "        what to do: log in again with 'instagrapi login'"
    assert lines[place + 2] == "skipped CONNACK       needs session"


def test_without_a_session_the_hosts_are_checked_all_the_same(findings: Any, emulator: Emulator) -> None:
    found = findings()
    assert failed(found) == ["session file"]
    assert skipped(found) == ["file mode", "session", "CONNACK", "iris", "FBNS"]


def test_a_logged_out_session(client: Client, findings: Any, settings_file: Path) -> None:
    client.logout()
    client.dump_settings(settings_file)
    found = findings()
    assert failed(found) == ["session file"]
    assert "instagrapi login" in found["session file"]["remedy"]


def test_a_file_that_is_no_session(findings: Any, settings_file: Path, emulator: Emulator) -> None:
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text("nonsense")
    found = findings()
    assert found["session file"]["sentence"] == "the session file is not a settings file: it is not JSON"
    assert "instagrapi login" in found["session file"]["remedy"]


def test_a_file_that_others_may_read(client: Client, findings: Any, settings_file: Path) -> None:
    settings_file.chmod(0o644)
    found = findings()
    assert failed(found) == ["file mode"]
    assert found["file mode"]["remedy"] == "chmod 600 the file"


@pytest.mark.parametrize(
    ("proxy", "sentence"),
    [
        ("ftp://proxy.example", "the proxy scheme 'ftp' is not one of"),
        ("socks5://no-such-host.invalid:9", "the name of the proxy cannot be resolved"),
        ("socks5://127.0.0.1:9", "the proxy cannot be reached"),
    ],
)
def test_a_proxy_that_is_none_is_a_finding(
    client: Client, findings: Any, emulator: Emulator, proxy: str, sentence: str
) -> None:
    found = findings("--proxy", proxy)
    assert failed(found) == ["proxy"]
    assert found["proxy"]["sentence"].startswith(sentence)
    assert "proxy" in found["proxy"]["remedy"]


def test_an_emulator_that_has_ended_is_a_finding(client: Client, findings: Any, emulator: Emulator) -> None:
    emulator.stop()
    found = findings()
    assert failed(found) == ["emulator"]
    assert "has ended" in found["emulator"]["sentence"]


def test_a_suspended_account_is_for_its_owner(client: Client, findings: Any, emulator: Emulator) -> None:
    emulator.faults.suspend("some.body")
    found = findings()
    assert failed(found) == ["session"]
    assert "appeal" in found["session"]["remedy"]


def test_a_challenge_is_for_the_person(client: Client, findings: Any, emulator: Emulator) -> None:
    emulator.faults.challenge("some.body")
    found = findings()
    assert failed(found) == ["session"]
    assert "app" in found["session"]["remedy"]


@pytest.mark.parametrize(
    ("fault", "check", "word"),
    [
        (lambda faults: faults.refuse_connect(5, "realtime"), "CONNACK", "login"),
        (lambda faults: faults.refuse_connect(3, "realtime"), "CONNACK", "wait"),
        (lambda faults: faults.refuse_iris(), "iris", "wait"),
        (lambda faults: faults.refuse_connect(3, "fbns"), "FBNS", "wait"),
        (lambda faults: faults.throttle(path="accounts/current_user/"), "session", "wait"),
        (lambda faults: faults.expire_certificate("realtime"), "realtime TLS", "clock"),
        (lambda faults: faults.hang_after_tcp("fbns"), "FBNS TLS", "network"),
        (lambda faults: faults.hang_after_tls("realtime"), "CONNACK", "network"),
    ],
)
def test_the_first_step_that_fails_is_named(
    client: Client, findings: Any, emulator: Emulator, fault: Any, check: str, word: str
) -> None:
    fault(emulator.faults)
    found = findings()
    assert failed(found) == [check]
    assert word in found[check]["remedy"]


def test_a_device_that_fbns_forgot(client: Client, findings: Any, emulator: Emulator, settings_file: Path) -> None:
    before = settings_file.read_text()
    emulator.faults.refuse_connect(4, "fbns", times=1)
    found = findings()
    assert failed(found) == ["FBNS"]
    assert settings_file.read_text() == before


def test_before_the_first_push_there_is_no_device_to_look_at(
    emulator: Emulator, settings_file: Path, findings: Any
) -> None:
    settings_file.parent.mkdir(parents=True)
    emulator.client(emulator.account("some.body")).dump_settings(settings_file)
    assert skipped(findings()) == ["FBNS"]


def test_a_program_that_is_connected_is_left_alone(client: Client, findings: Any) -> None:
    realtime = client.realtime_connect()
    try:
        found = findings()
        assert skipped(found) == ["CONNACK", "iris"]
        assert failed(found) == []
        assert realtime.ping()
    finally:
        client.realtime_disconnect()


@pytest.mark.parametrize("scheme", ["http", "socks5h", "socks5"])
def test_through_a_proxy(client: Client, findings: Any, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    server, asked = proxy_to(None, ("proxy-user", "proxy-secret"))
    with server:
        monkeypatch.setenv("INSTAGRAPI_PROXY", f"{scheme}://proxy-user:proxy-secret@127.0.0.1:{server.port}")
        found = findings()
    assert failed(found) == []
    assert found["proxy"]["sentence"] == f"{scheme}, with credentials; it takes connections"
    assert found["realtime TCP"]["sentence"] == "left to the proxy"
    assert len(asked) >= 6  # three handshakes, HTTP, realtime, FBNS


def test_a_proxy_that_is_not_there(client: Client, findings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    found = findings("--proxy", f"socks5h://127.0.0.1:{port}")
    assert failed(found) == ["proxy"]
    assert "HTTP DNS" in skipped(found)


def test_a_proxy_that_wants_other_credentials(client: Client, findings: Any) -> None:
    server, _ = proxy_to(None, ("proxy-user", "right"))
    with server:
        found = findings("--proxy", f"http://proxy-user:wrong@localhost:{server.port}")
    assert failed(found) == ["HTTP TLS", "realtime TLS", "FBNS TLS"]
    assert "407" in found["HTTP TLS"]["sentence"]


def test_the_output_can_be_pasted(
    client: Client, cli: Cli, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, settings_file: Path
) -> None:
    server, _ = proxy_to(None, ("proxy-user", "right"))
    with server:
        monkeypatch.setenv("INSTAGRAPI_PROXY", f"http://proxy-user:proxy-secret@localhost:{server.port}")
        outputs = [cli("doctor", "--timeout", "3")]
    monkeypatch.delenv("INSTAGRAPI_PROXY")
    outputs.append(cli("doctor", "--timeout", "3"))
    emulator.faults.challenge("some.body")
    outputs.append(cli("doctor", "--timeout", "3", "--json"))
    settings_file.write_text("{")
    outputs.append(cli("doctor", "--timeout", "3"))
    shown = "".join(output.out + output.err for output in outputs)
    auth = client.get_settings()["fbns_auth"]
    private = [client.sessionid, client.user_id, client.username, str(settings_file), client.phone_id]
    private += [auth["device_id"], auth["device_secret"], auth["password"], "proxy-user", "proxy-secret", "localhost"]
    for secret in private:
        assert secret
        assert secret not in shown
