"""The realtime client: Direct events in, Direct commands out."""

from __future__ import annotations

import json
import time
from typing import Any, Unpack

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.profile import Address, RealtimeProfile
from instagrapi.realtime import events as ev
from instagrapi.realtime.direct_commands import DirectCommands
from instagrapi.realtime.host import Identity, identity_of
from instagrapi.realtime.inbox_sync import IRIS_ANSWER_TIMEOUT
from instagrapi.realtime.network.transport import ByteTransport, Transport
from instagrapi.realtime.outgoing import Outgoing, RealtimeOptions
from instagrapi.realtime.protocol.packets import Connect, Publish
from instagrapi.realtime.protocol.payload import deflate, dump_json
from instagrapi.realtime.replies import pubsub_answer
from instagrapi.realtime.router import RealtimeRouter
from instagrapi.realtime.state import State
from instagrapi.realtime.subscribing import Subscribing
from instagrapi.realtime.wire import commands
from instagrapi.realtime.wire.arguments import integer
from instagrapi.realtime.wire.connect import MQTToTConnection, client_info
from instagrapi.realtime.wire.decode import decode_realtime
from instagrapi.realtime.wire.topics import MQTToTTopics


class RealtimeClient(Outgoing, DirectCommands, Subscribing):
    """The connection that carries Direct events and commands.

    See :class:`~instagrapi.realtime.base.MQTToTClient` for reading,
    :class:`~instagrapi.realtime.direct_commands.DirectCommands` for sending and
    :class:`~instagrapi.realtime.subscribing.Subscribing` for what can be asked for besides messages. The arguments are
    those of :class:`~instagrapi.realtime.connecting.Connecting`, :class:`~instagrapi.realtime.inbox_sync.InboxSync`,
    :class:`~instagrapi.realtime.sharing.Sharing` (``workers``) and :class:`~instagrapi.realtime.outgoing.Outgoing`
    (``pace``).
    """

    #: Where answers come; those to commands may come on 88 too.
    _expected_topics = frozenset(
        {
            MQTToTTopics.SEND_MESSAGE_RESPONSE.value,
            MQTToTTopics.IRIS_SUB_RESPONSE.value,
            MQTToTTopics.PUBSUB.value,
        }
    )

    def __init__(self, client: Any, transport: Transport | None = None, **options: Unpack[RealtimeOptions]) -> None:
        super().__init__(client, transport, **options)
        self._account: str | None = None
        self._subscribed = {}
        self._texts = {}
        self._receiver = ev.Receiver(host=client, commands=self)
        self._router = RealtimeRouter(
            self._dispatcher,
            self._own_user_id,
            self._event_counts,
            self._receiver,
            self._unix_clock,
            self._sync,
            self._announce_caught_up,
            self._sharer,
            lambda: self._is_handling and (self._is_stopping or self.state is State.STOPPED),
        )

    # --- connecting ------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Connects with the account's session, its credentials, proxy and profile read at this moment.

        Nothing is subscribed yet: see :meth:`direct_subscribe`. But while a loop runs, or the client is to come back by
        itself, this is an attempt to come back at once, with all that was subscribed. Over a transport whose
        ``performs_handshake`` is true no CONNECT is sent.

        Raises:
            RealtimeConfigError: the host lacks something, such as a session.
            ConnectFailed: the broker could not be reached, or did not answer.
            ConnectRefused: it refused; code 5 usually means that the session is dead.
            ConcurrencyError: another thread is connecting.
        """
        with self._by_hand() as in_use:
            if in_use:
                self._come_back()
            else:
                self._begin_anew()

    def _follow_account(self) -> None:
        """What belongs to the account that was logged in before must not reach another one."""
        account = self._own_user_id()
        if self._account not in (None, account):
            self._replies.drop()
            self._subscribed.clear()
            self._texts.clear()
            self._unread.clear()
            self._drop_waiting()
            self._sync.forget()
        self._account = account

    def _begin_anew(self) -> None:
        self._follow_account()
        self._replies.drop()
        self._subscribed.clear()
        self._texts.clear()
        self._sync.wishes = None
        self._open_connection()

    @property
    def _has_subscribed(self) -> bool:
        return super()._has_subscribed or any(self._texts.values())

    def build_connection(self) -> MQTToTConnection:
        """What CONNECT will say.

        Raises:
            RealtimeConfigError: the host lacks something.
        """
        identity, profile = identity_of(self.client, self._profile), self._mqtt_profile()
        return MQTToTConnection(
            client_identifier=identity.phone_id[:20],
            client_info=client_info(
                profile,
                user_id=identity.user_id,
                user_agent=identity.user_agent,
                device_id=identity.phone_id,
                now_ms=int(time.time() * 1000),
            ),
            password=_credential(identity, profile),
            app_specific_info={
                "app_version": identity.app_version,
                "X-IG-Capabilities": identity.capabilities,
                "everclear_subscriptions": json.dumps(dict(profile.everclear_subscriptions), separators=(",", ":")),
                "User-Agent": identity.user_agent,
                "Accept-Language": identity.locale.replace("_", "-"),
                "platform": profile.platform,
                "ig_mqtt_route": profile.mqtt_route,
                "pubsub_msg_type_blacklist": profile.pubsub_blacklist,
                "auth_cache_enabled": profile.auth_cache_enabled,
            },
        )

    def _handshake(self, transport: ByteTransport) -> Connect | None:
        return None if getattr(transport, "performs_handshake", False) else super()._handshake(transport)

    def _mqtt_profile(self) -> RealtimeProfile:
        return self.profile.realtime

    def _address(self) -> Address:
        return self.profile.endpoints.realtime

    # --- receiving -------------------------------------------------------------------------------------------------

    def dispatch_packet(self, topic: str, payload: bytes) -> Any:
        """Decodes one publish body, runs the handlers and returns the decoded body.

        Never raises for what the bytes contain; what cannot be read becomes the event ``undecoded``.
        """
        decoded = decode_realtime(topic, payload, self._max_inflated_size)
        if decoded.problem is not None and self._router.knows(decoded.topic):
            self._undecoded.warning("a publish on %s with %d bytes cannot be read", topic, len(payload))
        self._router.route(decoded, payload)
        self._dispatcher.raise_failure()
        return decoded.body

    def _notice(self, publish: Publish) -> bool:
        """Gives answers to who waits for them; handlers see them nevertheless, in their turn."""
        if publish.topic == MQTToTTopics.PUBSUB and not self._replies.is_expecting:
            return False
        body = decode_realtime(publish.topic, publish.payload, self._max_inflated_size).body
        if publish.topic == MQTToTTopics.IRIS_SUB_RESPONSE:
            self._iris_answer = body
        else:
            self._file_answer(pubsub_answer(body) if publish.topic == MQTToTTopics.PUBSUB else body)
        return False

    # --- subscriptions ---------------------------------------------------------------------------------------------

    def direct_subscribe(
        self,
        amount: int = 1,
        timeout: float = IRIS_ANSWER_TIMEOUT,
        *,
        typing: bool = False,
        presence: bool = False,
        live: bool = False,
    ) -> dict[str, int]:
        """Subscribes to message sync, see :meth:`sync_inbox`, and waits until the server agrees.

        Args:
            amount: accepted because instagrapi 3.x has it.
            timeout: seconds to wait for the server's answer.
            typing: first subscribes to who types, see :meth:`subscribe_typing`.
            presence: first subscribes to who is online, see :meth:`subscribe_presence`.
            live: first subscribes to broadcasts, see :meth:`subscribe_live`.

        Returns:
            ``{"seq_id": int, "snapshot_at_ms": int}``.

        Raises:
            IrisSubscribeFailed: the server refused: the connection stands, but no message would come.
            RealtimeTimeout: it did not answer.
            RealtimeConfigError: typing or broadcasts are asked for and the client has no user id.
            ClientError: the HTTP request failed.
        """
        self._require_connection()
        self._amount = amount
        if typing:
            self.subscribe_typing()
        if live:
            self.subscribe_live()
        if presence:
            self.subscribe_presence()
        return self.sync_inbox(timeout)

    def _come_back(self) -> None:
        """Connects and says again what the broken connection knew, in the order of the app: topics, message sync."""
        self._follow_account()
        self._replies.connection_changed()
        self._open_connection()
        connection = self._require_connection()
        for topic, body in self._restored():
            connection.publish(topic, deflate(dump_json(body)))
        self._resume_sync(connection)
        self._take_over_commands()

    # --- the app -----------------------------------------------------------------------------------------------------

    def send_foreground_state(
        self,
        in_foreground_app: bool | None = None,
        in_foreground_device: bool | None = None,
        keep_alive_timeout: int | None = None,
        subscribe_topics: list[str] | None = None,
        subscribe_generic_topics: list[str] | None = None,
        unsubscribe_topics: list[str] | None = None,
        unsubscribe_generic_topics: list[str] | None = None,
        request_id: int | None = None,
    ) -> dict[str, Any]:
        """Tells the broker whether the app is open, which topics it wants, and its keep alive in seconds.

        Only what is given is sent, and returned by its name on the wire. The connection adopts the keep alive. Apps say
        ``True, True, 60`` when they are opened, and ``False, False, 900`` in the background.

        Args:
            in_foreground_app: whether the app is open.
            in_foreground_device: whether the device is in use.
            keep_alive_timeout: seconds.
            subscribe_topics: ids of topics to receive, as text.
            subscribe_generic_topics: the same by path, such as ``/t_ms``.
            unsubscribe_topics: ids of topics not to receive any more.
            unsubscribe_generic_topics: the same by path.
            request_id: a number of the program's own.

        Raises:
            RealtimeConfigError, ThriftEncodeError: a value does not fit; nothing was sent.
        """
        if keep_alive_timeout is not None:
            keep_alive_timeout = integer("keep_alive_timeout", keep_alive_timeout, at_least=0)
        state = {
            "inForegroundApp": in_foreground_app,
            "inForegroundDevice": in_foreground_device,
            "keepAliveTimeout": keep_alive_timeout,
            "subscribeTopics": subscribe_topics,
            "subscribeGenericTopics": subscribe_generic_topics,
            "unsubscribeTopics": unsubscribe_topics,
            "unsubscribeGenericTopics": unsubscribe_generic_topics,
            "requestId": request_id,
        }
        state = {name: value for name, value in state.items() if value is not None}
        connection, payload = self._require_connection(), commands.foreground_state(state)
        if keep_alive_timeout is not None:  # before sending: the broker's PUBACK then makes a blocked reader look anew
            connection.keep_alive.interval = keep_alive_timeout
        self._publish(MQTToTTopics.FOREGROUND_STATE, payload)
        return state


def _credential(identity: Identity, profile: RealtimeProfile) -> str:
    if profile.credential == "sessionid":
        return f"sessionid={identity.sessionid}"
    if not identity.authorization:
        raise RealtimeConfigError("the profile asks for the authorization header and the client has none")
    return f"authorization={identity.authorization}"
