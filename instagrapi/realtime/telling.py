"""What waits for whoever runs handlers: packets of connections that have ended, and what handlers are to be told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from instagrapi.realtime.caretaker import Caretaker
from instagrapi.realtime.connecting import Connecting
from instagrapi.realtime.network.connection import DEFAULT_MAX_INBOX, Connection
from instagrapi.realtime.protocol.packets import Packet
from instagrapi.realtime.state import State
from instagrapi.realtime.turns import Turns

#: A packet and the connection that it came over, or what announces something to the handlers.
Unread: TypeAlias = tuple[Connection, Packet] | Callable[[], None]


class Telling(Connecting):
    """Tells handlers what becomes of the connection, whichever thread notices it, but never out of turn.

    Whoever reads announces it when the handler that runs has returned, behind the packets that came before. While
    nobody reads, the thread that has noticed takes the turn for it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turns = Turns()
        self._caretaker = Caretaker(self._clock, lambda: self._connection, self.log)
        self._unread: deque[Unread] = deque()
        self._is_handling = False  # whether handlers of whoever has the turn run
        self._is_stopping = False  # whether the client ends as soon as no handler runs

    def _tell(self, announce: Callable[[], None]) -> None:
        """Has something announced behind everything that waits already."""
        self._unread.append(announce)

    def _tell_connected(self, *, resumed: bool) -> None:
        """Lets the handlers know before they get what the new connection brings."""
        self._tell(lambda: self._announce_connected(resumed=resumed))

    def _keep_unread(self, connection: Connection) -> None:
        """What came over a connection that has ended waits in front of what comes, unless too much waits already.

        Then it is left to the server, which sends again what was neither handled nor acknowledged.
        """
        unread = connection.take_unread()
        if len(self._unread) < DEFAULT_MAX_INBOX:
            self._unread.extend((connection, packet) for packet in unread)

    def _forget_unread(self) -> None:
        self._unread.clear()

    def _take_unread(self, *, only_news: bool = False) -> Unread | None:
        """What waits longest; ``None`` when nothing does, or when it is a packet and only news are wanted."""
        with self._noticing:
            if not self._unread or (only_news and isinstance(self._unread[0], tuple)):
                return None
            return self._unread.popleft()

    def _deliver(self) -> None:
        """Announces what is due, if it is this thread's turn to run handlers or nobody's; else whoever has it does."""
        if not self._unread or self._state_changes.is_mine:  # a handler of a change of state comes before
            return
        if self._turns.is_reader:
            if not self._is_handling:
                self._announce_due()
            return
        while self._has_news() and self._turns.stand_in():
            try:
                self._announce_due()
            finally:
                self._turns.end()

    def _announce_state(self, previous: State, state: State) -> None:
        came = self._dispatcher.came_in(None)
        try:
            with self._caretaker.watching():
                super()._announce_state(previous, state)
        finally:
            self._dispatcher.came_in(came)

    def _has_news(self) -> bool:
        with self._noticing:
            return bool(self._unread) and not isinstance(self._unread[0], tuple)

    def _announce_due(self) -> None:
        """Announces everything that comes before the next packet."""
        while (news := self._take_unread(only_news=True)) is not None and not isinstance(news, tuple):
            self._announce(news)

    def _announce(self, announce: Callable[[], None]) -> None:
        self._tell_state()
        self._is_handling = True  # before the look at what does not wait for handlers that have not begun
        try:
            if not self._is_stopping:
                with self._caretaker.watching():
                    announce()
        finally:
            self._is_handling = False
            self._have_returned()

    @property
    def _handlers_run(self) -> bool:
        """Whether handlers run that a client which is to stop lets return."""
        return self._is_handling

    def _have_returned(self) -> None:
        """Handlers have returned."""
