"""A client that comes back: when, with what, and when not."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import (
    ChallengeRequired,
    ClientThrottledError,
    ConnectFailed,
    ConnectionLost,
    ConnectRefused,
    NotConnectedError,
    PleaseWaitFewMinutes,
    RealtimeTimeout,
)
from instagrapi.realtime import RealtimeClient, events
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Disconnect, Packet, PubAck, Publish
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.state import State
from tests.support.bodies import deflated, element, patch
from tests.support.clock import FakeClock
from tests.support.hosts import INBOX, Host
from tests.support.memory import MemoryTransport, Reply

THREAD = "/direct_v2/threads/340"
#: Exactly the delays, so that times can be compared.
POLICY = ReconnectPolicy(jitter=0.0)


class Broker:
    """Answers as the service does, and keeps a message-sync queue that can be replayed."""

    def __init__(self) -> None:
        self.queue: list[tuple[int, dict[str, Any]]] = []
        self.latest = 1234
        self.connacks: list[ConnAck] = []
        self.iris: list[dict[str, Any]] = []
        self.answers_commands = True
        self.commands: list[dict[str, Any]] = []

    def add(self, item_id: str, **more: Any) -> bytes:
        """A new message in the queue; the body that tells of it live."""
        self.latest += 1
        item = {"item_id": item_id, "user_id": 9, "item_type": "text", "text": item_id, **more}
        one = element(patch(f"{THREAD}/items/{item_id}", item), seq_id=self.latest)
        self.queue.append((self.latest, one))
        return deflated([one])

    def __call__(self, packet: Packet) -> list[Reply]:
        if isinstance(packet, Connect):
            return [self.connacks.pop(0) if self.connacks else ConnAck(0)]
        if not isinstance(packet, Publish):
            return []
        replies: list[Reply] = [PubAck(packet.packet_id)] if packet.packet_id else []
        if packet.topic == "134":
            replies += self._subscribe(read(packet))
        elif packet.topic == "132":
            self.commands.append(read(packet))
            if self.answers_commands:
                answer = {"status": "ok", "payload": {"client_context": read(packet).get("client_context")}}
                replies.append(Publish("133", deflated(answer), 9))
        return replies

    def _subscribe(self, wish: dict[str, Any]) -> list[Reply]:
        if self.iris:
            return [Publish("135", deflated(self.iris.pop(0)), 7)]
        missed = [{**one, "realtime": False} for seq_id, one in self.queue if seq_id > wish["seq_id"]]
        answer = {"succeeded": True, "seq_id": wish["seq_id"], "latest_seq_id": self.latest, "subscribed_at_ms": 5}
        replies: list[Reply] = [Publish("135", deflated(answer), 7)]
        return replies + ([Publish("146", deflated(missed), 8)] if missed else [])


def read(packet: Publish) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(zlib.decompress(packet.payload))
    return body


class VirtualWake:
    """An event whose wait moves the clock."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.is_set = False
        self.on_wait: Callable[[], None] = lambda: None

    def set(self) -> None:
        self.is_set = True

    def clear(self) -> None:
        self.is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.on_wait()
        if not self.is_set:
            self.clock.advance(timeout)
        return self.is_set


class World:
    """A client on virtual time, its broker, and what its handlers were told."""

    def __init__(self, policy: ReconnectPolicy | bool = POLICY, host: Host | None = None, **options: Any) -> None:
        self.broker = Broker()
        self.transport = MemoryTransport(broker=self.broker)
        self.clock = self.transport.clock
        self.wake = VirtualWake(self.clock)
        self.host = host or Host()
        self.client = RealtimeClient(
            self.host,
            self.transport,
            reconnect=policy,
            clock=self.clock,
            unix_clock=self.clock,
            wake=lambda: self.wake,
            **options,
        )
        self.told: list[Any] = []
        self.client.on(events.Message, lambda event: self.told.append(event.item_id))
        self.client.on(events.Connected, lambda event: self.told.append(("connected", event.resumed)))
        self.client.on(events.Disconnected, lambda event: self.told.append(("disconnected", event.retry_in)))
        self.client.on(events.CaughtUp, lambda event: self.told.append("caught_up"))
        self.client.on(events.Resync, lambda event: self.told.append(("resync", event.fetched, event.complete)))

    def subscribe(self) -> World:
        self.client.connect()
        self.client.direct_subscribe()
        self.told.clear()
        while self.client.read_once(timeout=0) is not None and not self.told:
            pass
        return self

    def read(self, timeout: float = 0.0) -> None:
        """Reads everything that comes within so many seconds."""
        end = self.clock() + timeout
        while self.client.read_once(max(0.0, end - self.clock())) is not None or self.clock() < end:
            pass


