from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.realtime.protocol.keepalive import MARGIN, KeepAlive, Verdict

FINE, SEND_PING, DEAD = Verdict.FINE, Verdict.SEND_PING, Verdict.DEAD


def test_an_idle_line_is_pinged_shortly_before_the_keep_alive_runs_out() -> None:
    keep_alive = KeepAlive(20, now=100)
    assert keep_alive.wake_at() == 119.5
    assert keep_alive.verdict(119.4) is FINE
    assert keep_alive.verdict(119.5) is SEND_PING


def test_an_answered_ping_starts_anew() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.ping_sent(19.5)
    keep_alive.sent(19.5)
    outstanding = [keep_alive.ping_outstanding]
    keep_alive.received(19.75)
    keep_alive.pong_received(19.75)
    outstanding.append(keep_alive.ping_outstanding)
    assert outstanding == [True, False]
    assert keep_alive.latency == 0.25
    assert keep_alive.verdict(38.9) is FINE
    assert keep_alive.verdict(39.0) is SEND_PING


def test_a_line_that_only_sends_is_pinged() -> None:
    keep_alive = KeepAlive(20, now=0)
    for second in range(1, 20):
        keep_alive.sent(second)
        assert keep_alive.verdict(second) is FINE
    assert keep_alive.verdict(19.5) is SEND_PING


def test_a_line_that_only_receives_is_pinged() -> None:
    keep_alive = KeepAlive(20, now=0)
    for second in range(1, 20):
        keep_alive.received(second)
        assert keep_alive.verdict(second) is FINE
    assert keep_alive.verdict(19.5) is SEND_PING


def test_a_line_that_is_busy_both_ways_needs_no_ping() -> None:
    keep_alive = KeepAlive(20, now=0)
    for second in range(1, 100):
        keep_alive.sent(second)
        keep_alive.received(second)
        assert keep_alive.verdict(second + 0.9) is FINE


@pytest.mark.parametrize("interval", [1, 20, 60, 900])
def test_a_lost_answer_is_noticed_within_one_and_a_half_keep_alives(interval: float) -> None:
    keep_alive = KeepAlive(interval, now=0)
    asked = keep_alive.wake_at()
    assert asked is not None
    keep_alive.ping_sent(asked)
    keep_alive.sent(asked)
    given_up = keep_alive.wake_at()
    assert given_up is not None
    assert given_up <= 1.5 * interval
    assert keep_alive.verdict(given_up - 0.001) is FINE
    assert keep_alive.verdict(given_up) is DEAD


def test_sending_does_not_hide_that_nothing_comes_back() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.ping_sent(19.5)
    for second in range(20, 29):
        keep_alive.sent(second)
    assert keep_alive.verdict(29.5) is DEAD


def test_a_packet_that_is_slowly_arriving_buys_time() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.ping_sent(19.5)
    keep_alive.received(29)
    assert keep_alive.verdict(29.5, inside_packet=True) is FINE
    assert keep_alive.wake_at(inside_packet=True) == 39
    assert keep_alive.verdict(39, inside_packet=True) is DEAD


def test_other_data_buys_time_up_to_one_keep_alive() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.ping_sent(19.5)
    keep_alive.received(28)
    assert keep_alive.verdict(37.9) is FINE
    keep_alive.received(37)
    assert keep_alive.wake_at() == 39.5
    assert keep_alive.verdict(39.5) is DEAD


def test_a_packet_that_stopped_arriving_before_the_ping_buys_none() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.received(3)
    keep_alive.ping_sent(19.5)
    assert keep_alive.verdict(29.5, inside_packet=True) is DEAD


def test_only_the_first_of_several_pings_counts() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.ping_sent(10)
    keep_alive.ping_sent(15)
    assert keep_alive.wake_at() == 20
    keep_alive.pong_received(16)
    assert keep_alive.latency == 6


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.pong_received(5)
    assert keep_alive.latency is None
    assert keep_alive.wake_at() == 19.5


@pytest.mark.parametrize("interval", [0, -1])
def test_no_interval_means_no_keep_alive(interval: float) -> None:
    keep_alive = KeepAlive(interval, now=0)
    assert keep_alive.wake_at() is None
    assert keep_alive.verdict(1e9) is FINE
    keep_alive.ping_sent(0)
    assert keep_alive.verdict(1e9, inside_packet=True) is FINE


def test_the_interval_may_change_under_way() -> None:
    keep_alive = KeepAlive(20, now=0)
    keep_alive.interval = 900
    assert keep_alive.wake_at() == 899.5
    keep_alive.interval = 4
    assert keep_alive.verdict(3.5) is SEND_PING


def test_the_margin_of_a_tiny_interval_is_half_of_it() -> None:
    assert KeepAlive(0.5, now=0).wake_at() == 0.25
    assert MARGIN == 0.5


@given(
    interval=st.floats(0.1, 1000),
    steps=st.lists(st.tuples(st.sampled_from(["sent", "received"]), st.floats(0, 100)), max_size=20),
    inside_packet=st.booleans(),
)
def test_the_verdict_turns_exactly_when_it_said_it_would(
    interval: float, steps: list[tuple[str, float]], inside_packet: bool
) -> None:
    keep_alive, now = KeepAlive(interval, now=0), 0.0
    for step, duration in steps:
        now += duration
        getattr(keep_alive, step)(now)
    for expected in (SEND_PING, DEAD):
        due = keep_alive.wake_at(inside_packet=inside_packet)
        assert due is not None
        assert keep_alive.verdict(due, inside_packet=inside_packet) is expected
        assert keep_alive.verdict(due - interval / 100, inside_packet=inside_packet) is FINE
        keep_alive.ping_sent(max(now, due))
