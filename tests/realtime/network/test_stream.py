"""What a stream does when its two sides, or several threads, meet in it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from instagrapi.exceptions import ConnectFailed, ConnectionLost, RealtimeTimeout
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.raw import RawSocket
from instagrapi.realtime.network.stream import Stream, accept_stream
from instagrapi.realtime.network.tls import Decrypted
from instagrapi.realtime.network.waiting import Interrupt
from tests.support.certificates import serving


@pytest.fixture
def ends() -> Iterator[tuple[RawSocket, socket.socket]]:
    """A raw socket and its peer."""
    near, far = socket.socketpair()
    near.setblocking(False)
    raw = RawSocket(near, Interrupt())
    with far:
        far.settimeout(5)
        yield raw, far
    raw.release()


def soon() -> Deadline:
    return Deadline.after(5)


def test_a_plain_stream_carries_bytes(ends: tuple[RawSocket, socket.socket]) -> None:
    stream, far = Stream(ends[0]), ends[1]
    stream.send(b"out", soon())
    assert far.recv(10) == b"out"
    far.sendall(b"in")
    assert stream.receive(soon()) == b"in"
    far.close()
    assert stream.receive(soon()) == b""
    stream.close()


def test_what_was_received_is_not_overwritten_by_the_next(ends: tuple[RawSocket, socket.socket]) -> None:
    stream, far = Stream(ends[0]), ends[1]
    far.sendall(b"first")
    first = stream.receive(soon())
    far.sendall(b"2nd")
    assert stream.receive(soon()) == b"2nd"
    assert first == b"first"
    stream.close()


def test_a_closed_stream_refuses_everything_and_closes_again(ends: tuple[RawSocket, socket.socket]) -> None:
    stream = Stream(ends[0])
    assert stream.fileno() >= 0
    stream.close()
    stream.close()
    assert stream.fileno() == -1
    for call in (
        lambda: stream.send(b"x", soon()),
        lambda: stream.send_now(b"x"),
        lambda: stream.receive(soon()),
    ):
        with pytest.raises(ConnectionLost, match="closed from this side"):
            call()


@pytest.mark.timeout(10)
def test_a_signal_handler_may_close_whatever_it_interrupts(ends: tuple[RawSocket, socket.socket]) -> None:
    """It runs on the very thread that may hold the lock."""
    stream = Stream(ends[0])
    with stream._use_lock:
        stream.close()
    assert stream.fileno() == -1


def test_last_words_do_not_wait_for_another_sender(ends: tuple[RawSocket, socket.socket]) -> None:
    stream, far = Stream(ends[0]), ends[1]
    with stream._write_lock:
        stream.send_now(b"never said")
    stream.send_now(b"said")
    assert far.recv(100) == b"said"
    stream.close()


def test_last_words_do_not_wait_for_the_peer(ends: tuple[RawSocket, socket.socket]) -> None:
    stream = Stream(ends[0])
    stream.send_now(bytes(64 * 2**20))
    stream.close()


def test_descriptors_outlive_whoever_is_inside(ends: tuple[RawSocket, socket.socket]) -> None:
    """A number that is given back too early may be another socket's by the time it is used."""
    stream, far = Stream(ends[0]), ends[1]
    inside, leave, seen = threading.Event(), threading.Event(), []
    receive = ends[0].receive

    def slow(deadline: Deadline, doing: str) -> Any:
        inside.set()
        assert leave.wait(5)
        seen.append(ends[0].fileno())
        return receive(deadline, doing)

    ends[0].receive = slow  # type: ignore[method-assign]
    failures: list[Exception] = []

    def read() -> None:
        try:
            failures.append(AssertionError(stream.receive(soon())))
        except ConnectionLost as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert inside.wait(5)
    stream.close()
    assert far.recv(10) == b"", "the peer learns of it at once"
    leave.set()
    thread.join(5)
    assert seen[0] >= 0
    assert stream.fileno() == -1


