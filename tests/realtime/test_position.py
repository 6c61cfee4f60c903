"""The position in message sync: it never moves back, never passes what was not handled, and knows what was."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from instagrapi.realtime.position import SyncPosition, SyncProgress, added_key
from instagrapi.realtime.position import patch_key as key_of_target
from instagrapi.realtime.wire.paths import parse_path


def patch_key(seq_id: Any, index: int, path: Any = None, op: Any = None) -> str | None:
    return key_of_target(seq_id, index, parse_path(path) if isinstance(path, str) else None, op)


NOW = 1_700_000_000_000
ITEM = "/direct_v2/threads/340/items/31"
ONCE = "/direct_v2/visual_threads/340/items/31"
SEEN = "/direct_v2/threads/340/participants/17/has_seen"

numbers = st.integers(min_value=0, max_value=2**63 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def progress_at(seq_id: int, **options: int) -> SyncProgress:
    progress = SyncProgress(**options)
    progress.reset(SyncPosition(seq_id, NOW))
    return progress


def at(progress: SyncProgress) -> int:
    assert progress.position is not None
    return progress.position.seq_id


# --- a position ----------------------------------------------------------------------------------------------------


@given(numbers, numbers)
def test_a_position_is_written_as_two_numbers_and_read_back(seq_id: int, snapshot_at_ms: int) -> None:
    written = SyncPosition(seq_id, snapshot_at_ms).as_dict()
    assert written == {"seq_id": seq_id, "snapshot_at_ms": snapshot_at_ms}
    assert SyncPosition.from_mapping(json.loads(json.dumps(written))) == SyncPosition(seq_id, snapshot_at_ms)


@pytest.mark.parametrize("seq_id", [1234, "1234", 1234.0])
def test_numbers_may_have_been_written_by_others(seq_id: Any) -> None:
    read = SyncPosition.from_mapping({"seq_id": seq_id, "snapshot_at_ms": str(NOW), "recent": [], "else": object()})
    assert read == SyncPosition(1234, NOW)
    assert read is not None
    assert type(read.seq_id) is int


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -1,
        "-1",
        "",
        "x",
        "1.5",
        "١٢",
        "9" * 5000,
        1.5,
        float("nan"),
        float("inf"),
        2**63,
        str(2**63),
        [1],
        {},
    ],
)
def test_a_number_that_makes_no_sense_gives_no_position(value: Any) -> None:
    assert SyncPosition.from_mapping({"seq_id": value, "snapshot_at_ms": NOW}) is None
    assert SyncPosition.from_mapping({"seq_id": 1234, "snapshot_at_ms": value}) is None


@pytest.mark.parametrize("data", [None, {}, {"seq_id": 1}, {"snapshot_at_ms": NOW}, [], "text", 5])
def test_what_is_no_position_gives_none(data: object) -> None:
    assert SyncPosition.from_mapping(data) is None


# --- keys ----------------------------------------------------------------------------------------------------------


def test_an_added_item_is_known_by_its_id_wherever_it_stands() -> None:
    assert patch_key(7, 0, ITEM, "add") == patch_key(9, 3, ITEM, "add") == patch_key(None, 0, ITEM, "add")
    assert patch_key(7, 0, ITEM, "add") == added_key("31")


@pytest.mark.parametrize(
    ("path", "op"), [(ITEM, "replace"), (ITEM, "remove"), (ONCE, "add"), (SEEN, "add"), (None, None), (5, "add")]
)
def test_anything_else_is_known_by_its_place_in_the_queue(path: Any, op: Any) -> None:
    keys = {patch_key(seq_id, index, path, op) for seq_id in (7, 77) for index in (0, 1, 7)}
    assert len(keys) == 6
    assert None not in keys
    assert patch_key("7", 1, path, op) == patch_key(7, 1, path, op)


def test_what_has_neither_is_never_recognised() -> None:
    progress = SyncProgress()
    assert patch_key(None, 0, SEEN, "add") is None
    progress.handled(5, [None], NOW)
    assert not progress.is_repeated(None)


# --- moving --------------------------------------------------------------------------------------------------------


def test_there_is_no_position_before_anything_is_known() -> None:
    assert SyncProgress().position is None
    assert SyncProgress().snapshot() == {"recent": []}


def test_the_position_follows_what_was_handled_and_takes_its_time() -> None:
    progress = progress_at(1234)
    progress.handled(1236, ["a"], NOW + 5)
    assert progress.position == SyncPosition(1236, NOW + 5)
    progress.handled(1300, ["b"], NOW + 6)  # numbers leave gaps
    assert progress.position == SyncPosition(1300, NOW + 6)


@pytest.mark.parametrize("seq_id", [1234, 1233, 0, None, "x", -5, True, 1.5])
def test_nothing_else_moves_it(seq_id: Any) -> None:
    progress = progress_at(1234)
    progress.handled(seq_id, ["a"], NOW + 5)
    assert progress.position == SyncPosition(1234, NOW)
    assert progress.is_repeated("a"), "but its keys are remembered"


def test_it_waits_for_the_earlier_ones_that_were_announced() -> None:
    progress = progress_at(10)
    for seq_id in (11, 14, 15, 19):
        assert progress.received(seq_id)
    progress.handled(14, [], NOW + 1)
    progress.handled(19, [], NOW + 2)
    assert progress.position == SyncPosition(10, NOW)
    progress.handled(11, [], NOW + 3)
    assert progress.position == SyncPosition(14, NOW + 3)
    progress.handled(15, [], NOW + 4)
    assert progress.position == SyncPosition(19, NOW + 4)


def test_an_announcement_tells_what_is_still_being_handled() -> None:
    progress = progress_at(10)
    assert progress.received(11)
    assert not progress.received(11)
    progress.handled(11, [], NOW)
    assert progress.received(11), "a replay of what was handled is not being handled"
    assert progress.received(None)
    progress.handled(12, [], NOW)
    assert at(progress) == 12, "and holds nothing up"


def test_what_is_never_handled_is_waited_for_in_little_memory() -> None:
    progress = progress_at(0)
    progress.received(1)
    for seq_id in range(2, 5000):
        progress.received(seq_id)
        progress.handled(seq_id, [], NOW)
    assert len(progress._ahead) == 1
    progress.handled(1, [], NOW)
    assert at(progress) == 4999


# --- recognising ---------------------------------------------------------------------------------------------------


def test_what_was_handled_is_recognised() -> None:
    progress = SyncProgress()
    assert not progress.is_repeated("a")
    progress.received(7)
    assert not progress.is_repeated("a"), "not while its handlers run"
    progress.handled(7, ["a", "b"], NOW)
    assert progress.is_repeated("a")
    assert progress.is_repeated("b")


def test_parts_of_an_element_can_be_remembered_on_their_own() -> None:
    progress = progress_at(10)
    progress.handled(None, ["a"], NOW + 5)
    assert progress.is_repeated("a")
    assert progress.position == SyncPosition(10, NOW)


def test_the_oldest_is_forgotten_first_and_what_came_again_is_new() -> None:
    progress = SyncProgress(capacity=3)
    for key in "abcad":
        progress.handled(None, [key], NOW)
    assert [key for key in "abcd" if progress.is_repeated(key)] == ["a", "c", "d"]


def test_memory_is_bounded_by_default() -> None:
    progress = SyncProgress()
    progress.handled(5, map(str, range(10_000)), NOW)
    assert not progress.is_repeated("7999")
    assert progress.is_repeated("8000")
    assert progress.snapshot()["recent"] == [str(number) for number in range(9500, 10_000)]


# --- catching up ---------------------------------------------------------------------------------------------------


def test_live_begins_at_once_when_nothing_is_to_be_replayed() -> None:
    progress = progress_at(1234)
    assert not progress.catching_up
    progress.subscribed(1234, NOW + 100, 1234)
    assert not progress.catching_up
    assert not progress.caught_up(1235), "it did not begin just now"
    assert progress.position == SyncPosition(1234, NOW + 100), "and the position was up to date at that moment"


def test_a_server_whose_clock_is_behind_turns_no_time_back() -> None:
    progress = progress_at(1234)
    progress.subscribed(1234, NOW - 100, 1234)
    assert progress.position == SyncPosition(1234, NOW)


def test_live_begins_with_what_was_newest_when_subscribing() -> None:
    progress = progress_at(1234)
    progress.subscribed(1234, NOW + 100, 1240)
    assert progress.position == SyncPosition(1234, NOW), "the answer moves nothing: the replay is not handled yet"
    begun = []
    for seq_id in (1236, 1239, 1240, 1241):
        assert progress.catching_up is (seq_id <= 1240)
        progress.handled(seq_id, [], NOW)
        begun.append(progress.caught_up(seq_id))
    assert begun == [False, False, True, False]


def test_live_begins_with_a_later_one_when_the_newest_is_gone() -> None:
    progress = progress_at(1234)
    progress.subscribed(1234, NOW, 1240)
    progress.handled(1250, [], NOW)
    assert progress.caught_up(1250)


def test_live_does_not_begin_while_a_replayed_one_is_being_handled() -> None:
    progress = progress_at(10)
    progress.subscribed(10, NOW, 12)
    progress.received(11)
    progress.received(12)
    progress.handled(12, [], NOW)
    assert not progress.caught_up(12)
    progress.handled(11, [], NOW)
    assert progress.caught_up(11)


def test_each_subscription_begins_anew() -> None:
    progress = progress_at(10)
    progress.subscribed(10, NOW, 12)
    progress.subscribed(10, NOW, 14)
    progress.handled(12, [], NOW)
    assert not progress.caught_up(12)
    progress.subscribed(12, NOW, 12)
    assert not progress.catching_up


@pytest.mark.parametrize("latest", [None, "x", 9])
def test_an_answer_that_does_not_say_so_promises_no_replay(latest: Any) -> None:
    progress = progress_at(10)
    progress.subscribed(10, None, latest)
    assert not progress.catching_up
    assert progress.position == SyncPosition(10, NOW)


def test_a_first_subscription_is_a_position() -> None:
    progress = SyncProgress()
    progress.subscribed(1234, NOW, 1236)
    assert progress.position == SyncPosition(1234, NOW)
    assert progress.catching_up


@pytest.mark.parametrize(("seq_id", "subscribed_at_ms"), [(None, NOW), (1234, None)])
def test_half_an_answer_is_none(seq_id: Any, subscribed_at_ms: Any) -> None:
    progress = SyncProgress()
    progress.subscribed(seq_id, subscribed_at_ms, 1236)
    assert progress.position is None
    assert progress.catching_up
    progress.handled(1236, [], NOW)
    assert progress.caught_up(1236)
    assert progress.position == SyncPosition(1236, NOW)


# --- going elsewhere -----------------------------------------------------------------------------------------------


def test_a_resync_goes_anywhere_and_keeps_what_is_known_by_its_id() -> None:
    progress = progress_at(1234)
    progress.subscribed(1234, NOW, 1240)
    progress.received(1235)
    progress.handled(1236, [added_key("31"), "1236.0"], NOW)
    progress.reset(SyncPosition(5, NOW + 9))
    assert progress.position == SyncPosition(5, NOW + 9)
    assert progress.is_repeated(added_key("31")), "the inbox shows it again"
    assert not progress.is_repeated("1236.0"), "a new queue may come to this number"
    assert not progress.catching_up
    progress.handled(6, [], NOW)
    assert at(progress) == 6


def test_nothing_of_before_is_waited_for() -> None:
    progress = progress_at(10)
    progress.received(11)
    progress.received(13)
    progress.handled(12, [], NOW)
    progress.reset(SyncPosition(20, NOW))
    progress.handled(21, [], NOW)
    assert at(progress) == 21


def test_going_nowhere() -> None:
    progress = progress_at(5)
    progress.reset(None)
    assert progress.position is None


def test_the_state_is_the_position_and_the_latest_keys() -> None:
    progress = progress_at(1234, saved=2)
    progress.handled(1235, ["a", "b", "c"], NOW + 1)
    assert progress.snapshot() == {"seq_id": 1235, "snapshot_at_ms": NOW + 1, "recent": ["b", "c"]}


def test_a_saved_state_is_gone_on_from() -> None:
    progress = progress_at(1234)
    progress.handled(1235, ["a", "b"], NOW + 1)
    later = progress_at(7)
    later.handled(8, ["z"], NOW)
    later.restore(json.loads(json.dumps(progress.snapshot())))
    assert later.snapshot() == progress.snapshot()
    assert later.is_repeated("a")
    assert not later.is_repeated("z")


def test_a_state_may_hold_more_keys_than_are_remembered() -> None:
    progress = SyncProgress(capacity=2)
    progress.restore({"recent": ["a", "b", "c"]})
    assert progress.snapshot() == {"recent": ["b", "c"]}


def test_a_state_of_two_numbers_is_enough() -> None:
    progress = SyncProgress()
    progress.restore({"seq_id": 5, "snapshot_at_ms": NOW})
    assert progress.position == SyncPosition(5, NOW)


@given(st.one_of(json_values, st.fixed_dictionaries({"seq_id": json_values, "recent": json_values})))
def test_any_state_can_be_restored(state: object) -> None:
    progress = progress_at(5)
    progress.restore(state)
    progress.handled(6, ["a"], NOW)
    assert json.loads(json.dumps(progress.snapshot()))["recent"][-1] == "a"


@given(json_values, json_values, json_values)
def test_whatever_the_server_says_fails_nothing(one: Any, two: Any, three: Any) -> None:
    progress = progress_at(5)
    progress.subscribed(one, two, three)
    progress.received(one)
    progress.handled(one, [patch_key(one, 0, two, three), patch_key(one, 0, two, "add")], NOW)
    progress.caught_up(two)
    assert at(progress) >= 5


# --- threads -------------------------------------------------------------------------------------------------------


def test_threads_move_it_to_the_same_place() -> None:
    progress, count, threads = progress_at(0), 4000, 8
    for seq_id in range(1, count + 1):
        progress.received(seq_id)
    seen: list[int] = []

    def work(first: int) -> None:
        for seq_id in range(first, count + 1, threads):
            progress.handled(seq_id, [f"{seq_id}.0"], NOW)
            progress.snapshot()
            seen.append(at(progress))

    workers = [threading.Thread(target=work, args=(first + 1,)) for first in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
        assert not worker.is_alive()
    assert at(progress) == count
    assert max(seen) == count


# --- all of it together --------------------------------------------------------------------------------------------


class Bot(RuleBasedStateMachine):
    """A server that publishes, a client with a pool of workers, and everything that may happen to the two."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: list[tuple[int, list[str]]] = []  # what the server has: numbers and keys
        self.progress = progress_at(0)
        self.saved = self.progress.snapshot()
        self.next = 0  # what the server publishes next on this connection
        self.newest = 0  # what was the newest when subscribing
        self.running: dict[int, list[str]] = {}  # elements whose handlers run, with the keys that are new
        self.handled: set[int] = set()  # elements whose handlers have returned, ever
        self.known: set[str] = set()  # keys of what this run of the program must recognise
        self.furthest = 0

    @rule(gap=st.integers(1, 4), items=st.lists(st.booleans(), max_size=3))
    def publish(self, gap: int, items: list[bool]) -> None:
        seq_id = (self.queue[-1][0] if self.queue else 0) + gap
        paths = [f"/direct_v2/threads/1/items/{seq_id}{index}" if item else SEEN for index, item in enumerate(items)]
        self.queue.append((seq_id, [patch_key(seq_id, index, path, "add") or "" for index, path in enumerate(paths)]))

    @precondition(lambda self: self.next < len(self.queue))
    @rule()
    def receive(self) -> None:
        seq_id, keys = self.queue[self.next]
        self.next += 1
        if not self.progress.received(seq_id) and seq_id in self.running:
            return
        fresh = [key for key in keys if not self.progress.is_repeated(key)]
        assert not self.known.intersection(fresh), "handled twice"
        self.running[seq_id] = fresh

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        self._finish(data.draw(st.sampled_from(sorted(self.running))))

    def _finish(self, seq_id: int) -> None:
        self.running.pop(seq_id)
        self.handled.add(seq_id)
        keys = dict(self.queue)[seq_id]
        was_catching_up = self.progress.catching_up
        self.progress.handled(seq_id, keys, NOW)
        self.known.update(keys)
        if self.progress.caught_up(seq_id):
            assert was_catching_up
            assert all(number in self.handled for number, _ in self.queue if number <= self.newest)

    @rule()
    def save(self) -> None:
        self.saved = json.loads(json.dumps(self.progress.snapshot()))

    @rule(keep=st.booleans())
    def reconnect(self, keep: bool) -> None:
        """The pool may go on with what it has, or drop it."""
        if not keep:
            self.running.clear()
        self._subscribe()

    @rule()
    def kill(self) -> None:
        self.running.clear()
        self.progress = SyncProgress()
        self.progress.restore(self.saved)
        self.known = set(self.saved["recent"])
        self.furthest = at(self.progress)
        self._subscribe()

    def _subscribe(self) -> None:
        begin = at(self.progress)
        self.newest = self.queue[-1][0] if self.queue else begin
        self.next = sum(number <= begin for number, _ in self.queue)
        self.progress.subscribed(begin, NOW, self.newest)

    @invariant()
    def the_position_never_moves_back(self) -> None:
        assert at(self.progress) >= self.furthest
        self.furthest = at(self.progress)

    @invariant()
    def the_position_never_passes_what_was_not_handled(self) -> None:
        for position in (at(self.progress), self.saved["seq_id"]):
            assert all(number in self.handled for number, _ in self.queue if number <= position)

    def teardown(self) -> None:
        """A client that stays connected in the end has handled everything."""
        self._subscribe()
        while self.next < len(self.queue):
            self.receive()
        for seq_id in sorted(self.running, reverse=True):
            self._finish(seq_id)
        assert self.handled == {number for number, _ in self.queue}
        assert not self.progress.catching_up
        assert at(self.progress) == (self.queue[-1][0] if self.queue else 0)


Bot.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestBot = Bot.TestCase
