"""CONNECT, and what MQTT asks of a broker."""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.certificates import Certificates, ServerContexts
from instagrapi.emulator.devices import Device
from instagrapi.emulator.journal import JOURNAL_CAPACITY
from instagrapi.emulator.listener import Listener
from instagrapi.realtime.protocol.packets import (
    MAX_PACKET_ID,
    ConnAck,
    Connect,
    Disconnect,
    PingReq,
    PingResp,
    PubAck,
    Publish,
    Subscribe,
    Unknown,
)
from instagrapi.realtime.protocol.parser import PacketParser
from instagrapi.realtime.protocol.payload import deflate
from instagrapi.realtime.protocol.thrift import encode_struct
from instagrapi.realtime.wire.connect import MQTToTConnection
from instagrapi.realtime.wire.structs import FOREGROUND_STATE, REGION_HINT
from tests.emulator.tiny_client import APP_INFO, PHONE_ID, TinyClient, realtime_connect, refusal
from tests.support.shared import vector

Dial = Callable[..., TinyClient]
CAPABILITIES_BY_ANOTHER_NAME = {
    "capabilities" if name == "X-IG-Capabilities" else name: value for name, value in APP_INFO.items()
}
REQUIRED = (
    "userAgent",
    "clientCapabilities",
    "endpointCapabilities",
    "publishFormat",
    "noAutomaticForeground",
    "makeUserAvailableInForeground",
    "isInitiallyForeground",
    "networkType",
    "networkSubtype",
    "clientMqttSessionId",
    "subscribeTopics",
    "clientType",
    "appId",
    "clientStack",
)


def igt(claims: dict[str, str]) -> str:
    return "authorization=Bearer IGT:2:" + base64.b64encode(json.dumps(claims).encode()).decode()


@pytest.mark.parametrize("flags", [0xC2, 0x02])
def test_realtime_connack_is_four_bytes(dial: Dial, bot: Actor, flags: int) -> None:
    client = dial()
    client.send(realtime_connect(bot.pk, f"sessionid={bot.new_session()}", flags=flags, subscribeTopics=[133]))
    assert client.socket.recv(100) == bytes.fromhex("20020000")


def test_authorization_is_a_password_too(dial: Dial, bot: Actor) -> None:
    client = dial()
    password = igt({"ds_user_id": str(bot.pk), "sessionid": bot.new_session()})
    client.send(realtime_connect(bot.pk, password))
    assert client.receive() == ConnAck(0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"protocol_level": 4}, 1),
        ({"client_identifier": ""}, 2),
        ({"deviceId": ""}, 2),
        ({"clientType": "device_auth"}, 5),
        ({"appId": 567310203415052}, 5),
        ({"userId": 1}, 5),
        ({"keep_alive": 0}, 5),
        ({"client_identifier": PHONE_ID}, 2),
        ({"client_identifier": "another"}, 2),
        ({"userAgent": ""}, 5),
        ({"endpointCapabilities": 128}, 5),
        ({"publishFormat": 2}, 5),
        ({"subscribeTopics": []}, 5),
        *[({"without": [name]}, 5) for name in REQUIRED],
        *[({"app_info": APP_INFO | {name: ""}}, 5) for name in APP_INFO],
        ({"app_info": {"platform": "android"}}, 5),
    ],
)
def test_each_field_of_connect_is_checked(dial: Dial, bot: Actor, changes: dict[str, Any], code: int) -> None:
    client = dial()
    client.send(realtime_connect(bot.pk, f"sessionid={bot.new_session()}", **changes))
    assert refusal(client) == code


@pytest.mark.parametrize("client", ["instagrapi", "instagram_mqtt", "mauigpapi"])
def test_recorded_connects_are_accepted(emu: Emulator, dial: Dial, bot: Actor, client: str) -> None:
    with emu._hub.changing() as world:
        bot.account.pk = 123456789
        bot.account.sessions.add("123456789%3Aabc%3A1")
        world.accounts._by_session["123456789%3Aabc%3A1"] = bot.account
    connection = dial()
    connection.socket.sendall(bytes.fromhex(vector(f"{client}_realtime_connect_packet")["hex"]))
    assert connection.receive() == ConnAck(0)


@pytest.mark.parametrize("client", ["instagrapi", "instagram_mqtt"])
@pytest.mark.parametrize("state", ["initial", "authed"])
def test_recorded_push_connects_are_accepted(emu: Emulator, dial: Dial, client: str, state: str) -> None:
    recorded = vector(f"{client}_fbns_connect_{state}_packet")
    packet = bytes.fromhex(recorded["hex"])
    if state == "authed":
        (connect,) = PacketParser().feed(packet)
        assert isinstance(connect, Connect)
        struct = MQTToTConnection.from_packet(connect)
        info = struct.client_info
        device = Device(info["userId"], struct.password, info["deviceId"], info["deviceSecret"])
        emu._push._devices._by_key[device.connection_key] = device
    connection = dial("fbns")
    connection.socket.sendall(packet)
    answer = connection.receive()
    assert isinstance(answer, ConnAck)
    assert answer.return_code == 0


