"""What goes wrong on the two MQTToT connections."""

from __future__ import annotations

from typing import Any

from instagrapi.exceptions.http import ClientError


class RealtimeError(ClientError):
    """Anything about the two MQTToT connections."""


class RealtimeConfigError(RealtimeError, ValueError):
    """Something needed to connect is missing or malformed: session id, proxy URL, profile."""


class NotConnectedError(RealtimeError, RuntimeError):
    """The call needs a connection and there is none."""


class ConcurrencyError(RealtimeError, RuntimeError):
    """Two threads in a call that only one may be in, or ``read_once`` from inside a handler."""


class DeviceInUse(RealtimeError, RuntimeError):
    """Another client on this machine is connected as the same device, and each would end the other's connection.

    ``pid`` is the id of its process, ``None`` where that is not known.
    """

    def __init__(self, message: str = "", *, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class RealtimeTimeout(RealtimeError, TimeoutError):
    """Something expected did not arrive in time. Nothing was lost; the connection stays usable."""

    retryable = True


class TransportError(RealtimeError, ConnectionError):
    """The network failed. The ``OSError`` or ``SSLError`` is the cause."""

    retryable = True


class ConnectFailed(TransportError):
    """Name resolution, TCP, the proxy or the TLS handshake failed."""


class ConnectionLost(TransportError):
    """The connection ended: end of stream, reset, or the keep alive gave up."""


class ConnectRefused(RealtimeError, ConnectionError):
    """The broker answered CONNECT with another code than 0 (MQTT 3.1.1 section 3.2.2.3)."""

    def __init__(self, message: str = "", *, return_code: int = -1) -> None:
        super().__init__(message)
        self.return_code = return_code

    @property
    def retryable(self) -> bool:  # type: ignore[override]
        """Only "server unavailable" can pass by itself."""
        return self.return_code == 3


class RealtimeProtocolError(RealtimeError):
    """The rules of MQTToT were broken."""


class LocalProtocolError(RealtimeProtocolError):
    """The caller asked for something that the protocol does not allow now. The state is unchanged."""


class MalformedPacket(RealtimeProtocolError):
    """The peer sent bytes that are no control packet."""

    retryable = True


class LimitExceeded(RealtimeProtocolError):
    """The peer announced or sent more than the limit allows."""

    retryable = True


class ThriftDecodeError(RealtimeProtocolError):
    """The bytes are no thrift struct in the compact protocol, or exceed a limit."""


class ThriftEncodeError(RealtimeProtocolError, ValueError):
    """A value does not fit the field it is meant for."""


class CommandFailed(RealtimeError):
    """The server refused a command. ``status`` is its status code as text, ``payload`` the whole answer."""

    def __init__(self, message: str = "", *, status: str | None = None, payload: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.payload = payload


class CommandNotSent(RealtimeError):
    """A command was not sent, and will not be. Nothing has happened; it can be given again later."""

    retryable = True


class SendingTooFast(CommandNotSent):
    """So many commands were given that this one would have to wait too long; ``retry_after`` says how much too long."""


class OutboxFull(CommandNotSent):
    """Too many commands wait to be sent or answered."""


class SendingPaused(CommandNotSent):
    """Instagram has asked to stop: feedback required, spam, or "please wait". ``retry_after`` are the seconds left."""


class IrisSubscribeFailed(CommandFailed):
    """The message-sync queue refused the subscription: connected, but no message would arrive."""

    retryable = True


class FbnsRegistrationFailed(CommandFailed, RuntimeError):
    """FBNS gave no push token."""
