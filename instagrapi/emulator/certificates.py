"""A throw-away certificate authority, so that programs verify the emulator as they verify Instagram."""

from __future__ import annotations

import datetime
import ssl
import tempfile
from pathlib import Path

import trustme

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
