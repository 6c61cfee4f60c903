"""The proxy that every connection goes through: one way to read its URL, for HTTP and for both sockets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from instagrapi.exceptions import RealtimeConfigError

_HOST = re.compile(r"[\w.:%-]+")
_DEFAULT_PORTS = {"http": 80, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, its credentials hidden from ``repr``."""

    scheme: str
    host: str
    port: int
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str) -> Proxy:
        """Reads ``scheme://user:password@host:port``; without a scheme it is an HTTP proxy.

        Raises:
            RealtimeConfigError: the URL is no usable proxy; its text is not repeated, it may hold a password.
        """
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            port = parts.port
        except ValueError:
            raise RealtimeConfigError("the proxy URL is malformed") from None
        if parts.scheme not in _DEFAULT_PORTS:
            supported = ", ".join(_DEFAULT_PORTS)
            raise RealtimeConfigError(f"the proxy scheme {parts.scheme!r} is not one of {supported}")
        if not parts.hostname or not _HOST.fullmatch(parts.hostname):
            raise RealtimeConfigError("the proxy URL has no host, or one that is no name or address")
        return cls(
            parts.scheme,
            parts.hostname,
            port or _DEFAULT_PORTS[parts.scheme],
            unquote(parts.username) if parts.username is not None else None,
            unquote(parts.password) if parts.password is not None else None,
        )

    @property
    def resolves_locally(self) -> bool:
        """Whether the destination's name is looked up on this machine rather than by the proxy."""
        return self.scheme in ("socks4", "socks5")

    @property
    def needs_ipv4(self) -> bool:
        """Whether the proxy can only be told IPv4 addresses."""
        return self.scheme == "socks4"
