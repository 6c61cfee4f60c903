"""Subscribing to message sync, and going on where it was after a reconnect or a restart."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Unpack

from instagrapi.exceptions import (
    ClientBadRequestError,
    ClientNotFoundError,
    ClientServerError,
    IrisSubscribeFailed,
    NotConnectedError,
    RealtimeConfigError,
    RealtimeTimeout,
    TransportError,
)
from instagrapi.realtime import events as ev
from instagrapi.realtime.connecting import Options
from instagrapi.realtime.host import app_version_of, fetch_inbox, fetch_thread, sync_state
from instagrapi.realtime.missed import Missed, goes_on, has_more_threads, is_quiet, missed_in, threads_of
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline, sooner
from instagrapi.realtime.network.transport import Transport
from instagrapi.realtime.position import SyncPosition, added_key
from instagrapi.realtime.protocol.packets import Packet, Publish
from instagrapi.realtime.protocol.payload import deflate, dump_json
from instagrapi.realtime.recovery import HourlyLimit, ReconnectPolicy
from instagrapi.realtime.sharing import Sharing
from instagrapi.realtime.state import State
from instagrapi.realtime.stores import DEFAULT_INTERVAL, Autosave, SettingsStore, StateStore
from instagrapi.realtime.syncing import FETCHED, MessageSync
from instagrapi.realtime.typed import iris_accepted
from instagrapi.realtime.wire.topics import MQTToTTopics

#: Seconds to wait for the answer to a message-sync subscription (mauigpapi's figure).
IRIS_ANSWER_TIMEOUT = 20.0
#: The error type that says that a position is too old to go on from (reported).
_TOO_OLD = 1
#: So many threads are looked at further when the inbox does not show all that was missed.
_MOST_THREADS = 5


class InboxOptions(Options, total=False):
    """The keyword arguments of :class:`InboxSync`."""

    state: StateStore | None
    autosave_interval: float
    direct: bool
    workers: int


class InboxSync(Sharing):
    """Subscribes to message sync.

    Args:
        state: where the position is kept; by default in the host's settings.
        autosave_interval: least number of seconds between two savings; 0 saves after each handled element.
        direct: whether the loops, :meth:`run_forever`, :meth:`start` and :meth:`events`, subscribe to message sync when
            they begin and the program has subscribed to nothing.
    """

    def __init__(
        self,
        client: Any,
        transport: Transport | None = None,
        *,
        state: StateStore | None = None,
        autosave_interval: float = DEFAULT_INTERVAL,
        direct: bool = True,
        workers: int = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(client, transport, workers=workers, **options)
        self._store = SettingsStore(client) if state is None else state
        if isinstance(getattr(self._store, "log", None), logging.Logger | logging.LoggerAdapter):
            self._store.log = self.log  # type: ignore[attr-defined]
        autosave = Autosave(self._store, autosave_interval, self._clock, self.log)
        self._sync = MessageSync(autosave, self._unix_clock, self._own_user_id)
        self._inbox_limit = HourlyLimit((self._policy or ReconnectPolicy()).inbox_requests_per_hour)
        self._direct = direct
        self._iris_answer: Any = None
        self._found: list[tuple[Connection, Packet]] = []  # by a resync, to be read once the connection stands
        self._amount = 1  # for hosts that only know ``direct_threads``

    # --- by the program --------------------------------------------------------------------------------------------

    def iris_subscribe(
        self,
        seq_id: int,
        snapshot_at_ms: int,
        snapshot_app_version: str | None = None,
        *,
        timezone_offset: int | None = None,
        subscription_type: str | None = None,
    ) -> None:
        """Subscribes to message sync from a position of the queue, without waiting for the answer.

        Args:
            seq_id: the last position that the program knows.
            snapshot_at_ms: when that was, in milliseconds since 1970.
            snapshot_app_version: the app version to claim, the client's by default; replies to messages only carry the
                quoted message when it is recent.
            timezone_offset: seconds; not said by default.
            subscription_type: not said by default, which brings patches, as ``message`` does. What newer apps say,
                ``slide_gql``, brings bodies that only the event ``unknown`` shows.
        """
        wishes = self._wishes(snapshot_app_version) | {
            "timezone_offset": timezone_offset,
            "subscription_type": subscription_type,
        }
        body = self._sync.subscription(SyncPosition(seq_id, snapshot_at_ms), wishes)
        self._sync.leave(seq_id)
        self._iris_answer = None
        self._require_connection().publish(MQTToTTopics.IRIS_SUB, deflate(dump_json(body)))

    def sync_inbox(self, timeout: float = IRIS_ANSWER_TIMEOUT) -> dict[str, int]:
        """Subscribes from where this account was left, or else from where the inbox stands, which takes one request.

        What was missed since then is replayed by the server. When it no longer can, the inbox is fetched and what is
        new in it delivered instead, with the source ``poll``, after the event ``resync``.

        Args:
            timeout: seconds to wait for the server's answer.

        Returns:
            ``{"seq_id": int, "snapshot_at_ms": int}``, the position.

        Raises:
            IrisSubscribeFailed: the server refused: the connection stands, but no message would come.
            RealtimeTimeout: it did not answer.
            ClientError: the HTTP request failed.
        """
        connection = self._require_connection()
        self._sync.wishes = self._wishes(None)
        try:
            return self._sync_over(connection, timeout).as_dict()
        except TransportError:
            # The connection that takes its place subscribes by itself.
            if not self._end_of(connection, at_once=True):
                raise
            stands = self._standing_connection(Deadline.after(timeout, self._clock)) is not None
            if not stands or self._sync.position is None:
                raise
            return self._sync.position.as_dict()
        except BaseException:
            if self._connection is connection:
                self._set_state(State.FAILED)  # the connection stands, but no message would come
            raise
        finally:
            self._read_found()
            self._deliver()

    def _wishes(self, app_version: str | None) -> dict[str, Any]:
        return {"snapshot_app_version": app_version or app_version_of(self.client, self._profile)}

    # --- over one connection ---------------------------------------------------------------------------------------

    def _resume_sync(self, connection: Connection) -> None:
        """Subscribes again, if anybody has subscribed before."""
        if self._sync.wishes is not None:
            self._sync_over(connection, IRIS_ANSWER_TIMEOUT)

    def _sync_over(self, connection: Connection, timeout: float) -> SyncPosition:
        if self._sync.position is None and not self._sync.is_restored:
            self._sync.restore(self._store.load())
        position = self._sync.position or self._look_into_inbox(connection)
        try:
            answer = self._ask(connection, position, timeout)
        except IrisSubscribeFailed as refusal:
            if _error_type(refusal.payload) != _TOO_OLD:
                raise
            position = self._look_into_inbox(connection)
            answer = self._ask(connection, position, timeout)
        self._sync.subscribed(position, answer)
        self._sync.tick()  # what comes from now on will not be missed, whatever happens to the program
        self._set_state(State.CATCHING_UP if self._sync.catching_up else State.LIVE)
        return position

    def _ask(self, connection: Connection, position: SyncPosition, timeout: float) -> Mapping[str, Any]:
        """Subscribes from a position and waits until the server agrees."""
        self._set_state(State.SUBSCRIBING)
        body = self._sync.subscription(position, self._sync.wishes or {})
        self._iris_answer = None
        self.log.debug("> message sync from %d", position.seq_id)
        connection.publish(MQTToTTopics.IRIS_SUB, deflate(dump_json(body)))
        if connection.answers_are_scripted:
            return {}
        if not connection.wait_until(lambda: self._iris_answer is not None, timeout):
            raise RealtimeTimeout("the server did not answer the message-sync subscription; no message would come")
        answer = self._iris_answer
        if iris_accepted(answer):
            accepted: Mapping[str, Any] = answer
            return accepted
        reason = answer.get("error_message") if isinstance(answer, Mapping) else None
        raise IrisSubscribeFailed(
            f"the server refused the message-sync subscription: {reason or 'no reason given'}", payload=answer
        )

    # --- the inbox -------------------------------------------------------------------------------------------------

    def _look_into_inbox(self, connection: Connection) -> SyncPosition:
        """Goes to where the inbox stands, and puts what was missed before it in front of what is to be read."""
        now = self._clock()
        if (wait := self._inbox_limit.wait(now)) > 0:
            raise RealtimeTimeout("the inbox was asked for too often within the last hour", retry_after=wait)
        self._inbox_limit.take(now)
        with self._caretaker.watching():
            return self._look_around(connection, fetch_inbox(self.client, self._amount))

    def _look_around(self, connection: Connection, inbox: Mapping[str, Any]) -> SyncPosition:
        state = SyncPosition.from_mapping(sync_state(inbox))
        if state is None:
            raise IrisSubscribeFailed("the inbox gave no seq_id and snapshot_at_ms to subscribe from", payload=None)
        since, was_known = self._sync.missed_since, self._sync.position is not None
        found, complete = self._missed(inbox, since) if since is not None else ([], False)
        with self._noticing:
            if connection.era != self._disconnects:  # who disconnected could not call it off yet
                raise NotConnectedError("the connection was closed from this side")
            self._sync.go_to(state, len(found))
            self._found.extend((connection, _as_publish(missed)) for missed in found)
        if was_known or since is not None:
            self._tell(lambda: self._announce_resync(len(found), complete))
        return state

    def _announce_resync(self, fetched: int, complete: bool) -> None:
        self.emit("resync", {"fetched": fetched, "complete": complete})
        self._emit_typed(ev.Resync, fetched=fetched, complete=complete)

    def _tell_connected(self, *, resumed: bool) -> None:
        super()._tell_connected(resumed=resumed)
        self._read_found()

    def _forget_unread(self) -> None:
        super()._forget_unread()
        self._found.clear()
        self._sync.call_off()

    def _read_found(self) -> None:
        found, self._found = self._found, []
        self._unread.extend(found)

    def _missed(self, inbox: Mapping[str, Any], since: int) -> tuple[list[Missed], bool]:
        """What the inbox has that is new, oldest first, and whether that is everything."""
        threads, deeper = threads_of(inbox), 0
        found: dict[str, Missed] = {}
        complete = not has_more_threads(inbox) or (bool(threads) and is_quiet(threads[-1], since))
        for thread in threads:
            shown = [thread]
            if goes_on(thread, since) and deeper < _MOST_THREADS:
                deeper += 1
                shown.append(self._more_of(thread))
            complete = complete and not goes_on(shown[-1], since)
            for part in shown:
                found.update({str(one.item["item_id"]): one for one in missed_in(part, since, self._is_known)})
        return sorted(found.values(), key=lambda missed: missed.at), complete

    def _more_of(self, thread: Mapping[str, Any]) -> Mapping[str, Any]:
        """The thread with more of its items, or as it is when it cannot be had."""
        try:
            found = fetch_thread(self.client, str(thread.get("thread_id")))
        except (ClientNotFoundError, ClientBadRequestError, ClientServerError, RealtimeConfigError):
            return thread
        return {**found, "thread_id": thread.get("thread_id")} if found else thread

    def _is_known(self, item_id: str) -> bool:
        return self._sync.knows(added_key(item_id))

    def _announce_caught_up(self) -> None:
        """The server has replayed everything; from here on events are live."""
        self._set_state(State.LIVE)
        if self._is_handling and not self._unread:
            self._announce_live()
            return
        self._tell(self._announce_live)  # behind, perhaps, that there is a new connection
        self._deliver()

    def _announce_live(self) -> None:
        self.emit("caught_up", {})
        self._emit_typed(ev.CaughtUp)

    # --- in loops --------------------------------------------------------------------------------------------------

    @property
    def _has_subscribed(self) -> bool:
        """Whether the program has subscribed to anything."""
        return self._sync.wishes is not None

    @property
    def _state_when_open(self) -> State:
        return State.LIVE if self._sync.wishes is None else State.SUBSCRIBING

    def _choose(self) -> bool:
        if not self._direct or self._has_subscribed:
            return False
        self._sync.wishes = self._wishes(None)
        return True

    def _due_in(self) -> float | None:
        return sooner(self._sync.due_in(), super()._due_in())

    def _tick(self) -> None:
        self._sync.tick()
        super()._tick()

    def _subscribe_chosen(self) -> None:
        self.sync_inbox()

    def _settle(self) -> None:
        self._sync.tick()
        super()._settle()

    def _save(self) -> None:
        if not self._is_inherited:
            self._sync.flush()

    def _save_quietly(self) -> None:
        if not self._is_inherited:
            self._sync.flush_quietly()


def _as_publish(missed: Missed) -> Publish:
    """A missed item as message sync would have told of it."""
    item_id = missed.item["item_id"]
    patch = {
        "op": "add",
        "path": f"/direct_v2/threads/{missed.thread_id}/items/{item_id}",
        "value": json.dumps(missed.item),
    }
    body = [{"event": "patch", "data": [patch], "realtime": False, FETCHED: True}]
    return Publish(MQTToTTopics.MESSAGE_SYNC.value, deflate(dump_json(body)))


def _error_type(answer: Any) -> int | None:
    error_type = answer.get("error_type") if isinstance(answer, Mapping) else None
    return error_type if isinstance(error_type, int) else None
