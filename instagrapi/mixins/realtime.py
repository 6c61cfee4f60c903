"""The realtime connection as methods of a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack, overload

from instagrapi.exceptions import NotConnectedError
from instagrapi.realtime.base import DEFAULT_PING_TIMEOUT
from instagrapi.realtime.client import RealtimeClient
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
from instagrapi.realtime.filters import Filters
from instagrapi.realtime.network.transport import Transport
from instagrapi.realtime.outgoing import RealtimeOptions


class RealtimeMixin:
    """Plugs :class:`~instagrapi.realtime.RealtimeClient` into any class that is a ``Host``.

    Works without an ``__init__`` of its own. Handlers that were registered with :meth:`realtime_on` belong to the
    client and outlive the connection; those registered on the connection end with it.
    """

    #: The current connection's client, or ``None``.
    realtime: RealtimeClient | None = None
    _realtime_handlers: Handlers | None = None
    _realtime_options: RealtimeOptions | None = None

    def realtime_client(self, transport: Transport | None = None, **options: Unpack[RealtimeOptions]) -> RealtimeClient:
        """A new, unconnected realtime client with the handlers of this client.

        Its arguments are those of :meth:`realtime_connect`.
        """
        client = RealtimeClient(self, transport, **options)
        self._handlers_of_realtime().copy_to(client.handlers)
        return client

    def realtime_connect(
        self, transport: Transport | None = None, **options: Unpack[RealtimeOptions]
    ) -> RealtimeClient:
        """Connects, making the realtime client if there is none.

        If there is one, it connects again. With options other than it was made with, a new one takes its place, with
        all its handlers.

        Args:
            transport: carries the packets; by default a TLS socket, through the proxy of this client.
            state: a store that keeps the position in message sync, such as ``FileStore``; by default the settings do.
            autosave_interval: seconds between two savings of it; 5, and 0 saves after each element.
            workers: so many threads run the handlers of Direct threads, different ones side by side; 0 for the reader.
            pace: how fast commands may follow each other, a ``CommandPace``; ``None`` for no limit.
            direct: ``False`` keeps loops from subscribing to Direct when the program has subscribed to nothing.
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
            RealtimeError: as :meth:`RealtimeClient.connect`.
        """
        before = realtime = self.realtime
        if realtime is None:
            realtime = self.realtime_client(transport, **options)
        elif options and options != self._realtime_options:
            realtime = RealtimeClient(self, transport or realtime.given_transport, **options)
        elif transport is not None:
            realtime.transport = transport
        if realtime is not before:
            if before is not None:
                before.disconnect()
                before.handlers.copy_to(realtime.handlers)
            self.realtime, self._realtime_options = realtime, options
        realtime.connect()
        return realtime

    def realtime_disconnect(self) -> None:
        """Disconnects; harmless without a connection."""
        client, self.realtime = self.realtime, None
        if client is not None:
            client.disconnect()

    @overload
    def realtime_on(self, event: type[E], handler: None = None, **filters: Unpack[Filters]) -> TypedDecorator[E, R]: ...
    @overload
    def realtime_on(self, event: str, handler: None = None, **filters: Unpack[Filters]) -> Callable[[F], F]: ...
    @overload
    def realtime_on(
        self, event: type[E], handler: Callable[[E], object], **filters: Unpack[Filters]
    ) -> Registration: ...
    @overload
    def realtime_on(self, event: str, handler: Handler, **filters: Unpack[Filters]) -> Registration: ...
    def realtime_on(self, event: EventName, handler: Handler | None = None, **filters: Unpack[Filters]) -> Any:
        """Registers a handler for this and every later connection; without a handler it is a decorator.

        See :meth:`~instagrapi.realtime.dispatch.Listening.on`.
        """
        registries = [self._handlers_of_realtime()]
        if self.realtime is not None:
            registries.append(self.realtime.handlers)
        return register(event, handler, filters, *registries)

    def realtime_off(self, event: EventName, handler: Handler | None = None) -> int:
        """Removes the handlers of an event, or one of them, wherever they stand; returns how many."""
        own = self._handlers_of_realtime().remove(event, handler)
        return own + (0 if self.realtime is None else self.realtime.off(event, handler))

    def realtime_ping(self, timeout: float | None = DEFAULT_PING_TIMEOUT) -> bool:
        """See :meth:`RealtimeClient.ping`.

        Raises:
            NotConnectedError: there is no connection.
        """
        return self._connected_realtime().ping(timeout)

    def realtime_read_once(self, timeout: float | None = None) -> Any:
        """See :meth:`RealtimeClient.read_once`.

        Raises:
            NotConnectedError: there is no connection.
        """
        return self._connected_realtime().read_once(timeout)

    def _handlers_of_realtime(self) -> Handlers:
        if self._realtime_handlers is None:
            self._realtime_handlers = Handlers()
        return self._realtime_handlers

    def _connected_realtime(self) -> RealtimeClient:
        if self.realtime is None:
            raise NotConnectedError("realtime is not connected: call realtime_connect() first")
        return self.realtime
