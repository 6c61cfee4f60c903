from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from instagrapi.types import HEART, mentions_of, reactions_of

FIRST, SECOND = {"fbid": "17841400000000001", "offset": 0, "length": 6}, {"fbid": 17841400000000002, "offset": "9"}
WHEN = 1790000000123456


def told(item: Any) -> list[tuple[str, str | None, int | None, int | None]]:
    return [(one.user_id, one.fbid, one.offset, one.length) for one in mentions_of(item)]


def test_places_and_users_come_in_two_lists() -> None:
    item = {"mentioned_entities": [FIRST, SECOND], "text_entities": {"mentioned_user_ids": [41, "42"]}}
    assert told(item) == [("41", "17841400000000001", 0, 6), ("42", "17841400000000002", 9, None)]
    assert mentions_of(item)[0].raw == FIRST


def test_the_same_user_may_be_mentioned_twice() -> None:
    again = {**FIRST, "offset": 20}
    item = {"mentioned_entities": [FIRST, SECOND, again], "text_entities": {"mentioned_user_ids": [41, 42]}}
    assert [(user_id, offset) for user_id, _, offset, _ in told(item)] == [("41", 0), ("42", 9), ("41", 20)]


def test_lists_that_do_not_match_are_both_told() -> None:
    item = {"mentioned_entities": [FIRST], "text_entities": {"mentioned_user_ids": [41, 42]}}
    assert told(item) == [
        ("17841400000000001", "17841400000000001", 0, 6),
        ("41", None, None, None),
        ("42", None, None, None),
    ]


@pytest.mark.parametrize(
    ("item", "user_ids"),
    [
        ({"mentioned_entities": [{"user_id": 41, "offset": 0}], "text_entities": {"mentioned_user_ids": [41]}}, ["41"]),
        ({"mentioned_entities": {"fbid": 5}}, ["5"]),
        ({"text_entities": {"mentioned_user_ids": 41}}, ["41"]),
        ({"text_entities": [{"user_id": 41, "offset": 1, "length": 2}, {"other": 1}]}, ["41"]),
        ({"mentioned_user_ids": ["41", 41, None, True]}, ["41"]),
        ({"mentioned_entities": None, "text_entities": "x"}, []),
        ({"mentioned_entities": ["x", 5], "text_entities": {"mentioned_user_ids": {"a": 1}}}, []),
        ({}, []),
        (None, []),
        ([FIRST], []),
    ],
)
def test_odd_mentions(item: Any, user_ids: list[str]) -> None:
    assert [mention.user_id for mention in mentions_of(item)] == user_ids


def test_hearts_and_emojis() -> None:
    item = {
        "reactions": {
            "likes_count": 1,
            "likes": [{"sender_id": 41, "timestamp": WHEN, "client_context": "68"}],
            "emojis": [{"sender_id": "42", "timestamp": str(WHEN), "emoji": "😂", "super_react_type": "none"}],
        }
    }
    heart, laugh = reactions_of(item)
    assert (heart.user_id, heart.emoji, heart.client_context) == ("41", HEART, "68")
    assert (laugh.user_id, laugh.emoji, laugh.client_context) == ("42", "😂", None)
    assert heart.timestamp == laugh.timestamp == datetime(2026, 9, 21, 14, 13, 20, 123456, tzinfo=UTC)
    assert laugh.raw["super_react_type"] == "none"


@pytest.mark.parametrize("emoji", ["❤", "❤️", "", " ", None, 5, [], {}])
def test_the_plain_heart_has_one_form(emoji: Any) -> None:
    assert [one.emoji for one in reactions_of({"reactions": {"emojis": [{"sender_id": 1, "emoji": emoji}]}})] == ["❤"]


def test_other_emojis_stay_as_they_are() -> None:
    assert [one.emoji for one in reactions_of({"reactions": {"emojis": [{"emoji": "☀️"}, {"emoji": "💔"}]}})] == [
        "☀️",
        "💔",
    ]


def test_a_heart_that_is_told_twice_is_one() -> None:
    likes, emojis = [{"sender_id": 1}, {"sender_id": 2}], [{"sender_id": 1, "emoji": "❤️", "timestamp": WHEN}]
    found = reactions_of({"reactions": {"likes": likes, "emojis": emojis}})
    assert [(one.user_id, one.timestamp is None) for one in found] == [("1", False), ("2", True)]


@pytest.mark.parametrize("reactions", [None, [], "x", 5, {}, {"likes": None, "emojis": "x"}, {"likes": [None, 5, "x"]}])
def test_odd_reactions_are_none(reactions: Any) -> None:
    assert reactions_of({"reactions": reactions}) == []


@pytest.mark.parametrize("item", [None, 5, "x", []])
def test_what_is_no_item_has_no_reactions(item: Any) -> None:
    assert reactions_of(item) == []
