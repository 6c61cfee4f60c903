"""Proxies: what to say to HTTP CONNECT, SOCKS4, SOCKS4a, SOCKS5 and SOCKS5h, without a socket.

A negotiation is a generator that yields what to do next (:class:`Send`, :class:`Exactly`, :class:`Until`) and is sent
the bytes it asked for. Whoever drives it owns the socket and the deadline.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Generator
from typing import NamedTuple, TypeAlias

from instagrapi.exceptions import ConnectFailed, RealtimeConfigError
from instagrapi.proxy import Proxy

MAX_HTTP_HEAD = 16 * 1024
_SOCKS4_REFUSALS = {91: "refused", 92: "no identd", 93: "the user does not match identd"}
_SOCKS5_REFUSALS = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}


class Send(NamedTuple):
    """Write these bytes."""

    data: bytes


class Exactly(NamedTuple):
    """Read that many bytes."""

    size: int


class Until(NamedTuple):
    """Read up to and including the end mark, at most ``limit`` bytes."""

    mark: bytes
    limit: int


Negotiation: TypeAlias = Generator[Send | Exactly | Until, bytes, None]


def negotiate(proxy: Proxy, host: str, port: int) -> Negotiation:
    """The dialogue that makes the proxy connect to a host, given by name or by address."""
    if proxy.scheme == "http":
        return _http_connect(proxy, host, port)
    if proxy.scheme.startswith("socks4"):
        return _socks4(proxy, host, port)
    return _socks5(proxy, host, port)


def _http_connect(proxy: Proxy, host: str, port: int) -> Negotiation:
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    head = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username is not None:
        credentials = f"{proxy.username}:{proxy.password or ''}".encode()
        head.append("Proxy-Authorization: Basic " + base64.b64encode(credentials).decode())
    yield Send("\r\n".join([*head, "", ""]).encode())
    answer = yield Until(b"\r\n\r\n", MAX_HTTP_HEAD)
    words = answer.split(b"\r\n", 1)[0].split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/"):
        raise ConnectFailed("the proxy does not speak HTTP")
    if words[1] == b"407":
        raise ConnectFailed("the proxy asks for other credentials (HTTP 407)")
    if not words[1].startswith(b"2"):
        status = words[1].decode("ascii", "replace")[:3]
        raise ConnectFailed(f"the proxy refused to connect to {host}:{port} (HTTP {status})")


def _socks4(proxy: Proxy, host: str, port: int) -> Negotiation:
    try:
        address, name = ipaddress.IPv4Address(host).packed, b""
    except ipaddress.AddressValueError:
        if proxy.needs_ipv4:
            raise ConnectFailed(f"a SOCKS4 proxy needs an IPv4 address, and {host} is none") from None
        # SOCKS4a: an address 0.0.0.x that cannot exist says that a name follows.
        address, name = b"\0\0\0\1", host.encode("idna") + b"\0"
    user = (proxy.username or "").encode() + b"\0"
    yield Send(b"\x04\x01" + port.to_bytes(2, "big") + address + user + name)
    answer = yield Exactly(8)
    if answer[0] != 0:
        raise ConnectFailed("the proxy does not speak SOCKS4")
    if answer[1] != 90:
        reason = _SOCKS4_REFUSALS.get(answer[1], f"code {answer[1]}")
        raise ConnectFailed(f"the SOCKS4 proxy refused to connect to {host}:{port} ({reason})")


def _socks5(proxy: Proxy, host: str, port: int) -> Negotiation:
    methods = b"\x00" if proxy.username is None else b"\x00\x02"
    yield Send(b"\x05" + bytes((len(methods),)) + methods)
    version, method = yield Exactly(2)
    if version != 5:
        raise ConnectFailed("the proxy does not speak SOCKS5")
    if method == 2 and proxy.username is not None:
        yield from _socks5_password(proxy.username, proxy.password or "")
    elif method != 0:
        raise ConnectFailed("the SOCKS5 proxy accepts none of the offered ways to authenticate")
    yield Send(b"\x05\x01\x00" + _socks5_address(host) + port.to_bytes(2, "big"))
    version, code, _, kind = yield Exactly(4)
    if version != 5:
        raise ConnectFailed("the proxy does not speak SOCKS5")
    if code:
        reason = _SOCKS5_REFUSALS.get(code, f"code {code}")
        raise ConnectFailed(f"the SOCKS5 proxy refused to connect to {host}:{port} ({reason})")
    length = {1: 4, 4: 16}.get(kind)
    if length is None:
        length = (yield Exactly(1))[0]
    yield Exactly(length + 2)


def _socks5_password(username: str, password: str) -> Negotiation:
    """RFC 1929."""
    user, secret = username.encode(), password.encode()
    if len(user) > 255 or len(secret) > 255:
        raise RealtimeConfigError("a SOCKS5 user name or password is longer than 255 bytes")
    yield Send(b"\x01" + bytes((len(user),)) + user + bytes((len(secret),)) + secret)
    _, status = yield Exactly(2)
    if status:
        raise ConnectFailed("the SOCKS5 proxy refused the user name and password")


def _socks5_address(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("idna")
        return b"\x03" + bytes((len(name),)) + name
    return (b"\x01" if address.version == 4 else b"\x04") + address.packed