# --- coming back -----------------------------------------------------------------------------------------------------


def test_a_broken_connection_is_made_anew() -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert world.told == [("disconnected", 1.0), ("connected", True)]
    assert world.transport.connects == 2
    assert (world.client.connected, world.client.state) == (True, State.LIVE)
    assert world.client.stats().reconnects == 1


def test_the_delays_grow_until_it_works() -> None:
    world = World().subscribe()
    begin = world.clock()
    world.broker.connacks = [ConnAck(3), ConnAck(3), ConnAck(0)]
    world.transport.arrive(b"")
    world.read(timeout=10)
    assert [at - begin for at in world.transport.times_of(Connect)[1:]] == [1.0, 3.0, 7.0]
    assert world.told == [("disconnected", 1.0), ("connected", True)]


def test_while_it_waits_reading_returns_in_time() -> None:
    world = World(ReconnectPolicy(jitter=0.0, first_delay=60)).subscribe()
    world.transport.arrive(b"")
    begin = world.clock()
    assert world.client.read_once(timeout=5) is None
    assert world.clock() - begin == 5
    assert (world.client.state, world.client.connected) == (State.BACKING_OFF, False)
    assert world.client.read_once(timeout=0) is None


def test_what_had_arrived_is_handled_first() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert world.told == ["31", ("disconnected", 1.0), ("connected", True)]


@pytest.mark.parametrize("end", [b"", Disconnect(), ConnectionLost("reset"), b"\xff\xff\xff\xff\xff\xff"])
def test_every_end_of_a_line_is_one_to_come_back_from(end: Any) -> None:
    world = World().subscribe()
    world.transport.arrive(end)
    world.read(timeout=5)
    assert world.told[-1] == ("connected", True)


def test_a_line_that_went_silent_is_found_and_made_anew() -> None:
    world = World().subscribe()
    begin = world.clock()
    world.read(timeout=35)
    assert world.told[-1] == ("connected", True)
    assert world.transport.times_of(Connect)[1] - begin <= 31, "one and a half keep alives, and the delay"


def test_a_supervisor_can_ask_how_it_is() -> None:
    world = World()
    assert not world.client.is_healthy()
    world.subscribe()
    assert world.client.is_healthy()
    world.clock.advance(31)
    assert not world.client.is_healthy(), "no sign of life for more than one and a half keep alives"
    world.read(timeout=0)
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    assert not world.client.is_healthy()
    world.read(timeout=5)
    assert world.client.is_healthy()
    world.client.disconnect()
    assert not world.client.is_healthy()


def test_without_a_policy_the_error_is_raised() -> None:
    world = World(policy=False).subscribe()
    world.transport.arrive(b"")
    with pytest.raises(ConnectionLost):
        world.client.read_once()
    assert world.told == [("disconnected", None)]


def test_a_given_transport_is_not_used_again_unless_asked_for() -> None:
    transport = MemoryTransport(broker=Broker())
    client = RealtimeClient(Host(), transport, clock=transport.clock)
    client.connect()
    transport.arrive(b"")
    with pytest.raises(ConnectionLost):
        client.read_once()
    assert transport.connects == 1


# --- and when not ----------------------------------------------------------------------------------------------------


