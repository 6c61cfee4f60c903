"""The realtime broker's side of a connection: subscriptions, message sync, commands and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from instagrapi.emulator import bodies
from instagrapi.emulator.commands import answer, outline, refused
from instagrapi.emulator.fault import AnswerFate, Kind, Moment
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.iris import IrisEvent, PositionUnknown
from instagrapi.emulator.journal import Connection
from instagrapi.emulator.link import Link
from instagrapi.emulator.model import Account
from instagrapi.emulator.session import Session
from instagrapi.emulator.signals import Broadcast, Called, Commented, PresenceChanged, Signal, Synced, Typed
from instagrapi.emulator.subscriptions import Subscriptions, json_object
from instagrapi.emulator.world import World
from instagrapi.exceptions import ThriftDecodeError
from instagrapi.realtime.protocol.packets import Subscribe, Unsubscribe
from instagrapi.realtime.protocol.payload import dump_json
from instagrapi.realtime.protocol.thrift import decode_struct
from instagrapi.realtime.wire.structs import FOREGROUND_STATE
from instagrapi.realtime.wire.topics import MQTToTTopics as Topics

#: The data centre of the region hint (captured value).
REGION = "ASH"
#: Apps of this major version are not told what an item replies to (reported). Where that ends is assumed.
_LAST_VERSION_WITHOUT_QUOTES = 130
_MAX_VERSION_DIGITS = 9


class RealtimeSession(Session):
    """One realtime connection.

    Attributes:
        account: whose it is.
        subscriptions: what it wants on topics 88 and 149.
        follows_sync: whether message sync was subscribed to.
    """

    deflated_topics = frozenset({Topics.SEND_MESSAGE, Topics.IRIS_SUB, Topics.REALTIME_SUB, Topics.PUBSUB})
    moments: Mapping[str, Moment] = {Topics.SEND_MESSAGE: "command", Topics.IRIS_SUB: "subscribing"}

    def __init__(self, hub: Hub, link: Link, connection: Connection, account: Account) -> None:
        super().__init__(hub, link, connection)
        self.account = account
        self.subscriptions = Subscriptions(account.pk, connection.connect.app_specific_info)
        self.follows_sync = False
        self._shows_quotes = False

    def greet(self) -> None:
        """What the broker says unasked after CONNACK: the region, and answers that are late."""
        self.publish(Topics.REGION_HINT, bodies.region_hint(REGION), "region hint")
        for late in self.hub.faults.late_answers.pop(self.account.pk, ()):
            self._publish_answer(late, "late answer")

    def on_publish(self, topic: str, body: bytes) -> None:
        """Commands and subscriptions; other topics are taken note of only."""
        match topic:
            case Topics.SEND_MESSAGE:
                with self.hub.changing() as world:
                    self._carry_out(world, body)
            case Topics.IRIS_SUB:
                with self.hub.changing() as world:
                    self._follow_sync(world, json_object(body))
            case Topics.PUBSUB | Topics.REALTIME_SUB:
                self.link.note(f"changes its subscriptions on {topic}")
                self.subscriptions.change(body)
            case Topics.FOREGROUND_STATE:
                self.link.note("tells its foreground state")
                self._adopt_foreground_state(body)
            case _:
                self.link.note(f"publishes on {topic}")

    def on_subscribe(self, packet: Subscribe | Unsubscribe) -> None:
        """MQTT subscriptions lead to a disconnect here (reported); topics are named in CONNECT."""
        self.close()

    def on_signal(self, signal: Signal) -> None:
        """Passes on what concerns the account, as far as the client has asked for it."""
        wanted = self.subscriptions
        match signal:
            case Synced(event):
                if self.follows_sync:
                    self._sync([event], realtime=True)
                if wanted.direct_patches:
                    now_ms = int(self.hub.clock.time() * 1000)
                    self.publish(Topics.PUBSUB, bodies.doubled(event, now_ms, quotes=self._shows_quotes))
            case Typed():
                if wanted.typing:
                    body = bodies.typing(signal, plain=self.hub.dialect.plain_graphql)
                    self.publish(Topics.REALTIME_SUB, body, "typing")
                if wanted.direct_typing:
                    self.publish(Topics.PUBSUB, bodies.doubled_typing(signal), "typing")
            case PresenceChanged() if wanted.presence:
                self.publish(Topics.REALTIME_SUB, bodies.presence(signal), "presence")
            case Broadcast() if wanted.live:
                self.publish(Topics.PUBSUB, bodies.live(signal), "live")
            case Commented():
                for subscription_id in wanted.comments_on(signal.broadcast_id):
                    self.publish(Topics.REALTIME_SUB, bodies.comment(signal, subscription_id), "comment")
            case Called() if wanted.direct:
                self.publish(Topics.PUBSUB, bodies.video_call(signal), "video call")

    # --- commands -----------------------------------------------------------------------------------------------------

    def _carry_out(self, world: World, body: bytes) -> None:
        action, client_context = outline(body)
        number = self.hub.tally.command(self.account, client_context).number if client_context else 0
        name = f"command {number} ({action})" if number else f"a command ({action})"
        self.link.note(f"sends {name}")
        refusal = self.hub.faults.take(Kind.COMMAND, "realtime", self.link.owners)
        said = refused(body, *refusal.value) if refusal else answer(world, self.account, body)
        self.hub.faults.reach("answer", "realtime", self.link.owners)
        fate = self.hub.faults.take(Kind.COMMAND_ANSWER, "realtime", self.link.owners)
        about = f"answer to {name}: {said['status']}"
        if fate is None:
            self._publish_answer(said, about)
        elif fate.value is AnswerFate.LATE:
            self.link.note(f"{about}, kept for the next connection")
            self.hub.faults.late_answers[self.account.pk].append(said)
        else:
            self.link.note(f"{about}, lost")

    def _publish_answer(self, body: dict[str, Any], about: str) -> None:
        if self.hub.dialect.answers_on_pubsub:
            self.publish(Topics.PUBSUB, bodies.answer(body), about)
        else:
            self.publish(Topics.SEND_MESSAGE_RESPONSE, dump_json(body), about)

    # --- message sync -------------------------------------------------------------------------------------------------

    def _follow_sync(self, world: World, wish: dict[str, Any]) -> None:
        seq_id = wish.get("seq_id")
        self.link.note(f"asks for message sync from {seq_id if _is_integer(seq_id) else 'nowhere'}")
        fault = self.hub.faults.take(Kind.SYNC_ANSWER, "realtime", self.link.owners)
        if fault is None:
            self._start_sync(world, wish)
        elif fault.value is None:
            self.link.note("is not answered")
        else:
            self._refuse_sync(*fault.value)

    def _start_sync(self, world: World, wish: dict[str, Any]) -> None:
        seq_id, version, queue = wish.get("seq_id"), wish.get("snapshot_app_version"), world.queue(self.account)
        if not _is_integer(seq_id) or not _is_integer(wish.get("snapshot_at_ms")) or not isinstance(version, str):
            self._refuse_sync("Server force resnapshot")
            return
        try:
            backlog = queue.after(seq_id)
        except PositionUnknown as unknown:
            self._refuse_sync(str(unknown))
            return
        self.follows_sync = True
        self._shows_quotes = _major_version(version) > _LAST_VERSION_WITHOUT_QUOTES
        accepted = bodies.iris_accepted(seq_id, queue.latest_seq_id, world.now_ms())
        self._answer_sync(accepted, f"message sync accepted, latest {queue.latest_seq_id}")
        if backlog:
            self._sync(backlog, realtime=False)

    def _refuse_sync(self, message: str, error_type: int = bodies.POSITION_UNKNOWN) -> None:
        self._answer_sync(bodies.iris_refused(message, error_type), f"message sync refused: {message}")

    def _answer_sync(self, body: dict[str, Any], about: str) -> None:
        self.publish(Topics.IRIS_SUB_RESPONSE, dump_json(body), about)

    def _sync(self, events: list[IrisEvent], *, realtime: bool) -> None:
        body = bodies.message_sync(events, realtime=realtime, quotes=self._shows_quotes)
        about = f"message sync {events[0].seq_id}" + (f" to {events[-1].seq_id}" if len(events) > 1 else "")
        item_ids = [item_id for event in events for item_id in event.item_ids()]
        self.publish(Topics.MESSAGE_SYNC, body, about + ("" if realtime else ", replayed"), freight=item_ids)

    def on_delivered(self, freight: list[str]) -> None:
        """The client has these items."""
        self.hub.tally.deliver(self.account, freight)

    # --- foreground state ---------------------------------------------------------------------------------------------

    def _adopt_foreground_state(self, body: bytes) -> None:
        try:
            state = decode_struct(FOREGROUND_STATE, body.removeprefix(b"\0"))
        except ThriftDecodeError:
            # One client deflates this body twice and lives (reported), so it cannot matter.
            return
        self.topics |= set(state.get("subscribeTopics", ()))
        self.topics -= set(state.get("unsubscribeTopics", ()))
        if state.get("keepAliveTimeout", 0) > 0:
            self.connection.keep_alive = state["keepAliveTimeout"]


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _major_version(version: str) -> int:
    major = version.partition(".")[0][:_MAX_VERSION_DIGITS]
    return int(major) if major.isdecimal() else 0
