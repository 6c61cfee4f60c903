"""From a host name to a connected TCP socket, under one deadline, closing whatever did not become the result."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
import threading
from typing import NamedTuple

from instagrapi.exceptions import ConnectFailed, RealtimeTimeout
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.waiting import READ, WRITE, Interrupt, wait_for


class SocketAddress(NamedTuple):
    """Family and address as ``socket`` wants them."""

    family: int
    address: tuple[str, int]

    @property
    def ip(self) -> str:
        """The address as text."""
        return self.address[0]


def resolve(
    host: str, port: int, deadline: Deadline, interrupt: Interrupt, family: int = socket.AF_UNSPEC
) -> list[SocketAddress]:
    """The addresses of a host, in the order to try.

    The system's resolver has no timeout, so it runs on a thread of its own, which is left behind when it is too slow.

    Raises:
        ConnectFailed: the name is unknown.
        RealtimeTimeout: the resolver did not answer in time.
    """
    with contextlib.suppress(ValueError):
        version = ipaddress.ip_address(host).version
        return [SocketAddress(socket.AF_INET if version == 4 else socket.AF_INET6, (host, port))]
    outcome: list[list[SocketAddress] | OSError] = []
    done, signal = socket.socketpair()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
            outcome.append([SocketAddress(entry[0], (str(entry[4][0]), port)) for entry in found])
        except Exception as error:  # whatever it is belongs to the thread that asked
            outcome.append(error if isinstance(error, OSError) else OSError(str(error)))
        finally:
            signal.close()

    try:
        threading.Thread(target=look_up, name=f"resolve-{host}", daemon=True).start()
        wait_for(done, READ, deadline, interrupt, f"resolving {host}")
    finally:
        done.close()
    result = outcome[0]
    if isinstance(result, OSError):
        raise ConnectFailed(f"the name {host} cannot be resolved: {result.strerror or result}") from result
    return result


def dial(host: str, port: int, deadline: Deadline, interrupt: Interrupt) -> socket.socket:
    """A non-blocking connected socket; addresses are tried in turn, each with its share of the time.

    Raises:
        ConnectFailed: no address answered.
        ConnectionLost: the interrupt was set.
        RealtimeTimeout: the deadline passed.
    """
    addresses = resolve(host, port, deadline, interrupt)
    failure: Exception | None = None
    for index, address in enumerate(addresses):
        remaining = deadline.remaining()
        share = None if remaining is None else remaining / (len(addresses) - index)
        try:
            return _connect(address, Deadline.after(share), interrupt, f"connecting to {host}:{port}")
        except (OSError, OverflowError) as error:  # RealtimeTimeout is an OSError, too
            if interrupt.is_set:
                raise
            failure = error
    if isinstance(failure, RealtimeTimeout):
        raise failure
    reason = os.strerror(failure.errno) if isinstance(failure, OSError) and failure.errno else str(failure)
    raise ConnectFailed(f"{host}:{port} cannot be reached: {reason}") from failure


def _connect(address: SocketAddress, deadline: Deadline, interrupt: Interrupt, doing: str) -> socket.socket:
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex(address.address)
        if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
            wait_for(sock, WRITE, deadline, interrupt, doing)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
    except BaseException:
        sock.close()
        raise
    return sock
