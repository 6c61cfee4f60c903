"""The push connection as methods of a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack, overload

from instagrapi.exceptions import NotConnectedError
from instagrapi.realtime.base import DEFAULT_PING_TIMEOUT, Options
from instagrapi.realtime.dispatch import (
    E,
    EventName,
    F,
    Handler,
    Handlers,
    R,
    Registration,
    TypedDecorator,
    register,
)
from instagrapi.realtime.fbns import FbnsClient
from instagrapi.realtime.fbns_auth import FbnsDeviceAuth
from instagrapi.realtime.filters import Filters
from instagrapi.realtime.network.transport import Transport


class FbnsMixin:
    """Plugs :class:`~instagrapi.realtime.FbnsClient` into any class that is a ``Host``; see ``RealtimeMixin``."""

    #: The current connection's client, or ``None``.
    fbns: FbnsClient | None = None
    _fbns_handlers: Handlers | None = None
    _fbns_options: Options | None = None

    def fbns_client(
        self, transport: Transport | None = None, auth: FbnsDeviceAuth | None = None, **options: Unpack[Options]
    ) -> FbnsClient:
        """A new, unconnected FBNS client with the handlers of this client.

        Its arguments are those of :meth:`fbns_connect`.
        """
        client = FbnsClient(self, transport, auth, **options)
        self._handlers_of_fbns().copy_to(client.handlers)
        return client

    def fbns_connect(
        self,
        transport: Transport | None = None,
        auth: FbnsDeviceAuth | None = None,
        register: bool = True,
        **options: Unpack[Options],
    ) -> FbnsClient:
        """Connects and, with ``register``, makes pushes come; makes the FBNS client if there is none.

        If there is one, it connects again. With options other than it was made with, a new one takes its place, with
        all its handlers.

        Args:
            transport: carries the packets; by default a TLS socket, through the proxy of this client.
            auth: the identity of the push device, in place of that in the settings.
            register: ``False`` to connect without asking for pushes.
            reconnect: ``False`` not to come back after an outage, or a ``ReconnectPolicy``; by default it comes back.
            on_session_expired: called when it comes back and the session is dead; true, after a login, tries once more.
            on_handler_error: ``raise`` lets a reading method raise what a handler did; by default it is logged.
            connect_timeout: seconds for connecting, and again for the answer to CONNECT; 30.
            guard_device: ``False`` to connect although another client on this machine is connected as the same device.
            max_packet_size: in bytes; larger packets end the connection.
            max_inflated_size: in bytes; larger bodies are ``undecoded``.
            profile: instead of that of this client.
            clock: for tests, as are ``unix_clock``, ``random``, ``wake`` and ``transport_factory``.

        Raises:
            RealtimeError: as :meth:`FbnsClient.connect`.
        """
        before = fbns = self.fbns
        if fbns is None:
            fbns = self.fbns_client(transport, auth, **options)
        elif options and options != self._fbns_options:
            fbns = FbnsClient(self, transport or fbns.given_transport, auth, **options)
        else:
            if transport is not None:
                fbns.transport = transport
            if auth is not None:
                fbns.auth = auth
        if fbns is not before:
            if before is not None:
                before.disconnect()
                before.handlers.copy_to(fbns.handlers)
            self.fbns, self._fbns_options = fbns, options
        fbns.connect(register=register)
        return fbns

    def fbns_disconnect(self) -> None:
        """Disconnects; harmless without a connection."""
        client, self.fbns = self.fbns, None
        if client is not None:
            client.disconnect()

    @overload
    def fbns_on(self, event: type[E], handler: None = None, **filters: Unpack[Filters]) -> TypedDecorator[E, R]: ...
    @overload
    def fbns_on(self, event: str, handler: None = None, **filters: Unpack[Filters]) -> Callable[[F], F]: ...
    @overload
    def fbns_on(self, event: type[E], handler: Callable[[E], object], **filters: Unpack[Filters]) -> Registration: ...
    @overload
    def fbns_on(self, event: str, handler: Handler, **filters: Unpack[Filters]) -> Registration: ...
    def fbns_on(self, event: EventName, handler: Handler | None = None, **filters: Unpack[Filters]) -> Any:
        """Registers a handler for this and every later connection; without a handler it is a decorator.

        See :meth:`~instagrapi.realtime.dispatch.Listening.on`.
        """
        registries = [self._handlers_of_fbns()]
        if self.fbns is not None:
            registries.append(self.fbns.handlers)
        return register(event, handler, filters, *registries)

    def fbns_off(self, event: EventName, handler: Handler | None = None) -> int:
        """Removes the handlers of an event, or one of them, wherever they stand; returns how many."""
        own = self._handlers_of_fbns().remove(event, handler)
        return own + (0 if self.fbns is None else self.fbns.off(event, handler))

    def fbns_ping(self, timeout: float | None = DEFAULT_PING_TIMEOUT) -> bool:
        """See :meth:`FbnsClient.ping`.

        Raises:
            NotConnectedError: there is no connection.
        """
        return self._connected_fbns().ping(timeout)

    def fbns_read_once(self, timeout: float | None = None) -> Any:
        """See :meth:`FbnsClient.read_once`.

        Raises:
            NotConnectedError: there is no connection.
        """
        return self._connected_fbns().read_once(timeout)

    def _handlers_of_fbns(self) -> Handlers:
        if self._fbns_handlers is None:
            self._fbns_handlers = Handlers()
        return self._fbns_handlers

    def _connected_fbns(self) -> FbnsClient:
        if self.fbns is None:
            raise NotConnectedError("FBNS is not connected: call fbns_connect() first")
        return self.fbns
