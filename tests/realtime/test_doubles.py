from __future__ import annotations

import sys
from typing import Any

from instagrapi.realtime.doubles import CAPACITY, WINDOW, DoublePublishes
from instagrapi.realtime.typed import Patch
from instagrapi.realtime.wire.decode import parse_value
from instagrapi.realtime.wire.paths import parse_path

T = "/direct_v2/threads/340"
TYPING = f"{T}/activity_indicator_id/6900"
MUTED = "/direct_v2/inbox/threads/340"


def patch(path: str, value: Any = "{}", op: str | None = "add", double: bool = True) -> Patch:
    raw = {"op": op, "path": path, "value": value} | ({"doublePublish": True} if double else {})
    return Patch(path, parse_path(path), op, parse_value(value), raw)


def test_the_same_patch_on_another_topic_is_a_copy() -> None:
    doubles = DoublePublishes()
    assert not doubles.is_copy("149", patch(TYPING), 0.0)
    assert doubles.is_copy("88", patch(TYPING), 0.5)
    assert not doubles.is_copy("88", patch(TYPING), 0.6), "each topic has one copy; this happened again"


def test_the_same_patch_on_the_same_topic_happened_twice() -> None:
    doubles = DoublePublishes()
    assert not doubles.is_copy("149", patch(TYPING), 0.0)
    assert not doubles.is_copy("149", patch(TYPING), 0.1)


def test_one_of_the_two_must_say_that_it_is_published_twice() -> None:
    for first, second, copy in ((True, False, True), (False, True, True), (False, False, False)):
        doubles = DoublePublishes()
        doubles.is_copy("146", patch(MUTED, double=first), 0.0)
        assert doubles.is_copy("88", patch(MUTED, double=second), 0.1) is copy


def test_typing_marks_are_told_apart_by_who_does_what_and_when() -> None:
    doubles = DoublePublishes()
    doubles.is_copy("149", patch(TYPING, '{"timestamp":"1","activity_status":1,"ttl":5}'), 0.0)
    assert doubles.is_copy("88", patch(TYPING, '{"activity_status":1,"timestamp":1}'), 0.1)
    assert not doubles.is_copy("88", patch(TYPING, '{"activity_status":0,"timestamp":1}'), 0.1)
    assert not doubles.is_copy("88", patch(f"{T}/activity_indicator_id/6901"), 0.1)


def test_a_change_that_comes_back_is_no_copy() -> None:
    doubles, removed = DoublePublishes(), patch(f"{T}/items/31/reactions/likes/9", None, "remove")
    assert not doubles.is_copy("88", removed, 0.0)
    assert doubles.is_copy("146", removed, 0.1)
    assert not doubles.is_copy("146", removed, 0.2), "there was a reaction again, and it was taken back again"


def test_a_time_may_be_anything() -> None:
    doubles, odd = DoublePublishes(), patch("/direct_v2/inbox/unseen_count", "1", "replace")
    odd.raw["ts"] = [{"odd": None}]  # type: ignore[index]
    assert not doubles.is_copy("88", odd, 0.0)
    assert doubles.is_copy("146", odd, 0.1)


def test_counts_of_different_times_are_no_copies() -> None:
    doubles = DoublePublishes()
    path = "/direct_v2/inbox/unseen_count"
    first, later = patch(path, "1", "replace"), patch(path, "1", "replace")
    later.raw["ts"] = "2"  # type: ignore[index]
    assert not doubles.is_copy("88", first, 0.0)
    assert not doubles.is_copy("146", later, 0.1)


def test_long_paths_and_values_are_not_kept() -> None:
    doubles = DoublePublishes()
    doubles.is_copy("146", patch(f"{T}/{'x' * 100_000}", '"' + "y" * 100_000 + '"'), 0.0)
    assert sum(sys.getsizeof(part) for part in vars(doubles).values()) < 10_000
    assert all(isinstance(key, int) for key in doubles._seen)


def test_an_item_is_told_apart_by_its_id_when_it_comes_and_by_all_of_it_when_it_changes() -> None:
    doubles = DoublePublishes()
    doubles.is_copy("146", patch(f"{T}/items/31", '{"a":1}', double=False), 0.0)
    assert doubles.is_copy("88", patch(f"{T}/items/31", '{"a": 1}'), 0.1)
    assert not doubles.is_copy("88", patch(f"{T}/items/32"), 0.1)
    doubles.is_copy("146", patch(f"{T}/items/31", '{"a":1,"b":2}', "replace"), 0.2)
    assert doubles.is_copy("88", patch(f"{T}/items/31", {"b": 2, "a": 1}, "replace"), 0.3)
    assert not doubles.is_copy("88", patch(f"{T}/items/31", '{"a":2}', "replace"), 0.3)


def test_after_some_seconds_it_is_news_again() -> None:
    doubles = DoublePublishes()
    doubles.is_copy("146", patch(MUTED), 0.0)
    assert not doubles.is_copy("88", patch(MUTED), WINDOW + 1)


def test_values_of_any_type_can_be_compared() -> None:
    for value in (None, 5, [1], {"a": {"b": 1}}, "text", '"text"'):
        doubles = DoublePublishes()
        doubles.is_copy("146", patch(MUTED, value), 0.0)
        assert doubles.is_copy("88", patch(MUTED, value), 0.1)
        assert not doubles.is_copy("88", patch(MUTED, "another"), 0.1)


def test_memory_is_bounded() -> None:
    doubles = DoublePublishes()
    doubles.is_copy("149", patch(TYPING), 0.0)
    for number in range(CAPACITY):
        doubles.is_copy("149", patch(f"{T}/activity_indicator_id/{number}"), 0.1)
    assert not doubles.is_copy("88", patch(TYPING), 0.2), "forgotten"
