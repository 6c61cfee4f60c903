from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import (
    ChallengeRequired,
    ClientError,
    ClientServerError,
    ClientThrottledError,
    ConnectFailed,
    ConnectionLost,
    ConnectRefused,
    LoginRequired,
    PleaseWaitFewMinutes,
    RateLimitError,
    RealtimeConfigError,
)
from instagrapi.realtime.recovery import HOUR, Backoff, HourlyLimit, ReconnectPolicy, asked_to_wait, is_retryable

EXACT = ReconnectPolicy(jitter=0.0)


def delays(policy: ReconnectPolicy, count: int, random: float = 0.0) -> list[float | None]:
    backoff = Backoff(policy, lambda: random)
    return [backoff.next_delay(0.0) for _ in range(count)]


def test_delays_double_up_to_two_minutes() -> None:
    assert delays(EXACT, 9) == [1, 2, 4, 8, 16, 32, 64, 120, 120]


def test_full_jitter_takes_any_part_of_a_delay_away() -> None:
    assert delays(ReconnectPolicy(), 3, random=0.0) == [1, 2, 4]
    assert delays(ReconnectPolicy(), 3, random=0.75) == [0.25, 0.5, 1.0]


def test_delays_begin_anew_only_after_a_stable_connection() -> None:
    backoff = Backoff(EXACT)
    assert [backoff.next_delay(0.0) for _ in range(3)] == [1, 2, 4]
    backoff.opened(10.0)
    assert backoff.next_delay(129.0) == 8, "119 seconds are not enough"
    backoff.opened(200.0)
    assert backoff.next_delay(320.0) == 1


def test_a_stable_time_counts_once() -> None:
    backoff = Backoff(EXACT)
    backoff.opened(0.0)
    assert [backoff.next_delay(500.0) for _ in range(3)] == [1, 2, 4]


def test_attempts_can_be_bounded() -> None:
    assert delays(ReconnectPolicy(jitter=0.0, max_attempts=2), 3) == [1, 2, None]


def test_no_delay_overflows() -> None:
    backoff = Backoff(ReconnectPolicy(jitter=0.0, factor=1000.0))
    assert [backoff.next_delay(0.0) for _ in range(5000)][-1] == 120


@pytest.mark.parametrize("limit", [PleaseWaitFewMinutes, RateLimitError, ClientThrottledError])
def test_a_limit_is_left_alone_for_minutes(limit: type[ClientError]) -> None:
    waits = [asked_to_wait(limit("slow down"), attempt) for attempt in (1, 2, 3, 4, 5, 6, 10**6)]
    assert waits == [300, 600, 1200, 2400, 3600, 3600, 3600]
    assert asked_to_wait(limit("slow down", retry_after=60), 3) == 60


def test_other_errors_ask_for_nothing_unless_they_say_so() -> None:
    assert [asked_to_wait(error, 9) for error in (ConnectionLost("x"), OSError())] == [0, 0]
    assert asked_to_wait(ClientServerError("x", retry_after=7.5), 1) == 7.5
    assert asked_to_wait(ClientServerError("x", retry_after=999_999_999), 1) == 24 * HOUR, "a day is long enough"


@pytest.mark.parametrize(
    "senseless",
    [
        {"first_delay": 0},
        {"factor": 0.5},
        {"max_delay": 0.5},
        {"jitter": 1.5},
        {"jitter": -0.1},
        {"stable_after": -1},
        {"max_attempts": 0},
        {"connects_per_hour": 0},
        {"inbox_requests_per_hour": 0},
    ],
)
def test_a_senseless_policy_is_refused(senseless: dict[str, Any]) -> None:
    with pytest.raises(RealtimeConfigError):
        ReconnectPolicy(**senseless)


@given(st.lists(st.floats(0, 600), max_size=200), st.integers(1, 10))
def test_never_more_than_so_many_within_any_hour(pauses: list[float], amount: int) -> None:
    limit, now, times = HourlyLimit(amount), 0.0, []
    for pause in pauses:
        now += pause
        now += limit.wait(now)
        assert limit.wait(now) < 1e-6
        limit.take(now)
        times.append(now)
    for index, at in enumerate(times):
        within = [other for other in times[index:] if other - at < HOUR - 1e-6]
        assert len(within) <= amount


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ConnectionLost("gone"), True),
        (ConnectFailed("no route"), True),
        (ConnectRefused("busy", return_code=3), True),
        (ConnectRefused("dead session", return_code=5), False),
        (LoginRequired("dead session"), False),
        (ChallengeRequired("a person has to act"), False),
        (OSError("reset"), True),
        (ValueError("a bug"), False),
    ],
)
def test_what_can_pass_by_itself_is_tried_again(error: Exception, again: bool) -> None:
    assert is_retryable(error) is again
