"""How fast commands may follow each other, and when none may be sent: the policy, without a client."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest

from instagrapi.exceptions import CommandNotSent, RealtimeConfigError, SendingPaused, SendingTooFast
from instagrapi.realtime.pace import CommandPace, Pacer, Pause

#: Two at once, then one every ten seconds; of signals three, then one a second.
PACE = CommandPace(
    items_at_once=2, items_per_minute=6, signals_at_once=3, signals_per_minute=60, jitter=0.0, max_wait=30.0
)
ITEM, SIGNAL = "send_item", "indicate_activity"


@pytest.fixture
def pacer() -> Pacer:
    return Pacer(PACE)


def reserve(pacer: Pacer, count: int, action: str = ITEM, now: float = 1000.0) -> list[float]:
    return [pacer.reserve(action, now) for _ in range(count)]


# --- places ----------------------------------------------------------------------------------------------------------


def test_some_go_at_once_and_the_others_one_after_the_other(pacer: Pacer) -> None:
    assert reserve(pacer, 5) == [0, 0, 10, 20, 30]


def test_who_would_wait_too_long_is_refused_and_takes_no_place(pacer: Pacer) -> None:
    reserve(pacer, 5)
    for _ in range(3):
        with pytest.raises(SendingTooFast, match="send_item would have to wait for 40 s.*not sent") as caught:
            pacer.reserve(ITEM, 1000.0)
        assert caught.value.retry_after == 10.0
        assert isinstance(caught.value, CommandNotSent)
        assert caught.value.retryable
    assert pacer.reserve(ITEM, 1010.0) == 30


def test_signals_have_places_of_their_own(pacer: Pacer) -> None:
    reserve(pacer, 4)
    assert reserve(pacer, 5, SIGNAL) == [0, 0, 0, 1, 2]
    assert pacer.reserve("mark_seen", 1000.0) == 3


def test_after_a_while_as_many_go_at_once_as_ever_and_not_more(pacer: Pacer) -> None:
    reserve(pacer, 4)
    assert reserve(pacer, 3, now=5000.0) == [0, 0, 10]


def test_in_the_long_run_no_more_go_than_the_policy_says() -> None:
    pacer, now, sent = Pacer(PACE), 1000.0, 0
    while now < 1000 + 3600:
        now += pacer.reserve(ITEM, now)
        sent += 1
    assert 360 <= sent <= 360 + 2


def test_jitter_makes_pauses_longer_by_up_to_its_part_and_never_shorter() -> None:
    pacer = Pacer(CommandPace(items_at_once=1, items_per_minute=6, jitter=0.5), random.Random(3).random)
    now, gaps = 1000.0, []
    pacer.reserve(ITEM, now)
    for _ in range(200):
        wait = pacer.reserve(ITEM, now)
        gaps.append(wait)
        now += wait
    assert all(10 <= gap < 15 for gap in gaps)
    assert len({round(gap, 3) for gap in gaps}) > 100
    assert 12 < sum(gaps) / len(gaps) < 13


def test_without_a_policy_everything_goes_at_once() -> None:
    assert reserve(Pacer(None), 1000) == [0.0] * 1000
    assert Pacer(None).take_if_due(ITEM, 0.0) == 0.0


def test_what_is_only_taken_when_due_takes_nothing_otherwise(pacer: Pacer) -> None:
    assert [pacer.take_if_due(ITEM, 1000.0) for _ in range(4)] == [0, 0, 10, 10]
    assert pacer.take_if_due(ITEM, 1010.0) == 0
    assert pacer.take_if_due(ITEM, 1010.0) == 10


def test_many_threads_get_places_one_after_the_other() -> None:
    pacer, waits = Pacer(CommandPace(items_per_minute=60, items_at_once=1, jitter=0, max_wait=1000)), list[float]()
    threads = [threading.Thread(target=lambda: waits.extend(reserve(pacer, 25))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [float(number) for number in range(200)]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"items_at_once": 0},
        {"items_per_minute": 0},
        {"signals_at_once": 0},
        {"signals_per_minute": -1},
        {"jitter": -0.1},
        {"max_wait": -1},
        {"stop_pause": -1},
        {"wait_pause": -1},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(nonsense: dict[str, Any]) -> None:
    with pytest.raises(RealtimeConfigError, match="pace"):
        CommandPace(**nonsense)


# --- pauses ----------------------------------------------------------------------------------------------------------

STOP = CommandPace().stop_pause
WAIT = CommandPace().wait_pause


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ({"status": "fail", "message": "feedback_required"}, STOP),
        ({"status": "fail", "payload": {"message": "feedback_required", "spam": True}}, STOP),
        ({"status": "fail", "spam": True}, STOP),
        ({"status": "fail", "payload": {"message": "This was marked as Spam"}}, STOP),
        ({"status": "fail", "message": "challenge_required"}, STOP),
        ({"status": "fail", "message": "checkpoint_required"}, STOP),
        ({"status": "fail", "message": "Please wait a few minutes before you try again."}, WAIT),
        ({"status": "fail", "error_type": "rate_limit_error"}, WAIT),
        ({"status": "fail", "exception": "RateLimit", "content": "Too many requests"}, WAIT),
        ({"status": "fail", "status_code": "429"}, WAIT),
        ({"status": "fail", "payload": {"status_code": 429}}, WAIT),
    ],
)
def test_the_service_asks_for_a_pause_in_these_words(answer: dict[str, Any], seconds: float) -> None:
    pause = Pause()
    assert pause.error(1000.0) is None
    assert pause.heed(answer, 1000.0)
    error = pause.error(1000.0 + 60)
    assert isinstance(error, SendingPaused)
    assert error.retry_after == seconds - 60
    assert pause.error(1000.0 + seconds) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "fail", "message": "gone", "status_code": "404"},
        {"status": "fail", "exception": "ThreadUserIdDoesNotExist"},
        {"status": "fail", "message": 5, "payload": None, "spam": "no"},
        {"status": "fail", "payload": {"text": "please wait, feedback_required"}},
        None,
        [],
        "feedback_required",
    ],
)
def test_any_other_refusal_is_none(answer: Any) -> None:
    assert not Pause().heed(answer, 0.0)


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    pause = Pause()
    pause.heed({"message": "feedback_required"}, 0.0)
    assert not pause.heed({"message": "please wait"}, 10.0)
    error = pause.error(WAIT + 100)
    assert error is not None
    assert "feedback_required" in str(error)


def test_how_long_the_pauses_are_can_be_said() -> None:
    pause = Pause(CommandPace(stop_pause=5.0, wait_pause=2.0))
    pause.heed({"message": "please wait"}, 0.0)
    assert pause.error(2.0) is None
    pause.heed({"message": "spam"}, 2.0)
    assert pause.error(6.9) is not None
    assert pause.error(7.0) is None
