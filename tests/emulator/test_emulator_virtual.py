"""The emulator on a virtual clock: long times are short, and nothing is left to chance."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from instagrapi import exceptions as errors
from instagrapi.emulator import Actor, Emulator, VirtualEmulator
from instagrapi.emulator.virtual_clock import NothingToWaitFor
from instagrapi.exceptions import ConnectionLost, NotConnectedError, RealtimeTimeout
from instagrapi.profile import Address
from instagrapi.realtime import FbnsClient, RealtimeClient, events
from instagrapi.realtime.protocol.packets import ConnAck, Disconnect, PingReq, PingResp, PubAck, Publish
from tests.emulator.tiny_client import CarriedClient, Closed, realtime_connect

DAY = 86_400.0


@pytest.fixture
def emu() -> Iterator[VirtualEmulator]:
    with VirtualEmulator() as emulator:
        yield emulator


@pytest.fixture
def dial(emu: VirtualEmulator) -> Callable[..., CarriedClient]:
    return lambda service="realtime": CarriedClient(emu.transport(service))


@pytest.fixture
def realtime(emu: VirtualEmulator, bot: Actor) -> RealtimeClient:
    client = RealtimeClient(emu.client(bot), emu.transport("realtime"), clock=emu.clock.monotonic)
    client.connect()
    client.direct_subscribe()
    return client


def read_until(client: RealtimeClient | FbnsClient, emu: VirtualEmulator, end: float) -> None:
    while emu.clock.elapsed < end:
        client.read_once(timeout=end - emu.clock.elapsed)


# --- long times -------------------------------------------------------------------------------------------------------


def test_a_quiet_week(emu: VirtualEmulator, realtime: RealtimeClient) -> None:
    began = time.monotonic()
    read_until(realtime, emu, emu.clock.elapsed + 7 * DAY)
    assert time.monotonic() - began < 20
    assert realtime.connected
    assert realtime.stats().packets_out > 7 * DAY / 20
    assert emu.counters.connects() == (1, 1)
    assert [entry.is_open for entry in emu.connections] == [True]


def test_a_quiet_day_with_pushes(emu: VirtualEmulator, alice: Actor, bot: Actor) -> None:
    client = FbnsClient(emu.client(bot), emu.transport("fbns"), clock=emu.clock.monotonic)
    pushes: list[events.Push] = []
    client.on(events.Push, pushes.append)
    client.connect()
    emu.clock.every(6 * 3600, lambda: alice.send(bot, f"at {emu.clock.elapsed:.0f}"))
    read_until(client, emu, DAY)
    assert [push.message for push in pushes] == [f"alice: at {hours * 3600}" for hours in (6, 12, 18)]
    assert emu.counters.undelivered_pushes(bot) == []


def test_actors_are_planned_for(emu: VirtualEmulator, realtime: RealtimeClient, alice: Actor, bot: Actor) -> None:
    texts: list[tuple[float, str | None]] = []
    realtime.on(events.Message, lambda message: texts.append((emu.clock.elapsed, message.text)))
    emu.clock.at(3600, lambda: alice.send(bot, "an hour"))
    emu.clock.at(1800, lambda: alice.send(bot, "half an hour"))
    read_until(realtime, emu, 4000)
    assert texts == [(1800.05, "half an hour"), (3600.05, "an hour")]


def test_the_companion_converses(emu: VirtualEmulator, realtime: RealtimeClient) -> None:
    companion = emu.companion(interval=60)
    texts: list[str | None] = []
    realtime.on(events.Message, lambda message: texts.append(message.text))
    read_until(realtime, emu, 3600)
    companion.stop()
    heard = len(texts)
    read_until(realtime, emu, 7200)
    assert texts[0] == "hi there"
    assert heard == len(texts) == 15


# --- nothing by chance ------------------------------------------------------------------------------------------------


def story(seed: int) -> str:
    with VirtualEmulator(seed=seed) as emu:
        alice, bot = emu.account("alice"), emu.account("bot")
        emu.clock.every(97, lambda: alice.send(bot, "hi"))
        emu.faults.delay(0.1, jitter=1.0)
        client = CarriedClient(emu.transport("realtime"))
        client.send(realtime_connect(bot.pk, f"sessionid={bot.new_session()}", keep_alive=900))
        client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
        emu.clock.at(1200, emu.faults.reset)
        with contextlib.suppress(ConnectionLost):
            while True:
                packet = client.receive(timeout=3600)
                if isinstance(packet, Publish):
                    client.send(PubAck(packet.packet_id or 0))
        return emu.timeline()


def test_the_same_seed_tells_the_same_story() -> None:
    assert story(1) == story(1) != story(2)


# --- time in between --------------------------------------------------------------------------------------------------


def test_silence_ends_a_connection_at_the_minute(emu: VirtualEmulator, connect: Any, bot: Actor) -> None:
    client = connect(bot, keep_alive=20)
    began = emu.clock.time() - 0.05
    with pytest.raises(Closed):
        client.receive(timeout=3600)
    (entry,) = emu.connections
    assert entry.closed_at - began == pytest.approx(30)


def test_pings_keep_a_connection(emu: VirtualEmulator, connect: Any, bot: Actor) -> None:
    client = connect(bot, keep_alive=20)
    for _ in range(5):
        with pytest.raises(RealtimeTimeout):
            client.receive(timeout=29)
        client.send(PingReq())
        assert client.receive() == PingResp()
    assert emu.connections[0].is_open


def test_the_broker_gives_a_half_open_connection_up_and_does_not_say_so(
    emu: VirtualEmulator, connect: Any, bot: Actor
) -> None:
    client = connect(bot, keep_alive=20)
    emu.faults.half_open()
    for _ in range(10):
        client.send(PingReq())
        with pytest.raises(RealtimeTimeout):
            client.receive(timeout=5)
    (entry,) = emu.connections
    assert entry.closed_at - entry.opened_at == pytest.approx(30, abs=0.2)


def test_a_shorter_keep_alive_counts_at_once(emu: VirtualEmulator, realtime: RealtimeClient) -> None:
    realtime.send_foreground_state(keep_alive_timeout=900)
    realtime.read_once(timeout=100)
    realtime.send_foreground_state(keep_alive_timeout=10)
    assert emu.faults.drop_pingresps("realtime").is_on
    with pytest.raises(ConnectionLost, match="PINGRESP"):
        read_until(realtime, emu, 1000)
    assert emu.clock.elapsed < 130


def test_a_program_notices_a_dead_line_within_one_and_a_half_keep_alives(
    emu: VirtualEmulator, realtime: RealtimeClient
) -> None:
    emu.clock.at(1000, emu.faults.half_open)
    with pytest.raises(ConnectionLost, match="dead"):
        read_until(realtime, emu, 2000)
    assert 1000 < emu.clock.elapsed <= 1030


def test_connect_hangs_for_as_long_as_it_may(emu: VirtualEmulator, dial: Any) -> None:
    emu.faults.hang_after_tcp()
    with pytest.raises(RealtimeTimeout):
        dial()
    assert emu.clock.elapsed == 30


def test_everything_takes_its_latency(bot: Actor) -> None:
    with VirtualEmulator(latency=0.25) as emu:
        emu.client("bot")
        assert emu.clock.elapsed == 0.5, "two requests"
        CarriedClient(emu.transport("realtime"))
        assert emu.clock.elapsed == 0.75


def test_without_latency_everything_is_immediate(bot: Actor) -> None:
    with VirtualEmulator(latency=0) as emu:
        realtime = RealtimeClient(emu.client("bot"), emu.transport("realtime"), clock=emu.clock.monotonic)
        realtime.connect()
        realtime.direct_subscribe()
        assert realtime.ping()
        assert emu.clock.elapsed == 0


# --- the transport ----------------------------------------------------------------------------------------------------


def test_a_transport_without_a_connection(emu: VirtualEmulator) -> None:
    transport = emu.transport("realtime")
    assert transport.fileno() == -1
    transport.disconnect()
    for use in (lambda: transport.send(b""), lambda: transport.post(b""), lambda: transport.receive(0)):
        with pytest.raises(NotConnectedError):
            use()


def test_a_transport_connects_again(emu: VirtualEmulator, bot: Actor) -> None:
    transport = emu.transport("realtime")
    transport.connect()
    transport.connect()
    emu.faults.reset()
    with pytest.raises(ConnectionLost, match="reset"):
        transport.send(b"")
    for _ in range(2):
        with pytest.raises(ConnectionLost, match="reset"):
            transport.receive(1)
    transport.connect()
    with pytest.raises(RealtimeTimeout):
        transport.receive(1)
    emu.faults.close()
    assert [transport.receive(1), transport.receive(None)] == [b"", b""]
    transport.send(b"nobody hears that")


def test_disconnecting_ends_a_wait(emu: VirtualEmulator, connect: Any, bot: Actor) -> None:
    client = connect(bot)
    emu.clock.after(5, client.transport.disconnect)
    with pytest.raises(ConnectionLost, match="this side"):
        client.transport.receive(None)
    assert not emu.connections[0].is_open
    emu.faults.hang_after_tcp()
    emu.clock.after(5, client.transport.disconnect)
    with pytest.raises(ConnectionLost, match="this side"):
        client.transport.connect()


def test_what_was_said_before_the_end_can_be_read(emu: VirtualEmulator, connect: Any, bot: Actor) -> None:
    client = connect(bot)
    client.send(PingReq())
    emu.faults.disconnect()
    assert client.until_closed() == [PingResp(), Disconnect()]


def test_waiting_for_ever_for_nothing_is_an_error(emu: VirtualEmulator) -> None:
    transport = emu.transport("realtime")
    transport.connect()
    assert transport.receive(None) == b"", "no CONNECT came"
    emu.faults.hang_after_tls()
    transport.connect()
    with pytest.raises(NothingToWaitFor):
        transport.receive(None)


# --- how programs get here --------------------------------------------------------------------------------------------


def test_options_lead_here(emu: VirtualEmulator) -> None:
    options = emu.options()
    assert options["clock"]() == emu.clock.monotonic()
    for service in ("realtime", "fbns"):
        transport = options["transport_factory"](getattr(emu.profile.endpoints, service))
        transport.connect()
    assert emu.counters.attempts() == (2, 2)
    with pytest.raises(ValueError, match="not emulated"):
        options["transport_factory"](Address(host="edge-mqtt.facebook.com"))
    event = options["wake"]()
    emu.clock.after(3, event.set)
    assert event.wait(60) is True


def test_a_client_comes_back_here_by_itself(emu: VirtualEmulator, alice: Actor, bot: Actor) -> None:
    client = emu.client(bot).realtime_client(**emu.options())
    texts: list[str | None] = []
    client.on(events.Message, lambda message: texts.append(message.text))
    client.connect()
    client.direct_subscribe()
    emu.clock.at(100, lambda: (emu.faults.reset(), alice.send(bot, "meanwhile")))
    read_until(client, emu, 3600)
    assert texts == ["meanwhile"]
    assert emu.counters.connects("realtime", bot).total == 2


def test_http_stays_in_the_process(emu: VirtualEmulator, alice: Actor, bot: Actor) -> None:
    alice.send(bot, "hi")
    client = emu.client(bot)
    (thread,) = client.direct_threads(amount=1)
    assert thread.messages[0].text == "hi"
    assert client.settings.cookies["csrftoken"]
    assert client.logout()
    with pytest.raises(errors.LoginRequired):
        client.direct_threads()


def test_http_without_a_timeout_is_given_up_some_time(emu: VirtualEmulator) -> None:
    emu.faults.hang_after_tcp("http", times=1)
    emu.faults.hang_after_tls("http", times=1)
    with emu.session() as session:
        for error in (requests.ConnectTimeout, requests.ReadTimeout):
            with pytest.raises(error):
                session.get("https://http.emulator.invalid/api/v1/")
        assert session.get("https://http.emulator.invalid/api/v1/nowhere/").status_code == 404
    assert emu.clock.elapsed == pytest.approx(120.05)


def test_a_virtual_emulator_is_in_this_process_only(emu: VirtualEmulator) -> None:
    assert emu.start() is emu
    with pytest.raises(RuntimeError, match="this process"):
        assert emu.environment


def test_an_emulator_may_be_made_virtual() -> None:
    with Emulator.virtual(seed=5, epoch=0.0, latency=0.0) as emu:
        assert emu.clock.time() == 0


def test_stopping_ends_connections(emu: VirtualEmulator, connect: Any, bot: Actor) -> None:
    client = connect(bot)
    emu.stop()
    assert client.until_closed() == []
    assert not emu.connections[0].is_open
    emu.stop()


def test_waiting_lets_time_pass(emu: VirtualEmulator) -> None:
    emu.clock.at(50, lambda: emu.account("late"))
    assert emu.wait_until(lambda: emu._hub._world.accounts.by_name("late"), timeout=60)
    assert emu.clock.elapsed == 50
    with pytest.raises(TimeoutError):
        emu.wait_until(lambda: False, timeout=60)
    assert emu.clock.elapsed == 110


def test_a_connect_that_is_never_sent(emu: VirtualEmulator, dial: Any) -> None:
    client = dial()
    with pytest.raises(Closed):
        client.receive(timeout=60)
    assert emu.clock.elapsed == pytest.approx(30.05)


def test_a_refused_connect_ends_the_connection(emu: VirtualEmulator, dial: Any, bot: Actor) -> None:
    client = dial()
    client.send(realtime_connect(bot.pk, "sessionid=x"))
    assert client.until_closed() == [ConnAck(5)]
