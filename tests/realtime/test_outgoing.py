"""Commands on their way out: in their turn, across outages, and not while Instagram asks to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Emulator
from instagrapi.exceptions import (
    CommandFailed,
    ConnectionLost,
    NotConnectedError,
    OutboxFull,
    RealtimeTimeout,
    SendingPaused,
    SendingTooFast,
)
from instagrapi.realtime import events
from instagrapi.realtime.pace import CommandPace
from instagrapi.realtime.protocol.packets import Packet, Publish
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.replies import MAX_PENDING
from tests.realtime.test_reconnect import VirtualWake, World, read
from tests.realtime.test_threads import Worker
from tests.support.bodies import deflated
from tests.support.leaks import nothing_left_behind
from tests.support.memory import Reply

PATIENCE = 20.0
PACE = CommandPace(items_at_once=2, items_per_minute=6, signals_at_once=3, signals_per_minute=60, jitter=0.0)


class Office(World):
    """A world that notes when commands were sent."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"pace": PACE, **options})
        self.sent: list[tuple[float, str]] = []
        self.refusal: dict[str, Any] | None = None
        self.transport.broker = self._answer
        self.on_wait: Callable[[], None] = lambda: None
        self.client._make_wake = self._make_wake

    def _make_wake(self) -> VirtualWake:
        """One for each wait: an outage and a command that waits for its turn wake different threads."""
        wake = VirtualWake(self.clock)
        wake.on_wait = lambda: self.on_wait()
        return wake

    def _answer(self, packet: Packet) -> list[Reply]:
        if isinstance(packet, Publish) and packet.topic == "132":
            body = read(packet)
            self.sent.append((self.clock(), str(body.get("text", body["action"]))))
            if self.refusal is not None:
                context = {"client_context": body.get("client_context")}
                answer = {**self.refusal, "payload": {**context, **self.refusal.get("payload", {})}}
                return [Publish("133", deflated(answer), 9)]
        return self.broker(packet)

    def send(self, text: str, context: str | None = None) -> Any:
        return self.client.direct_send_text("340", text, context)

    def times(self) -> list[float]:
        begin = self.sent[0][0]
        return [at - begin for at, _ in self.sent]

    def lose(self) -> None:
        """The line breaks, and the client notices."""
        self.transport.arrive(b"")
        while self.client.read_once(timeout=0) is not None:
            pass
        assert not self.client.connected


@pytest.fixture
def office() -> Office:
    office = Office()
    office.subscribe()
    return office


# --- pace ------------------------------------------------------------------------------------------------------------


def test_commands_wait_for_their_turn_in_the_thread_that_sends(office: Office) -> None:
    for number in range(5):
        office.send(str(number))
    assert office.times() == [0, 0, 10, 20, 30]
    assert [text for _, text in office.sent] == ["0", "1", "2", "3", "4"]


def test_signals_do_not_wait_for_items(office: Office) -> None:
    for number in range(3):
        office.send(str(number))
    before = office.clock()
    office.client.direct_indicate_activity("340")
    office.client.direct_mark_seen("340", "1")
    assert office.clock() == before


def test_no_pace_no_wait() -> None:
    office = Office(pace=None)
    office.subscribe()
    for number in range(100):
        office.send(str(number))
    assert set(office.times()) == {0.0}


def test_by_default_a_bot_that_answers_does_not_notice() -> None:
    office = World()
    office.subscribe()
    before = office.clock()
    for _ in range(15):
        office.client.direct_send_text("340", "hi").result()
        for active in (True, False):
            office.client.direct_indicate_activity("340", active)
        office.client.direct_mark_seen("340", "1")
    assert office.clock() == before


def test_a_command_that_would_wait_too_long_is_refused_and_forgotten() -> None:
    office = Office(pace=CommandPace(items_at_once=1, items_per_minute=6, jitter=0.0, max_wait=0.0))
    office.subscribe()
    office.send("0", "a")
    with pytest.raises(SendingTooFast):
        office.send("1", "b")
    assert len(office.sent) == 1
    office.clock.advance(10)
    assert office.send("1", "b").result()["status"] == "ok"
    office.lose()
    office.read(timeout=5)
    assert len(office.sent) == 2


def test_what_was_accepted_is_given_again_without_a_turn(office: Office) -> None:
    office.send("0", "a").result()
    before = office.clock()
    for _ in range(10):
        assert office.send("0", "a").result()["status"] == "ok"
    assert (len(office.sent), office.clock()) == (1, before)


def test_the_end_of_the_client_ends_the_wait(office: Office) -> None:
    office.send("0")
    office.send("1")
    office.on_wait = office.client.disconnect
    with pytest.raises(NotConnectedError, match="closed from this side"):
        office.send("2")
    assert len(office.sent) == 2


def test_an_outage_ends_the_wait_and_the_command_is_sent_afterwards(office: Office) -> None:
    office.send("0").result()
    office.send("1").result()

    def break_line() -> None:
        office.on_wait = lambda: None
        office.lose()

    office.on_wait = break_line
    handle = office.send("2")
    assert len(office.sent) == 2
    assert handle.result(timeout=60)["status"] == "ok"
    assert [text for _, text in office.sent] == ["0", "1", "2"]


