"""Each fault has the effect that it is named after, over TLS sockets and in memory alike."""

from __future__ import annotations

import contextlib
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client
from instagrapi import exceptions as errors
from instagrapi.emulator import Actor, Emulator, VirtualEmulator
from instagrapi.emulator.fault import Fault
from instagrapi.exceptions import ConnectFailed, ConnectionLost, LimitExceeded, MalformedPacket, RealtimeTimeout
from instagrapi.realtime.network.tls import verified_context
from instagrapi.realtime.network.transport import SocketMQTToTTransport
from instagrapi.realtime.protocol.packets import ConnAck, Disconnect, PingReq, PingResp, PubAck, Publish
from instagrapi.realtime.protocol.payload import inflate
from tests.emulator.tiny_client import CarriedClient, Closed, realtime_connect

Dial = Callable[..., CarriedClient]
#: What nothing comes in, in seconds.
SHORT = 0.15


@pytest.fixture(params=["sockets", "virtual"])
def emu(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(random=random.Random(1)) if request.param == "sockets" else VirtualEmulator(seed=1) as emulator:
        yield emulator


@pytest.fixture
def dial(emu: Emulator, stack: contextlib.ExitStack) -> Dial:
    def dial(service: Any = "realtime", timeout: float = 5.0) -> CarriedClient:
        if isinstance(emu, VirtualEmulator):
            return stack.enter_context(CarriedClient(emu.transport(service)))
        address, context = getattr(emu.endpoints, service), verified_context(emu.endpoints.ca_file)
        return stack.enter_context(
            CarriedClient(SocketMQTToTTransport(address.host, address.port, timeout, tls_context=context))
        )

    return dial


@pytest.fixture
def client(emu: Emulator, bot: Actor) -> Client:
    """Logged in, and not very patient."""
    client = emu.client(bot)
    session = emu.session() if isinstance(emu, VirtualEmulator) else None
    return Client(client.get_settings(), profile=emu.profile, session=session, timeout=0.3)


def connack(emu: Emulator, dial: Dial, actor: Actor) -> int:
    """The code that a CONNECT of the actor gets."""
    client = dial()
    client.send(realtime_connect(actor.pk, f"sessionid={actor.new_session()}"))
    return int(client.expect(ConnAck).return_code)


def sync_answer(client: CarriedClient, seq_id: int = 1000) -> dict[str, Any]:
    client.publish("134", {"seq_id": seq_id, "snapshot_at_ms": 1, "snapshot_app_version": "428.0.0.47.67"})
    answer = client.json("135")
    assert isinstance(answer, dict)
    return answer


def assert_pieces(emu: Emulator, client: CarriedClient, lengths: list[int]) -> None:
    """That it came in pieces; a busy computer may put some together again."""
    if isinstance(emu, VirtualEmulator):
        assert [len(piece) for piece in client.pieces] == lengths
    else:
        assert sum(len(piece) for piece in client.pieces) == sum(lengths)
        assert len(client.pieces) > 1


def send_text(client: CarriedClient, thread_id: str, context: str) -> None:
    command = {"action": "send_item", "thread_id": thread_id, "item_type": "text", "text": "t"}
    client.publish("132", {**command, "client_context": context})


# --- those who connect ------------------------------------------------------------------------------------------------


def test_tcp_is_refused_once(emu: Emulator, dial: Dial) -> None:
    fault = emu.faults.refuse_tcp("realtime", times=1)
    with pytest.raises(ConnectFailed):
        dial()
    assert (fault.hits, fault.is_on) == (1, False)
    dial()
    assert emu.counters.attempts("realtime").total == 2


def test_tcp_is_refused_until_that_is_lifted(emu: Emulator, dial: Dial) -> None:
    with emu.faults.refuse_tcp() as fault:
        for service in ("realtime", "fbns", "realtime"):
            with pytest.raises(ConnectFailed):
                dial(service)
        assert (fault.hits, fault.is_on) == (3, True)
    assert not fault.is_on
    fault.lift()
    dial("fbns")


def test_no_tls_handshake(emu: Emulator, dial: Dial) -> None:
    emu.faults.hang_after_tcp("realtime", times=1)
    with pytest.raises(RealtimeTimeout):
        dial(timeout=SHORT)
    dial()


def test_no_answer_after_tls(emu: Emulator, dial: Dial, bot: Actor) -> None:
    emu.faults.hang_after_tls("realtime", times=1)
    client = dial()
    client.send(realtime_connect(bot.pk, f"sessionid={bot.new_session()}"))
    with pytest.raises(RealtimeTimeout):
        client.receive(SHORT)
    assert emu.connections == []


def test_the_certificate_expires(emu: Emulator, dial: Dial) -> None:
    with emu.faults.expire_certificate("realtime"), pytest.raises(ConnectFailed, match="expired"):
        dial()
    dial()


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5])
def test_connect_is_refused_for_one_account(emu: Emulator, dial: Dial, alice: Actor, bot: Actor, code: int) -> None:
    emu.faults.refuse_connect(code, "realtime", bot, times=2)
    assert [connack(emu, dial, actor) for actor in (bot, alice, bot, bot)] == [code, 0, code, 0]


