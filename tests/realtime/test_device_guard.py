"""Two clients of one device: the second is told, instead of both ending each other's connection."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from instagrapi import Client
from instagrapi.emulator import Emulator
from instagrapi.exceptions import ConnectFailed, ConnectRefused, DeviceInUse
from instagrapi.realtime.protocol.packets import ConnAck


@pytest.fixture
def emulated() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def two(emulated: Emulator) -> tuple[Client, Client]:
    """Two clients with the same session and device."""
    one = emulated.client("me")
    return one, Client(one.get_settings(), profile=emulated.profile)


def test_a_second_connection_of_a_device_is_refused_until_the_first_ends(two: tuple[Client, Client]) -> None:
    one, other = two
    one.realtime_connect()
    with pytest.raises(DeviceInUse, match="as this device"):
        other.realtime_connect()
    assert one.realtime_ping()
    one.realtime_disconnect()
    other.realtime_connect()
    other.realtime_disconnect()


def test_push_and_realtime_are_different_connections(two: tuple[Client, Client]) -> None:
    one, _ = two
    one.realtime_connect()
    one.fbns_connect()
    one.realtime_disconnect()
    one.fbns_disconnect()


def test_a_client_that_could_not_connect_does_not_keep_the_device(emulated: Emulator) -> None:
    one = emulated.client("me")
    other = Client(one.get_settings(), profile=emulated.profile)
    nowhere = emulated.profile.replace(endpoints={"realtime": {"host": "127.0.0.1", "port": 1}})
    with pytest.raises(ConnectFailed):
        one.realtime_connect(profile=nowhere)
    other.realtime_connect()
    other.realtime_disconnect()


def test_the_guard_can_be_switched_off(two: tuple[Client, Client]) -> None:
    one, other = two
    one.realtime_connect()
    other.realtime_connect(guard_device=False)
    other.realtime_disconnect()
    one.realtime_disconnect()


def test_connecting_again_is_no_second_client(two: tuple[Client, Client]) -> None:
    one, _ = two
    realtime = one.realtime_connect()
    realtime.connect()
    one.realtime_disconnect()


def test_push_of_a_device_that_has_no_identity_yet_is_guarded_too(two: tuple[Client, Client]) -> None:
    """The identity that FBNS issues is new for each of them; the phone is the same."""
    one, other = two
    assert not one.settings.get("fbns_auth")
    one.fbns_connect()
    assert not other.settings.get("fbns_auth")
    with pytest.raises(DeviceInUse, match="disconnect that one first") as raised:
        other.fbns_connect()
    assert raised.value.pid == os.getpid()
    assert not other.settings.get("fbns_auth"), "nothing was asked for in vain"
    assert one.fbns_ping()
    one.fbns_disconnect()
    other.fbns_connect()
    other.fbns_disconnect()


def test_push_with_the_identity_that_was_issued_is_still_the_same_device(two: tuple[Client, Client]) -> None:
    one, other = two
    one.fbns_connect()
    one.fbns_disconnect()
    one.fbns_connect()
    with pytest.raises(DeviceInUse):
        other.fbns_connect()
    one.fbns_disconnect()


def test_push_that_got_no_identity_does_not_keep_the_device(emulated: Emulator, two: tuple[Client, Client]) -> None:
    one, other = two
    emulated.answer_next_connect("fbns", ConnAck(0))
    with pytest.raises(ConnectRefused):
        one.fbns_connect()
    other.fbns_connect()
    other.fbns_disconnect()
