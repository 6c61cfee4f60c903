"""Killed at any moment, a client that saves after each element loses nothing and repeats one element at most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from instagrapi.realtime import events
from instagrapi.realtime.protocol.packets import Publish
from tests.realtime.test_reconnect import TOO_OLD, World
from tests.support.hosts import Host

SENT = [str(number) for number in range(31, 41)]


class Killed(BaseException):
    """The program is no more."""


class Life:
    """What outlives the program: the server, the state, what was handled; and the moment at which it is killed."""

    def __init__(self, killed_at: int) -> None:
        self.moments = 0
        self.killed_at = 0
        self.saved: dict[str, Any] | None = None
        self.handled: list[str] = []
        self.host = Host()
        self.host.answers["direct_v2/inbox/"] = {"seq_id": 1234, "snapshot_at_ms": 1, "inbox": {"threads": []}}
        self.world = World(host=self.host, state=self, autosave_interval=0)
        self.broker = self.world.broker
        self.attend(self.world)
        self.world.subscribe()
        self.moments, self.killed_at = 0, killed_at

    def attend(self, world: World) -> None:
        world.broker = world.transport.broker = self.broker
        world.client.on(events.Message, self.handle)

    def moment(self) -> None:
        self.moments += 1
        if self.moments == self.killed_at:
            raise Killed

    def handle(self, event: events.Message) -> None:
        self.moment()
        self.handled.append(str(event.item_id))
        self.moment()

    # --- the store -------------------------------------------------------------------------------------------------

    def load(self) -> dict[str, Any] | None:
        return None if self.saved is None else dict(self.saved)

    def save(self, state: Mapping[str, Any]) -> None:
        self.moment()
        self.saved = dict(state)
        self.moment()

    # --- what happens ----------------------------------------------------------------------------------------------

    def send(self, count: int) -> list[Publish]:
        """The next so many messages; the inbox shows them too."""
        new = SENT[len(self.broker.queue) :][:count]
        packets = [Publish("146", self.broker.add(one, timestamp=str(1000 * int(one))), 3) for one in new]
        items = [
            {"item_id": one, "user_id": 9, "item_type": "text", "text": one, "timestamp": str(1000 * int(one))}
            for one in reversed(SENT[: len(self.broker.queue)])
        ]
        inbox = {"threads": [{"thread_id": "340", "items": items, "has_older": False}]}
        self.host.answers["direct_v2/inbox/"] = {"seq_id": self.broker.latest, "snapshot_at_ms": 1, "inbox": inbox}
        return packets

    def live(self) -> None:
        """Two messages live, two during an outage, three during one that outlasts the queue, and one live."""
        self.world.transport.arrive(*self.send(2))
        self.world.read()
        self.send(2)
        self.world.transport.arrive(b"")
        self.world.read(timeout=5)
        self.send(3)
        self.broker.iris = [TOO_OLD]
        self.world.transport.arrive(b"")
        self.world.read(timeout=5)
        self.world.transport.arrive(*self.send(1))
        self.world.read()

    def live_again(self) -> None:
        """A new program, on what the one before has left, while the rest is sent."""
        world = World(host=self.host, state=self, autosave_interval=0)
        self.attend(world)
        world.client.connect()
        world.client.direct_subscribe()
        world.read()
        world.transport.arrive(*self.send(len(SENT)))
        world.read()


def moments() -> int:
    life = Life(killed_at=0)
    life.live()
    return life.moments


@pytest.mark.parametrize("killed_at", range(1, moments() + 1))
@pytest.mark.parametrize("is_forgotten", [False, True], ids=["kept", "forgotten"])
def test_wherever_it_is_killed_nothing_is_lost_and_one_element_at_most_repeated(
    killed_at: int, is_forgotten: bool
) -> None:
    """Also if the server has forgotten the position when the program is started again."""
    life = Life(killed_at)
    with pytest.raises(Killed):
        life.live()
    life.broker.iris = [TOO_OLD] if is_forgotten else []
    life.live_again()
    assert list(dict.fromkeys(life.handled)) == SENT, "all of them, in order"
    assert len(life.handled) - len(SENT) <= 1