def test_a_refused_session_is_never_tried_again() -> None:
    world = World().subscribe()
    world.broker.connacks = [ConnAck(5)]
    world.transport.arrive(b"")
    with pytest.raises(ConnectRefused):
        world.read(timeout=600)
    assert world.transport.connects == 2
    assert world.client.state is State.FAILED
    with pytest.raises(NotConnectedError):
        world.client.read_once(timeout=600)
    assert world.transport.connects == 2


def test_a_refused_session_is_explained_by_one_request() -> None:
    world = World().subscribe()
    world.host.answers["accounts/current_user/"] = ChallengeRequired("open the app to confirm that it is you")
    world.broker.connacks = [ConnAck(5)]
    world.transport.arrive(b"")
    with pytest.raises(ChallengeRequired, match="open the app") as raised:
        world.read(timeout=600)
    assert isinstance(raised.value.__cause__, ConnectRefused)
    assert len(world.host.requests_to("accounts/current_user/")) == 1


@pytest.mark.parametrize(("logged_in", "connects"), [(True, 3), (False, 2)])
def test_the_program_may_log_in_again_once(logged_in: bool, connects: int) -> None:
    errors: list[Exception] = []

    def renew(error: Exception) -> bool:
        errors.append(error)
        return logged_in

    world = World(on_session_expired=renew).subscribe()
    world.broker.connacks = [ConnAck(5)] * 2
    world.transport.arrive(b"")
    with pytest.raises(ConnectRefused):
        world.read(timeout=600)
    assert world.transport.connects == connects
    assert len(errors) == 1


def test_a_renewed_session_is_used() -> None:
    world = World(on_session_expired=lambda error: True).subscribe()
    world.broker.connacks = [ConnAck(5)]
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert world.told == [("disconnected", 1.0), ("connected", True)]


def test_when_the_server_asks_for_it_the_connection_is_made_anew() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("34", b"", None))
    world.read(timeout=5)
    assert world.told == [("disconnected", 1.0), ("connected", True)]


def test_attempts_can_be_bounded() -> None:
    world = World(ReconnectPolicy(jitter=0.0, max_attempts=2)).subscribe()
    world.broker.connacks = [ConnAck(3)] * 5
    world.transport.arrive(b"")
    with pytest.raises(ConnectRefused):
        world.read(timeout=600)
    assert world.transport.connects == 3


def test_disconnecting_ends_the_waiting() -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    world.wake.on_wait = world.client.disconnect
    with pytest.raises(NotConnectedError):
        world.client.read_once()
    assert (world.transport.connects, world.client.state) == (1, State.STOPPED)


def test_a_flapping_line_never_exceeds_the_hourly_limit() -> None:
    world = World(ReconnectPolicy(connects_per_hour=10)).subscribe()

    def drop(packet: Packet) -> list[Reply]:
        return [*Broker.__call__(world.broker, packet), *([b""] if isinstance(packet, Publish) else [])]

    world.transport.broker = drop
    world.transport.arrive(b"")
    world.read(timeout=86_400)
    times = world.transport.times_of(Connect)
    assert max(sum(at <= other < at + 3600 for other in times) for at in times) <= 10
    assert len(times) > 100, "it did go on trying"


def test_an_error_of_our_own_making_is_not_hidden() -> None:
    world = World().subscribe()
    world.host.sessionid = None
    world.transport.arrive(b"")
    with pytest.raises(ValueError, match="session"):
        world.read(timeout=60)


# --- going on where it was -------------------------------------------------------------------------------------------


def test_what_happened_meanwhile_is_replayed_once_and_then_it_is_live() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.read()
    world.broker.add("32")
    world.broker.add("33")
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert world.told == ["31", ("disconnected", 1.0), ("connected", True), "32", "33", "caught_up"]
    assert [read(packet)["seq_id"] for packet in subscriptions(world)] == [1234, 1235]


def test_what_was_handled_before_is_recognised_when_it_comes_again() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.read()
    world.broker.queue[0] = (9999, world.broker.queue[0][1])  # the server replays more than it has to
    world.broker.add("32")
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "caught_up"]
    assert world.client.stats().events["duplicate"] == 1


