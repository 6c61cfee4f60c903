"""What the private API answers, and what Direct messages hold, as objects.

Instagram adds, drops and retypes fields without notice, so these models take anything: a field that is missing or odd
has its default, an object that is none at all has only defaults, and nothing raises. ``raw`` is always what the server
sent, untouched. Ids are text; times are aware, in UTC, to the microsecond.

What a message holds is told by the class, or by ``kind``::

    match message.content:
        case Photo(media=media) | Video(media=media):
            ...
        case Link(url=url, text=text):
            ...

The docstrings say where a class or field is known from: *captured* from live traffic, *reported* by other
implementations, or *assumed*.
"""

from __future__ import annotations

from instagrapi.types.confirming import ChallengeState, ChallengeWants, TwoFactorInfo, TwoFactorWay
from instagrapi.types.content import Content, ContentKind
from instagrapi.types.direct import DirectMessage, DirectShortThread, DirectThread, LastSeen
from instagrapi.types.entities import ItemReaction, Mention, mentions_of, reactions_of
from instagrapi.types.families import content_of
from instagrapi.types.inbox import DirectInbox, FoundMessage, PendingPreview, Presence
from instagrapi.types.media import Media, MediaKind
from instagrapi.types.messages import (
    HEART,
    Album,
    Animation,
    Like,
    Link,
    MediaContent,
    Photo,
    Sticker,
    Text,
    Video,
    ViewOnce,
    Voice,
)
from instagrapi.types.moments import Timestamp, moment, moment_from_microseconds
from instagrapi.types.notices import ActionLog, Call, Deletion, Placeholder, PollVote, UnknownContent
from instagrapi.types.shares import Clip, Guide, Hashtag, Live, Location, Post, Product, SharedProfile
from instagrapi.types.stories import StoryContent, StoryMention, StoryReaction, StoryReply, StoryShare
from instagrapi.types.users import Account, Friendship, User, UserShort
from instagrapi.types.xma import Xma, XmaCard

__all__ = [
    "HEART",
    "Account",
    "ActionLog",
    "Album",
    "Animation",
    "Call",
    "ChallengeState",
    "ChallengeWants",
    "Clip",
    "Content",
    "ContentKind",
    "Deletion",
    "DirectInbox",
    "DirectMessage",
    "DirectShortThread",
    "DirectThread",
    "FoundMessage",
    "Friendship",
    "Guide",
    "Hashtag",
    "ItemReaction",
    "LastSeen",
    "Like",
    "Link",
    "Live",
    "Location",
    "Media",
    "MediaContent",
    "MediaKind",
    "Mention",
    "PendingPreview",
    "Photo",
    "Placeholder",
    "PollVote",
    "Post",
    "Presence",
    "Product",
    "SharedProfile",
    "Sticker",
    "StoryContent",
    "StoryMention",
    "StoryReaction",
    "StoryReply",
    "StoryShare",
    "Text",
    "Timestamp",
    "TwoFactorInfo",
    "TwoFactorWay",
    "UnknownContent",
    "User",
    "UserShort",
    "Video",
    "ViewOnce",
    "Voice",
    "Xma",
    "XmaCard",
    "content_of",
    "mentions_of",
    "moment",
    "moment_from_microseconds",
    "reactions_of",
]
