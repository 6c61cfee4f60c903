"""``instagrapi demo``: a live conversation against the emulator, checked for completeness."""

from __future__ import annotations

import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import click

from instagrapi.cli.listen import bounds, json_option
from instagrapi.cli.needs import need_emulator
from instagrapi.cli.show import Printer
from instagrapi.cli.signals import stopping
from instagrapi.realtime import events as ev

#: Seconds between two steps, where somebody watches and where nobody does.
_PACE, _UNWATCHED_PACE = 0.7, 0.05
#: Seconds that anything sent may take to arrive.
_PATIENCE = 10.0
#: The same when the time is up or somebody pressed Ctrl-C.
_LAST_PATIENCE = 2.0


@click.command()
@json_option
@bounds
def demo(as_json: bool, count: int | None, seconds: float | None) -> None:
    """Watch a conversation over realtime and push, against an emulator on this machine.

    Nothing leaves the machine. The exit status says whether everything that was sent was received.
    """
    need_emulator()
    watched = sys.stdout is not None and sys.stdout.isatty()
    stop = threading.Event()
    with stopping(stop.set):
        play = Play(stop, as_json=as_json, count=count, seconds=seconds, pace=_PACE if watched else _UNWATCHED_PACE)
        try:
            play.run()
        finally:
            play.close()
    if not play.report():
        raise click.exceptions.Exit(1)


@dataclass
class Ledger:
    """What was sent and what of it was received. Expectations are met in any order."""

    awaited: list[Callable[[ev.Event], bool]] = field(default_factory=list)
    sent: int = 0
    received: int = 0

    def expect(self, *events: Callable[[ev.Event], bool]) -> None:
        """Notes events that must arrive."""
        self.awaited.extend(events)
        self.sent += len(events)

    def give_up(self) -> None:
        """What has not arrived by now counts as lost."""
        self.awaited.clear()

    def note(self, event: ev.Event) -> None:
        """Strikes out the first expectation that an event meets."""
        for awaited in self.awaited:
            if awaited(event):
                self.awaited.remove(awaited)
                self.received += 1
                return


