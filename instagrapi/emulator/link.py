"""The packets of one connection. Every packet, in either direction, passes through here; so do the faults of a line."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from instagrapi.emulator.fault import Kind, Service
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.model import Account
from instagrapi.exceptions import RealtimeTimeout, TransportError
from instagrapi.realtime.protocol.packets import Packet


class Line(Protocol):
    """What carries bytes to a client: a socket, or something in memory."""

    def write(self, data: bytes) -> None:
        """Sends all of it.

        Raises:
            TransportError, RealtimeTimeout: the line broke, or the client does not read.
        """

    def close(self) -> None:
        """Ends the connection in order; harmless when repeated."""

    def reset(self) -> None:
        """Ends the connection at once; the client hears that it was reset."""


class _Portion:
    """Some bytes, or with ``None`` the end of the stream, and whether they may go out."""

    __slots__ = ("data", "is_due")

    def __init__(self, data: bytes | None, *, is_due: bool) -> None:
        self.data = data
        self.is_due = is_due


def _is_due(queue: deque[_Portion]) -> bool:
    return bool(queue) and queue[0].is_due


class Link:
    """One connection's way out.

    Packets are queued under the hub's lock and flushed outside of it, so that they go out in the order of what
    happened, and a client that does not read stops nobody.

    Args:
        hub: the clock, the faults and the timeline.
        line: carries the bytes.
        service: what was connected to.
        number: of the connection, in the order of the service's connections.
        latency: seconds that everything takes, faults or not.

    Attributes:
        is_cut: whether nothing gets through any more, in either direction, without either side being told.
        is_over: whether nothing more can be queued.
    """

    def __init__(self, hub: Hub, line: Line, service: Service, number: int, latency: float = 0.0) -> None:
        self.service: Service = service
        self.is_cut = False
        self.is_over = False
        self._hub = hub
        self._clock = hub.clock
        self._board = hub.faults
        self._line = line
        self._number = number
        self._latency = latency
        self._owners: Callable[[], Sequence[Account]] = tuple
        self._queue: deque[_Portion] = deque()
        self._last_due = 0.0
        self._offset = 0
        self._sending = threading.Lock()

    @property
    def owners(self) -> Sequence[Account]:
        """The accounts that it is for, as far as that is known."""
        return self._owners()

    def belong_to(self, owners: Callable[[], Sequence[Account]]) -> None:
        """Takes note of whose it is."""
        self._owners = owners

    def __str__(self) -> str:
        return " ".join([self.service, str(self._number), *(account.username for account in self.owners)])

    # --- under the hub's lock -----------------------------------------------------------------------------------------

    def queue(self, packet: Packet) -> None:
        """Queues a packet, with what the faults make of it."""
        if self.is_cut or self.is_over:
            return
        if self._board.take(Kind.DROP, self.service, self.owners, packet):
            self.note(f"{packet.packet_type.upper()} is lost")
            return
        data = packet.encode()
        self._queue_bytes(data)
        for duplicate in self._board.take_all(Kind.DUPLICATE, self.service, self.owners, packet):
            for _ in range(duplicate.value):
                self._queue_bytes(data)

    def note(self, what: str) -> None:
        """Adds a line about the connection to the timeline."""
        self._hub.note(self, what)

    def queue_raw(self, data: bytes) -> None:
        """Queues bytes that need not be a packet."""
        if not (self.is_cut or self.is_over):
            self._queue_bytes(data)

    def finish(self) -> None:
        """Ends the connection behind what is queued."""
        if not self.is_over:
            self.is_over = True
            self._append(self._latency, None)

    def close(self) -> None:
        """Ends the connection without what is queued; harmless when repeated."""
        self.is_over = True
        self._queue = deque()
        if not self.is_cut:
            self._line.close()

    def reset(self) -> None:
        """Breaks the connection at once."""
        self.is_over = True
        self._queue = deque()
        if not self.is_cut:
            self._line.reset()

    def cut(self) -> None:
        """Lets nothing through any more."""
        self.is_cut = True
        self._queue = deque()

    def _queue_bytes(self, data: bytes) -> None:
        wait = self._latency
        for delay in self._board.take_all(Kind.DELAY, self.service, self.owners):
            wait += delay.value()
        knife = self._board.take(Kind.CUT, self.service, self.owners)
        if knife is None:
            self._append(wait, data)
            return
        pieces, pause = knife.value(data, self._offset)
        self._offset += 1
        for piece in pieces:
            self._append(wait, piece)
            wait += pause

    def _append(self, wait: float, data: bytes | None) -> None:
        """Nothing overtakes what was said before."""
        now = self._clock.elapsed
        self._last_due = max(self._last_due, now + wait)
        portion = _Portion(data, is_due=self._last_due <= now)
        self._queue.append(portion)
        if not portion.is_due:
            self._clock.at(self._last_due, lambda: self._release(portion))

    def _release(self, portion: _Portion) -> None:
        portion.is_due = True
        self.flush()

    # --- outside of it ------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Sends what is due; a client that does not take it loses its connection. Never raises.

        Never waits for another thread that is sending: that one also sends what was queued in the meantime.
        """
        while _is_due(self._queue) and self._sending.acquire(blocking=False):
            try:
                self._drain()
            finally:
                self._sending.release()

    def _drain(self) -> None:
        queue = self._queue
        try:
            while _is_due(queue):
                data = queue.popleft().data
                if data is None:
                    self._line.close()
                else:
                    self._line.write(data)
        except (TransportError, RealtimeTimeout):
            self.close()
