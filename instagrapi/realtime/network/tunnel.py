"""Leads a proxy's negotiation over a connected socket."""

from __future__ import annotations

import socket

from instagrapi.exceptions import ConnectFailed, ConnectionLost
from instagrapi.proxy import Proxy
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.dial import resolve
from instagrapi.realtime.network.proxy import Exactly, Send, Until, negotiate
from instagrapi.realtime.network.raw import RawSocket
from instagrapi.realtime.network.waiting import Interrupt

_DOING = "talking to the proxy"


def pass_proxy(raw: RawSocket, proxy: Proxy, host: str, port: int, deadline: Deadline, interrupt: Interrupt) -> None:
    """Makes the proxy at the other end of ``raw`` connect to ``host``, whose name it resolves if its scheme says so.

    Raises:
        ConnectFailed: the proxy refused, hung up or speaks something else.
        RealtimeTimeout: the deadline passed.
    """
    target = host
    if proxy.resolves_locally:
        family = socket.AF_INET if proxy.needs_ipv4 else socket.AF_UNSPEC
        target = resolve(host, port, deadline, interrupt, family)[0].ip
    try:
        _Dialogue(raw, deadline).lead(proxy, target, port)
    except ConnectionLost as error:
        raise ConnectFailed("the connection to the proxy broke") from error


class _Dialogue:
    def __init__(self, raw: RawSocket, deadline: Deadline) -> None:
        self._raw = raw
        self._deadline = deadline
        self._received = bytearray()

    def lead(self, proxy: Proxy, host: str, port: int) -> None:
        negotiation = negotiate(proxy, host, port)
        step = next(negotiation)
        while True:
            answer = self._do(step)
            try:
                step = negotiation.send(answer)
            except StopIteration:
                break
        if self._received:
            raise ConnectFailed("the proxy said more than it was asked")

    def _do(self, step: Send | Exactly | Until) -> bytes:
        if isinstance(step, Send):
            self._raw.send_all(step.data, self._deadline, _DOING)
            return b""
        if isinstance(step, Exactly):
            while len(self._received) < step.size:
                self._read_more()
            return self._take(step.size)
        while (start := self._received.find(step.mark)) < 0:
            if len(self._received) > step.limit:
                raise ConnectFailed(f"the proxy's answer is longer than {step.limit} bytes")
            self._read_more()
        return self._take(start + len(step.mark))

    def _read_more(self) -> None:
        data = self._raw.receive(self._deadline, _DOING)
        if not data:
            raise ConnectFailed("the proxy closed the connection")
        self._received += data

    def _take(self, size: int) -> bytes:
        piece = bytes(self._received[:size])
        del self._received[:size]
        return piece