def test_several_answers_are_used_in_order(emu: Emulator, dial: Dial, bot: Actor) -> None:
    emu.faults.refuse_connect(3, times=1)
    emu.answer_next_connect("realtime", ConnAck(5))
    assert [connack(emu, dial, bot) for _ in range(3)] == [3, 5, 0]


# --- open connections -------------------------------------------------------------------------------------------------


def test_reset(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    assert emu.faults.reset() == 1
    with pytest.raises(ConnectionLost, match="reset"):
        client.receive()
    emu.wait_until(lambda: not emu.connections[0].is_open)
    assert emu.faults.reset() == 0


def test_close(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    assert emu.faults.close() == 1
    with pytest.raises(Closed, match="between packets"):
        client.receive()


def test_close_in_the_middle_of_a_packet(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    assert emu.faults.close(mid_packet=True) == 1
    with pytest.raises(Closed, match="in the middle of a packet"):
        client.receive()


def test_half_open(emu: Emulator, connect: Dial, alice: Actor, bot: Actor) -> None:
    client, other = connect(bot), connect(alice)
    assert emu.faults.half_open(account="bot") == 1
    client.send(PingReq())
    with pytest.raises(RealtimeTimeout):
        client.receive(SHORT)
    assert [entry.is_open for entry in emu.connections] == [True, True]
    assert other.is_idle()


def test_a_new_connection_takes_the_place_of_one_that_is_half_open(
    emu: Emulator, follow: Dial, alice: Actor, bot: Actor
) -> None:
    old = follow(bot)
    emu.faults.half_open()
    new = follow(bot)
    alice.send(bot, "hi")
    assert new.patch()["value"]["text"] == "hi"
    with pytest.raises(RealtimeTimeout):
        old.receive(SHORT)
    assert [entry.is_open for entry in emu.connections] == [False, True]


def test_an_outage(emu: Emulator, dial: Dial, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    with emu.faults.outage():
        with pytest.raises(RealtimeTimeout):
            client.receive(SHORT)
        with pytest.raises(ConnectFailed):
            dial()
    connect(bot)
    with emu.faults.outage("realtime", hangs=True), pytest.raises(RealtimeTimeout):
        dial(timeout=SHORT)


def test_goodbye(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    assert emu.faults.disconnect("realtime", bot) == 1
    assert client.until_closed() == [Disconnect()]


def test_preemptive_ping(emu: Emulator, connect: Dial, connect_fbns: Any, bot: Actor) -> None:
    clients = [connect(bot), connect_fbns()[0]]
    assert emu.faults.preemptive_ping() == 2
    for client in clients:
        packet = client.receive()
        assert (packet.topic, packet.payload) == ("34", b"")
        client.send(PubAck(packet.packet_id))
        assert client.is_idle()


def test_a_kick(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    assert emu.faults.kick(account=bot) == 1
    with pytest.raises(Closed, match="between packets"):
        client.receive()


def test_faults_find_the_connections_that_are_meant(
    emu: Emulator, connect: Dial, connect_fbns: Any, alice: Actor, bot: Actor
) -> None:
    connect(bot), connect(alice), connect_fbns()
    assert emu.faults.half_open("fbns", bot) == 0, "the device is nobody's yet"
    assert emu.faults.half_open("realtime", "alice") == 1
    assert emu.faults.reset("fbns") == 1
    assert emu.faults.reset(account=bot) == 1


def test_push_connections_belong_to_who_is_registered(
    emu: Emulator, client: Client, connect_fbns: Any, bot: Actor
) -> None:
    push, _ = connect_fbns()
    push.publish("79", {"pkg_name": "com.instagram.android", "appid": 1})
    token = push.json("80")["token"]
    client.private_request("push/register/", {"device_token": token}, with_signature=False)
    assert emu.faults.reset("fbns", bot) == 1


# --- what is on its way to a program ----------------------------------------------------------------------------------


def test_split(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    client.pieces.clear()
    emu.faults.split(pause=0.03)
    for number in range(1, 4):
        client.publish("88", {"sub": []})
        assert client.receive() == PubAck(number)
    assert b"".join(client.pieces) == b"".join(PubAck(number).encode() for number in range(1, 4))
    assert_pieces(emu, client, [1, 3, 2, 2, 3, 1])


def test_one_byte_at_a_time(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    client.pieces.clear()
    with emu.faults.trickle(pause=0.03):
        client.publish("88", {"sub": []})
        assert client.receive() == PubAck(1)
    assert_pieces(emu, client, [1, 1, 1, 1])
    assert client.is_idle()


def test_duplicates(emu: Emulator, follow: Dial, alice: Actor, bot: Actor) -> None:
    client = follow(bot)
    emu.faults.duplicate(copies=2, times=1)
    alice.send(bot, "one")
    alice.send(bot, "two")
    packets = [client.expect(Publish) for _ in range(4)]
    assert packets[0] == packets[1] == packets[2] != packets[3]


def test_a_gap(emu: Emulator, follow: Dial, alice: Actor, bot: Actor) -> None:
    client = follow(bot)
    emu.faults.drop_publishes("realtime", bot, times=1)
    for text in ("lost", "there"):
        alice.send(bot, text)
    assert client.patch()["value"]["text"] == "there"
    again = follow(bot, seq_id=1000)
    assert [element["value"]["text"] for element in again.patches()] == ["lost", "there"]


def test_missing_acknowledgements(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    emu.faults.drop_pubacks(times=1)
    emu.faults.drop_pingresps(times=1)
    client.send(PingReq())
    client.publish("88", {"sub": []})
    client.publish("88", {"sub": []})
    client.send(PingReq())
    assert [client.receive(), client.receive()] == [PubAck(2), PingResp()]


def test_delays_keep_the_order(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    began = emu.clock.elapsed
    emu.faults.delay(0.1, "realtime", jitter=0.05, times=1)
    client.publish("88", {"sub": []})
    client.publish("88", {"sub": []})
    client.send(PingReq())
    assert [client.receive() for _ in range(3)] == [PubAck(1), PubAck(2), PingResp()]
    assert 0.1 <= emu.clock.elapsed - began < 2


def test_faults_add_up(emu: Emulator, follow: Dial, alice: Actor, bot: Actor) -> None:
    client = follow(bot)
    client.pieces.clear()
    with emu.faults.delay(0.01), emu.faults.delay(0.02), emu.faults.trickle(pause=0.0), emu.faults.duplicate():
        alice.send(bot, "hi")
        assert client.patch()["value"]["text"] == "hi"
        assert client.patch()["value"]["text"] == "hi"


@pytest.mark.parametrize(("kind", "error"), [("length", MalformedPacket), ("size", LimitExceeded)])
def test_bytes_that_are_no_packet(emu: Emulator, connect: Dial, bot: Actor, kind: Any, error: type[Exception]) -> None:
    client = connect(bot)
    assert emu.faults.garbage(kind) == 1
    with pytest.raises(error):
        client.receive()


def test_a_zip_bomb(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    emu.faults.garbage("zip_bomb")
    payload = client.expect(Publish).payload
    assert len(payload) < 200_000
    with pytest.raises(LimitExceeded):
        inflate(payload)


@pytest.mark.parametrize("kind", ["json", "thrift"])
def test_bodies_that_make_no_sense(emu: Emulator, connect: Dial, bot: Actor, kind: Any) -> None:
    client = connect(bot)
    emu.faults.garbage(kind, "realtime", bot)
    body = client.body("146" if kind == "json" else "149")
    with pytest.raises(ValueError, match="codec|Expecting"):
        json.loads(body)
    assert client.is_idle()


# --- message sync -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error_type", [1, 2])
def test_message_sync_is_refused_some_times(emu: Emulator, connect: Dial, bot: Actor, error_type: int) -> None:
    client = connect(bot)
    emu.faults.refuse_iris(error_type, account=bot, times=2)
    answers = [sync_answer(client) for _ in range(3)]
    assert [answer["succeeded"] for answer in answers] == [False, False, True]
    assert [answer["error_type"] for answer in answers] == [error_type, error_type, None]


def test_message_sync_is_not_answered(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    with emu.faults.ignore_iris():
        client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
        assert client.is_idle()
    assert sync_answer(client)["succeeded"] is True


def test_a_position_is_too_old(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    emu.faults.position_too_old()
    answer = sync_answer(client)
    assert (answer["succeeded"], answer["error_message"]) == (False, "IrisQueueOverflowException")
    assert sync_answer(client)["succeeded"] is True


# --- commands ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def thread_id(alice: Actor, bot: Actor) -> str:
    return alice.thread_with(bot).thread_id


def test_commands_are_refused(emu: Emulator, connect: Dial, bot: Actor, alice: Actor, thread_id: str) -> None:
    client = connect(bot)
    emu.faults.refuse_commands(429, "slow down", times=1)
    for context, status in (("a", "429"), ("b", "200")):
        send_text(client, thread_id, context)
        answer = client.json("133")
        assert (answer["status_code"], answer["payload"]["client_context"]) == (status, context)
    assert [item.client_context for item in alice.thread_with(bot).items] == ["b"]


def test_answers_are_lost(emu: Emulator, connect: Dial, bot: Actor, thread_id: str) -> None:
    client = connect(bot)
    emu.faults.drop_answers(times=1)
    send_text(client, thread_id, "a")
    assert client.is_idle()
    send_text(client, thread_id, "a")
    assert client.json("133")["status"] == "ok"
    assert emu.counters.commands(bot) == {"a": (2, 1)}


def test_an_answer_comes_with_the_next_connection(emu: Emulator, connect: Dial, bot: Actor, thread_id: str) -> None:
    client = connect(bot)
    emu.faults.answer_late()
    send_text(client, thread_id, "a")
    assert client.is_idle()
    emu.faults.reset()
    again = connect(bot)
    assert again.json("133")["payload"]["client_context"] == "a"
    third = connect(bot)
    assert third.is_idle()


# --- moments ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("moment", "seen", "items"), [("command", 0, 0), ("answer", 1, 1)])
def test_a_connection_breaks_around_a_command(
    emu: Emulator, connect: Dial, bot: Actor, thread_id: str, moment: Any, seen: int, items: int
) -> None:
    client = connect(bot)
    emu.faults.when(moment, emu.faults.reset)
    send_text(client, thread_id, "a")
    with pytest.raises(ConnectionLost, match="reset"):
        client.receive()
    assert emu.counters.commands() == ({"a": (seen, items)} if seen else {})


def test_a_connection_breaks_around_a_message(emu: Emulator, follow: Dial, alice: Actor, bot: Actor) -> None:
    client = follow(bot)
    emu.faults.when("delivery", emu.faults.close, skip=1)
    emu.faults.when("acknowledged", lambda: alice.send(bot, "two"))
    alice.send(bot, "one")
    assert client.patch()["value"]["text"] == "one"
    with pytest.raises(Closed):
        client.receive()


def test_moments_of_the_beginning(emu: Emulator, connect: Dial, bot: Actor) -> None:
    reached: list[str] = []
    faults = [emu.faults.when(name, lambda name=name: reached.append(name)) for name in ("subscribing", "connected")]
    client = connect(bot)
    sync_answer(client)
    connect(bot)
    assert reached == ["connected", "subscribing"]
    assert not any(fault.is_on for fault in faults)


def test_a_wish_that_does_not_arrive(emu: Emulator, connect: Dial, bot: Actor) -> None:
    client = connect(bot)
    emu.faults.when("subscribing", emu.faults.half_open, account=bot)
    client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
    with pytest.raises(RealtimeTimeout):
        client.receive(SHORT)
    assert emu.received == []


# --- accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
def test_a_revoked_session(
    emu: Emulator, client: Client, dial: Dial, connect: Dial, alice: Actor, bot: Actor, status: Any
) -> None:
    open_connection, other, sessionid = connect(bot), connect(alice), client.sessionid
    assert emu.faults.revoke(bot, status=status) >= 1
    with pytest.raises(Closed):
        open_connection.receive()
    assert other.is_idle()
    with pytest.raises(errors.LoginRequired) as caught:
        client.direct_threads()
    assert caught.value.code == status
    late = dial()
    late.send(realtime_connect(bot.pk, f"sessionid={sessionid}"))
    assert late.expect(ConnAck).return_code == 5
    assert connack(emu, dial, bot) == 0, "a new session helps"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("challenge", errors.ChallengeRequired),
        ("checkpoint", errors.CheckpointRequired),
        ("suspend", errors.AccountSuspended),
    ],
)
def test_an_account_is_stopped(
    emu: Emulator,
    client: Client,
    dial: Dial,
    connect: Dial,
    alice: Actor,
    bot: Actor,
    name: str,
    error: type[errors.ClientError],
) -> None:
    open_connection = connect(bot)
    with getattr(emu.faults, name)(bot) as fault:
        with pytest.raises(Closed):
            open_connection.receive()
        with pytest.raises(error) as caught:
            client.direct_threads()
        if name != "suspend":
            assert str(getattr(caught.value, "url", "")).startswith("https://i.instagram.com/")
        assert [connack(emu, dial, actor) for actor in (bot, alice)] == [5, 0]
        assert (fault.is_on, fault.hits) == (True, 2)
        with pytest.raises(error):
            emu.client(bot)
    assert not fault.is_on
    assert client.direct_threads() == []
    assert connack(emu, dial, bot) == 0


def test_a_challenge_may_be_silence(emu: Emulator, client: Client, connect: Dial, bot: Actor) -> None:
    open_connection = connect(bot)
    with emu.faults.challenge("bot", silent=True):
        open_connection.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
        assert open_connection.is_idle()
        with pytest.raises(errors.ChallengeRequired):
            client.direct_threads()
    assert sync_answer(open_connection)["succeeded"] is True


@pytest.mark.parametrize(
    ("switch", "error"),
    [
        (lambda faults: faults.throttle(17, times=1), errors.ClientThrottledError),
        (lambda faults: faults.throttle(None, "bot", times=1), errors.ClientThrottledError),
        (lambda faults: faults.feedback_required(times=1), errors.FeedbackRequired),
        (lambda faults: faults.answer_http(200, "<html>", times=1), errors.ClientJSONDecodeError),
        (lambda faults: faults.answer_http(500, {}, times=1), errors.ClientServerError),
        (lambda faults: faults.drop_http_answers(times=2), errors.ClientConnectionError),
        (lambda faults: faults.refuse_tcp("http", times=2), errors.ClientConnectionError),
        (lambda faults: faults.hang_after_tcp("http", times=1), errors.ClientRequestTimeout),
        (lambda faults: faults.hang_after_tls("http", times=1), errors.ClientRequestTimeout),
        (lambda faults: faults.expire_certificate("http", times=1), errors.ClientConnectionError),
    ],
)
def test_http_answers_something_else(
    emu: Emulator, client: Client, switch: Callable[[Any], Fault], error: type[errors.ClientError]
) -> None:
    fault = switch(emu.faults)
    with pytest.raises(error) as caught:
        client.direct_threads()
    assert not fault.is_on
    if error is errors.ClientThrottledError and caught.value.retry_after is not None:
        assert caught.value.retry_after == 17
    assert client.direct_threads() == []


def test_http_faults_are_for_a_path_and_an_account(emu: Emulator, client: Client, alice: Actor) -> None:
    with emu.faults.throttle(path="direct_v2/threads/<thread_id>/"), emu.faults.feedback_required(alice):
        assert client.direct_threads() == []
    with emu.faults.throttle(path="direct_v2/inbox/"), pytest.raises(errors.ClientThrottledError):
        client.direct_threads()


def test_http_takes_its_time(emu: Emulator, client: Client) -> None:
    began = emu.clock.elapsed
    with emu.faults.delay(0.2, "http"):
        client.direct_threads()
    assert 0.2 <= emu.clock.elapsed - began < 2


def test_what_was_asked_for_happens_although_the_answer_is_lost(
    emu: Emulator, client: Client, alice: Actor, bot: Actor
) -> None:
    item = bot.send(alice, "oops")
    emu.faults.drop_http_answers(times=1)
    path = f"direct_v2/threads/{item.thread_id}/items/{item.item_id}/delete/"
    with pytest.raises(errors.ClientConnectionError):
        client.private_request(path, {"_uuid": "u"})
    assert item.is_unsent


# --- the same device twice --------------------------------------------------------------------------------------------


def test_the_second_connection_of_a_device_may_be_refused(
    emu: Emulator, dial: Dial, connect: Dial, alice: Actor, bot: Actor
) -> None:
    emu.dialect.same_device = "refuse"
    client = connect(bot)
    assert [connack(emu, dial, actor) for actor in (bot, alice)] == [2, 0]
    assert client.is_idle()
    client.send(Disconnect())
    client.until_closed()
    emu.wait_until(lambda: not emu.connections[0].is_open)
    connect(bot)


def test_both_connections_of_a_device_may_stay(emu: Emulator, connect: Dial, bot: Actor) -> None:
    emu.dialect.same_device = "allow"
    assert all(client.is_idle() for client in [connect(bot), connect(bot)])


# --- pushes -----------------------------------------------------------------------------------------------------------


def test_pushes_come_until_they_are_acknowledged(
    emu: Emulator, client: Client, connect_fbns: Any, alice: Actor, bot: Actor
) -> None:
    push, auth = connect_fbns()
    push.publish("79", {"pkg_name": "com.instagram.android", "appid": 1})
    token = push.json("80")["token"]
    client.private_request("push/register/", {"device_token": token}, with_signature=False)
    emu.faults.drop_publishes("fbns", times=1)
    for text in ("lost", "unacknowledged", "acknowledged"):
        alice.send(bot, text)
    unacknowledged = json.loads(push.body("76", acknowledge=False))
    push.json("76")
    emu.wait_until(lambda: len(emu.counters.undelivered_pushes(bot)) == 2)
    emu.faults.reset("fbns")
    again, _ = connect_fbns(auth)
    envelopes = [again.json("76") for _ in range(2)]
    assert [json.loads(envelope["fbpushnotif"])["m"] for envelope in envelopes] == [
        "alice: lost",
        "alice: unacknowledged",
    ]
    assert [envelope["bu"] for envelope in envelopes] == [True, True]
    assert envelopes[1]["nid"] == unacknowledged["nid"]
    emu.wait_until(lambda: emu.counters.undelivered_pushes(bot) == [])


# --- mistakes ---------------------------------------------------------------------------------------------------------


def test_faults_that_cannot_be(emu: Emulator) -> None:
    with pytest.raises(ValueError, match="at least once"):
        emu.faults.refuse_tcp(times=0)
    with pytest.raises(ValueError, match="cannot happen to http"):
        emu.faults.split("http")  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="nobody"):
        emu.faults.reset(account="nobody")


def test_a_path_that_no_request_has_is_refused_and_those_near_it_named(emu: Emulator) -> None:
    for path in ("direct_v2/threads/123/", "/direct_v2/threads/", "api/v1/direct_v2/threads/<thread_id>/"):
        with pytest.raises(ValueError, match="no request has the path .*near it: .*direct_v2/threads/<thread_id>/"):
            emu.faults.throttle(path=path)
    for fault in (emu.faults.feature_gone, lambda path: emu.faults.drop_http_answers(path=path)):
        with pytest.raises(ValueError, match="no request has the path 'x'$"):
            fault("x")


def test_the_page_lists_every_path() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "emulator.md").read_text()
    listed = re.findall(r"^((?:GET|POST)(?: POST)?) +(\S+/\S*)$", page, re.MULTILINE)
    views = Emulator()._api._views
    assert {(method, path) for methods, path in listed for method in methods.split()} == {
        *views.public,
        *views.private,
    }
