"""Jobs of one key run one after the other, those of others beside them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from instagrapi.realtime import lanes as module
from instagrapi.realtime.lanes import Countdown, Job, Lanes, Sharer
from instagrapi.realtime.network.deadline import Deadline
from tests.support.leaks import nothing_left_behind

PATIENCE = 20.0
SOON = 0.05


def never() -> bool:
    return False


class Stage:
    """Lanes, and what was run in them and dropped from them."""

    def __init__(self, count: int = 2, capacity: int = 100) -> None:
        self.lanes = Lanes(count, lambda: "lane", capacity)
        self.ran: list[str] = []
        self.dropped: list[str] = []
        self.gates: list[threading.Event] = []

    def put(self, key: str, name: str, run: Callable[[], object] = lambda: None, epoch: int | None = None) -> bool:
        def work() -> None:
            run()
            self.ran.append(name)

        job = Job(work, lambda: self.dropped.append(name))
        return self.lanes.put(key, job, self.lanes.epoch if epoch is None else epoch)

    def gate(self) -> threading.Event:
        """What a job can wait for; opened at the end of the test."""
        self.gates.append(threading.Event())
        return self.gates[-1]

    def block(self, key: str, name: str) -> threading.Event:
        """Puts a job that waits, and returns when it runs."""
        gate, runs = self.gate(), threading.Event()

        def wait() -> None:
            runs.set()
            gate.wait(PATIENCE)

        self.put(key, name, wait)
        assert runs.wait(PATIENCE)
        return gate

    def finish(self) -> None:
        assert self.lanes.wait(never, Deadline.after(PATIENCE))


@pytest.fixture
def stage() -> Iterator[Stage]:
    with nothing_left_behind():
        stage = Stage()
        yield stage
        for gate in stage.gates:
            gate.set()
        stage.finish()
        stage.lanes.clear()


# --- order -----------------------------------------------------------------------------------------------------------


def test_jobs_of_one_key_keep_their_order(stage: Stage) -> None:
    for number in range(50):
        stage.put("a", str(number))
    stage.finish()
    assert stage.ran == [str(number) for number in range(50)]


def test_jobs_of_two_keys_run_at_the_same_time(stage: Stage) -> None:
    meeting = threading.Barrier(2)
    for key in ("a", "b"):
        stage.put(key, key, lambda: meeting.wait(PATIENCE))
    stage.finish()
    assert sorted(stage.ran) == ["a", "b"]


def test_a_job_that_takes_long_keeps_back_its_own_key_only(stage: Stage) -> None:
    gate = stage.block("a", "a1")
    stage.put("a", "a2")
    for number in range(20):
        stage.put(f"b{number}", f"b{number}")
    assert stage.lanes.wait(lambda: len(stage.ran) == 20, Deadline.after(PATIENCE))
    assert stage.lanes.is_busy
    gate.set()
    stage.finish()
    assert stage.ran[-2:] == ["a1", "a2"]


def test_keys_take_turns() -> None:
    stage = Stage(count=1)
    gate = stage.block("z", "z")
    for name in ("a1", "a2", "a3", "b1", "b2"):
        stage.put(name[0], name)
    gate.set()
    stage.finish()
    stage.lanes.clear()
    assert stage.ran == ["z", "a1", "b1", "a2", "b2", "a3"]


def test_many_threads_put_and_nothing_is_lost_doubled_or_out_of_order() -> None:
    stage = Stage(count=4, capacity=10)
    got: dict[str, list[int]] = defaultdict(list)
    at_once: dict[str, int] = defaultdict(int)

    def put_all(key: str) -> None:
        for number in range(300):

            def work(number: int = number) -> None:
                at_once[key] += 1
                assert at_once[key] == 1
                got[key].append(number)
                at_once[key] -= 1

            assert stage.put(key, key, work)

    writers = [threading.Thread(target=put_all, args=(f"key {number}",)) for number in range(8)]
    with nothing_left_behind():
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        stage.finish()
        stage.lanes.clear()
    assert got == {f"key {number}": list(range(300)) for number in range(8)}
    assert len(stage.ran) == 8 * 300


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_who_puts_waits_while_there_is_no_room() -> None:
    stage = Stage(count=1, capacity=2)
    gate = stage.block("a", "a1")
    stage.put("a", "a2")
    stage.put("a", "a3")
    writer = threading.Thread(target=stage.put, args=("b", "b"))
    writer.start()
    writer.join(SOON)
    assert writer.is_alive()
    gate.set()
    writer.join(PATIENCE)
    stage.finish()
    stage.lanes.clear()
    assert sorted(stage.ran) == ["a1", "a2", "a3", "b"]


def test_clearing_wakes_who_waits_for_room() -> None:
    stage, results = Stage(count=1, capacity=1), list[bool]()
    gate = stage.block("a", "a1")
    stage.put("a", "a2")
    writer = threading.Thread(target=lambda: results.append(stage.put("b", "b")))
    writer.start()
    writer.join(SOON)
    stage.lanes.clear()
    writer.join(PATIENCE)
    assert results == [False]
    gate.set()
    stage.finish()
    assert (stage.ran, stage.dropped) == (["a1"], ["a2"])


def test_no_more_threads_than_asked_for_and_none_before_there_is_a_job() -> None:
    before = threading.active_count()
    stage = Stage(count=3)
    assert threading.active_count() == before
    gates = [stage.block(f"key {number}", "x") for number in range(3)]
    stage.put("key 4", "y")
    names = sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("lane-"))
    assert names == ["lane-1", "lane-2", "lane-3"]
    assert all(thread.daemon for thread in threading.enumerate() if thread.name in names)
    for gate in gates:
        gate.set()
    stage.finish()
    stage.lanes.clear()


# --- the end ---------------------------------------------------------------------------------------------------------


def test_clearing_drops_what_waits_and_lets_go_on_what_runs(stage: Stage) -> None:
    gates = [stage.block("a", "a1"), stage.block("b", "b1")]
    for name in ("a2", "a3", "c1"):
        stage.put(name[0], name)
    epoch = stage.lanes.epoch
    stage.lanes.clear()
    assert sorted(stage.dropped) == ["a2", "a3", "c1"]
    assert not stage.put("a", "late", epoch=epoch), "it belongs to what was cleared"
    assert stage.put("a", "a4")
    for gate in gates:
        gate.set()
    stage.finish()
    assert stage.ran[-1] == "a4" or sorted(stage.ran) == ["a1", "a4", "b1"]
    assert stage.ran.index("a1") < stage.ran.index("a4"), "also after clearing, one at a time"


def test_threads_without_a_job_end_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.01)
    stage = Stage()
    with nothing_left_behind():
        stage.put("a", "a")
        stage.finish()
    stage.put("a", "b")
    stage.finish()
    assert stage.ran == ["a", "b"]


def test_a_job_knows_that_it_is_one(stage: Stage) -> None:
    seen: list[bool] = []
    stage.put("a", "a", lambda: seen.append(stage.lanes.is_mine))
    stage.finish()
    assert seen == [True]
    assert not stage.lanes.is_mine


def test_waiting_ends_in_time_or_when_there_is_enough(stage: Stage) -> None:
    gate = stage.block("a", "a")
    assert not stage.lanes.wait(never, Deadline.after(SOON))
    assert stage.lanes.wait(lambda: True, Deadline.after(PATIENCE))
    gate.set()
    assert stage.lanes.wait(never, Deadline.after(PATIENCE))


# --- counting down ---------------------------------------------------------------------------------------------------


def test_the_last_part_calls_back_once() -> None:
    done: list[str] = []
    countdown = Countdown(lambda: done.append("done"))
    countdown.add()
    countdown.done()
    assert done == []
    countdown.done()
    assert done == ["done"]


# --- sharing out -----------------------------------------------------------------------------------------------------


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def sharer(stage: Stage, told: list[str]) -> Sharer:
    return Sharer(stage.lanes)


def test_a_publish_is_acknowledged_when_all_its_handlers_have_returned(
    stage: Stage, sharer: Sharer, told: list[str]
) -> None:
    gate, publish = stage.gate(), list[str]()
    sharer.begin_publish(stage.lanes.epoch)
    sharer.share_out(
        [("a", lambda: gate.wait(PATIENCE)), (None, lambda: told.append("here"))], lambda: told.append("1")
    )
    sharer.share_out([("b", lambda: told.append("b"))], lambda: told.append("2"))
    sharer.end_publish(lambda: publish.append("acknowledged"))
    stage.lanes.wait(lambda: "2" in told, Deadline.after(PATIENCE))
    assert told == ["here", "b", "2"]
    assert publish == []
    gate.set()
    stage.finish()
    assert told[3:] == ["1"]
    assert publish == ["acknowledged"]


def test_what_is_dropped_is_never_done(stage: Stage, sharer: Sharer, told: list[str]) -> None:
    gates = [stage.block("a", "a"), stage.block("b", "b")]
    sharer.begin_publish(stage.lanes.epoch)
    sharer.share_out([("a", lambda: None), ("c", lambda: None)], lambda: told.append("done"), lambda: told.append("x"))
    sharer.end_publish(lambda: told.append("acknowledged"))
    stage.lanes.clear()
    for gate in gates:
        gate.set()
    stage.finish()
    assert told == ["x", "x"]


def test_what_was_read_before_everything_was_cleared_is_dropped(stage: Stage, sharer: Sharer, told: list[str]) -> None:
    sharer.begin_publish(stage.lanes.epoch)
    stage.lanes.clear()
    sharer.share_out([("a", lambda: told.append("ran"))], lambda: told.append("done"), lambda: told.append("dropped"))
    sharer.end_publish(lambda: told.append("acknowledged"))
    stage.finish()
    assert told == ["dropped"]


def test_more_than_an_exception_is_left_to_the_reader_and_drops_the_rest(
    stage: Stage, sharer: Sharer, told: list[str]
) -> None:
    def leave() -> None:
        raise SystemExit(3)

    gate = stage.block("a", "a")
    sharer.share_out([("a", leave)], lambda: told.append("done"), lambda: told.append("left"))
    sharer.share_out([("a", lambda: told.append("ran"))], lambda: told.append("done"), lambda: told.append("dropped"))
    gate.set()
    stage.finish()
    assert told == ["left", "dropped"]
    with pytest.raises(SystemExit):
        sharer.left_to_reader.popleft()()
