from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from instagrapi.exceptions import ConnectionLost, RealtimeTimeout
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.waiting import READ, WRITE, Interrupt, Waiter, wait_for


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield near, far


@pytest.fixture
def interrupt() -> Iterator[Interrupt]:
    made = Interrupt()
    yield made
    made.close()


def test_a_wait_ends_when_the_socket_is_ready(pair: tuple[socket.socket, socket.socket], interrupt: Interrupt) -> None:
    near, far = pair
    wait_for(near, WRITE, Deadline.after(0), interrupt, "writing")
    far.send(b"x")
    wait_for(near, READ, Deadline.after(5), interrupt, "reading")


def test_a_wait_ends_at_its_deadline_and_says_what_for(
    pair: tuple[socket.socket, socket.socket], interrupt: Interrupt
) -> None:
    with pytest.raises(RealtimeTimeout, match="no time left while reading"):
        wait_for(pair[0], READ, Deadline.after(0.01), interrupt, "reading")


def test_an_interrupt_ends_the_present_wait(pair: tuple[socket.socket, socket.socket], interrupt: Interrupt) -> None:
    failures: list[Exception] = []
    started = threading.Event()

    def wait() -> None:
        started.set()
        try:
            wait_for(pair[0], READ, Deadline.after(30), interrupt, "reading")
        except ConnectionLost as error:
            failures.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert started.wait(5)
    began = time.monotonic()
    interrupt.set()
    thread.join(5)
    assert time.monotonic() - began < 1
    assert [str(error) for error in failures] == ["the connection was closed from this side"]


def test_an_interrupt_ends_every_future_wait_even_when_the_socket_is_ready(
    pair: tuple[socket.socket, socket.socket], interrupt: Interrupt
) -> None:
    waiter = Waiter(pair[0], READ, interrupt)
    pair[1].send(b"x")
    waiter.wait(Deadline.after(5), "reading")
    interrupt.set()
    interrupt.set()
    for _ in range(2):
        with pytest.raises(ConnectionLost):
            waiter.wait(Deadline.after(5), "reading")
    waiter.close()


def test_a_closed_interrupt_counts_as_set_and_may_be_set_and_closed_again() -> None:
    interrupt = Interrupt()
    interrupt.close()
    assert interrupt.is_set
    interrupt.set()
    interrupt.close()