def test_an_event_whose_handler_did_not_return_comes_again() -> None:
    world = World()
    world.subscribe()
    told: list[str] = []

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        told.append(str(event.item_id))
        if len(told) == 1:
            raise SystemExit  # not even an exception of the program's own stops here

    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    with pytest.raises(SystemExit):
        world.read()
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert told == ["31", "31"]


def test_all_subscriptions_are_restored_before_message_sync() -> None:
    world = World().subscribe()
    client = world.client
    typing, presence, live = client.subscribe_typing(), client.subscribe_presence(), client.subscribe_live()
    client.graph_ql_subscribe("1/graphqlsubscriptions/1/{}")
    client.unsubscribe_presence()
    before = len(world.transport.sent_of(Publish))
    world.transport.arrive(b"")
    world.read(timeout=5)
    said = [packet for packet in world.transport.sent_of(Publish)[before:] if isinstance(packet, Publish)]
    assert [packet.topic for packet in said] == ["149", "88", "134"]
    assert read(said[0]) == {"sub": [typing, "1/graphqlsubscriptions/1/{}"]}
    assert read(said[1]) == {"sub": [live]}
    assert presence not in str([read(packet) for packet in said])


def test_a_subscription_made_without_a_connection_waits_for_the_next() -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    text = world.client.subscribe_typing()
    world.read(timeout=5)
    assert text in str([read(packet) for packet in world.transport.sent_of(Publish) if packet.topic == "149"])


@pytest.mark.parametrize("refusal", [{"succeeded": False, "error_type": 2}, {"succeeded": False}])
def test_a_refused_subscription_is_no_connection(refusal: dict[str, Any]) -> None:
    world = World().subscribe()
    world.broker.iris = [refusal, refusal]
    world.broker.add("32")
    world.transport.arrive(b"")
    world.read(timeout=20)
    assert world.transport.connects == 4
    assert world.told == [("disconnected", 1.0), ("connected", True), "32", "caught_up"]


def test_the_position_survives_the_program() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.read()
    world.client.disconnect()
    again = World(host=world.host)
    again.broker.queue, again.broker.latest = world.broker.queue, world.broker.latest
    again.broker.add("32")
    again.subscribe()
    again.read()
    assert again.told == ["32", "caught_up"]
    assert len(world.host.requests_to("direct_v2/inbox/")) == 1, "where it goes on is known"


# --- a position that is too old --------------------------------------------------------------------------------------

TOO_OLD = {"succeeded": False, "error_type": 1, "error_message": "IrisQueueOverflowException"}


def inbox(*items: tuple[str, int], has_older: bool = False) -> dict[str, Any]:
    shown = [
        {"item_id": item_id, "user_id": 9, "item_type": "text", "text": item_id, "timestamp": at}
        for item_id, at in items
    ]
    thread = {"thread_id": "340", "items": shown, "has_older": has_older}
    return {"seq_id": 5000, "snapshot_at_ms": 17, "inbox": {"threads": [thread]}}


def test_what_was_missed_is_fetched_once_and_told_as_such() -> None:
    world = World().subscribe()
    sources: list[str] = []
    world.client.on(events.Message, lambda event: sources.append(event.source))
    world.transport.arrive(Publish("146", world.broker.add("31", timestamp="1000"), 3))
    world.read()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = inbox(("33", 3000), ("32", 2000), ("31", 1000), ("30", 900))
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert world.told == ["31", ("disconnected", 1.0), ("resync", 2, True), ("connected", True), "32", "33"]
    assert sources == ["realtime", "poll", "poll"]
    assert [read(packet)["seq_id"] for packet in subscriptions(world)] == [1234, 1235, 5000]


def test_a_thread_that_holds_more_than_the_inbox_shows_is_looked_into() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31", timestamp="1000"), 3))
    world.read()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = inbox(("34", 4000), has_older=True)
    whole = inbox(("34", 4000), ("33", 3000), ("32", 2000), ("31", 1000))["inbox"]["threads"][0]
    world.host.answers["direct_v2/threads/340/"] = {"thread": whole}
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "33", "34"]


