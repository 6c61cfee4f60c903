"""What is logged: whose it is, at which level, and nothing that is nobody else's business."""

from __future__ import annotations

import collections
import copy
import importlib
import json
import logging
import pkgutil
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from instagrapi import realtime
from instagrapi.emulator import Emulator
from instagrapi.exceptions import ConnectFailed
from instagrapi.realtime import FbnsClient, RealtimeClient, events
from instagrapi.realtime.logs import About, ClientLog, Sparing, logger
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Packet, Publish
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.stores import FileStore
from tests.realtime.test_reconnect import World
from tests.support.bodies import deflated
from tests.support.clock import FakeClock
from tests.support.hosts import CSRF_TOKEN, SESSION_ID, Host
from tests.support.memory import FourMethods, polite

TEXT = "a text that nobody else may read"
SECRETS = {
    "session id": SESSION_ID,
    "session secret": "sessionSecret",
    "csrf token": CSRF_TOKEN,
    "authorization": "Bearer IGT:2:authorizationSecret",
    "device secret": "deviceSecretSecret",
    "device password": "devicePasswordSecret",
    "push token": "pushTokenSecret",
    "proxy password": "proxyPasswordSecret",
    "message text": TEXT,
    "user name": "nameOfSomebody",
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def of_package(log: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in log.records if record.name.startswith("instagrapi.realtime")]


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_each_record_says_which_account_and_connection_it_is_about(log: pytest.LogCaptureFixture) -> None:
    worlds = [World(host=Host(user_id=user_id)) for user_id in (111, 222)]
    for world in worlds:
        world.subscribe()
    worlds[1].transport.arrive(b"")
    worlds[1].read(timeout=5)
    told = [record.getMessage() for record in of_package(log) if record.levelno >= logging.INFO]
    assert told == [
        "[111 realtime 1] connected",
        "[222 realtime 1] connected",
        "[222 realtime 1] disconnected: the broker closed the connection without DISCONNECT, next attempt in 1.0 s",
        "[222 realtime 2] connected",
    ]
    for record in of_package(log):
        fields = vars(record)
        prefix = f"[{fields['account_id']} {fields['client']} {fields['connection']}] "
        assert record.getMessage().startswith(prefix)


def test_an_account_that_is_not_known_yet_is_unknown() -> None:
    told = ClientLog(lambda: About(None, "push", 0)).process("hi %s", {"extra": {"more": 1}})
    assert told == (
        "[unknown push 0] hi %s",
        {"extra": {"more": 1, "account_id": None, "client": "push", "connection": 0}},
    )


def test_an_odd_account_id_does_not_break_a_record(log: pytest.LogCaptureFixture) -> None:
    ClientLog(lambda: About("50%s", "realtime", 1)).info("%d bytes", 3)
    assert log.messages == ["[50%s realtime 1] 3 bytes"]


def test_the_parts_of_a_client_log_as_it_does(log: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    damaged = tmp_path / "state.json"
    damaged.write_text("{")
    world = World(host=Host(user_id=333), state=FileStore(damaged))

    @world.client.on("connected")
    def fail(event: dict[str, Any]) -> None:
        raise KeyError("mine")

    world.client.connect()
    world.client.direct_subscribe()
    world.client.dispatch_packet("146", b"no body")
    messages = [record.getMessage() for record in of_package(log) if record.levelno >= logging.WARNING]
    assert [message.split("] ")[0] for message in messages] == ["[333 realtime 1"] * 3
    assert "a handler of 'connected' failed" in messages[0]
    assert "holds no readable state" in messages[1]
    assert "a publish on 146 with 7 bytes cannot be read" in messages[2]


# --- levels ----------------------------------------------------------------------------------------------------------


def test_publishes_are_logged_with_topic_and_size_for_debugging_only(log: pytest.LogCaptureFixture) -> None:
    world = World().subscribe()
    log.clear()
    world.client.direct_send_text("340", TEXT).result()
    world.read()
    records = of_package(log)
    assert {record.levelname for record in records} == {"DEBUG"}
    lines = [record.getMessage().partition("] ")[2] for record in records]
    assert [line.split(",")[0] for line in lines] == ["> publish on 132", "< publish on 133"]


def test_a_warning_that_comes_again_and_again_is_given_once_a_minute(log: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    sparing = Sparing(logger, clock)
    for _ in range(5):
        sparing.warning("odd %s", 1)
    clock.advance(60)
    sparing.warning("odd %s", 2)
    assert log.messages == ["odd 1", "odd 2 (4 more since the last warning)"]


def test_bodies_that_cannot_be_read_do_not_flood_the_log(log: pytest.LogCaptureFixture) -> None:
    client = RealtimeClient(Host())
    for _ in range(100):
        client.dispatch_packet("146", TEXT.encode())
    assert [record.levelname for record in of_package(log)] == ["WARNING"]


def test_a_topic_without_a_meaning_is_no_reason_to_warn(log: pytest.LogCaptureFixture) -> None:
    client = RealtimeClient(Host())
    client.dispatch_packet("34", b"")
    client.dispatch_packet("9999", TEXT.encode())
    assert of_package(log) == []


def test_an_error_in_the_background_is_an_error(log: pytest.LogCaptureFixture) -> None:
    host = Host(proxy="http://nameOfSomebody:proxyPasswordSecret@127.0.0.1:1")
    client = RealtimeClient(host, reconnect=ReconnectPolicy(max_attempts=1, first_delay=0.01), guard_device=False)
    client.start()
    with pytest.raises(ConnectFailed):
        client.wait_connected(20)
    client.stop(20)
    levels = [record.levelname for record in of_package(log)]
    assert levels[-1] == "ERROR"
    assert_nothing_is_given_away(log)


# --- secrets ---------------------------------------------------------------------------------------------------------


def assert_nothing_is_given_away(log: pytest.LogCaptureFixture) -> None:
    formatter = logging.Formatter("%(message)s")
    for record in log.records:
        shown = formatter.format(record) + repr({name: vars(record).get(name) for name in ("account_id", "args")})
        for name, secret in SECRETS.items():
            assert secret not in shown, f"the {name} is in {shown}"


def test_a_busy_life_gives_nothing_away(log: pytest.LogCaptureFixture) -> None:
    """Messages, commands, failures of every kind, outages and a refusal, with handlers that fail."""
    host = Host(authorization=SECRETS["authorization"], username=SECRETS["user name"])
    world = World(host=host, workers=2)

    @world.client.on(events.Message)
    def fail(event: events.Message) -> None:
        with event.typing():
            event.reply(event.text or "", client_context=f"answer to {event.item_id}")
        raise KeyError("mine")

    world.subscribe()
    for number in range(5):
        item = {"text": TEXT, "username": SECRETS["user name"], "user_id": 9}
        world.transport.arrive(Publish("146", world.broker.add(str(number), **item), number + 1))
        world.transport.arrive(Publish("146", deflated(TEXT.encode()), 50 + number))
    world.read(timeout=5)
    world.client._await_handlers(lambda: False, Deadline.after(20))
    world.broker.connacks = [ConnAck(3)]
    world.transport.arrive(TEXT.encode(), b"")
    world.read(timeout=10)
    refusal = {"status": "fail", "message": "feedback_required", "payload": {"feedback_message": TEXT}}
    world.transport.arrive(Publish("133", deflated(refusal), 99))
    world.broker.answers_commands = False
    world.client.direct_send_text("340", TEXT)
    world.read(timeout=1)
    world.client.stop()
    levels = collections.Counter(record.levelname for record in of_package(log))
    assert levels["DEBUG"] >= 20
    assert levels["INFO"] >= 4
    assert levels["WARNING"] >= 2
    assert levels["ERROR"] >= 5
    assert_nothing_is_given_away(log)


def test_push_gives_nothing_away(log: pytest.LogCaptureFixture) -> None:
    identity = {"ck": "1", "cs": SECRETS["device password"], "di": "device", "ds": SECRETS["device secret"]}

    def broker(packet: Packet) -> Any:
        if isinstance(packet, Connect):
            return [ConnAck(0, payload=json.dumps(identity).encode())]
        if isinstance(packet, Publish) and packet.topic == "79":
            return [Publish("80", deflated({"token": SECRETS["push token"]}), 4)]
        return polite(packet)

    transport = FourMethods(broker)
    client = FbnsClient(Host(), transport)
    client.connect()
    transport.incoming.append(Publish("76", deflated({"fbpushnotif": TEXT}), 5).encode())
    client.read_once()
    client.disconnect()
    assert [record.getMessage() for record in of_package(log)][0] == "[10000000001 push 1] connected"
    assert_nothing_is_given_away(log)


# --- several accounts ------------------------------------------------------------------------------------------------

#: Registries on purpose: of the devices that are in use on this machine, and of what a fork has to leave alone.
REGISTRIES = {"_HELD", "_FILES", "_CLIENTS", "_REGISTRIES"}
CONTAINERS = (dict, list, set, collections.deque, weakref.WeakSet, weakref.WeakValueDictionary)


def module_state() -> dict[str, Any]:
    """Every container that belongs to a module or a class of the package."""
    found: dict[str, Any] = {}
    for info in pkgutil.walk_packages(realtime.__path__, "instagrapi.realtime."):
        module = importlib.import_module(info.name)
        owners: list[Any] = [module]
        owners += [
            value for value in vars(module).values() if isinstance(value, type) and value.__module__ == info.name
        ]
        for owner in owners:
            for name, value in vars(owner).items():
                is_plain = isinstance(value, CONTAINERS) and not name.startswith("__") and name not in REGISTRIES
                if is_plain and not name.startswith(("model_", "_abc")):
                    found[f"{info.name}.{getattr(owner, '__name__', '')}.{name}"] = value
    return found


def test_accounts_share_no_state_of_modules_or_classes() -> None:
    before = {name: copy.copy(value) for name, value in module_state().items()}
    assert len(before) > 10
    with Emulator() as emulator:
        clients = []
        for name in ("ann", "ben"):
            actor = emulator.account(name)
            rt = emulator.client(actor).realtime_connect(workers=2)
            rt.direct_subscribe(typing=True, presence=True)
            emulator.account("cleo").send(actor, f"hi {name}")
            assert rt.wait_for(events.Message, timeout=20).text == f"hi {name}"
            clients.append(rt)
        assert [client.stats().events["message"] for client in clients] == [1, 1]
        for client in clients:
            client.stop()
    after = module_state()
    assert {name: copy.copy(value) for name, value in after.items()} == before