@pytest.mark.parametrize("client_info", [{}, {"app_info": {}}, {"app_info": CAPABILITIES_BY_ANOTHER_NAME}])
def test_app_info_may_be_absent_and_has_two_names_for_capabilities(
    dial: Dial, bot: Actor, client_info: dict[str, Any]
) -> None:
    client = dial()
    client.send(realtime_connect(bot.pk, f"sessionid={bot.new_session()}", **client_info))
    assert client.receive() == ConnAck(0)


@pytest.mark.parametrize("password", ["", "secret", "authorization=Basic x", "authorization=Bearer IGT:2:", igt({})])
def test_a_password_of_no_known_form_is_bad(dial: Dial, bot: Actor, password: str) -> None:
    client = dial()
    client.send(realtime_connect(bot.pk, password))
    assert refusal(client) == 4


def test_dead_unknown_and_foreign_sessions_are_not_authorized(dial: Dial, bot: Actor, alice: Actor) -> None:
    dead, foreign = bot.new_session(), alice.new_session()
    bot.end_sessions()
    for sessionid in (dead, foreign, f"{bot.pk}%3Aunknown%3A1%3Ax"):
        client = dial()
        client.send(realtime_connect(bot.pk, f"sessionid={sessionid}"))
        assert refusal(client) == 5


def test_unavailable_can_be_planned_once(emu: Emulator, dial: Dial, bot: Actor) -> None:
    emu.answer_next_connect("realtime", ConnAck(3))
    connect = realtime_connect(bot.pk, f"sessionid={bot.new_session()}")
    first, second = dial(), dial()
    first.send(connect)
    assert refusal(first) == 3
    second.send(connect)
    assert second.receive() == ConnAck(0)
    assert [entry.return_code for entry in emu.connections] == [3, 0]


def test_an_unreadable_struct_is_not_answered(dial: Dial) -> None:
    client = dial()
    client.send(Connect(60, deflate(b"\xff\xff")))
    assert client.until_closed() == []


@pytest.mark.parametrize("changes", [{"protocol_name": "MQTT"}, {"protocol_name": "MQIsdp"}, {"flags": 0x00}])
def test_a_stock_mqtt_client_waits_in_vain(dial: Dial, bot: Actor, changes: dict[str, Any]) -> None:
    client = dial()
    client.socket.settimeout(0.2)
    client.send(realtime_connect(bot.pk, f"sessionid={bot.new_session()}", **changes))
    with pytest.raises(TimeoutError):
        client.receive()


def test_another_packet_before_connect_ends_the_connection(dial: Dial) -> None:
    client = dial()
    client.send(PingReq())
    assert client.until_closed() == []


def test_the_region_hint_comes_when_its_topic_is_wanted(dial: Dial, connect: Dial, bot: Actor) -> None:
    client = dial()
    client.send(realtime_connect(bot.pk, f"sessionid={bot.new_session()}"))
    client.expect(ConnAck)
    assert client.struct("150", REGION_HINT) == {"hint": "ASH"}
    without = connect(bot, deviceId="another")
    without.send(PingReq())
    assert without.receive() == PingResp()


def test_the_journal_describes_the_connection(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot, keep_alive=17)
    (entry,) = emu.connections
    assert (entry.service, entry.account, entry.device_id, entry.keep_alive) == ("realtime", "bot", PHONE_ID, 17)
    assert entry.connect.client_info["clientCapabilities"] == 183
    assert entry.is_open
    client.send(Disconnect())
    client.until_closed()
    emu.wait_until(lambda: not entry.is_open)


