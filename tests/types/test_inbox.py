from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.types import DirectInbox, PendingPreview, Presence
from instagrapi.types.inbox import presence_map
from tests.support import answers

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_page_of_the_inbox() -> None:
    body = answers.inbox(answers.thread(1), answers.thread(2))
    inbox = DirectInbox.model_validate(body)
    assert [thread.id[-1] for thread in inbox.threads] == ["1", "2"]
    assert (inbox.seq_id, inbox.snapshot_at_ms, inbox.pending_requests_total) == (4711, 1790000000456, 1)
    assert (inbox.cursor, inbox.has_older, inbox.unseen_count) == (answers.cursor(2), True, 1)
    assert inbox.unseen_count_at == datetime(2026, 9, 21, 14, 13, 20, 123456, tzinfo=UTC)
    assert inbox.viewer is not None
    assert inbox.viewer.pk == str(answers.VIEWER)
    assert inbox.raw is body


@pytest.mark.parametrize(
    ("changes", "has_next"),
    [
        ({}, True),
        ({"has_older": None}, True),
        ({"has_older": False}, False),
        ({"threads": []}, False),
        ({"threads": None}, False),
        ({"oldest_cursor": None}, False),
    ],
)
def test_whether_there_is_another_page(changes: dict[str, Any], has_next: bool) -> None:
    inbox = DirectInbox.model_validate(answers.inbox(answers.thread(), **changes))
    assert inbox.next_cursor == (answers.cursor(1) if has_next else None)


def test_what_is_not_told_is_none() -> None:
    for body in ({}, {"inbox": None}, {"inbox": []}, "odd"):
        inbox = DirectInbox.model_validate(body)
        assert (inbox.threads, inbox.seq_id, inbox.viewer, inbox.next_cursor) == ([], None, None, None)
    assert PendingPreview.model_validate({"unread_pending_requests": "x"}).unread_pending_requests is None


def test_presence() -> None:
    presence = presence_map({"user_presence": {"5": {"is_active": True}, "6": None, "7": "odd"}})
    assert [(one.user_id, one.is_active) for one in presence.values()] == [("5", True), ("6", None), ("7", None)]
    assert Presence.model_validate({"last_activity_at_ms": 1790000000456}).last_activity_at == datetime(
        2026, 9, 21, 14, 13, 20, 456000, tzinfo=UTC
    )


@given(
    json_values | st.dictionaries(st.sampled_from([*DirectInbox.model_fields, "inbox", "oldest_cursor"]), json_values)
)
def test_nothing_raises(data: Any) -> None:
    assert isinstance(DirectInbox.model_validate(data), DirectInbox)
    assert isinstance(presence_map(data if isinstance(data, dict) else {"user_presence": data}), dict)