class _Scripted:
    """In the place of a TLS layer."""

    def __init__(self, *decrypted: Decrypted, output: bytes = b"") -> None:
        self._decrypted = list(decrypted)
        self._output = output

    def decrypt_rest(self) -> Decrypted:
        return Decrypted(b"", False)

    def decrypt(self, received: memoryview) -> Decrypted:
        return self._decrypted.pop(0)

    @property
    def has_output(self) -> bool:
        return bool(self._output)

    def take_output(self) -> bytes:
        output, self._output = self._output, b""
        return output

    def encrypt(self, data: bytes) -> bytes:
        return data

    def close_notify(self) -> bytes:
        return b""


def test_an_end_that_came_with_data_is_told_next_time(ends: tuple[RawSocket, socket.socket]) -> None:
    stream = Stream(ends[0], _Scripted(Decrypted(b"last words", True)))  # type: ignore[arg-type]
    ends[1].sendall(b"encrypted")
    assert stream.receive(soon()) == b"last words"
    assert stream.receive(soon()) == b"", "though the socket itself stays open and silent"
    stream.close()


def test_records_without_data_are_no_end(ends: tuple[RawSocket, socket.socket]) -> None:
    stream = Stream(ends[0], _Scripted(Decrypted(b"", False), Decrypted(b"data", False)))  # type: ignore[arg-type]
    ends[1].sendall(b"e")
    with pytest.raises(RealtimeTimeout):
        stream.receive(Deadline.after(0.01))
    ends[1].sendall(b"e")
    assert stream.receive(soon()) == b"data"
    stream.close()


def test_a_key_update_is_answered(ends: tuple[RawSocket, socket.socket]) -> None:
    stream = Stream(ends[0], _Scripted(Decrypted(b"data", False), output=b"updated"))  # type: ignore[arg-type]
    ends[1].sendall(b"e")
    assert stream.receive(soon()) == b"data"
    assert ends[1].recv(100) == b"updated"
    stream.close()


def test_reading_does_not_wait_for_a_writer_to_answer_a_key_update(ends: tuple[RawSocket, socket.socket]) -> None:
    stream = Stream(ends[0], _Scripted(Decrypted(b"data", False), output=b"updated"))  # type: ignore[arg-type]
    ends[1].sendall(b"e")
    with stream._write_lock:
        assert stream.receive(soon()) == b"data"
    stream.close()


def test_a_peer_that_does_not_take_the_answer_is_lost_and_not_just_late(
    ends: tuple[RawSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time-out would mean that nothing was lost, but the data that came along has been."""

    def too_slow(data: bytes, deadline: Deadline, doing: str) -> None:
        raise RealtimeTimeout("no time left")

    monkeypatch.setattr(ends[0], "send_all", too_slow)
    stream = Stream(ends[0], _Scripted(Decrypted(b"data", False), output=b"updated"))  # type: ignore[arg-type]
    ends[1].sendall(b"e")
    with pytest.raises(ConnectionLost, match="key update"):
        stream.receive(soon())
    stream.close()


def test_the_servers_side_refuses_what_is_no_tls_and_closes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as far:
        near, _ = listener.accept()
        far.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectFailed, match="the TLS handshake with the client failed"):
            accept_stream(near, serving(), soon())
        assert near.fileno() == -1


def test_what_the_handshake_left_over_is_received_first(ends: tuple[RawSocket, socket.socket]) -> None:
    class Early:
        """A TLS layer that already holds data."""

        has_output = False

        def decrypt_rest(self) -> Decrypted:
            return Decrypted(b"early", False)

        def decrypt(self, received: memoryview) -> Decrypted:
            return Decrypted(bytes(received), False)

        def close_notify(self) -> bytes:
            return b""

    tls: Any = Early()
    stream, far = Stream(ends[0], tls), ends[1]
    assert stream.receive(soon()) == b"early"
    far.sendall(b"late")
    assert stream.receive(soon()) == b"late"
    stream.close()
