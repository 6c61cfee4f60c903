from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.realtime.wire.paths import Path, Target, parse_path
from tests.support.shared import needs_shared, vector

T = "/direct_v2/threads/T"


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        (T, Path(Target.THREAD, "T", field="thread")),
        (f"{T}/items/I", Path(Target.ITEM, "T", "I")),
        (f"{T}/items/I/reactions/likes/7", Path(Target.REACTION, "T", "I", "7")),
        (f"{T}/items/I/reactions/like/7", Path(Target.REACTION, "T", "I", "7")),
        (f"{T}/items/I/reactions/emojis/7", Path(Target.REACTION, "T", "I", "7")),
        (f"{T}/participants/7/has_seen", Path(Target.SEEN, "T", user_id="7")),
        (f"{T}/activity_indicator_id/ctx", Path(Target.TYPING, "T", field="ctx")),
        (f"{T}/activity_indicator_id", Path(Target.TYPING, "T")),
        (f"{T}/admin_user_ids/7", Path(Target.THREAD, "T", user_id="7", field="admin_user_ids")),
        (f"{T}/thread_image", Path(Target.THREAD, "T", field="thread_image")),
        (f"{T}/policy_violation/reported_timestamp_ms", Path(Target.THREAD, "T", field="policy_violation")),
        (f"{T}/participants/7/something", Path(Target.THREAD, "T", user_id="7", field="participants")),
        ("/direct_v2/inbox/threads/T", Path(Target.THREAD, "T", field="thread")),
        ("/direct_v2/inbox/threads/T/input_mode", Path(Target.THREAD, "T", field="input_mode")),
        ("/direct_v2/inbox/threads/T/a/b", Path(Target.THREAD, "T", field="a")),
        ("/direct_v2/inbox/unseen_count", Path(Target.UNSEEN_COUNT, field="inbox")),
        ("/direct_v2/visual_inbox/unseen_count", Path(Target.UNSEEN_COUNT, field="visual_inbox")),
        ("/direct_v2/visual_threads/T/items/I", Path(Target.VISUAL_ITEM, "T", "I")),
        ("/broadcast/5/started", Path(Target.BROADCAST, item_id="5", field="started")),
    ],
)
def test_a_path_means(path: str, meaning: Path) -> None:
    assert parse_path(path) == meaning


@pytest.mark.parametrize(
    ("path", "thread_id"),
    [
        ("", None),
        ("/", None),
        ("no/leading/slash", None),
        ("direct_v2/threads/T/items/I", None),
        ("/direct_v2", None),
        ("/direct_v2/threads", None),
        ("/direct_v2/threads/", None),
        ("/direct_v2/threads//items/I", None),
        ("/direct_v2/inbox", None),
        ("/direct_v2/inbox/threads", None),
        ("/direct_v2/inbox/threads/", None),
        ("/direct_v2/inbox/has_seen", None),
        ("/direct_v2/visual_thread/create", None),
        ("/direct_v2/visual_action_badge/T", None),
        ("/direct_v2/visual_threads/T/items/", None),
        ("/direct_v2/unseen_count", None),
        ("/users/7/friendship_status/blocking", None),
        ("/users/7/status", None),
        ("/prefix/direct_v2/threads/T/items/I", None),
        (f"{T}/items", "T"),
        (f"{T}/items/", "T"),
        (f"{T}/items/I/", "T"),
        (f"{T}/items/I/reactions", "T"),
        (f"{T}/items/I/reactions/likes", "T"),
        (f"{T}/items/I/reactions/likes/", "T"),
        (f"{T}/items/I/reactions/shrugs/7", "T"),
        (f"{T}/items/I/policy_violation/visibility", "T"),
        (f"{T}/items/I/batched_reactions", "T"),
    ],
)
def test_any_other_path_means_nothing_in_particular(path: str, thread_id: str | None) -> None:
    assert parse_path(path) == Path(Target.OTHER, thread_id)


@given(st.lists(st.sampled_from(["direct_v2", "threads", "items", "inbox", "read", "seen", "", "7"]), max_size=8))
def test_any_path_has_a_meaning(segments: list[str]) -> None:
    meaning = parse_path("/" + "/".join(segments))
    assert isinstance(meaning.target, Target)
    assert "" not in (meaning.thread_id, meaning.item_id, meaning.user_id)
    if meaning.target is Target.SEEN:
        assert meaning.user_id


@needs_shared
def test_paths_are_taken_apart_as_by_mauigpapi() -> None:
    for path, theirs in vector("mauigpapi_path_parse")["parsed"].items():
        if isinstance(theirs, dict):  # otherwise it raises, where we do not
            meaning = parse_path(path)
            assert (meaning.thread_id, meaning.item_id) == (theirs["thread_id"], theirs.get("item_id"))
            users = [theirs[name] for name in ("reaction_user_id", "has_seen", "admin_user_id") if name in theirs]
            assert meaning.user_id == _text(next(iter(users), None))
            assert (meaning.target is Target.TYPING) == ("activity_indicator_id" in theirs)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
