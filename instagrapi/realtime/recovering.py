"""The end of a connection, and the making of another one in its place."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

from instagrapi.exceptions import ConcurrencyError, ConnectionLost, NotConnectedError
from instagrapi.realtime import events as ev
from instagrapi.realtime.connecting import Wake
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline, sooner
from instagrapi.realtime.recovery import asked_to_wait
from instagrapi.realtime.refusals import explained, is_dead_session
from instagrapi.realtime.state import State
from instagrapi.realtime.telling import Telling
from instagrapi.realtime.turns import Turns

INHERITED = "the client belongs to the process that made it; make a new one in this one"


class Outage(NamedTuple):
    """A time without a connection.

    Attributes:
        error: why the connection ended; ``None`` when there was none before.
        retry_at: when the next attempt is due, on the client's clock.
        wake: ends the wait for that.
    """

    error: Exception | None
    retry_at: float
    wake: Wake


class Recovering(Telling):
    """Notices that a connection has ended and, with a reconnect policy, makes another one.

    Whoever needs the connection while there is none waits for the next attempt and makes it: the thread that reads, or
    one that waits for an answer. One does it, the others wait for that one.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._attempted_by: int | None = None
        self._end_noticed: Connection | None = None
        self._outage: Outage | None = None
        self._renewed_session = False
        self._fatal: Exception | None = None  # why coming back made no sense
        self._is_inherited = False  # by the child of a fork

    # --- the end of a connection -----------------------------------------------------------------------------------

    def _end_of(self, connection: Connection | None, *, at_once: bool = False) -> bool:
        """Notices and announces, once, that a connection has ended; true when another one will take its place, or has.

        Args:
            connection: the one that may have ended.
            at_once: whether not to wait until everything that came over it was read.
        """
        error = None if connection is None else connection.error
        if connection is None or error is None:
            return False
        with self._noticing:
            # What ends while it is being made is the business of who makes it.
            is_mended = self._outage is not None or self._attempted_by is not None
            if is_mended or self._connection is not connection or self._end_noticed is connection:
                return self._is_replaced(connection)
            if connection.has_packets and not (at_once and self._policy):
                return False
            self._end_noticed = connection
            outage = self._outage = self._plan(error)
            self._note_state(State.FAILED if outage is None else State.BACKING_OFF)
            if outage is not None:
                self._keep_unread(connection)
            self._tell(self._news_of_end(error, outage))
        if outage is None:
            self._fatal = error
            self._release_device()
        self._caretaker.look()
        self._wake_senders()
        self._tell_state()
        self._deliver()
        return self._is_replaced(connection)

    def _wake_senders(self) -> None:
        """Ends the waits of those who are about to send."""

    def _is_replaced(self, connection: Connection) -> bool:
        is_planned = self._outage is not None or self._attempted_by is not None
        return is_planned or (self._connection is not None and self._connection is not connection)

    def _plan(self, error: Exception) -> Outage | None:
        """When to connect again; ``None`` for not at all."""
        policy, now = self._policy, self._clock()
        if policy is None or not policy.is_retryable(error):
            return None
        delay = self._backoff.next_delay(now)
        if delay is None:
            return None
        if self._backoff.attempts == 1:  # the last connection stood long enough
            self._renewed_session = False
        pause = max(delay, asked_to_wait(error, self._backoff.attempts), self._connect_limit.wait(now))
        return self._outage_until(now + pause, error)

    def _outage_until(self, retry_at: float, error: Exception | None) -> Outage:
        wake = self._make_wake()
        wake.clear()
        return Outage(error, retry_at, wake)

    def _news_of_end(self, error: Exception, outage: Outage | None) -> Callable[[], None]:
        retry_in = None if outage is None else max(0.0, outage.retry_at - self._clock())
        reason = str(error) or type(error).__name__
        again = "" if retry_in is None else f", next attempt in {retry_in:.1f} s"
        self.log.info("disconnected: %s%s", reason, again)
        fields = {"reason": reason, "will_retry": outage is not None, "retry_in": retry_in}

        def announce() -> None:
            self.emit("disconnected", dict(fields))
            self._emit_typed(ev.Disconnected, **fields)
            self._dispatcher.forget_failure()  # why the connection ended is what matters now

        return announce

    # --- coming back -----------------------------------------------------------------------------------------------

    def _standing_connection(self, deadline: Deadline) -> Connection | None:
        """The connection, after waiting for one if it is to come back; ``None`` when the time ran out before."""
        connection = self._connection  # before the next line, or it could be one that is still being made
        if connection is not None and self._outage is None and self._attempted_by is None:
            return connection
        return self._require_connection() if self._attempts_itself or self._recover(deadline) else None

    @property
    def _attempts_itself(self) -> bool:
        """Whether this very thread is making a connection, such as in a handler that runs on the way."""
        return self._attempted_by == threading.get_ident()

    def _recover(self, deadline: Deadline) -> bool:
        """Makes attempts as they fall due, or waits for who makes them; false when the time ran out first."""
        try:  # an interrupt may come as soon as an attempt has begun
            return self._recover_in_time(deadline)
        finally:
            if self._attempts_itself:
                self._end_attempt(None)

    def _recover_in_time(self, deadline: Deadline) -> bool:
        while True:
            with self._noticing:
                outage = self._outage
                is_called_off = outage is None and self._decided_at != self._disconnects
                if self._attempted_by is not None and not is_called_off:
                    if not self._noticing.wait(deadline.remaining()):
                        return False
                    continue
                if outage is None:
                    return True
                pause = outage.retry_at - self._clock()
                if pause <= 0:
                    self._begin_attempt()
            if pause <= 0:
                self._recover_now(outage)
                continue
            outage.wake.wait(sooner(pause, deadline.remaining()))
            if deadline.expired() and self._clock() < outage.retry_at:
                return False

    def _recover_now(self, outage: Outage) -> None:
        try:
            self._attempt(outage)
        finally:
            self._end_attempt(None)
        self._deliver()

    def _attempt(self, outage: Outage) -> None:
        """Connects again, or plans the next attempt.

        Raises:
            ClientError: another attempt makes no sense, or there have been enough.
        """
        try:
            self._come_back()
        except Exception as error:
            with self._noticing:
                if self._outage is not outage:
                    if self.connected:  # what the program runs on the way has connected
                        return
                    raise NotConnectedError("the connection was closed from this side") from error
                self._plan_anew(_while_connecting(error))
            self._tell_state()
            if not self._will_try_again() and not self._renew_session(error):
                self._end_for_good(error)
            self.log.info(
                "could not connect: %s, next attempt in %.1f s", type(error).__name__, self._retry_in() or 0.0
            )
            return
        if self._end_outage():
            self._tell_connected(resumed=outage.error is not None)

    def _renew_session(self, error: Exception) -> bool:
        """Lets the program log in again, once; then the next attempt is due at once."""
        if self._on_session_expired is None or self._renewed_session or not is_dead_session(error):
            return False
        self._renewed_session = True
        try:
            if not self._on_session_expired(error):
                return False
        except Exception as failure:
            self._end_for_good(failure)
        with self._noticing:
            if self._decided_at != self._disconnects:
                raise NotConnectedError("the connection was closed from this side") from error
            now = self._clock()
            self._outage, self._fatal = self._outage_until(now + self._connect_limit.wait(now), error), None
            self._note_state(State.BACKING_OFF)
        self._tell_state()
        return True

    def _end_for_good(self, error: Exception) -> NoReturn:
        if self._decided_at == self._disconnects:
            self._set_state(State.FAILED)
            self._release_device()
        reason = self._fatal = explained(self.client, error)
        if reason is error:
            raise error
        raise reason from error

    def _retry_in(self) -> float | None:
        outage = self._outage
        return None if outage is None else max(0.0, outage.retry_at - self._clock())

    def _will_try_again(self) -> bool:
        return self._outage is not None

    def _come_back(self) -> None:
        """Connects and restores what the old connection had."""
        self._open_connection()

    def _plan_anew(self, error: Exception) -> None:
        """What was just made, or half made, is no connection."""
        self._close_connection()
        before, self._outage = self._outage, self._plan(error)
        if before is not None and self._outage is not None:
            self._outage = self._outage._replace(error=before.error)
        self._fatal = error if self._outage is None else None
        self._note_state(State.FAILED if self._outage is None else State.BACKING_OFF)

    def _begin_attempt(self) -> None:
        """Keeps others from connecting, until :meth:`_end_attempt`."""
        self._attempted_by = threading.get_ident()
        self._decided_at = self._disconnects

    def _end_attempt(self, before: int | None) -> None:
        with self._noticing:
            self._attempted_by = before
            self._noticing.notify_all()
        with self._state_changed:
            self._state_changed.notify_all()

    def _end_outage(self) -> bool:
        """A connection stands; false when it was closed meanwhile."""
        with self._noticing:
            if self._decided_at != self._disconnects:
                return False
            outage, self._outage = self._outage, None
            self._fatal = None
        if outage is not None:
            outage.wake.set()
        self._backoff.opened(self._clock())
        self._caretaker.look()
        return True

    @contextlib.contextmanager
    def _by_hand(self) -> Iterator[bool]:
        """The program connects by itself, in place of what was planned.

        Gives whether the client is in use, so that the connection takes the place of another one: a loop runs, or it is
        to come back anyway. It still is when this fails.

        Raises:
            ConcurrencyError: another thread is connecting.
        """
        if self._is_inherited:
            raise ConcurrencyError(INHERITED)
        before = self._attempted_by if self._attempts_itself else None
        try:
            in_use = self._begin_by_hand()
            try:
                yield in_use
                if self._end_outage():
                    self._tell_connected(resumed=in_use)
            except Exception as error:
                if in_use:
                    self._plan_by_hand(error)
                raise
        finally:
            if self._attempts_itself:
                self._end_attempt(before)
        self._deliver()

    def _begin_by_hand(self) -> bool:
        with self._noticing:
            while self._attempted_by is not None and not self._attempts_itself:
                is_called_off = self._decided_at != self._disconnects
                if not (is_called_off and self._noticing.wait(self._connect_timeout)):
                    raise ConcurrencyError("another thread is connecting")
            self._begin_attempt()
            in_use = self._outage is not None or self._turns.is_looping
            if in_use and self._outage is None:  # until the new one stands
                self._outage = self._outage_until(
                    self._clock(), NotConnectedError("another connection takes its place")
                )
            if not in_use:
                self._renewed_session = False
            elif self._connection is not None:
                self._connection.close()
                self._keep_unread(self._connection)
        self._wake_senders()
        return in_use

    def _plan_by_hand(self, error: Exception) -> None:
        with self._noticing:
            if self._decided_at == self._disconnects:
                if self._outage is not None:
                    self._outage.wake.set()  # before there is another one: its wake may be the same
                self._plan_anew(error)
                if self._outage is None:
                    self._release_device()
        self._tell_state()

    def _leave_to_parent(self) -> None:
        self._is_inherited = True
        self._turns, self._noticing, self._state_changed = Turns(), threading.Condition(), threading.Condition()
        self._connection = self._outage = self._attempted_by = None
        self._unread = deque()
        self._is_handling = self._is_stopping = False
        self._current_state = State.IDLE


def _while_connecting(error: Exception) -> Exception:
    """What went wrong while a connection was made; that it ended before it was complete is a loss like any other."""
    if isinstance(error, NotConnectedError):
        return ConnectionLost("the connection broke while it was being made")
    return error
