"""Whatever the server sends, nothing raises and nothing of it is lost."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.types import Media, content_of, mentions_of, reactions_of

PHOTO = {
    "id": 2**60,
    "media_type": 1,
    "image_versions2": {"candidates": [{"url": "https://cdn.example/p.jpg?oe=6AB1E500", "width": 5, "height": 6}]},
    "user": {"pk": 42, "username": "alice"},
}
VIDEO = {"media_type": 2, "video_versions": [{"url": "https://cdn.example/v.mp4", "width": 5}], "video_duration": 1.5}
ALBUM = {"media_type": 8, "carousel_media": [PHOTO, VIDEO], "caption": {"text": "x"}, "pk": 5}
AUDIO = {"media_type": 11, "audio": {"audio_src": "https://cdn.example/a.m4a", "duration": 5, "waveform_data": [0, 1]}}
CARD = {"target_url": "https://www.instagram.com/p/CmAdE/?id=5", "preview_url": "https://cdn.example/x.jpg"}
PAYLOADS: dict[str, dict[str, Any]] = {
    "text": {"text": "hi"},
    "like": {"like": "❤"},
    "link": {"link": {"text": "x", "link_context": {"link_url": "u", "link_image_url": "https://cdn.example/l.jpg"}}},
    "media": {"media": ALBUM},
    "voice_media": {"voice_media": {"media": AUDIO, "seen_user_ids": [1]}},
    "raven_media": {
        "visual_media": {
            "media": VIDEO,
            "seen_user_ids": [1],
            "expiring_media_action_summary": {"type": "x", "timestamp": 5},
            "url_expire_at_secs": 1790086400,
        }
    },
    "animated_media": {"animated_media": {"images": {"fixed_height": {"url": "u", "mp4": "m", "width": "5"}}}},
    "avatar_sticker": {"avatar_sticker": {"url": "u"}},
    "media_share": {"media_share": ALBUM, "text": "x"},
    "felix_share": {"felix_share": {"video": VIDEO}},
    "clip": {"clip": {"clip": VIDEO}},
    "story_share": {"story_share": {"media": PHOTO, "title": "x", "reason": 3}},
    "reel_share": {
        "reel_share": {
            "type": "reply",
            "media": {**PHOTO, "expiring_at": 5},
            "reaction_info": {"emoji": ""},
            "animated_media": {"images": {"fixed_height": {"url": "u"}}},
        }
    },
    "reel_react": {"reel_react": {"text": "x", "media": {"user": {"pk": 5}}}},
    "profile": {"profile": {"pk": 5}, "preview_medias": [PHOTO]},
    "location": {"location": {"pk": 5, "lat": 1.5, "name": "x"}},
    "hashtag": {"hashtag": {"name": "x", "media_count": 5, "media": [PHOTO]}},
    "product_share": {"product_share": {"product": {"name": "x", "merchant": {"pk": 5}, "main_image": PHOTO}}},
    "guide_share": {"guide_share": {"guide_summary": {"title": "x", "cover_media": PHOTO}}},
    "live_video_share": {"live_video_share": {"broadcast": {"id": 5, "broadcast_owner": {"pk": 5}}}},
    "placeholder": {"placeholder": {"title": "x", "reason": 5}},
    "reaction_log": {"action_log": {"description": "x"}, "hide_in_thread": 1},
    "video_call_event": {"video_call_event": {"vc_id": 5, "did_join": True}},
    "xma_clip": {"xma_clip": [CARD, {**CARD, "preview_url_info": {"url": "u"}}]},
    "generic_xma": {"generic_xma": CARD},
    "brand_new": {"brand_new": {"media": PHOTO}},
}
EXTRAS = {
    "mentioned_entities": [{"fbid": 5, "offset": 1, "length": 2}],
    "text_entities": {"mentioned_user_ids": [5]},
    "reactions": {"likes": [{"sender_id": 5, "timestamp": 5}], "emojis": [{"sender_id": 5, "emoji": "😂"}]},
}
ITEMS = [{"item_type": item_type, **payload, **EXTRAS} for item_type, payload in PAYLOADS.items()]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("https://cdn.example/x?oe=6AB1E500"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from names(inner)


NAMES = sorted({name for item in ITEMS for name in names(item)})
known_objects = st.recursive(
    json_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every part of a value, as what it is in and its key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *places(value[key]))]


def other_form(value: Any) -> Any:
    """The same, in the form that another version of the server could have chosen."""
    match value:
        case bool() | None:
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return int(value) if value.isascii() and value.isdigit() and len(value) < 40 else 5
        case dict():
            return [value]
        case list():
            return value[0] if value else {}
    return value


@st.composite
def mutated_items(draw: st.DrawFn) -> Any:
    item = copy.deepcopy(draw(st.sampled_from(ITEMS)))
    for _ in range(draw(st.integers(1, 4))):
        inside, key = draw(st.sampled_from(places(item) or [({"": 0}, "")]))
        match draw(st.sampled_from(["drop", "null", "other", "junk", "nest"])):
            case "drop":
                del inside[key]
            case "null":
                inside[key] = None
            case "other":
                inside[key] = other_form(inside[key])
            case "junk":
                inside[key] = draw(json_values)
            case "nest":
                inside[key] = {str(key): inside[key]}
    return item


def check(item: Any) -> None:
    before = repr(item)
    content, media = content_of(item), Media.model_validate(item)
    expected = item if isinstance(item, dict) else {"value": item}
    for one in (content, media):
        assert one.raw is item or repr(one.raw) == repr(expected)
        assert repr(one)
        one.model_dump()
    assert content.text is None or content.text.strip()
    for mention in mentions_of(item):
        assert mention.raw or mention.user_id
    for reaction in reactions_of(item):
        assert reaction.emoji
    assert repr(item) == before, "the payload was changed"


@given(known_objects | st.dictionaries(st.sampled_from(NAMES), known_objects, max_size=6))
def test_any_json_is_read(item: Any) -> None:
    check(item)


@given(st.sampled_from(list(PAYLOADS)), st.sampled_from(NAMES), known_objects)
def test_any_payload_of_a_known_type_is_read(item_type: str, key: str, payload: Any) -> None:
    check({"item_type": item_type, item_type: payload, key: payload})


@given(mutated_items())
def test_known_items_may_change_their_form(item: Any) -> None:
    check(item)


@pytest.mark.parametrize("key", ["media", "clip", "visual_media", "carousel_media", "product", "replied_to_message"])
@pytest.mark.parametrize("item_type", ["media", "clip", "raven_media", "product_share", "brand_new", None])
def test_depth_does_no_harm(item_type: str | None, key: str) -> None:
    item: Any = {"media_type": 1}
    for _ in range(700):
        item = {key: [item] if key == "carousel_media" else item}
    item["item_type"] = item_type
    assert content_of(item).raw is item


@pytest.mark.parametrize("item", ITEMS, ids=list(PAYLOADS))
def test_numbers_and_text_of_any_length_do_no_harm(item: dict[str, Any]) -> None:
    for huge in (10**5000, -(10**5000), "9" * 5000, "x" * 100_000, float("inf"), "\ud800", "\x00"):
        for index in range(len(places(item))):
            odd = copy.deepcopy(item)
            inside, key = places(odd)[index]
            inside[key] = huge
            assert content_of(odd).raw is odd
            mentions_of(odd)
            reactions_of(odd)
