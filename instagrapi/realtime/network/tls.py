"""TLS in memory: plain bytes on one side, encrypted bytes on the other, and no socket in between.

OpenSSL is called for one operation at a time under a lock and never waits, because two threads inside one TLS object
corrupt it. Whoever owns the socket waits outside of that lock.
"""

from __future__ import annotations

import contextlib
import functools
import ssl
import threading
from typing import NamedTuple

from instagrapi.exceptions import ConnectFailed, ConnectionLost, RealtimeConfigError

CHUNK = 64 * 1024


@functools.lru_cache(maxsize=8)
def verified_context(ca_file: str | None = None) -> ssl.SSLContext:
    """TLS 1.2 or newer with certificate and host name verified; shared, because building one takes 20 ms.

    Raises:
        RealtimeConfigError: the file cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise RealtimeConfigError(f"the CA file {ca_file} cannot be used: {error.strerror}") from error
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    return context


class Decrypted(NamedTuple):
    """What came out: plain bytes, and whether the stream has ended behind them."""

    data: bytes
    ended: bool


class TlsLayer:
    """One TLS connection.

    Args:
        context: a client's must verify certificates and host names.
        server_hostname: a client's peer, sent as SNI and verified; ``None`` makes this the server's side.
    """

    def __init__(self, context: ssl.SSLContext, server_hostname: str | None = None) -> None:
        is_client = server_hostname is not None
        if is_client and (context.verify_mode != ssl.CERT_REQUIRED or not context.check_hostname):
            raise RealtimeConfigError("the TLS context does not verify certificates and host names")
        if is_client and context.minimum_version < ssl.TLSVersion.TLSv1_2:
            raise RealtimeConfigError("the TLS context allows versions older than TLS 1.2")
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            self._tls = context.wrap_bio(
                self._incoming, self._outgoing, server_side=not is_client, server_hostname=server_hostname
            )
        except (ValueError, TypeError, ssl.SSLError) as error:
            raise ConnectFailed(f"{server_hostname!r} is no name that a certificate can be for") from error
        self._peer = server_hostname or "the client"
        self._lock = threading.RLock()  # a signal handler may close what it has just interrupted

    def handshake(self, received: bytes | memoryview = b"") -> bool:
        """Takes one step of the handshake; true when it is done. What to send is in :meth:`take_output`.

        Raises:
            ConnectFailed: the certificate is not valid, or the peer does not speak TLS with us.
        """
        self._incoming.write(received)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLCertVerificationError as error:
            raise ConnectFailed(f"the certificate of {self._peer} is not valid: {error.verify_message}") from error
        except ssl.SSLError as error:
            raise ConnectFailed(f"the TLS handshake with {self._peer} failed: {_reason(error)}") from error
        return True

    def take_output(self) -> bytes:
        """Encrypted bytes that wait to be sent: handshake, alerts, answers to key updates."""
        with self._lock:
            return self._outgoing.read()

    @property
    def has_output(self) -> bool:
        """Whether :meth:`take_output` would give anything."""
        return self._outgoing.pending > 0

    def encrypt(self, data: bytes) -> bytes:
        """The encrypted form of ``data``, behind anything that was waiting to be sent."""
        with self._lock:
            try:
                self._tls.write(data)
            except ssl.SSLError as error:
                raise ConnectionLost(f"TLS failed: {_reason(error)}") from error
            return self._outgoing.read()

    def decrypt(self, received: memoryview) -> Decrypted:
        """The plain form of what was received; an empty ``received`` stands for the end of the stream."""
        with self._lock:
            if received:
                self._incoming.write(received)
            else:
                self._incoming.write_eof()
        return self.decrypt_rest(ended=not received)

    def decrypt_rest(self, *, ended: bool = False) -> Decrypted:
        """The plain form of what was received before, such as data that came together with the last handshake."""
        pieces = []
        with self._lock:
            try:
                while data := self._tls.read(CHUNK):
                    pieces.append(data)
                ended = True
            except ssl.SSLWantReadError:
                pass
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                ended = True
            except ssl.SSLError as error:
                if not pieces:
                    raise ConnectionLost(f"TLS failed: {_reason(error)}") from error
                ended = True
        return Decrypted(pieces[0] if len(pieces) == 1 else b"".join(pieces), ended)

    def close_notify(self) -> bytes:
        """The goodbye to send before closing."""
        with self._lock:
            with contextlib.suppress(ssl.SSLError):
                self._tls.unwrap()
            return self._outgoing.read()


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()
