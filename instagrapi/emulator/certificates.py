"""A throw-away certificate authority, so that programs verify the emulator as they verify Instagram."""

from __future__ import annotations

import datetime
import functools
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

import trustme

from instagrapi.emulator.gate import Arrival

LOOPBACK_NAMES = ("127.0.0.1", "::1", "localhost")
_LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


class Certificates:
    """An authority of its own, made anew each time.

    Attributes:
        ca_file: path of a PEM file with the authority's certificate, in a private directory until :meth:`close`.
    """

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="instagrapi emulator")
        self._directory = tempfile.TemporaryDirectory(prefix="instagrapi-emulator-")
        self.ca_file = str(Path(self._directory.name, "ca.pem"))
        self._authority.cert_pem.write_to_path(self.ca_file)

    def server_context(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """A server's TLS context with a fresh certificate.

        Args:
            names: host names and addresses that the certificate is for; by default the loopback's.
            expired: whether the certificate's time is over.
        """
        not_before = _LONG_AGO if expired else None
        not_after = _LONG_AGO + datetime.timedelta(days=1) if expired else None
        certificate = self._authority.issue_cert(*(names or LOOPBACK_NAMES), not_before=not_before, not_after=not_after)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        certificate.configure_cert(context)
        return context

    def close(self) -> None:
        """Removes the directory; harmless when repeated."""
        self._directory.cleanup()


class ServerContexts:
    """The TLS contexts of a server: the usual one, and one with an expired certificate, made when it is needed.

    Args:
        usual: what connections get unless something is out of order.
        expired: makes the other.
    """

    def __init__(self, usual: ssl.SSLContext, expired: Callable[[], ssl.SSLContext]) -> None:
        self._usual = usual
        self._expired = functools.cache(expired)

    def for_arrival(self, arrival: Arrival) -> ssl.SSLContext:
        """The context for a connection that is received in this way."""
        return self._expired() if arrival is Arrival.EXPIRED else self._usual
