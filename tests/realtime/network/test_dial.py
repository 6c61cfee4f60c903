from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from instagrapi.exceptions import ConnectFailed, ConnectionLost, RealtimeTimeout
from instagrapi.realtime.network import dial as dialling
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.dial import SocketAddress, dial, resolve
from instagrapi.realtime.network.waiting import Interrupt
from tests.support.broker import LoopbackServer, hang_up


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    made = Interrupt()
    yield made
    made.close()


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port that answers no further connection: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
            waiting.append(sock)
        yield listener.getsockname()[1]
        for sock in waiting:
            sock.close()


@pytest.fixture
def refused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Lets every name have these addresses."""

    def look_up(host: str, port: int, family: int = 0, kind: int = 0) -> list[Any]:
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [(family, kind, 6, "", (address, port)) for family, address in zip(families, addresses, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6), ("10.1.2.3", socket.AF_INET)]
)
def test_addresses_are_not_looked_up(
    monkeypatch: pytest.MonkeyPatch, interrupt: Interrupt, host: str, family: int
) -> None:
    monkeypatch.delattr(socket, "getaddrinfo")
    assert resolve(host, 443, Deadline.after(1), interrupt) == [SocketAddress(family, (host, 443))]


def test_names_have_their_addresses_in_the_systems_order(monkeypatch: pytest.MonkeyPatch, interrupt: Interrupt) -> None:
    names(monkeypatch, "::1", "127.0.0.1")
    found = resolve("broker.test", 443, Deadline.after(5), interrupt)
    assert [address.ip for address in found] == ["::1", "127.0.0.1"]


def test_an_unknown_name_is_a_failure_that_names_it(interrupt: Interrupt) -> None:
    with pytest.raises(ConnectFailed, match=r"^the name no-such-name\.invalid cannot be resolved: ") as caught:
        resolve("no-such-name.invalid", 443, Deadline.after(5), interrupt)
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("host", ["x" * 70 + ".test", "a..b", "nul\0byte"])
def test_a_name_that_cannot_be_one_is_the_same_failure(interrupt: Interrupt, host: str) -> None:
    with pytest.raises(ConnectFailed, match="cannot be resolved"):
        resolve(host, 443, Deadline.after(5), interrupt)


def test_a_resolver_that_hangs_does_not_outlast_the_deadline(
    monkeypatch: pytest.MonkeyPatch, interrupt: Interrupt
) -> None:
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args: answer.wait(20) and [])
    began = time.monotonic()
    with pytest.raises(RealtimeTimeout, match=r"resolving broker\.test"):
        resolve("broker.test", 443, Deadline.after(0.02), interrupt)
    assert time.monotonic() - began < 1
    answer.set()


def test_the_next_address_is_tried_when_one_refuses(monkeypatch: pytest.MonkeyPatch, interrupt: Interrupt) -> None:
    with LoopbackServer(hang_up) as broker:
        # Nobody listens on 127.0.0.2.
        names(monkeypatch, "127.0.0.2", "127.0.0.1")
        with dial("broker.test", broker.port, Deadline.after(5), interrupt) as sock:
            assert sock.getpeername() == ("127.0.0.1", broker.port)


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch, interrupt: Interrupt, full_port: int
) -> None:
    names(monkeypatch, "127.0.0.1", "127.0.0.2")
    tried: list[tuple[str, float | None]] = []
    connect = dialling._connect

    def record(address: SocketAddress, deadline: Deadline, *rest: Any) -> socket.socket:
        tried.append((address.ip, deadline.remaining()))
        return connect(address, deadline, *rest)

    monkeypatch.setattr(dialling, "_connect", record)
    with pytest.raises(ConnectFailed, match="Connection refused"):
        dial("broker.test", full_port, Deadline.after(0.2), interrupt)
    assert [address for address, _ in tried] == ["127.0.0.1", "127.0.0.2"]
    assert tried[0][1] is not None
    assert 0 <= tried[0][1] <= 0.1, "half of the time for each of two"


def test_a_refused_port_is_one_sentence(interrupt: Interrupt, refused_port: int) -> None:
    with pytest.raises(ConnectFailed) as caught:
        dial("127.0.0.1", refused_port, Deadline.after(5), interrupt)
    assert str(caught.value) == f"127.0.0.1:{refused_port} cannot be reached: Connection refused"


def test_a_port_that_does_not_answer_ends_at_the_deadline(interrupt: Interrupt, full_port: int) -> None:
    with pytest.raises(RealtimeTimeout, match=f"connecting to 127.0.0.1:{full_port}"):
        dial("127.0.0.1", full_port, Deadline.after(0.02), interrupt)


def test_a_port_number_that_cannot_be_is_a_failure(interrupt: Interrupt) -> None:
    with pytest.raises(ConnectFailed, match="127.0.0.1:70000 cannot be reached"):
        dial("127.0.0.1", 70000, Deadline.after(5), interrupt)


def test_an_interrupt_ends_dialling(interrupt: Interrupt, full_port: int) -> None:
    interrupt.set()
    with pytest.raises(ConnectionLost, match="closed from this side"):
        dial("127.0.0.1", full_port, Deadline.after(30), interrupt)


def test_after_an_interrupt_no_further_address_is_tried(
    monkeypatch: pytest.MonkeyPatch, interrupt: Interrupt, full_port: int
) -> None:
    with LoopbackServer(hang_up) as broker:
        names(monkeypatch, "127.0.0.1", "127.0.0.1", "127.0.0.1")
        interrupt.set()
        tried = []
        connect = dialling._connect

        def record(address: SocketAddress, *rest: Any) -> socket.socket:
            tried.append(address)
            return connect(address, *rest)

        monkeypatch.setattr(dialling, "_connect", record)
        with pytest.raises(ConnectionLost, match="closed from this side"):
            dial("127.0.0.1", full_port, Deadline.after(30), interrupt)
        assert len(tried) == 1
        assert broker.accepted == 0
