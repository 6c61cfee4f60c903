from __future__ import annotations

from instagrapi.realtime.network.watch import KeepAliveWatch
from instagrapi.realtime.protocol.keepalive import KeepAlive


def watch_after_a_look(keep_alive: KeepAlive) -> KeepAliveWatch:
    watch = KeepAliveWatch(keep_alive)
    assert not watch.is_early(0.0), "at first it is not known when to look"
    watch.has_looked(inside_packet=False)
    return watch


def test_before_the_keep_alive_can_want_something_there_is_nothing_to_look_at() -> None:
    keep_alive = KeepAlive(20, 0.0)
    watch = watch_after_a_look(keep_alive)
    assert watch.look_at == keep_alive.wake_at()
    assert watch.is_early(watch.look_at - 0.1)
    assert not watch.is_early(watch.look_at)


def test_what_moves_over_the_line_only_puts_the_look_off() -> None:
    keep_alive = KeepAlive(20, 0.0)
    watch = watch_after_a_look(keep_alive)
    first = watch.look_at
    keep_alive.received(10.0)
    keep_alive.sent(10.0)
    assert not watch.is_early(first)
    watch.has_looked(inside_packet=False)
    assert watch.look_at == first + 10.0


def test_another_interval_is_looked_at_at_once() -> None:
    keep_alive = KeepAlive(900, 0.0)
    watch = watch_after_a_look(keep_alive)
    keep_alive.interval = 4
    assert not watch.is_early(0.1)


def test_while_a_pingresp_is_missing_every_time_is_one_to_look() -> None:
    keep_alive = KeepAlive(20, 0.0)
    watch = watch_after_a_look(keep_alive)
    keep_alive.ping_sent(1.0)
    assert not watch.is_early(1.1)


def test_patience_ends_with_the_next_look_or_before() -> None:
    watch = watch_after_a_look(KeepAlive(20, 0.0))
    assert watch.patience(None, 1.0) == watch.look_at - 1.0
    assert watch.patience(0.5, 1.0) == 0.5
    assert watch.patience(None, 100.0) == 0.0


def test_without_a_keep_alive_patience_is_the_callers() -> None:
    watch = watch_after_a_look(KeepAlive(0, 0.0))
    assert watch.patience(None, 1.0) is None
    assert watch.patience(3.0, 1.0) == 3.0