def resynced(inbox_answer: dict[str, Any], **threads: Any) -> World:
    """A client that handled item 31 at time 1000 and then missed what the inbox shows."""
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31", timestamp="1000"), 3))
    world.read()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = inbox_answer
    for name, thread in threads.items():
        world.host.answers[f"direct_v2/threads/{name.removeprefix('t')}/"] = {"thread": thread}
    world.transport.arrive(b"")
    world.read(timeout=5)
    return world


def test_a_quiet_thread_that_is_pinned_on_top_says_nothing_about_those_below() -> None:
    answer = inbox(("29", 100))
    answer["inbox"]["threads"] += inbox(("32", 2000))["inbox"]["threads"]
    answer["inbox"]["has_older"] = True
    assert ("resync", 1, False) in resynced(answer).told
    answer["inbox"]["threads"] += inbox(("28", 200))["inbox"]["threads"]
    assert ("resync", 1, True) in resynced(answer).told


def test_what_the_inbox_shows_is_found_though_the_thread_itself_shows_nothing() -> None:
    world = resynced(inbox(("33", 3000), has_older=True), t340={"thread_id": "340", "items": [], "has_older": True})
    assert ("resync", 1, False) in world.told
    assert "33" in world.told


def test_a_thread_of_which_the_inbox_shows_no_item_is_looked_into() -> None:
    whole = inbox(("32", 2000), ("31", 1000))["inbox"]["threads"][0]
    world = resynced(inbox(has_older=True), t340=whole)
    assert ("resync", 1, True) in world.told


def test_six_threads_with_more_than_the_inbox_shows_are_too_many() -> None:
    answer = inbox()
    answer["inbox"]["threads"] = [
        {**inbox((f"{number}9", 2000), has_older=True)["inbox"]["threads"][0], "thread_id": str(number)}
        for number in range(340, 346)
    ]
    threads = {
        f"t{number}": inbox((f"{number}9", 2000), (f"{number}8", 1500), ("30", 900))["inbox"]["threads"][0]
        for number in range(340, 346)
    }
    world = resynced(answer, **threads)
    assert ("resync", 11, False) in world.told
    assert len([one for one in world.told if isinstance(one, str)]) == 12


def test_the_inbox_is_not_asked_more_often_than_allowed() -> None:
    world = World(ReconnectPolicy(inbox_requests_per_hour=3)).subscribe()
    world.broker.iris = [TOO_OLD] * 1000
    world.transport.arrive(b"")
    world.read(timeout=7200)
    assert len(world.host.requests_to("direct_v2/inbox/")) <= 9


def test_a_challenge_ends_it_with_what_a_person_has_to_do() -> None:
    world = World().subscribe()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = ChallengeRequired("open the app")
    world.transport.arrive(b"")
    with pytest.raises(ChallengeRequired, match="open the app"):
        world.read(timeout=60)
    assert world.client.state is State.FAILED


def test_the_first_start_fetches_nothing_of_the_past() -> None:
    world = World()
    world.host.answers["direct_v2/inbox/"] = {**INBOX, **inbox(("31", 1000))}
    world.subscribe()
    world.read()
    assert world.told == []


# --- commands across it ----------------------------------------------------------------------------------------------


def test_a_command_without_an_answer_is_sent_again_with_the_same_context() -> None:
    world = World().subscribe()
    world.broker.answers_commands = False
    handle = world.client.direct_send_text("340", "hi", "mine")
    world.transport.arrive(b"")
    world.read(timeout=0)
    world.broker.answers_commands = True
    assert handle.result(timeout=10)["status"] == "ok"
    assert [command["client_context"] for command in world.broker.commands] == ["mine", "mine"]


def test_a_command_given_without_a_connection_is_sent_when_there_is_one() -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    handle = world.client.direct_send_text("340", "hi")
    assert world.broker.commands == []
    assert handle.result(timeout=10)["status"] == "ok"


def test_an_answered_command_is_not_sent_again() -> None:
    world = World().subscribe()
    world.client.direct_send_text("340", "hi").result()
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert len(world.broker.commands) == 1


