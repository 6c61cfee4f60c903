"""What a push notification is about, by its collapse key (wire page, "Notifications"; reported by instagram_mqtt)."""

from __future__ import annotations

from enum import StrEnum


class PushCategory(StrEnum):
    """The families of notifications. Instagram adds collapse keys without notice; new ones are ``OTHER``."""

    DIRECT = "direct"
    #: Somebody who is no contact wrote; realtime does not tell of it.
    MESSAGE_REQUEST = "message_request"
    POSTS = "posts"
    STORIES = "stories"
    ACCOUNTS = "accounts"
    COMMENTS = "comments"
    LIKES = "likes"
    LIVE = "live"
    BUSINESS = "business"
    #: Nothing to show, such as the push that only tells whether the device can be reached.
    SILENT = "silent"
    OTHER = "other"


_KEYS = {
    PushCategory.DIRECT: "direct_v2_message",
    PushCategory.MESSAGE_REQUEST: "direct_v2_pending",
    PushCategory.POSTS: """
        post first_post resurrected_user_post recent_follow_post fb_first_post first_bestie_post
    """,
    PushCategory.STORIES: """
        first_reel_post resurrected_reel_post story_poll_vote story_poll_close story_producer_expire_media
        story_poll_result_share story_daily_digest
    """,
    PushCategory.ACCOUNTS: """
        new_follower private_user_follow_request follow_request_approved contactjoined contact_joined_email
        fb_friend_connected follower_follow follower_activity_reminders
    """,
    PushCategory.COMMENTS: """
        comment mentioned_comment comment_on_tag comment_subscribed comment_subscribed_on_like
        reply_to_comment_with_threading
    """,
    PushCategory.LIKES: "like like_on_tag comment_like",
    PushCategory.LIVE: "live_broadcast live_with_broadcast live_broadcast_revoke",
    PushCategory.BUSINESS: "aymt ad_preview branded_content_tagged business_profile",
    PushCategory.SILENT: "reachability_silent_push",
}
_CATEGORIES = {key: category for category, keys in _KEYS.items() for key in keys.split()}
#: Every collapse key that has a category of its own.
KNOWN_COLLAPSE_KEYS = frozenset(_CATEGORIES)


def push_category(collapse_key: str | None) -> PushCategory:
    """The family that a collapse key belongs to."""
    return _CATEGORIES.get(collapse_key or "", PushCategory.OTHER)
