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
from instagrapi.realtime.network.tls import Decrypted, TlsLayer
from instagrapi.realtime.network.waiting import Interrupt
from tests.support.certificates import serving, trusting


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
        lambda: stream.post(b"x"),
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


def test_what_is_posted_waits_for_no_other_sender(ends: tuple[RawSocket, socket.socket]) -> None:
    stream, far = Stream(ends[0]), ends[1]
    with stream._write_lock:
        stream.post(b"later")
    stream.send(b"now, ", soon())
    stream.close()
    with far.makefile("rb") as everything:
        assert everything.read() == b"now, later"


def test_what_is_posted_does_not_wait_for_the_peer_and_goes_out_while_reading(
    ends: tuple[RawSocket, socket.socket],
) -> None:
    stream, far, much = Stream(ends[0]), ends[1], bytes(8 * 2**20)
    stream.post(much)
    received = bytearray()

    def read_and_answer() -> None:
        while len(received) < len(much):
            received.extend(far.recv(2**20))
        far.sendall(b"thanks")

    peer = threading.Thread(target=read_and_answer)
    peer.start()
    assert stream.receive(soon()) == b"thanks"
    peer.join(5)
    assert received == much
    stream.close()


def test_posting_to_a_broken_connection_leaves_the_news_to_the_reader(
    ends: tuple[RawSocket, socket.socket],
) -> None:
    stream, far = Stream(ends[0]), ends[1]
    far.sendall(b"what was said before")
    far.close()
    stream.post(b"never arrives")
    stream.post(b"neither does this")
    assert stream.receive(soon()) == b"what was said before"
    stream.close()


def test_a_sender_does_not_wait_for_others_for_ever(ends: tuple[RawSocket, socket.socket]) -> None:
    stream = Stream(ends[0])
    with stream._write_lock, pytest.raises(RealtimeTimeout, match="while others are sending"):
        stream.send(b"x", Deadline.after(0.01))
    stream.close()


def test_both_sides_may_talk_at_once_while_the_reader_acknowledges(ends: tuple[RawSocket, socket.socket]) -> None:
    """The peer only reads after it has said everything; our reader must not wait for our stuck writer."""
    stream, far, much = Stream(ends[0]), ends[1], bytes(16 * 2**20)
    heard: list[int] = []

    def talk_then_listen() -> None:
        far.sendall(much)
        total = 0
        while total < len(much):
            total += len(far.recv(2**20))
        heard.append(total)

    peer = threading.Thread(target=talk_then_listen)
    writer = threading.Thread(target=lambda: stream.send(much, soon()))
    peer.start()
    writer.start()
    received = 0
    while received < len(much):
        received += len(stream.receive(soon()))
        stream.post(b"ack")
    writer.join(5)
    peer.join(5)
    assert (received, bool(heard)) == (len(much), True)
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


@pytest.mark.timeout(10)
def test_a_signal_handler_may_close_what_is_decrypting() -> None:
    """It runs between two steps of the thread that holds the TLS layer's lock."""
    tls = TlsLayer(trusting(), "localhost")
    with tls._lock:
        assert tls.close_notify() is not None
