"""The realtime broker's side of a connection: subscriptions, message sync, commands and their answers."""

from __future__ import annotations

from typing import Any, TypeGuard

from instagrapi.emulator import bodies
from instagrapi.emulator.commands import answer
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

    def __init__(self, hub: Hub, link: Link, connection: Connection, account: Account) -> None:
        super().__init__(hub, link, connection)
        self.account = account
        self.subscriptions = Subscriptions(account.pk, connection.connect.app_specific_info)
        self.follows_sync = False
        self._shows_quotes = False

    def greet(self) -> None:
        """What the broker says unasked after CONNACK."""
        self.publish(Topics.REGION_HINT, bodies.region_hint(REGION))

    def on_publish(self, topic: str, body: bytes) -> None:
        """Commands and subscriptions; other topics are taken note of only."""
        match topic:
            case Topics.SEND_MESSAGE:
                with self.hub.changing() as world:
                    self._answer(answer(world, self.account, body))
            case Topics.IRIS_SUB:
                with self.hub.changing() as world:
                    self._follow_sync(world, json_object(body))
            case Topics.PUBSUB | Topics.REALTIME_SUB:
                self.subscriptions.change(body)
            case Topics.FOREGROUND_STATE:
                self._adopt_foreground_state(body)

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
                    now_ms = int(self.hub.clock() * 1000)
                    self.publish(Topics.PUBSUB, bodies.doubled(event, now_ms, quotes=self._shows_quotes))
            case Typed():
                if wanted.typing:
                    self.publish(Topics.REALTIME_SUB, bodies.typing(signal, plain=self.hub.dialect.plain_graphql))
                if wanted.direct_typing:
                    self.publish(Topics.PUBSUB, bodies.doubled_typing(signal))
            case PresenceChanged() if wanted.presence:
                self.publish(Topics.REALTIME_SUB, bodies.presence(signal))
            case Broadcast() if wanted.live:
                self.publish(Topics.PUBSUB, bodies.live(signal))
            case Commented():
                for subscription_id in wanted.comments_on(signal.broadcast_id):
                    self.publish(Topics.REALTIME_SUB, bodies.comment(signal, subscription_id))
            case Called() if wanted.direct:
                self.publish(Topics.PUBSUB, bodies.video_call(signal))

    def _answer(self, body: dict[str, Any]) -> None:
        if self.hub.dialect.answers_on_pubsub:
            self.publish(Topics.PUBSUB, bodies.answer(body))
        else:
            self.publish(Topics.SEND_MESSAGE_RESPONSE, dump_json(body))

    def _follow_sync(self, world: World, wish: dict[str, Any]) -> None:
        seq_id, queue = wish.get("seq_id"), world.queue(self.account)
        version = wish.get("snapshot_app_version")
        if not _is_integer(seq_id) or not _is_integer(wish.get("snapshot_at_ms")) or not isinstance(version, str):
            self._answer_iris(bodies.iris_refused("Server force resnapshot"))
            return
        try:
            backlog = queue.after(seq_id)
        except PositionUnknown as unknown:
            self._answer_iris(bodies.iris_refused(str(unknown)))
            return
        self.follows_sync = True
        self._shows_quotes = _major_version(version) > _LAST_VERSION_WITHOUT_QUOTES
        self._answer_iris(bodies.iris_accepted(seq_id, queue.latest_seq_id, world.now_ms()))
        if backlog:
            self._sync(backlog, realtime=False)

    def _answer_iris(self, body: dict[str, Any]) -> None:
        self.publish(Topics.IRIS_SUB_RESPONSE, dump_json(body))

    def _sync(self, events: list[IrisEvent], *, realtime: bool) -> None:
        self.publish(Topics.MESSAGE_SYNC, bodies.message_sync(events, realtime=realtime, quotes=self._shows_quotes))

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
