"""Programs written for instagrapi 3.x find the methods under the same names, with the same arguments in that order."""

from __future__ import annotations

import inspect

import pytest

from instagrapi import Client

TO = "user_ids thread_ids"
REACTION = "thread_id message_id emoji client_context action_source target_item_type"
ARGUMENTS = {
    "direct_send": f"text {TO} send_attribute reply_to_message",
    "direct_answer": "thread_id text",
    "direct_send_reaction": REACTION,
    "direct_delete_reaction": REACTION,
    "direct_message_like": "thread_id message_id client_context",
    "direct_message_unlike": "thread_id message_id client_context",
    "direct_media_share": f"media_id {TO} send_attribute media_type",
    "direct_story_share": f"story_id {TO}",
    "direct_profile_share": f"user_id {TO}",
    "direct_thread_create": "user_ids title",
    "direct_thread_update_title": "thread_id title",
    "direct_thread_add_users": "thread_id user_ids",
    "direct_thread_hide": "thread_id move_to_spam",
    "direct_thread_mute": "thread_id revert",
    "direct_thread_unmute": "thread_id",
    "direct_thread_mute_video_call": "thread_id revert",
    "direct_thread_unmute_video_call": "thread_id",
    "direct_thread_mark_unread": "thread_id",
    "direct_message_seen": "thread_id message_id",
    "direct_send_seen": "thread_id",
    "direct_message_delete": "thread_id message_id",
    "direct_message_unsend": "thread_id message_id",
}
DEFAULTS = {
    "direct_send": {"send_attribute": "message_button", "reply_to_message": None},
    "direct_send_reaction": {"emoji": "❤", "action_source": "double_tap", "target_item_type": None},
    "direct_media_share": {"send_attribute": "feed_timeline", "media_type": "photo"},
    "direct_thread_create": {"title": ""},
    "direct_thread_hide": {"move_to_spam": False},
    "direct_thread_mute": {"revert": False},
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(name: str) -> None:
    parameters = list(inspect.signature(getattr(Client, name)).parameters.values())[1:]
    positional = [parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    expected = ARGUMENTS[name].split()
    assert [parameter.name for parameter in positional][: len(expected)] == expected
    assert all(parameter.default is not parameter.empty for parameter in parameters[len(expected) :])
    defaults = {parameter.name: parameter.default for parameter in positional}
    assert DEFAULTS.get(name, {}).items() <= defaults.items()
