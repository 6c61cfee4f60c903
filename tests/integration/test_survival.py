"""Each fault in each situation: connected again without the program's doing, nothing lost, nothing twice, in order.

On virtual time; the faults are those of :mod:`instagrapi.emulator.faults`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.emulator import VirtualEmulator
from instagrapi.exceptions import ClientError, RealtimeTimeout
from instagrapi.realtime import FbnsClient, RealtimeClient, events

#: Seconds after which the fault strikes, and after which everything is over.
STRIKES_AT = 30.0
#: Seconds that a situation goes on around the fault.
AROUND = 15.0
END = 1500.0

Strike = Callable[[VirtualEmulator, str], object]


def then_reset(act: Callable[[Any, str], object]) -> Strike:
    """What only shows in the connections to come."""

    def strike(emulator: VirtualEmulator, service: str) -> None:
        act(emulator.faults, service)
        emulator.faults.reset(service)  # type: ignore[arg-type]

    return strike


def for_a_while(act: Callable[[Any, str], Any], seconds: float = 60.0) -> Strike:
    """A fault that is lifted after some time."""

    def strike(emulator: VirtualEmulator, service: str) -> None:
        fault = act(emulator.faults, service)
        emulator.clock.after(seconds, fault.lift)

    return strike


def at_once(act: Callable[[Any, str], object]) -> Strike:
    return lambda emulator, service: act(emulator.faults, service)


def at_moment(moment: Any, times: int) -> Strike:
    """The line breaks exactly when something is under way, as often as that happens."""
    return at_once(lambda faults, service: faults.when(moment, lambda: faults.reset(service), service, times=times))


ANY: dict[str, Strike] = {
    "reset": at_once(lambda faults, service: faults.reset(service)),
    "close": at_once(lambda faults, service: faults.close(service)),
    "close in a packet": at_once(lambda faults, service: faults.close(service, mid_packet=True)),
    "half open": at_once(lambda faults, service: faults.half_open(service)),
    "DISCONNECT": at_once(lambda faults, service: faults.disconnect(service)),
    "pp": at_once(lambda faults, service: faults.preemptive_ping(service)),
    "kick": at_once(lambda faults, service: faults.kick(service)),
    "outage": for_a_while(lambda faults, service: faults.outage(service)),
    "hanging outage": for_a_while(lambda faults, service: faults.outage(service, hangs=True)),
    "refused five times": then_reset(lambda faults, service: faults.refuse_tcp(service, times=5)),
    "hangs after TCP": then_reset(lambda faults, service: faults.hang_after_tcp(service, times=2)),
    "hangs after TLS": then_reset(lambda faults, service: faults.hang_after_tls(service, times=2)),
    "server unavailable": then_reset(lambda faults, service: faults.refuse_connect(3, service, times=3)),
    "split": for_a_while(lambda faults, service: faults.split(service)),
    "trickle": for_a_while(lambda faults, service: faults.trickle(service)),
    "delay": for_a_while(lambda faults, service: faults.delay(3.0, service)),
    "no PINGRESP": for_a_while(lambda faults, service: faults.drop_pingresps(service)),
    "no PUBACK": for_a_while(lambda faults, service: faults.drop_pubacks(service)),
}
REALTIME: dict[str, Strike] = {
    **ANY,
    "iris refused": then_reset(lambda faults, service: faults.refuse_iris(2, times=3)),
    "iris not answered": then_reset(lambda faults, service: faults.ignore_iris(times=2)),
    "reset before a command is carried out": at_moment("command", times=3),
    "reset before a command is answered": at_moment("answer", times=3),
    "reset at a delivery": at_moment("delivery", times=3),
    "reset behind a delivery": at_moment("acknowledged", times=3),
    "reset while subscribing": then_reset(
        lambda faults, service: faults.when("subscribing", lambda: faults.reset(service), times=2)
    ),
}


class Situation:
    """A bot, somebody who writes to it, and what came of it."""

    def __init__(self) -> None:
        self.emulator = VirtualEmulator(seed=7)
        self.alice, self.me = self.emulator.account("alice"), self.emulator.account("me")
        self.client = self.emulator.client(self.me)
        self.sent: list[str] = []
        self.handled: list[Any] = []
        self.replies: list[str] = []
        self.state: list[str] = []

    @property
    def now(self) -> float:
        return self.emulator.clock.elapsed

    def write(self) -> None:
        """Alice writes; what she wrote is noted in order."""
        self.sent.append(self.alice.send(self.me, f"message {len(self.sent)}").item_id)

    def write_around(self, every: float) -> None:
        times = int(2 * AROUND / every)
        for number in range(times):
            self.emulator.clock.at(STRIKES_AT - AROUND + number * every, self.write)

    def strike(self, strike: Strike, service: str) -> None:
        self.emulator.clock.at(STRIKES_AT, lambda: strike(self.emulator, service))
        self.emulator.clock.at(END - 300, self.write)

    def read_until(self, client: RealtimeClient | FbnsClient, end: float) -> None:
        while self.now < end:
            client.read_once(timeout=end - self.now)


@pytest.fixture
def situation() -> Situation:
    return Situation()


# --- realtime --------------------------------------------------------------------------------------------------------


def connected(situation: Situation) -> RealtimeClient:
    realtime = situation.client.realtime_client(**situation.emulator.options())
    realtime.on(events.Message, lambda event: situation.handled.append(event.item_id), incoming=True)
    realtime.connect()
    realtime.direct_subscribe(typing=True)
    return realtime


@pytest.mark.parametrize("doing", ["idle", "receiving", "sending", "waiting"])
@pytest.mark.parametrize("name", REALTIME)
def test_realtime_comes_back_with_nothing_lost_or_doubled(situation: Situation, name: str, doing: str) -> None:
    emulator, realtime = situation.emulator, connected(situation)
    thread_id = situation.me.thread_with(situation.alice).thread_id
    situation.write()
    situation.strike(REALTIME[name], "realtime")
    handles: list[Any] = []
    if doing in ("receiving", "sending"):
        situation.write_around(every=0.7)
    if doing == "sending":
        realtime.on(events.Message, lambda event: handles.append(event.reply("got it")), incoming=True)
    if doing == "waiting":
        situation.read_until(realtime, STRIKES_AT - 0.02)
        handles.append(realtime.direct_send_text(thread_id, "is anybody there?"))
        assert handles[0].result(timeout=END)["status"] == "ok"
    situation.read_until(realtime, END)

    assert realtime.connected
    assert realtime.state == "live"
    assert situation.handled == situation.sent, "all of them, once, in order"
    results = [handle.result(timeout=60) for handle in handles]
    assert all(result["status"] == "ok" for result in results)
    commands = emulator.counters.commands(situation.me)
    assert all(commands[handle["client_context"]].items == 1 for handle in handles)
    assert emulator.counters.connects("realtime").busiest_hour <= 31
    assert emulator.counters.inbox_calls().total <= 2


@pytest.mark.parametrize("kind", ["length", "size", "zip_bomb", "json", "thrift"])
def test_garbage_ends_no_stream(situation: Situation, kind: Any) -> None:
    realtime = connected(situation)
    situation.write_around(every=0.7)
    situation.strike(lambda emulator, service: emulator.faults.garbage(kind, "realtime"), "realtime")
    situation.read_until(realtime, END)
    assert situation.handled == situation.sent
    assert realtime.connected


def test_a_position_that_is_too_old_is_made_up_for_by_the_inbox(situation: Situation) -> None:
    realtime = connected(situation)
    resyncs: list[Any] = []
    sources: set[str] = set()
    realtime.on(events.Resync, lambda event: resyncs.append((event.fetched, event.complete)))
    realtime.on(events.Message, lambda event: sources.add(event.source))
    situation.write_around(every=0.7)
    situation.strike(
        then_reset(lambda faults, service: (faults.refuse_tcp(service, times=3), faults.position_too_old())), "realtime"
    )
    situation.read_until(realtime, END)
    assert situation.handled == situation.sent
    assert len(resyncs) == 1
    assert resyncs[0][0] > 0
    assert sources == {"realtime", "poll"}


# --- what ends it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strike", "error"),
    [
        (lambda faults, me: faults.revoke(me), "LoginRequired"),
        (lambda faults, me: faults.challenge(me), "ChallengeRequired"),
        (lambda faults, me: faults.checkpoint(me), "CheckpointRequired"),
        (lambda faults, me: faults.suspend(me), "AccountSuspended"),
    ],
)
@pytest.mark.parametrize("doing", ["idle", "waiting"])
def test_what_a_person_has_to_mend_ends_it_with_one_error(
    situation: Situation, strike: Any, error: str, doing: str
) -> None:
    realtime = connected(situation)
    thread_id = situation.me.thread_with(situation.alice).thread_id
    situation.emulator.clock.at(STRIKES_AT, lambda: strike(situation.emulator.faults, situation.me))
    situation.emulator.clock.at(STRIKES_AT + 1, lambda: situation.emulator.faults.reset("realtime"))
    before = situation.emulator.counters.attempts("realtime").total
    situation.read_until(realtime, STRIKES_AT - 0.02)

    def go_on() -> None:
        if doing == "waiting":
            realtime.direct_send_text(thread_id, "hello").result(timeout=END)
        situation.read_until(realtime, END)

    with pytest.raises(ClientError) as raised:
        go_on()
    assert type(raised.value).__name__ == error
    assert not raised.value.retryable
    assert realtime.state == "failed"
    assert situation.emulator.counters.attempts("realtime").total - before <= 1


# --- push ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("doing", ["idle", "receiving"])
@pytest.mark.parametrize("name", ANY)
def test_push_comes_back_as_the_same_device_with_nothing_lost(situation: Situation, name: str, doing: str) -> None:
    emulator = situation.emulator
    fbns = situation.client.fbns_client(**emulator.options())
    fbns.on(events.Push, lambda event: situation.handled.append(event.item_id))
    fbns.connect()
    device = fbns.auth.device_id
    situation.write()
    situation.strike(ANY[name], "fbns")
    if doing == "receiving":
        situation.write_around(every=0.7)
    situation.read_until(fbns, END)
    assert fbns.connected
    assert fbns.auth.device_id == device
    assert sorted(situation.handled) == sorted(situation.sent), "all of them, once"
    assert len(emulator.counters.undelivered_pushes(situation.me)) == 0
    assert emulator.counters.http_calls("push/register/").total == 1, "the token is the same"


# --- long times ------------------------------------------------------------------------------------------------------


def test_a_quiet_account_stays_connected_for_a_week(situation: Situation) -> None:
    realtime = connected(situation)
    situation.read_until(realtime, 7 * 86_400)
    situation.write()
    situation.read_until(realtime, 7 * 86_400 + 10)
    assert situation.handled == situation.sent
    assert situation.emulator.counters.connects("realtime").total == 1
    assert situation.emulator.counters.inbox_calls().total == 1


def test_a_flapping_network_never_exceeds_the_hourly_limits_for_a_day(situation: Situation) -> None:
    realtime = connected(situation)
    situation.emulator.faults.position_too_old(times=None)
    situation.emulator.clock.every(20.0, lambda: situation.emulator.faults.reset("realtime"))
    situation.read_until(realtime, 86_400)
    assert situation.emulator.counters.connects("realtime").busiest_hour <= 31
    assert situation.emulator.counters.inbox_calls().busiest_hour <= 13


def test_waiting_without_an_end_is_not_hanging(situation: Situation) -> None:
    realtime = connected(situation)
    thread_id = situation.me.thread_with(situation.alice).thread_id
    situation.emulator.faults.drop_answers()
    with pytest.raises(RealtimeTimeout):
        realtime.direct_send_text(thread_id, "hello").result(timeout=30)