def test_waiting_for_a_turn_keeps_the_line_alive_and_wakes_at_once() -> None:
    """On the real clock, over TLS, beside a loop."""
    with nothing_left_behind(), Emulator() as emulator:
        me, peer = emulator.account("me"), emulator.account("peer")
        host: Client = emulator.client(me)
        rt = host.realtime_client(pace=CommandPace(items_at_once=1, items_per_minute=1, max_wait=600))
        rt.start()
        rt.wait_connected(PATIENCE)
        thread = me.thread_with(peer).thread_id
        rt.direct_send_text(thread, "at once").result(PATIENCE)
        waiting = [Worker(lambda: rt.direct_send_text(thread, "later"))]
        end = time.monotonic() + PATIENCE
        while not rt._paced:
            assert time.monotonic() < end
            time.sleep(0.001)
        assert rt.ping(PATIENCE)
        began = time.monotonic()
        assert rt.stop(PATIENCE)
        for one in waiting:
            assert isinstance(one.finish().error, NotConnectedError)
        assert time.monotonic() - began < 1


def test_threads_get_their_turns_in_the_order_of_asking() -> None:
    office = Office(pace=CommandPace(items_at_once=1, items_per_minute=60 * 200, jitter=0.0))
    office.subscribe()
    senders = [Worker(lambda n=n: office.send(str(n)).result(60)) for n in range(8)]  # type: ignore[misc]
    for sender in senders:
        assert sender.finish().error is None
    assert sorted(text for _, text in office.sent) == [str(number) for number in range(8)]
    gaps = [later - earlier for (earlier, _), (later, _) in zip(office.sent, office.sent[1:], strict=False)]
    assert min(gaps) >= 0


# --- across outages --------------------------------------------------------------------------------------------------


def test_commands_given_during_an_outage_are_kept_and_sent_in_order(office: Office) -> None:
    office.lose()
    handles = [office.send(str(number)) for number in range(4)]
    assert office.sent == []
    office.read(timeout=60)
    assert [text for _, text in office.sent] == ["0", "1", "2", "3"]
    assert [handle.result(timeout=0)["status"] for handle in handles] == ["ok"] * 4


def test_what_is_sent_again_keeps_the_pace(office: Office) -> None:
    office.lose()
    for number in range(6):
        office.send(str(number))
    office.read(timeout=100)
    assert office.times() == [0, 0, 10, 20, 30, 40]


def test_a_result_drives_what_waits_while_nobody_reads(office: Office) -> None:
    office.lose()
    handles = [office.send(str(number)) for number in range(5)]
    assert handles[-1].result(timeout=100)["status"] == "ok"
    assert office.times() == [0, 0, 10, 20, 30]


def test_new_commands_queue_behind_what_waits(office: Office) -> None:
    office.lose()
    for number in range(4):
        office.send(str(number))
    office.clock.advance(1)
    office.read()
    assert [text for _, text in office.sent] == ["0", "1"]
    last = office.send("4")
    assert len(office.sent) == 2, "it is not sent out of turn"
    assert last.result(timeout=100)["status"] == "ok"
    assert [text for _, text in office.sent] == ["0", "1", "2", "3", "4"]


def test_a_busy_line_does_not_keep_back_what_waits(office: Office) -> None:
    office.lose()
    for number in range(4):
        office.send(str(number))
    for second in range(40):
        office.transport.arrive(Publish("150", b"", None), after=second)
    office.clock.advance(1)
    while office.client.read_once(timeout=0.5) is not None or office.clock() < 1050:
        pass
    assert [text for _, text in office.sent] == ["0", "1", "2", "3"]


def test_what_becomes_too_old_while_it_waits_fails_and_says_so(office: Office) -> None:
    office.lose()
    handles = [office.send(str(number)) for number in range(20)]
    office.read(timeout=300)
    assert len(office.sent) == 13, "those that had their turn within 120 s"
    with pytest.raises(RealtimeTimeout, match="too old.*was not sent"):
        handles[-1].result(timeout=None)


def test_when_too_many_wait_the_next_is_refused_and_the_others_are_not_touched(office: Office) -> None:
    office.lose()
    first = office.send("first")
    for _ in range(MAX_PENDING - 1):
        office.send("x")
    with pytest.raises(OutboxFull):
        office.send("one more")
    assert first.result(timeout=10)["status"] == "ok"


def test_a_handler_on_the_way_back_may_send_at_once(office: Office) -> None:
    answers: list[Any] = []
    office.client.on("resync", lambda payload: answers.append(office.send("resync").result(timeout=5)["status"]))
    office.send("0").result()
    office.broker.iris = [{"succeeded": False, "error_type": 1}]
    office.lose()
    office.read(timeout=5)
    assert answers == ["ok"]


