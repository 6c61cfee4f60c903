"""Loopback proxies that write down what they were asked, and lead to one port whatever that was."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import socket
import threading
from dataclasses import dataclass, field

from tests.support.broker import PATIENCE, LoopbackServer, Peer


@dataclass
class Asked:
    """One request to a proxy, as it stood on the wire."""

    kind: str
    host: str
    port: int
    username: str | None = None
    password: str | None = None


@dataclass
class Proxies:
    """Answers HTTP CONNECT, SOCKS4(a) and SOCKS5 on one port, telling them apart by their first byte.

    With ``credentials`` nobody gets through without them. Without ``upstream`` it leads where it was asked to, for one
    client after another.
    """

    upstream: int | None
    credentials: tuple[str, str] | None = None
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, peer: Peer) -> None:
        first = peer.receive(1)
        if not first:
            return
        if first == b"\x04":
            accepted = self._socks4(peer)
        elif first == b"\x05":
            accepted = self._socks5(peer)
        else:
            accepted = self._http(peer, first)
        if accepted:
            self._relay(peer)

    def _knows(self, asked: Asked) -> bool:
        self.asked.append(asked)
        return self.credentials is None or (asked.username, asked.password or "") == self.credentials

    def _http(self, peer: Peer, first: bytes) -> bool:
        head = bytearray(first)
        while not head.endswith(b"\r\n\r\n"):
            head += peer.receive_exactly(1)
        lines = head.decode().split("\r\n")
        method, target, version = lines[0].split(" ")
        assert method == "CONNECT"
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        if version != "HTTP/1.0":  # as http.client says until Python 3.11
            assert headers["Host"] == target
        host, _, port = target.rpartition(":")
        asked = Asked("http", host, int(port))
        if "Proxy-Authorization" in headers:
            kind, _, encoded = headers["Proxy-Authorization"].partition(" ")
            assert kind == "Basic"
            asked.username, _, asked.password = base64.b64decode(encoded).decode().partition(":")
        if not self._knows(asked):
            peer.send(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")
            return False
        peer.send(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        return True

    def _socks4(self, peer: Peer) -> bool:
        head = peer.receive_exactly(7)
        assert head[0] == 1
        port, address = int.from_bytes(head[1:3], "big"), head[3:]
        username = _until_zero(peer)
        if address[:3] == b"\0\0\0" and address[3]:
            asked = Asked("socks4a", _until_zero(peer), port)
        else:
            asked = Asked("socks4", str(ipaddress.IPv4Address(address)), port)
        asked.username = username or None
        if not self._knows(asked):
            peer.send(b"\0\x5d" + bytes(6))
            return False
        peer.send(b"\0\x5a" + bytes(6))
        return True

    def _socks5(self, peer: Peer) -> bool:
        methods = peer.receive_exactly(peer.receive_exactly(1)[0])
        asked = Asked("socks5", "", 0)
        if self.credentials is None:
            peer.send(b"\x05\x00")
        elif 2 not in methods:
            peer.send(b"\x05\xff")
            return False
        else:
            peer.send(b"\x05\x02")
            assert peer.receive_exactly(1) == b"\x01"
            asked.username = peer.receive_exactly(peer.receive_exactly(1)[0]).decode()
            asked.password = peer.receive_exactly(peer.receive_exactly(1)[0]).decode()
            if (asked.username, asked.password) != self.credentials:
                peer.send(b"\x01\x01")
                return False
            peer.send(b"\x01\x00")
        assert peer.receive_exactly(3) == b"\x05\x01\x00"
        kind = peer.receive_exactly(1)
        if kind == b"\x03":
            asked.host = peer.receive_exactly(peer.receive_exactly(1)[0]).decode()
        else:
            size = 4 if kind == b"\x01" else 16
            asked.host = str(ipaddress.ip_address(peer.receive_exactly(size)))
        asked.port = int.from_bytes(peer.receive_exactly(2), "big")
        self.asked.append(asked)
        # The bound address may be a name; it has to be skipped, whatever its form.
        peer.send(b"\x05\x00\x00\x03\x05proxy\x00\x00")
        return True

    def _relay(self, peer: Peer) -> None:
        with socket.create_connection(("127.0.0.1", self.upstream or self.asked[-1].port), PATIENCE) as far:
            back = threading.Thread(target=_copy, args=(far, peer.sock), name="relay", daemon=True)
            back.start()
            _copy(peer.sock, far)
            back.join(PATIENCE)
            assert not back.is_alive()


def proxy_to(port: int | None, credentials: tuple[str, str] | None = None) -> tuple[LoopbackServer, list[Asked]]:
    """A running proxy that leads to a port of loopback, see :class:`Proxies`, and the list of what it is asked."""
    proxies = Proxies(port, credentials)
    return LoopbackServer(proxies), proxies.asked


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _until_zero(peer: Peer) -> str:
    text = bytearray()
    while (byte := peer.receive_exactly(1)) != b"\0":
        text += byte
    return text.decode()
