"""What tests with real sockets share."""

from __future__ import annotations

import threading

import pytest

from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.waiting import Waiter


@pytest.fixture
def waiting_begun(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once somebody is about to wait for a socket."""
    begun, wait = threading.Event(), Waiter.wait

    def tell(waiter: Waiter, deadline: Deadline, doing: str) -> None:
        begun.set()
        wait(waiter, deadline, doing)

    monkeypatch.setattr(Waiter, "wait", tell)
    return begun