def test_publish_with_qos_1_is_acknowledged_and_with_qos_0_is_not(connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    client.publish("88", {"sub": []}, qos=0)
    packet_id = client.publish("88", {"sub": []})
    assert client.receive() == PubAck(packet_id)


def test_everything_published_is_kept(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    client.publish("999", b"\x00\xff", qos=0)
    client.publish("88", {"sub": ["x"]})
    client.expect(PubAck)
    assert [(entry.account, entry.topic, entry.body, entry.qos) for entry in emu.received] == [
        ("bot", "999", b"\x00\xff", 0),
        ("bot", "88", {"sub": ["x"]}, 1),
    ]


def test_outgoing_publishes_have_ids_until_they_are_acknowledged(
    emu: Emulator, follow: Dial, alice: Actor, bot: Actor
) -> None:
    client = follow(bot)
    alice.send(bot, "one")
    alice.send(bot, "two")
    first, second = client.expect(Publish), client.expect(Publish)
    assert 0 < first.packet_id < second.packet_id
    assert emu.unacknowledged(bot)[-2:] == [first, second]
    client.send(PubAck(first.packet_id))
    emu.wait_until(lambda: first not in emu.unacknowledged(bot))
    assert second in emu.unacknowledged(bot)


def test_packet_ids_wrap_and_skip_those_in_use(emu: Emulator, follow: Dial, bot: Actor) -> None:
    client = follow(bot)
    emu.wait_until(lambda: emu.unacknowledged(bot) == [])
    (session,) = emu._realtime.sessions
    session._last_packet_id = MAX_PACKET_ID - 1
    session.unacknowledged[1] = Publish("146", b"", 1)
    emu.publish(bot, "146", b"a")
    emu.publish(bot, "146", b"b")
    assert [client.expect(Publish).packet_id for _ in range(2)] == [MAX_PACKET_ID, 2]


def test_a_client_without_a_free_packet_id_loses_its_connection(emu: Emulator, follow: Dial, bot: Actor) -> None:
    client = follow(bot)
    (session,) = emu._realtime.sessions
    emu.wait_until(lambda: not session.unacknowledged)
    with emu._hub.changing():
        session.unacknowledged.update((number, Publish("146", b"", number)) for number in range(1, MAX_PACKET_ID + 1))
        # Without a way out it would look for a free id for ever.
        session._next_packet_id = lambda: pytest.fail("there is no free packet id")
    emu.publish(bot, "146", b"one too many")
    client.until_closed()
    emu.wait_until(lambda: not emu.connections[0].is_open)


def test_the_journal_keeps_the_latest(emu: Emulator) -> None:
    journal = emu._hub.journal
    for entries in (journal.connections, journal.received, journal.http_calls):
        assert entries.maxlen == JOURNAL_CAPACITY


def test_without_descriptors_the_listener_waits_a_moment(emu: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Certificates()
    attempts: list[float] = []
    third = threading.Event()

    class Exhausted(socket.socket):
        def accept(self) -> Any:
            attempts.append(time.monotonic())
            if len(attempts) == 3:
                third.set()
            raise OSError(errno.EMFILE, "Too many open files")

    contexts = ServerContexts(context.server_context(), context.server_context)
    listener = Listener("test", contexts, emu._realtime.gate, lambda *connection: None)
    real = listener._socket
    listener._socket = Exhausted(fileno=real.fileno())
    try:
        with socket.create_connection(("127.0.0.1", listener.port)):
            assert third.wait(10)
    finally:
        started = time.monotonic()
        listener._socket.detach()
        listener._socket = real
        listener.close()
        context.close()
    assert attempts[2] - attempts[0] >= 0.15, "it does not spin"
    assert time.monotonic() - started < 1


def test_pings_are_answered(connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    client.send(PingReq())
    assert client.receive() == PingResp()


def test_mqtt_subscriptions_end_a_realtime_connection(connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    client.send(Subscribe(1, ("146",)))
    assert client.until_closed() == []


def test_unknown_packets_are_ignored_and_broken_ones_end_the_connection(connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    client.send(Unknown(0xF0, b"?"))
    client.send(PingReq())
    assert client.receive() == PingResp()
    client.socket.sendall(b"\x34\x05\x00\x0288\x00")  # QoS 2
    assert client.until_closed() == []


def test_a_packet_may_come_in_pieces(connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    packet = Publish("88", deflate(b'{"sub":["x"]}'), 5).encode()
    for offset in range(len(packet)):
        client.socket.sendall(packet[offset : offset + 1])
    assert client.receive() == PubAck(5)


def test_silence_ends_the_connection_after_one_and_a_half_keep_alives(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot, keep_alive=1)
    assert client.until_closed() == []
    (entry,) = emu.connections
    assert entry.closed_at is not None
    assert 1.4 < entry.closed_at - entry.opened_at < 3


def test_the_same_device_replaces_its_connection(emu: Emulator, follow: Dial, alice: Actor, bot: Actor) -> None:
    first = follow(bot)
    second = follow(bot)
    assert first.until_closed() == []
    assert [entry.is_open for entry in emu.connections] == [False, True]
    alice.send(bot, "hi")
    assert second.patch()["value"]["text"] == "hi"


def test_other_devices_and_other_accounts_stay(connect: Dial, alice: Actor, bot: Actor) -> None:
    clients = [connect(bot), connect(bot, deviceId="another"), connect(alice)]
    for client in clients:
        client.send(PingReq())
        assert client.receive() == PingResp()


def test_only_wanted_topics_are_delivered(connect: Dial, bot: Actor) -> None:
    client = connect(bot, subscribeTopics=[133])
    client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
    client.publish("132", b"{}")
    assert client.json("133")["status"] == "fail"


def test_foreground_state_changes_topics_and_keep_alive(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot, subscribeTopics=[133])
    state = {"keepAliveTimeout": 900, "subscribeTopics": ["135"], "unsubscribeTopics": ["133"]}
    client.publish("102", b"\0" + encode_struct(FOREGROUND_STATE, state))
    client.publish("132", b"{}")
    client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
    assert client.json("135")["succeeded"] is True
    assert emu.connections[0].keep_alive == 900


def test_an_unreadable_foreground_state_changes_nothing(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot, keep_alive=33)
    client.publish("102", b"\x78\xff\xff")
    client.send(PingReq())
    client.expect(PingResp)
    assert emu.connections[0].keep_alive == 33


def test_raw_bodies_reach_the_account_untouched(emu: Emulator, connect: Dial, alice: Actor, bot: Actor) -> None:
    client = connect(bot, subscribeTopics=[133])
    for payload in (b"", b"\x78garbage", bytes(range(256)) * 1000):
        emu.publish(bot, "9999", payload)
        assert client.expect(Publish).payload == payload
    with pytest.raises(LookupError, match="alice"):
        emu.publish(alice, "146", b"")
    with pytest.raises(LookupError, match="76"):
        emu.publish(bot, "76", b"")


def test_a_client_that_vanishes_disturbs_nobody(emu: Emulator, follow: Dial, alice: Actor, bot: Actor) -> None:
    gone, stays = follow(bot), follow(alice)
    gone.socket.close()
    for number in range(50):
        alice.send(bot, str(number))
    assert [stays.patch()["value"]["text"] for _ in range(50)] == [str(number) for number in range(50)]


def test_stopping_ends_every_connection(emu: Emulator, dial: Dial, follow: Dial, bot: Actor) -> None:
    clients = [dial(), dial("fbns"), follow(bot)]
    silent = socket.create_connection(("127.0.0.1", emu.endpoints.realtime.port))
    half_open_http = socket.create_connection(("127.0.0.1", emu.endpoints.fbns.port))
    emu.stop()
    for client in clients:
        assert client.until_closed() == []
    silent.close()
    half_open_http.close()


def test_a_client_that_does_not_read_stops_nobody(
    emu: Emulator, follow: Dial, alice: Actor, bot: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("instagrapi.emulator.sockets.SEND_TIMEOUT", 0.1)
    follow(bot)
    reads = follow(alice)
    with contextlib.suppress(LookupError):
        for _ in range(1000):
            emu.publish(bot, "9999", bytes(1_000_000))
    alice.send(bot, "still here")
    assert reads.patch()["value"]["text"] == "still here"
    assert [entry.account for entry in emu.connections if not entry.is_open] == ["bot"]


def test_the_world_outlives_the_services(emu: Emulator, follow: Dial, alice: Actor, bot: Actor) -> None:
    client = follow(bot)
    emu.stop()
    assert client.until_closed() == []
    assert [entry.is_open for entry in emu.connections] == [False]
    alice.send(bot, "while it was down")
    emu.start()
    assert follow(bot, seq_id=1000).patch()["value"]["text"] == "while it was down"


def test_a_mistyped_name_is_no_quiet_account(emu: Emulator) -> None:
    for use in (emu.subscriptions, emu.unacknowledged, lambda name: emu.publish(name, "146", b"")):
        with pytest.raises(LookupError, match="nobody"):
            use("nobody")


def test_starting_twice_and_using_it_stopped(emu: Emulator) -> None:
    with pytest.raises(RuntimeError, match="running"):
        emu.start()
    emu.stop()
    emu.stop()
    for use in (lambda: emu.endpoints, lambda: emu.environment, lambda: emu.companion()):
        with pytest.raises(RuntimeError, match="not running"):
            use()


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (lambda authority: authority.server_context("other.example"), "IP address mismatch"),
        (lambda authority: authority.server_context(expired=True), "expired"),
    ],
)
def test_certificates_can_be_wrong(certificate: Callable[[Certificates], ssl.SSLContext], reason: str) -> None:
    with (
        Emulator(certificate=certificate) as emulator,
        pytest.raises(ssl.SSLCertVerificationError, match=reason),
        TinyClient(emulator.endpoints, emulator.endpoints.realtime),
    ):
        pass


def test_the_certificate_is_for_all_names_of_the_loopback(emu: Emulator) -> None:
    context = ssl.create_default_context(cafile=emu.endpoints.ca_file)
    for name in ("127.0.0.1", "::1", "localhost"):
        plain = socket.create_connection(("127.0.0.1", emu.endpoints.realtime.port), timeout=5)
        with context.wrap_socket(plain, server_hostname=name) as encrypted:
            assert encrypted.version()