def test_a_handler_may_send_and_wait_when_what_was_left_finds_the_line_broken(office: Office) -> None:
    """No lock is held while it runs."""
    answers: list[str] = []
    office.lose()
    for number in range(4):
        office.send(str(number))

    @office.client.on(events.Disconnected)
    def handler(event: events.Disconnected) -> None:
        office.transport.send_error = None
        answers.append(office.send("4").result(timeout=100)["status"])

    def break_line(event: events.Undecoded) -> None:
        office.transport.send_error = ConnectionLost("broken")

    office.client.on(events.Undecoded, break_line)
    office.transport.arrive(Publish("146", b"nonsense", None), after=8)
    office.read(timeout=60)
    assert answers == ["ok"]
    assert [text for _, text in office.sent] == ["0", "1", "2", "3", "4"]


def test_a_state_that_cannot_be_saved_does_not_keep_who_waits_for_a_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(state: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(office.client._store, "save", fail)
    office.send("0")
    office.send("1")
    ended: list[type[Exception]] = []

    def end() -> None:
        with pytest.raises(OSError, match="full") as caught:
            office.client.disconnect()
        ended.append(caught.type)

    office.transport.arrive(Publish("146", office.broker.add("31"), 3))
    office.read()
    office.on_wait = end
    with pytest.raises(NotConnectedError):
        office.send("2")
    assert ended == [OSError]


def test_nobody_waits_for_ever_when_the_client_ends(office: Office) -> None:
    office.lose()
    handle = office.send("0")
    office.client.disconnect()
    with pytest.raises(NotConnectedError):
        handle.result(timeout=None)
    office.client.connect()
    with pytest.raises(NotConnectedError, match="was not sent"):
        handle.result(timeout=None)


def test_a_result_that_came_too_late_says_whether_the_command_was_sent() -> None:
    office = Office(policy=ReconnectPolicy(jitter=0.0, first_delay=60))
    office.subscribe()
    office.broker.answers_commands = False
    with pytest.raises(RealtimeTimeout, match="may have been carried out"):
        office.send("0").result(timeout=1)
    office.lose()
    with pytest.raises(RealtimeTimeout, match="has not been sent"):
        office.send("1").result(timeout=1)


# --- when Instagram asks to stop -------------------------------------------------------------------------------------

SLOW_DOWN = {"status": "fail", "message": "Please wait a few minutes before you try again."}


def test_after_a_refusal_that_asks_for_it_nothing_is_sent_for_a_while(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.refusal = SLOW_DOWN
    with caplog.at_level(logging.WARNING), pytest.raises(CommandFailed):
        office.send("0").result()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    office.refusal = None
    for send in (lambda: office.send("1"), lambda: office.client.direct_indicate_activity("340")):
        with pytest.raises(SendingPaused, match="Please wait".casefold()) as caught:
            send()
        assert caught.value.retry_after == CommandPace().wait_pause
    assert len(office.sent) == 1
    office.clock.advance(CommandPace().wait_pause)
    assert office.send("1").result()["status"] == "ok"


def test_reading_goes_on_meanwhile(office: Office) -> None:
    office.refusal = {"status": "fail", "message": "feedback_required", "spam": True}
    office.send("0")
    office.transport.arrive(Publish("146", office.broker.add("31"), 3))
    office.read()
    assert "31" in office.told
    with pytest.raises(SendingPaused):
        office.send("1")


def test_the_pause_outlasts_a_reconnect_and_what_waits_fails(office: Office) -> None:
    office.refusal = SLOW_DOWN
    office.send("0")
    office.read()
    office.broker.answers_commands, office.refusal = False, None
    office.lose()
    office.read(timeout=5)
    assert office.client.connected
    assert len(office.sent) == 1
    with pytest.raises(SendingPaused):
        office.send("1")


def test_what_waits_fails_when_the_pause_begins(office: Office) -> None:
    office.lose()
    handles = [office.send(str(number)) for number in range(5)]
    office.refusal = SLOW_DOWN
    office.read(timeout=100)
    assert len(office.sent) == 2
    with pytest.raises(CommandFailed):
        handles[0].result()
    for handle in handles[2:]:
        with pytest.raises(SendingPaused):
            handle.result(timeout=None)


def test_the_pause_holds_without_a_pace_too() -> None:
    office = Office(pace=None)
    office.subscribe()
    office.refusal = SLOW_DOWN
    office.send("0")
    office.read()
    with pytest.raises(SendingPaused):
        office.send("1")


def test_the_typing_mark_of_a_block_goes_on_quietly(office: Office) -> None:
    marks: list[threading.Event] = []

    @office.client.on(events.Message)
    def handler(event: events.Message) -> None:
        with event.typing() as mark:
            marks.append(mark._over)
            office.refusal = SLOW_DOWN
            office.send("0")
            office.client._wait_until(lambda: office.client._pause.error(office.clock()) is not None, 5)

    office.transport.arrive(Publish("146", office.broker.add("31"), 3))
    office.read()
    assert marks[0].is_set()