class Play:
    """An emulator, a logged-in client with both connections, and somebody to talk to.

    It ends after the step that is being played when ``stop`` is set.
    """

    def __init__(
        self, stop: threading.Event, *, as_json: bool, count: int | None, seconds: float | None, pace: float
    ) -> None:
        from instagrapi.emulator import Emulator

        self._count, self._seconds, self._pace = count, seconds, pace
        self._shown = 0
        self._stop = stop
        self._ends_at: float | None = None
        self._ledger = Ledger()
        self._emulator = Emulator().start()
        self._me, self._alice = self._emulator.account("demo.bot"), self._emulator.account("alice")
        self._alice.send(self._me, "An older message: people who have talked see each other's presence.")
        names = {str(self._me.pk): "demo.bot (this client)", str(self._alice.pk): "alice"}
        self._printer = Printer(as_json=as_json, names=names)

    def run(self) -> None:
        """Plays the conversation, again and again when a bound asks for more than one."""
        self._connect()
        self._ends_at = None if self._seconds is None else time.monotonic() + self._seconds
        while True:
            for step in self._conversation():
                step()
                self._read_until(lambda: not self._ledger.awaited, self._patience)
                self._ledger.give_up()
                if self._over:
                    return
                self._linger()
            if self._count is None and self._ends_at is None:
                return

    def close(self) -> None:
        """Ends the connections and the emulator."""
        client = getattr(self, "_client", None)
        if client is not None:
            client.realtime_disconnect()
            client.fbns_disconnect()
        self._emulator.stop()

    def report(self) -> bool:
        """Says how it went; true when nothing was lost."""
        ledger = self._ledger
        shown = f"{self._shown} events shown. " if self._count is not None else ""
        self._printer.note(f"{shown}{ledger.received} of {ledger.sent} events and answers that had to come arrived.")
        return ledger.received == ledger.sent

    # --- the conversation ------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._printer.note("An emulator of Instagram runs on this machine; nothing leaves it.")
        self._client = self._emulator.client(self._me)
        self._printer.note(f"Logged in as {self._client.username}.")
        self._realtime = self._client.realtime_connect(on_handler_error="raise", pace=None)
        self._realtime.on(ev.Event, self._take)
        self._realtime.direct_subscribe(typing=True, presence=True)
        self._printer.note("Realtime is connected over verified TLS and subscribed to Direct, typing and presence.")
        self._fbns = self._client.fbns_connect(on_handler_error="raise")
        self._fbns.on(ev.Event, self._take)
        self._printer.note("FBNS is connected as a device of its own and registered for push.")

    def _conversation(self) -> Iterator[Callable[[], None]]:
        alice, me = self._alice, self._me
        alice_id, me_id = str(alice.pk), str(me.pk)
        yield self._act(lambda: alice.presence(active=True), _is(ev.Presence, user_id=alice_id, is_active=True))
        yield self._act(lambda: alice.typing(me), _is(ev.Typing, sender_id=alice_id, is_active=True))
        yield self._act(
            lambda: alice.send(me, "Hi! Does this arrive at once?"),
            _is(ev.Message, user_id=alice_id, text="Hi! Does this arrive at once?"),
            _is(ev.Push, collapse_key="direct_v2_message"),
        )
        question = next(alice.thread_with(me).latest_first())
        thread_id = question.thread_id
        yield self._command(lambda rt: rt.direct_mark_seen(thread_id, question.item_id), "mark_seen")
        yield self._command(lambda rt: rt.direct_indicate_activity(thread_id, is_active=True), "indicate_activity")
        yield self._command(
            lambda rt: rt.direct_send_text(thread_id, "At once, over one socket."),
            "send_item",
            _is(ev.Message, user_id=me_id, text="At once, over one socket."),
        )
        yield self._command(
            lambda rt: rt.direct_send_reaction(thread_id, question.item_id, emoji="❤️"),
            "send_item",
            _is(ev.Reaction, user_id=me_id, emoji="❤️"),
        )
        reply = next(alice.thread_with(me).latest_first())
        yield self._act(lambda: alice.seen(reply), _is(ev.Seen, user_id=alice_id))
        yield self._act(lambda: alice.react(reply, "🔥"), _is(ev.Reaction, user_id=alice_id, emoji="🔥"))
        yield self._act(
            lambda: alice.send(me, "And a push came too?"),
            _is(ev.Message, user_id=alice_id, text="And a push came too?"),
            _is(ev.Push, collapse_key="direct_v2_message"),
        )
        yield self._act(lambda: alice.presence(active=False), _is(ev.Presence, user_id=alice_id, is_active=False))

    def _act(self, act: Callable[[], object], *expected: Callable[[ev.Event], bool]) -> Callable[[], None]:
        """A step of the other side."""

        def step() -> None:
            self._ledger.expect(*expected)
            act()

        return step

    def _command(
        self, command: Callable[[Any], Any], action: str, *expected: Callable[[ev.Event], bool]
    ) -> Callable[[], None]:
        """A step of this client: a command, its answer, and what comes of it."""

        def step() -> None:
            self._ledger.expect(_is(ev.SendResponse, ok=True), *expected)
            handle = command(self._realtime)
            if not self._over:
                self._printer.command(action, handle)
            handle.result(_PATIENCE)

        return step

    # --- reading two connections at once ---------------------------------------------------------------------------

    def _take(self, event: ev.Event) -> None:
        self._ledger.note(event)
        if not self._over and not isinstance(event, ev.StateChanged):
            self._shown += 1
            self._printer.event(event)

    @property
    def _over(self) -> bool:
        if self._stop.is_set() or (self._count is not None and self._shown >= self._count):
            return True
        return self._ends_at is not None and time.monotonic() >= self._ends_at

    @property
    def _patience(self) -> float:
        if self._stop.is_set():
            return _LAST_PATIENCE
        if self._ends_at is None:
            return _PATIENCE
        return max(_LAST_PATIENCE, min(_PATIENCE, self._ends_at - time.monotonic()))

    def _linger(self) -> None:
        self._read_until(lambda: self._over, self._pace)

    def _read_until(self, done: Callable[[], bool], seconds: float) -> None:
        """Reads both connections: drains what is buffered, then waits for either socket."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            for client in (self._realtime, self._fbns):
                selector.register(client.fileno(), selectors.EVENT_READ)
            while True:
                for client in (self._realtime, self._fbns):
                    while client.read_once(timeout=0) is not None:
                        pass
                remaining = deadline - time.monotonic()
                if done() or remaining <= 0:
                    return
                selector.select(min(remaining, 0.2))


def _is(kind: type[ev.Event], **fields: object) -> Callable[[ev.Event], bool]:
    """Whether an event is of a class and has those fields."""
    return lambda event: type(event) is kind and all(getattr(event, name) == value for name, value in fields.items())
