from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator
from instagrapi.realtime.protocol.packets import ConnAck
from tests.emulator.tiny_client import TinyClient, fbns_connect, realtime_connect
from tests.support.leaks import nothing_left_behind


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    with nothing_left_behind():
        yield


@pytest.fixture
def emu() -> Iterator[Emulator]:
    with Emulator(random=random.Random(1)) as emulator:
        yield emulator


@pytest.fixture
def alice(emu: Emulator) -> Actor:
    return emu.account("alice")


@pytest.fixture
def bot(emu: Emulator) -> Actor:
    return emu.account("bot")


@pytest.fixture
def stack() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def dial(emu: Emulator, stack: contextlib.ExitStack) -> Callable[..., TinyClient]:
    """A connection on which nothing has been said yet."""

    def dial(service: str = "realtime") -> TinyClient:
        return stack.enter_context(TinyClient(emu.endpoints, getattr(emu.endpoints, service)))

    return dial


@pytest.fixture
def connect(dial: Callable[..., TinyClient]) -> Callable[..., TinyClient]:
    """A realtime connection of an actor after CONNACK, without the region hint unless the topics are given."""

    def connect(actor: Actor, **changes: Any) -> TinyClient:
        client = dial()
        changes.setdefault("subscribeTopics", [88, 135, 149, 133, 146])
        client.send(realtime_connect(actor.pk, f"sessionid={actor.new_session()}", **changes))
        assert client.receive() == ConnAck(0)
        return client

    return connect


@pytest.fixture
def follow(connect: Callable[..., TinyClient]) -> Callable[..., TinyClient]:
    """A realtime connection that has subscribed to message sync from now on."""

    def follow(actor: Actor, seq_id: int = 1000, **changes: Any) -> TinyClient:
        client = connect(actor, **changes)
        body = {"seq_id": seq_id, "snapshot_at_ms": 1, "snapshot_app_version": "428.0.0.47.67"}
        client.publish("134", body)
        assert client.json("135")["succeeded"] is True
        return client

    return follow


@pytest.fixture
def connect_fbns(dial: Callable[..., TinyClient]) -> Callable[..., tuple[TinyClient, dict[str, Any]]]:
    """A push connection after CONNACK, and the auth that came with it."""

    def connect(auth: dict[str, Any] | None = None, **changes: Any) -> tuple[TinyClient, dict[str, Any]]:
        client = dial("fbns")
        client.send(fbns_connect(auth, **changes))
        answer = client.receive()
        assert isinstance(answer, ConnAck)
        assert answer.return_code == 0
        return client, json.loads(answer.payload)

    return connect
