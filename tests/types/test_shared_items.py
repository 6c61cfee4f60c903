"""Items that others have captured or written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import instagrapi.types as types
from instagrapi.types import Content, DirectMessage, Media, content_of, mentions_of, reactions_of
from tests.support import shared

FAMILIES: dict[str, type[Content]] = {
    "text": types.Text,
    "like": types.Like,
    "link": types.Link,
    "media": types.MediaContent,
    "configure_photo": types.MediaContent,
    "photo_attachment": types.MediaContent,
    "voice_media": types.Voice,
    "share_voice": types.Voice,
    "voice_attachment": types.Voice,
    "raven_media": types.ViewOnce,
    "animated_media": types.Animation,
    "media_share": types.Post,
    "clip": types.Clip,
    "story_share": types.StoryShare,
    "reel_share": types.StoryContent,
    "reel_react": types.StoryContent,
    "profile": types.SharedProfile,
    "hashtag": types.Hashtag,
    "product_share": types.Product,
    "live_viewer_invite": types.Live,
    "placeholder": types.Placeholder,
    "expired_placeholder": types.Placeholder,
    "action_log": types.ActionLog,
    "reaction_log": types.ActionLog,
    "user_reaction": types.ActionLog,
    "video_call_event": types.Call,
    "poll_vote": types.PollVote,
    "deletion": types.Deletion,
    "xma_media_share": types.Xma,
    "xma_story_share": types.Xma,
    "xma_clip": types.Xma,
    "generic_xma": types.Xma,
}
#: Of these no payload was ever published.
WITHOUT_CLASS = {"ar_effect", "deprecated_channel", "test"}
#: Content that is nothing without a medium, wherever the payload is whole.
WITH_MEDIA = (types.MediaContent, types.Voice, types.Animation, types.Post, types.Clip, types.Xma)


def items_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every item in a value, also in JSON within JSON."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, dict):
        if "item_type" in value:
            yield value
        for inner in value.values():
            yield from items_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from items_in(inner)


def shared_items() -> list[Any]:
    if not shared.SHARED.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason=shared.REASON), id="absent")]
    found = []
    for pattern, part in (("corpus*/[0-9]*.json", "payload"), ("http-samples/direct_*.json", "body")):
        for path in sorted(shared.SHARED.glob(pattern)):
            items = items_in(json.loads(path.read_text()).get(part))
            found += [pytest.param(item, id=f"{path.stem}-{number}") for number, item in enumerate(items)]
    return found


@pytest.mark.parametrize("item", shared_items())
def test_a_shared_item_is_of_its_family(item: dict[str, Any]) -> None:
    content = content_of(item)
    if item["item_type"] in WITHOUT_CLASS:
        assert type(content) is types.UnknownContent
    else:
        assert isinstance(content, FAMILIES[item["item_type"]])
    assert content.raw is item
    assert content.item_type == item["item_type"]
    if isinstance(content, types.Text):
        assert content.text == item["text"]
    if isinstance(content, WITH_MEDIA):
        assert content.media is not None
        assert content.media.url


@pytest.mark.parametrize("item", shared_items())
def test_what_is_attached_to_a_shared_item_is_read(item: dict[str, Any]) -> None:
    reactions = item.get("reactions", {})
    assert len(reactions_of(item)) == len(reactions.get("likes", ())) + len(reactions.get("emojis", ()))
    assert len(mentions_of(item)) == len(item.get("mentioned_entities", ()))
    message = DirectMessage.model_validate(item)
    assert message.content == content_of(item)
    assert (message.replied_to is None) == ("replied_to_message" not in item)


@pytest.mark.parametrize("item", shared_items())
def test_without_its_item_type_a_shared_item_is_told_by_its_payload(item: dict[str, Any]) -> None:
    content = content_of(item)
    rest = {name: value for name, value in item.items() if name != "item_type"}
    has_payload = any(item.get(key) for key in (*type(content).payload_keys, "text", content.item_type))
    if has_payload and not isinstance(content, types.UnknownContent):
        assert type(content_of(rest)) is type(content)


@pytest.mark.parametrize("item", shared_items())
def test_shared_media_are_the_largest_version(item: dict[str, Any]) -> None:
    media = content_of(item).media
    if media is None or "image_versions2" not in media.raw:
        return
    assert isinstance(media, Media)
    versions = media.raw.get("video_versions") or media.raw["image_versions2"]["candidates"]
    assert (media.width or 0) * (media.height or 0) == max(one["width"] * one["height"] for one in versions)
    assert media.url in [one["url"] for one in versions]
