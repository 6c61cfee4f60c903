"""The FBNS client: push notifications over a connection of their own."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, Unpack

from instagrapi.exceptions import (
    ConnectRefused,
    FbnsRegistrationFailed,
    MalformedPacket,
    NotConnectedError,
    RealtimeTimeout,
)
from instagrapi.profile import Address, FbnsProfile
from instagrapi.realtime import events as ev
from instagrapi.realtime.base import MQTToTClient, Options
from instagrapi.realtime.dispatch import Once
from instagrapi.realtime.fbns_auth import FbnsDeviceAuth
from instagrapi.realtime.network.transport import Transport
from instagrapi.realtime.protocol.packets import Publish
from instagrapi.realtime.protocol.payload import deflate, dump_json
from instagrapi.realtime.state import DUPLICATE, State
from instagrapi.realtime.wire.connect import MQTToTConnection, client_info
from instagrapi.realtime.wire.decode import Decoded, decode_fbns
from instagrapi.realtime.wire.push import push_fields, push_key, push_registration, unwrap
from instagrapi.realtime.wire.topics import FBNSTopics
from instagrapi.realtime.wire.user_agent import fban_user_agent

DEFAULT_REGISTRATION_TIMEOUT = 30.0
_BAD_CREDENTIALS = 4
#: So many pushes are recognised when FBNS sends them again.
_MOST_REMEMBERED = 500
#: What is emitted for the topics other than that of notifications.
_TOPIC_NAMES: dict[str, str] = {
    FBNSTopics.REG_RESPONSE: "reg_response",
    FBNSTopics.EXP_LOGGING: "logging",
    FBNSTopics.PP: "pp",
}
#: Names that a notification's collapse key must not be mistaken for.
_OWN_NAMES = frozenset(
    {"receive", "push", "message", "auth", "reg_response", "registered", "logging", "pp", "error", "undecoded"}
    | {"connected", "disconnected", "state_changed"}
)


class FbnsClient(MQTToTClient):
    """The connection that carries push notifications, authenticated by device and not by session.

    Args:
        client: the host; the device identity and the push token are kept in its ``settings["fbns_auth"]``.
        transport: see :class:`~instagrapi.realtime.base.MQTToTClient`, as for the other options.
        auth: a device identity to present instead of the stored one.
    """

    _source = "push"
    _expected_topics = frozenset({FBNSTopics.REG_RESPONSE.value})

    def __init__(
        self,
        client: Any,
        transport: Transport | None = None,
        auth: FbnsDeviceAuth | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(client, transport, **options)
        self.auth = auth or FbnsDeviceAuth.from_client(client)
        self._account = self._current_account()
        self._registering = True
        self._awaiting_token = False
        self._registration: Any = None
        self._handled: deque[int] = deque(maxlen=_MOST_REMEMBERED)  # keys of pushes

    # --- connecting ------------------------------------------------------------------------------------------------

    def connect(self, register: bool = True) -> None:
        """Connects as the stored device, or as a new one, and obtains the push token.

        An identity that FBNS no longer knows is dropped and a new one asked for, once. The token goes to Instagram over
        HTTP only when it is new or the account is another one.

        Args:
            register: whether to obtain and register the push token; without it no push will come on a new device.

        Raises:
            ConnectFailed: the broker could not be reached, or did not answer.
            ConnectRefused: it refused, or (code 0) issued no device identity.
            FbnsRegistrationFailed: it gave no push token.
            RealtimeTimeout: it did not answer the registration.
            ConcurrencyError: another thread is connecting.
            ClientError: the HTTP registration failed.
        """
        with self._by_hand():
            self._registering = register
            self._begin()

    def _come_back(self) -> None:
        """Connects as the stored device, and registers if the broken connection had."""
        self._begin()

    def _begin(self) -> None:
        self._follow_account()
        was_stored = self.auth.is_stored
        self._identify()
        if not self._registering:
            return
        try:
            try:
                self._register()
            except FbnsRegistrationFailed as failure:
                if not (was_stored and "was not found" in str(failure)):
                    raise
                self._forget_identity()
                self._identify()
                self._register()
        except BaseException:
            self._give_up_connection()
            raise
        self._set_state(State.LIVE)

    @property
    def _state_when_open(self) -> State:
        return State.SUBSCRIBING if self._registering else State.LIVE

    def _give_up_connection(self) -> None:
        self._close_connection()
        if not self._will_try_again():
            self._set_state(State.FAILED if self._disconnects == self._decided_at else State.STOPPED)
            self._release_device()

    def _follow_account(self) -> None:
        """Another account of the same client is another device."""
        account = self._current_account()
        if account != self._account:
            self.auth, self._account = FbnsDeviceAuth.from_client(self.client), account

    def _current_account(self) -> str:
        return str(getattr(self.client, "user_id", None) or "")

    def _identify(self) -> None:
        was_stored = self.auth.is_stored
        refusal = self._try_identity()
        if self._disconnects != self._decided_at:
            raise NotConnectedError("the connection was closed from this side")
        if refusal is not None and was_stored:
            self._forget_identity()
            refusal = self._try_identity()
        if refusal is not None:
            raise refusal

    def _try_identity(self) -> ConnectRefused | None:
        """Connects; gives back the refusal of an identity that FBNS does not know."""
        try:
            connack = self._open_connection()
        except ConnectRefused as refusal:
            if refusal.return_code != _BAD_CREDENTIALS:
                raise
            return refusal
        if not connack.payload:
            self._give_up_connection()
            return ConnectRefused("FBNS issued no device identity in its CONNACK", return_code=0)
        try:
            self.auth.read(connack.payload)
        except ValueError:
            self._give_up_connection()
            raise MalformedPacket("FBNS issued a device identity that is no JSON object") from None
        self.auth.save(self.client)
        self.emit("auth", self.auth.to_settings())
        return None

    def _forget_identity(self) -> None:
        self._close_connection()
        self.auth = FbnsDeviceAuth.fresh(self.client)
        self.auth.save(self.client)

    def build_connection(self) -> MQTToTConnection:
        """What CONNECT will say."""
        auth, profile = self.auth, self._mqtt_profile()
        info = client_info(
            profile,
            user_id=auth.user_id,
            user_agent=self._user_agent(),
            device_id=auth.device_id,
            now_ms=int(time.time() * 1000),
        )
        return MQTToTConnection(
            client_identifier=auth.client_id or str(self.client.phone_id)[:20],
            client_info={**info, "deviceSecret": auth.device_secret, "luid": profile.luid},
            password=auth.password,
        )

    def _device_id(self) -> str:
        return str(self.client.phone_id)  # the identity that FBNS issues changes with the first CONNACK

    def _user_agent(self) -> str:
        if self._mqtt_profile().user_agent == "fban":
            return fban_user_agent(self.profile, str(getattr(self.client, "locale", None) or "en_US"))
        return str(self.client.user_agent)

    def _mqtt_profile(self) -> FbnsProfile:
        return self.profile.fbns

    def _address(self) -> Address:
        return self.profile.endpoints.fbns

    # --- registration ----------------------------------------------------------------------------------------------

    def _register(self) -> None:
        connection, account = self._require_connection(), str(self.client.user_id)
        if self._mqtt_profile().subscribe:
            connection.subscribe(FBNSTopics.MESSAGE.value)
        token, response = self.register_token(), None
        if token != self.auth.token or account != self.auth.registered_user_id:
            response = self.register_push_token(token)
            self.auth.token, self.auth.registered_user_id = token, account
            self.auth.save(self.client)
        self.emit("registered", {"token": token, "response": response})

    def register_token(
        self, timeout: float | None = DEFAULT_REGISTRATION_TIMEOUT, max_packets: int | None = None
    ) -> str:
        """Asks FBNS for the push token of this device.

        Args:
            timeout: seconds to wait for the answer.
            max_packets: has no meaning any more; accepted because instagrapi 3.x has it.

        Raises:
            FbnsRegistrationFailed: FBNS refused; its answer is in ``payload``.
            RealtimeTimeout: it did not answer.
            NotConnectedError: there is no connection.
        """
        profile = self._mqtt_profile()
        request = {"pkg_name": profile.package_name, "appid": profile.registration_app_id}
        self._registration, self._awaiting_token = None, True
        try:
            self._require_connection().publish(FBNSTopics.REG_REQUEST.value, deflate(dump_json(request)))
            if not self._wait_until(lambda: self._registration is not None, timeout):
                raise RealtimeTimeout("FBNS did not answer the registration")
        finally:
            self._awaiting_token = False
        answer = self._registration
        self.emit("reg_response", answer)
        fields = answer if isinstance(answer, dict) else {}
        if fields.get("error"):
            raise FbnsRegistrationFailed(f"FBNS refused the registration: {fields['error']}", payload=answer)
        if not fields.get("token"):
            raise FbnsRegistrationFailed("FBNS answered the registration without a token", payload=answer)
        return str(fields["token"])

    def register_push_token(self, token: str) -> dict[str, Any]:
        """Tells Instagram over HTTP which token reaches this account; always with the same device ids.

        Raises:
            ClientError: the request failed.
        """
        client = self.client
        form = push_registration(
            token,
            uuid=client.uuid,
            phone_id=client.phone_id,
            user_id=str(client.user_id),
            csrf_token=client.token,
        )
        response: dict[str, Any] = client.private_request("push/register/", form, with_signature=False)
        return response

    def _notice(self, publish: Publish) -> bool:
        """Keeps the answer that :meth:`register_token` waits for; an unexpected one goes to the handlers."""
        if not self._awaiting_token:
            return False
        self._registration = decode_fbns(publish.topic, publish.payload, self._max_inflated_size).body
        return True

    # --- receiving -------------------------------------------------------------------------------------------------

    def dispatch_packet(self, topic: str, payload: bytes) -> Any:
        """Decodes one publish body, runs the handlers and returns what it holds, for a push the notification.

        Never raises for what the bytes contain; what cannot be read becomes the event ``undecoded``.
        """
        decoded = decode_fbns(topic, payload, self._max_inflated_size)
        if decoded.problem is not None and topic != FBNSTopics.PP:
            self._undecoded.warning("a publish on %s with %d bytes cannot be read", topic, len(payload))
            self.emit("undecoded", {"topic": str(topic), "payload": payload, "error": decoded.problem})
            self._emit_typed(ev.Undecoded, topic=topic, payload=payload, error=decoded.problem, raw=decoded.body)
        body = self._dispatch(decoded)
        self.emit("receive", {"topic": str(topic), "payload": body})
        self._dispatcher.raise_failure()
        return body

    def _dispatch(self, decoded: Decoded) -> Any:
        body = decoded.body
        if decoded.topic == FBNSTopics.MESSAGE:
            return self._dispatch_message(body)
        name = _TOPIC_NAMES.get(decoded.topic, "message")
        self.emit(name, body)
        if name == "message" and decoded.problem is None:
            self._emit_typed(ev.Unknown, raw=body, topic=decoded.topic)
        return body

    def _dispatch_message(self, envelope: Any) -> Any:
        notification = unwrap(envelope)
        if notification is None:
            self.emit("message", envelope)
            if isinstance(envelope, dict | list):
                self._emit_typed(ev.Unknown, raw=envelope, topic=FBNSTopics.MESSAGE.value)
            return envelope
        key = push_key(notification, envelope)
        if key is not None and key in self._handled:
            self._event_counts[DUPLICATE] += 1
            return notification
        build = Once(lambda: self._event(ev.Push, raw=envelope, **push_fields(notification, envelope)))
        self._dispatcher.emit("push", notification, build)
        collapse_key = notification.get("collapse_key")
        if isinstance(collapse_key, str) and collapse_key not in _OWN_NAMES:
            self._dispatcher.emit(collapse_key, notification, build)
        self._event_counts[ev.Push.kind] += 1
        if self._dispatcher.handlers.has_typed:
            self._dispatcher.emit_typed(build())
        if key is not None:
            self._handled.append(key)
        return notification
