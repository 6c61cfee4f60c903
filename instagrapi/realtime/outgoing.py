"""Sends commands: at a pace, across outages, and not at all while Instagram asks to stop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any, Unpack

from instagrapi.exceptions import NotConnectedError, TransportError
from instagrapi.realtime.connecting import Wake
from instagrapi.realtime.inbox_sync import InboxOptions, InboxSync
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline, sooner
from instagrapi.realtime.network.transport import Transport
from instagrapi.realtime.pace import DEFAULT_PACE, CommandPace, Pacer, Pause
from instagrapi.realtime.protocol.payload import deflate, dump_json
from instagrapi.realtime.replies import CommandHandle, PendingCommand, ReplyTable, is_ok
from instagrapi.realtime.wire import commands
from instagrapi.realtime.wire.topics import MQTToTTopics

#: Seconds after which whoever waits looks again whether what was left can be sent.
_LOOK_AGAIN = 0.05


class RealtimeOptions(InboxOptions, total=False):
    """The keyword arguments of the realtime client."""

    pace: CommandPace | None


class Outgoing(InboxSync):
    """Sends commands and keeps track of their answers.

    Args:
        pace: how fast commands may follow each other; ``None`` lets them. The pauses that Instagram asks for are kept
            either way.
    """

    def __init__(
        self,
        client: Any,
        transport: Transport | None = None,
        *,
        pace: CommandPace | None = DEFAULT_PACE,
        **options: Unpack[InboxOptions],
    ) -> None:
        super().__init__(client, transport, **options)
        self._replies = ReplyTable()
        self._pacer = Pacer(pace, self._random)
        self._pause = Pause(pace or DEFAULT_PACE)
        self._sending = threading.Lock()  # keeps commands in order, also while a connection takes another one's place
        self._next_left_at = 0.0
        self._paced: set[Wake] = set()  # of those who wait for their turn

    def _send_command(self, body: commands.Body) -> CommandHandle:
        shown: commands.Body = {key: body[key] for key in ("thread_id", "action", "client_context") if key in body}
        pending, is_new = self._replies.expect(body, self._clock())
        if not pending.accepted:
            try:
                self._check_not_paused()
                self._send_or_leave(pending)
            except BaseException:
                if not is_new or self._replies.withdraw(pending):
                    raise
        return CommandHandle(shown, pending, self._wait_for_answer)

    def _check_not_paused(self) -> None:
        if error := self._pause.error(self._clock()):
            raise error

    # --- one command -----------------------------------------------------------------------------------------------

    def _send_or_leave(self, pending: PendingCommand) -> None:
        """Sends a command in its turn; without a connection, or behind what is left to the reader, leaves it too."""
        if self._is_left(pending):
            if self._outage is not None:  # else it goes behind what waits for its turn
                self._take_over_commands()
            return
        over, begun = pending.sent_over, self._disconnects
        self._wait_for_turn(pending)
        if self._disconnects != begun:
            raise NotConnectedError("the connection was closed from this side")
        self._check_not_paused()
        connection = None
        try:
            with self._sending:
                if pending.is_settled or pending.sent_over is not over or self._leaves(pending):
                    return
                connection = self._require_connection()
                self._hand_over(pending, connection)
        except Exception as error:
            self._end_of(connection, at_once=True)
            if self._outage is None or not isinstance(error, NotConnectedError | TransportError):
                raise
            with self._sending:
                if pending.sent_over is connection:  # no later one has sent it meanwhile
                    self._replies.leave(pending)

    def _is_left(self, pending: PendingCommand) -> bool:
        with self._sending:
            return self._leaves(pending)

    def _leaves(self, pending: PendingCommand) -> bool:
        """Leaves a command to whoever reads if need be: while a connection is to come, and behind others."""
        if not pending.is_left and (self._outage is not None or self._replies.has_left):
            self._replies.leave(pending)
        return pending.is_left

    def _hand_over(self, pending: PendingCommand, connection: Connection) -> None:
        """Sends a command; the caller holds the lock, so that none overtakes another."""
        topic, payload = MQTToTTopics.SEND_MESSAGE.value, deflate(dump_json(pending.body))
        pending.sent, pending.is_left, pending.sent_over = True, False, connection
        self.log.debug("> publish on %s, %d bytes", topic, len(payload))
        connection.publish(topic, payload)

    def _wait_for_turn(self, pending: PendingCommand) -> None:
        """Waits as the pace wants it; the end of the connection, and of the client, ends that."""
        if not self.connected:
            return  # sending finds out what becomes of it
        begun = self._disconnects
        wait = self._pacer.reserve(pending.action, self._clock())
        if wait <= 0:
            return
        self.log.debug("%s waits %.1f s for its turn", pending.action, wait)
        deadline, wake = Deadline.after(wait, self._clock), self._make_wake()
        wake.clear()
        self._paced.add(wake)
        try:
            with self._caretaker.watching():
                while self._has_to_wait(pending, begun) and not deadline.expired():
                    wake.wait(deadline.remaining())
                    wake.clear()
        finally:
            self._paced.discard(wake)

    def _has_to_wait(self, pending: PendingCommand, begun: int) -> bool:
        """Whether nothing has become of a command, nor of the connection, since then."""
        return self.connected and self._outage is None and self._disconnects == begun and not pending.is_settled

    def _wake_senders(self) -> None:
        for wake in list(self._paced):
            wake.set()

    def _leave_to_parent(self) -> None:
        super()._leave_to_parent()
        self._sending, self._replies = threading.Lock(), ReplyTable()  # a thread of the parent's may hold a lock

    # --- what was left ---------------------------------------------------------------------------------------------

    def _send_left(self) -> None:
        """Sends what was left, as far as the pace lets it."""
        connection = self._connection
        if connection is None or not self._has_left_to_send:
            return
        try:
            with self._sending:
                self._send_due(connection)
        except (NotConnectedError, TransportError):
            self._end_of(connection, at_once=True)  # without the lock: handlers run

    def _send_due(self, connection: Connection) -> None:
        """Sends in order what was left and is due; the caller holds the lock."""
        while self._can_send_left and (pending := self._replies.next_left(self._clock())) is not None:
            wait = self._pacer.take_if_due(pending.action, self._clock())
            self._next_left_at = self._clock() + wait
            if wait > 0:
                return
            try:
                self._hand_over(pending, connection)
            except (NotConnectedError, TransportError):
                self._replies.leave(pending)
                raise

    def _end_outage(self) -> bool:
        with self._sending:
            has_ended, connection = super()._end_outage(), self._connection
            if has_ended and connection is not None:
                with contextlib.suppress(NotConnectedError, TransportError):  # whoever reads next meets that too
                    self._send_due(connection)  # what was given while the connection was being made
        return has_ended

    @property
    def _can_send_left(self) -> bool:
        """Whether there is a connection, if only for the thread that makes it."""
        return self.connected and (self._outage is None or self._attempts_itself)

    @property
    def _has_left_to_send(self) -> bool:
        return self._replies.has_left and self._can_send_left

    def _left_due_in(self) -> float | None:
        """Seconds until :meth:`_send_left` can send; ``None`` while it cannot."""
        return max(0.0, self._next_left_at - self._clock()) if self._has_left_to_send else None

    def _take_over_commands(self) -> None:
        """In place of a broken connection, one stands for the thread that makes it: sends again what has no answer."""
        connection = self._connection
        if connection is None or not self._can_send_left:
            return
        self._replies.take_over(connection)
        if error := self._pause.error(self._clock()):
            self._replies.pause(error)
        self._send_left()

    def _wait_for_answer(self, done: Callable[[], bool], timeout: float | None) -> bool:
        """As :meth:`_wait_until`; also sends what was left, as there may be nobody else who does."""
        deadline = Deadline.after(timeout, self._clock)
        while not done():
            self._send_left()
            due_in = self._left_due_in()
            if due_in is None:  # until there is a connection to send it over
                came = self._wait_until(lambda: done() or self._has_left_to_send, deadline.remaining())
            else:
                came = self._wait_until(done, sooner(max(due_in, _LOOK_AGAIN), deadline.remaining()))
            if not came and deadline.expired():
                return done()
        return True

    def _due_in(self) -> float | None:
        due_in = self._left_due_in()
        return super()._due_in() if due_in is None else sooner(max(due_in, _LOOK_AGAIN), super()._due_in())

    def _tick(self) -> None:
        super()._tick()
        self._send_left()

    def _settle(self) -> None:
        super()._settle()
        if self._replies.is_expecting:
            self._send_left()

    # --- answers ---------------------------------------------------------------------------------------------------

    def _file_answer(self, answer: Any) -> None:
        """Gives an answer to its command, and stops sending if that is what it asks for."""
        self._replies.file(answer)
        now = self._clock()
        if not is_ok(answer) and self._pause.heed(answer, now) and (error := self._pause.error(now)):
            self.log.warning("%s", error)
            self._replies.pause(error)

    # --- anything --------------------------------------------------------------------------------------------------

    def publish_json(self, topic: str, data: Mapping[str, Any]) -> None:
        """Publishes deflated JSON on a topic, with QoS 1. No pace holds for it.

        Raises:
            NotConnectedError: there is no connection.
            ConnectionLost: it broke while sending.
        """
        self._publish(topic, deflate(dump_json(data)))

    def _publish(self, topic: str, payload: bytes) -> None:
        connection = self._require_connection()
        self.log.debug("> publish on %s, %d bytes", topic, len(payload))
        try:
            connection.publish(str(topic), payload)
        except Exception:
            self._end_of(connection, at_once=True)
            raise

    def _publish_or_later(self, topic: str, data: Mapping[str, Any]) -> None:
        try:
            self.publish_json(topic, data)
        except (NotConnectedError, TransportError):
            if self._outage is None:
                raise