def test_a_command_that_is_too_old_is_not_sent_and_its_caller_told() -> None:
    world = World(ReconnectPolicy(jitter=0.0, first_delay=300, max_delay=300)).subscribe()
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    handle = world.client.direct_send_text("340", "hi")
    with pytest.raises(RealtimeTimeout, match="too old"):
        handle.result(timeout=1000)
    assert world.broker.commands == []


def test_waiting_for_an_answer_in_a_handler_survives_a_reconnect_and_keeps_the_order() -> None:
    world = World().subscribe()
    answers: list[Any] = []
    world.broker.answers_commands = False

    @world.client.on(events.Message, text="31")
    def handler(event: events.Message) -> None:
        handle = event.reply("hi")
        world.transport.arrive(b"")
        world.broker.answers_commands = True
        answers.append(handle.result(timeout=30)["status"])

    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.transport.arrive(Publish("146", world.broker.add("32"), 4))
    world.read(timeout=5)
    assert answers == ["ok"]
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "caught_up"]


def subscriptions(world: World) -> list[Any]:
    return [packet for packet in world.transport.sent_of(Publish) if packet.topic == "134"]  # type: ignore[attr-defined]


def test_a_failing_connect_of_the_program_s_own_is_raised() -> None:
    world = World()
    world.broker.connacks = [ConnAck(3)]
    with pytest.raises(ConnectRefused):
        world.client.connect()
    world.transport.broker = lambda packet: [b""]
    with pytest.raises(ConnectFailed):
        world.client.connect()


def test_another_account_on_the_same_client_inherits_nothing() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.read()
    world.broker.answers_commands = False
    world.client.direct_send_text("340", "from the first account")
    world.read()
    world.client.disconnect()
    world.host.user_id = 222
    world.client.connect()
    world.client.direct_subscribe()
    assert [read(packet)["seq_id"] for packet in subscriptions(world)] == [1234, 1234], "the inbox of the other one"
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert len(world.broker.commands) == 1, "what the first account wrote is not sent by the second"


def test_what_an_answer_asks_to_wait_is_waited() -> None:
    world = World().subscribe()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = ClientThrottledError("slow down", retry_after=1800)
    world.transport.arrive(b"")
    begin = world.clock()
    world.read(timeout=1700)
    assert len(world.host.requests_to("direct_v2/inbox/")) == 2, (
        "the one of the beginning, and the one that was refused"
    )
    world.host.answers["direct_v2/inbox/"] = INBOX
    world.read(timeout=200)
    assert world.transport.times_of(Connect)[-1] - begin >= 1800


def test_a_limit_costs_few_requests_an_hour() -> None:
    world = World().subscribe()
    world.broker.iris = [TOO_OLD] * 99
    world.host.answers["direct_v2/inbox/"] = PleaseWaitFewMinutes("wait")
    before = len(world.host.requests_to("direct_v2/inbox/"))
    world.transport.arrive(b"")
    world.read(timeout=3600)
    assert len(world.host.requests_to("direct_v2/inbox/")) - before <= 4


def test_what_a_resync_found_and_was_not_handled_is_fetched_again_at_the_next_start() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31", timestamp="1000"), 3))
    world.read()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = inbox(("34", 4000), ("33", 3000), ("32", 2000), ("31", 1000))
    world.transport.arrive(b"")
    while "32" not in world.told:
        world.client.read_once(timeout=5)
    world.client.disconnect()
    again = World(host=world.host)
    again.client.connect()
    again.client.direct_subscribe()
    again.read()
    assert [one for one in again.told if isinstance(one, str)] == ["33", "34"]


def test_the_position_is_saved_while_the_line_is_quiet() -> None:
    world = World(autosave_interval=5.0).subscribe()
    for item_id in ("31", "32", "33"):
        world.transport.arrive(Publish("146", world.broker.add(item_id), 3))
    world.client.read_once(timeout=0)
    world.read(timeout=10)
    assert world.host.settings["realtime"]["seq_id"] == 1237
