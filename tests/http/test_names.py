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
    "direct_send_photo": f"path {TO}",
    "direct_send_video": f"path {TO}",
    "direct_send_voice": f"path {TO} waveform",
    "direct_send_file": f"path {TO} content_type",
    "direct_threads": "amount selected_filter box thread_message_limit",
    "direct_threads_chunk": "selected_filter box thread_message_limit cursor",
    "direct_thread": "thread_id amount",
    "direct_messages": "thread_id amount",
    "direct_message": "thread_id message_id amount",
    "direct_media": "thread_id amount",
    "direct_thread_by_participants": "user_ids",
    "direct_search": "query mode",
    "direct_message_search": "query",
    "direct_users_presence": "user_ids",
    "direct_pending_inbox": "amount",
    "direct_pending_chunk": "cursor",
    "direct_pending_approve": "thread_id",
    "direct_pending_requests_preview": "pending_inbox_filters",
    "direct_spam_inbox": "amount",
    "direct_spam_chunk": "cursor",
    "login": "username password relogin verification_code",
    "login_by_sessionid": "sessionid",
    "user_info": "user_id",
    "user_info_by_username": "username",
    "user_id_from_username": "username",
    "search_users": "query",
    "set_proxy": "dsn",
    "set_device": "device",
    "set_uuids": "uuids",
    "set_locale": "locale",
    "set_country": "country",
    "set_country_code": "country_code",
    "set_timezone_offset": "seconds",
    "set_user_agent": "user_agent",
    "set_settings": "settings",
    "load_settings": "path override_app_version",
    "dump_settings": "path",
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
