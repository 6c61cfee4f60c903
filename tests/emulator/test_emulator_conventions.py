"""What the emulator notices about requests that no app would send so."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from instagrapi import Client
from instagrapi.emulator import Emulator, VirtualEmulator
from instagrapi.exceptions import UnknownError


@pytest.fixture
def emu() -> VirtualEmulator:
    return VirtualEmulator()


@pytest.fixture
def client(emu: VirtualEmulator) -> Client:
    return emu.client("bot")


def test_the_client_gives_no_reason_to_complain(emu: VirtualEmulator, client: Client) -> None:
    client.account_info()
    client.push_register("token")
    client.logout()
    assert emu.complaints == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"headers": {"X-IG-Capabilities": None}}, "it lacks the header X-IG-Capabilities"),
        ({"headers": {"User-Agent": "python-requests/2"}}, "its header User-Agent is odd"),
        ({"headers": {"IG-INTENDED-USER-ID": "0"}}, "its header IG-INTENDED-USER-ID is odd"),
        ({"headers": {"Content-Type": "application/x-www-form-urlencoded"}}, "its header Content-Type is odd"),
        ({"with_signature": False}, "its form is not signed"),
        ({"data": {"guid": None}}, "its field guid is not what the header X-IG-Device-ID says"),
        ({"data": {"device_id": "android-0"}}, "its field device_id is not what the header X-IG-Android-ID says"),
        ({"data": {"one_tap_app_login": "True"}}, "one_tap_app_login is True, as Python writes it"),
        ({"params": {"x": "None"}}, "x is None, as Python writes it"),
    ],
)
def test_what_is_odd_is_noted(emu: VirtualEmulator, client: Client, change: dict[str, Any], complaint: str) -> None:
    form = {
        "guid": client.uuid,
        "phone_id": client.phone_id,
        "device_id": client.android_device_id,
        "_uuid": client.uuid,
        "one_tap_app_login": "true",
    }
    client.private_request("accounts/logout/", **{**change, "data": {**form, **change.get("data", {})}})
    assert emu.complaints == [f"POST accounts/logout/: {complaint}"]


def test_missing_fields_and_parameters_are_noted(emu: VirtualEmulator, client: Client) -> None:
    client.private_request("accounts/current_user/")
    client.private_request("push/register/", {"device_token": "t"}, with_signature=True)
    complaints = emu.complaints
    assert complaints[:2] == [
        "GET accounts/current_user/: it lacks edit in its query",
        "POST push/register/: its form is signed",
    ]
    assert "POST push/register/: it lacks the field guid" in complaints


def test_before_login_there_is_no_user(emu: VirtualEmulator, client: Client) -> None:
    client.private_request("launcher/sync/", {"id": client.uuid, "server_config_retrieval": "1"})
    assert emu.complaints == [
        "POST launcher/sync/: its header IG-INTENDED-USER-ID is odd",
        "POST launcher/sync/: it has the header Authorization",
        "POST launcher/sync/: it has the header IG-U-DS-USER-ID",
    ]


def test_a_get_says_nothing_of_its_form(emu: VirtualEmulator, client: Client) -> None:
    client.private_request("users/10000000001/info/", headers={"Content-Type": "text/plain"})
    assert emu.complaints == ["GET users/<int:pk>/info/: it has the header Content-Type"]


def test_a_strict_emulator_refuses() -> None:
    emu = VirtualEmulator(strict=True)
    client = emu.client("bot")
    with pytest.raises(UnknownError, match="no app would send it so: it lacks edit in its query"):
        client.private_request("accounts/current_user/")
    assert client.account_info().username == "bot"


def test_over_sockets_too() -> None:
    with Emulator(strict=True) as emu:
        client = emu.client("bot")
        assert client.account_info().username == "bot"
        assert emu.complaints == []
        url = f"{emu.endpoints.http}/api/v1/accounts/login/"
        answer = requests.post(url, data={"username": "bot"}, verify=emu.endpoints.ca_file, timeout=5)
        assert answer.status_code == 400
        assert "it lacks the field enc_password" in answer.json()["message"]
        assert all(complaint.startswith("POST accounts/login/: ") for complaint in emu.complaints)


def test_the_journal_keeps_what_was_sent_but_no_secrets(emu: VirtualEmulator, client: Client) -> None:
    client.account_info()
    login, account = emu.http_calls[-2:]
    assert (login.path, login.account, login.is_signed) == ("accounts/login/", "bot", True)
    assert login.fields["username"] == "bot"
    assert login.fields["guid"] == client.uuid
    assert (account.account, account.query, account.fields) == ("bot", {"edit": "true"}, {})
    assert account.headers["X-IG-Device-ID"] == client.uuid
    kept = f"{login.fields}{login.headers}{account.headers}"
    assert "enc_password" not in kept
    assert client.sessionid is not None
    assert client.sessionid not in kept
    assert client.authorization is not None
    assert client.authorization not in kept
    assert client.uuid not in repr(login)
