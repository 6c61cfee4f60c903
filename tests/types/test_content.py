from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import pytest

import instagrapi.types as types
from instagrapi.types import Content, ContentKind, Media, MediaKind, UserShort, content_of

END = datetime(2026, 9, 22, 14, 13, 20, tzinfo=UTC)
PHOTO = {"id": 2**60, "media_type": 1, "image_versions2": {"candidates": [{"url": "https://cdn.example/p.jpg"}]}}
VIDEO = {"id": "7", "media_type": 2, "video_versions": [{"url": "https://cdn.example/v.mp4"}]}
ALBUM = {"id": "8", "media_type": 8, "carousel_media": [PHOTO, VIDEO]}
AUDIO = {"id": "9_42", "media_type": 11, "audio": {"audio_src": "https://cdn.example/a.m4a", "duration": 1500}}
POST = {**PHOTO, "pk": 2650000000000000001, "id": "2650000000000000001_42", "user": {"pk": 42}}
USER = {"pk": 42, "username": "alice", "full_name": "Alice"}
CARD = {
    "title_text": "alice Sunny",
    "subtitle_text": None,
    "header_title_text": "alice",
    "caption_body_text": "body",
    "target_url": "https://www.instagram.com/p/CmAdEuPcOdE/?id=2650000000000000001_42&img_index=1",
    "preview_url": "https://cdn.example/x.jpg",
    "preview_width": 640,
    "preview_height": "480",
    "preview_url_mime_type": "image/jpeg",
    "preview_media_fbid": 17900000000000001,
    "header_icon_url": "",
}


def item(item_type: Any, **fields: Any) -> dict[str, Any]:
    return {"item_id": "31", "user_id": 42, "timestamp": 1790000000123456, "item_type": item_type, **fields}


def read(cls: type[Content], item_type: Any, **fields: Any) -> Any:
    content = content_of(item(item_type, **fields))
    assert type(content) is cls
    assert content.item_type == (item_type or "")
    return content


def test_text() -> None:
    content = read(types.Text, "text", text="hi\n")
    assert (content.kind, content.text, content.media) == ("text", "hi\n", None)


@pytest.mark.parametrize("odd", [None, "", "  ", 5, [], {}, ["hi"]])
def test_a_text_without_words(odd: Any) -> None:
    assert read(types.Text, "text", text=odd).text is None


@pytest.mark.parametrize(("sent", "text"), [("❤️", "❤️"), ("", "❤"), (None, "❤"), (1, "❤"), ({}, "❤")])
def test_like(sent: Any, text: str) -> None:
    assert read(types.Like, "like", like=sent).text == text


def test_link() -> None:
    context = {
        "link_url": "https://shop.example/x",
        "link_title": "Shop",
        "link_summary": "All you need",
        "link_image_url": "https://cdn.example/l.jpg",
    }
    content = read(types.Link, "link", link={"text": "look https://shop.example/x", "link_context": context})
    assert (content.text, content.url) == ("look https://shop.example/x", "https://shop.example/x")
    assert (content.title, content.summary, content.image_url) == ("Shop", "All you need", "https://cdn.example/l.jpg")
    assert (content.media.kind, content.media.url) == (MediaKind.PHOTO, "https://cdn.example/l.jpg")
    assert content.media.raw is context


@pytest.mark.parametrize("context", [None, [], "x", {}, {"link_url": None}, {"link_url": ["x"]}])
def test_a_link_of_which_nothing_is_known_yet(context: Any) -> None:
    content = read(types.Link, "link", link={"text": "see 88.88", "link_context": context})
    assert (content.text, content.url, content.media) == ("see 88.88", None, None)


@pytest.mark.parametrize(
    ("cls", "media"), [(types.Photo, PHOTO), (types.Video, VIDEO), (types.Album, ALBUM), (types.Voice, AUDIO)]
)
@pytest.mark.parametrize(
    "item_type", ["media", "configure_photo", "configure_video", "photo_attachment", None, "brand_new"]
)
def test_sent_media_are_told_by_what_they_are(cls: type[Content], media: dict[str, Any], item_type: Any) -> None:
    content = read(cls, item_type, media=media, text="")
    assert isinstance(content.media, Media)
    assert content.media.raw is media
    assert content.media.kind == {"voice": "audio"}.get(content.kind, content.kind)
    assert content.media.permalink is None, "what was never posted has no page"


def test_media_of_which_nothing_is_known_yet() -> None:
    assert read(types.MediaContent, "media", media={}).media is None
    assert read(types.MediaContent, "media", media={"id": 5}).media.id == "5"
    assert read(types.Photo, "configure_photo", media=None).media is None
    assert read(types.Video, "video_attachment").kind is ContentKind.VIDEO


def test_all_sent_media_are_one_family() -> None:
    for media in (PHOTO, VIDEO, ALBUM):
        assert isinstance(content_of(item("media", media=media)), types.MediaContent)


@pytest.mark.parametrize("item_type", ["voice_media", "share_voice", "voice_attachment", None])
def test_voice(item_type: str | None) -> None:
    payload = {"media": AUDIO, "view_mode": "permanent", "seen_user_ids": [7, "8", None], "seen_count": 2}
    content = read(types.Voice, item_type, voice_media=payload)
    assert (content.media.url, content.media.duration) == ("https://cdn.example/a.m4a", 1.5)
    assert content.seen_user_ids == ["7", "8"]


def test_a_payload_under_its_own_name_goes_first() -> None:
    content = read(types.Voice, "voice_attachment", voice_attachment={"media": AUDIO}, voice_media={"media": {"id": 1}})
    assert content.media.id == "9_42"


RAVEN = {
    "media": PHOTO,
    "view_mode": "replayable",
    "seen_count": "1",
    "seen_user_ids": [7],
    "replay_expiring_at_us": 1790086400000000,
    "url_expire_at_secs": 1790086400,
    "playback_duration_secs": 6,
    "expiring_media_action_summary": {"type": "raven_delivered", "timestamp": "1790086400000000", "count": 0},
}


@pytest.mark.parametrize(
    "fields",
    [
        {"visual_media": RAVEN},
        {"raven_media": RAVEN},
        {"raven_media": {"visual_media": RAVEN}},
        {"visual_media": {**RAVEN, "media": {"media": PHOTO}}},
        {"visual_media": [RAVEN]},
        {"raven_media": PHOTO, **{name: value for name, value in RAVEN.items() if name != "media"}},
    ],
    ids=["visual", "raven", "nested", "deeper", "list", "beside"],
)
@pytest.mark.parametrize("item_type", ["raven_media", "visual_media", None])
def test_view_once(item_type: str | None, fields: dict[str, Any]) -> None:
    content = read(types.ViewOnce, item_type, **fields)
    assert (content.media.url, content.media.expires_at) == ("https://cdn.example/p.jpg", END)
    assert (content.view_mode, content.seen_count, content.seen_user_ids) == ("replayable", 1, ["7"])
    assert (content.replay_expires_at, content.playback_duration) == (END, 6.0)
    assert (content.last_action, content.last_action_at) == ("raven_delivered", END)
    assert content.is_viewed
    assert not content.is_gone


def test_what_was_watched_is_gone() -> None:
    content = read(types.ViewOnce, "raven_media", visual_media={"media": {"media_type": 2}, "seen_count": None})
    assert (content.is_gone, content.is_viewed) == (True, True)
    assert (content.media.kind, content.media.url) == (MediaKind.VIDEO, None)


def test_what_has_no_link_yet_is_not_gone() -> None:
    for fields in ({"visual_media": {"media": {"id": "5", "media_type": 1}}}, {"view_mode": "once"}):
        content = read(types.ViewOnce, "raven_media", **fields)
        assert (content.is_gone, content.is_viewed) == (False, False)


def test_animation() -> None:
    version = {
        "height": "200",
        "width": "267",
        "url": "https://gif.example/a.gif",
        "mp4": "https://gif.example/a.mp4",
        "webp": "https://gif.example/a.webp",
    }
    images = {"preview": {"url": "https://gif.example/s.gif"}, "fixed_height": version}
    payload = {"id": "gifId", "is_sticker": 1, "images": images, "user": {"username": "maker"}}
    content = read(types.Animation, "animated_media", animated_media=payload)
    assert (content.id, content.is_sticker, content.width, content.height) == ("gifId", True, 267, 200)
    assert (content.url, content.mp4_url) == ("https://gif.example/a.gif", "https://gif.example/a.mp4")
    assert (content.webp_url, content.user.username) == ("https://gif.example/a.webp", "maker")
    assert (content.media.url, content.media.mime_type) == ("https://gif.example/a.gif", "image/gif")
    assert (content.media.kind, content.media.width, content.media.raw) == (MediaKind.PHOTO, 267, version)


@pytest.mark.parametrize(
    ("images", "kind", "mime_type"),
    [
        ({"original": {"mp4": "https://gif.example/a.mp4"}}, MediaKind.VIDEO, "video/mp4"),
        ([None, {"webp": "https://gif.example/a.webp"}], MediaKind.PHOTO, "image/webp"),
        ({"fixed_height": {"url": ""}, "small": {"url": "https://gif.example/a.gif"}}, MediaKind.PHOTO, "image/gif"),
    ],
)
def test_an_animation_in_fewer_forms(images: Any, kind: MediaKind, mime_type: str) -> None:
    media = read(types.Animation, "animated_media", animated_media={"images": images}).media
    assert (media.kind, media.mime_type) == (kind, mime_type)


@pytest.mark.parametrize("images", [None, [], {}, "x", {"fixed_height": None}, {"fixed_height": {"url": 5}}])
def test_an_animation_without_a_link(images: Any) -> None:
    content = read(types.Animation, "animated_media", animated_media={"images": images})
    assert (content.url, content.media, content.is_sticker) == (None, None, False)


@pytest.mark.parametrize("item_type", ["static_sticker", "selfie_sticker", "avatar_sticker"])
@pytest.mark.parametrize("payload", [{"image_url": "https://cdn.example/s.png"}, {"url": "https://cdn.example/s.png"}])
def test_sticker(item_type: str, payload: dict[str, Any]) -> None:
    content = read(types.Sticker, item_type, **{item_type: {"id": 5, **payload}})
    assert (content.kind, content.is_sticker, content.id) == ("sticker", True, "5")
    assert content.url == content.media.url == "https://cdn.example/s.png"


@pytest.mark.parametrize(
    ("item_type", "payload"),
    [("media_share", POST), ("felix_share", {"video": POST, "text": ""}), ("media_share", [POST])],
)
def test_post(item_type: str, payload: Any) -> None:
    content = read(types.Post, item_type, **{item_type: payload}, text="nice one")
    assert (content.text, content.media.raw) == ("nice one", POST)
    assert content.media.permalink == "https://www.instagram.com/p/CTGsPWuyQAB/"


@pytest.mark.parametrize("payload", [{"clip": {"clip": POST}}, {"clip": POST}])
def test_clip(payload: dict[str, Any]) -> None:
    content = read(types.Clip, "clip", **payload)
    assert (content.media.raw, content.text) == (POST, None)


def test_story_share() -> None:
    story = {**PHOTO, "expiring_at": 1790086400}
    content = read(types.StoryShare, "story_share", story_share={"media": story, "text": "see this"})
    assert (content.text, content.is_expired, content.media.url) == ("see this", False, "https://cdn.example/p.jpg")
    assert content.media.permalink is None


def test_an_expired_story_share() -> None:
    payload = {"text": "", "title": "Gone", "message": "No longer available", "reason": "3"}
    content = read(types.StoryShare, "story_share", story_share=payload)
    assert (content.is_expired, content.media, content.text) == (True, None, None)
    assert (content.title, content.message, content.reason) == ("Gone", "No longer available", 3)


def test_story_reply() -> None:
    payload = {"type": "reply", "text": "wow", "reel_owner_id": 42, "media": {**PHOTO, "expiring_at": 1790086400}}
    content = read(types.StoryReply, "reel_share", reel_share=payload)
    assert (content.text, content.owner_id, content.story_expires_at, content.gif) == ("wow", "42", END, None)
    assert content.media.url == "https://cdn.example/p.jpg"


def test_of_a_story_perhaps_only_the_owner_is_known() -> None:
    content = read(types.StoryReply, "reel_share", reel_share={"type": "reply", "media": {"user": USER}})
    assert (content.owner_id, content.media.user.username, content.media.url) == ("42", "alice", None)


@pytest.mark.parametrize("beside", [True, False])
def test_a_reply_may_be_a_gif(beside: bool) -> None:
    gif = {"animated_media": {"images": {"fixed_height": {"url": "https://gif.example/a.gif"}}}}
    payload = {"type": "reply_gif", "text": "", **({} if beside else gif)}
    content = read(types.StoryReply, "reel_share", reel_share=payload, **(gif if beside else {}))
    assert (content.gif.url, content.text) == ("https://gif.example/a.gif", None)


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "reaction", "text": "😍", "reaction_info": {"emoji": "😍", "intensity": None}},
        {"type": "reaction", "text": "😍", "reaction_info": None},
        {"reaction_info": {"emoji": "😍"}},
        {"type": "reaction", "text": "", "reaction_info": {"emoji": "😍"}},
    ],
)
def test_story_reaction(payload: dict[str, Any]) -> None:
    content = read(types.StoryReaction, "reel_share", reel_share={**payload, "reel_owner_id": "42"})
    assert (content.emoji, content.text, content.owner_id) == ("😍", "😍", "42")


def test_a_story_reaction_of_which_nothing_is_known() -> None:
    assert read(types.StoryReaction, "reel_react").emoji is None


def test_story_mention() -> None:
    payload = {"type": "mention", "text": "", "reel_owner_id": 42, "mentioned_user_id": 7, "media": PHOTO}
    content = read(types.StoryMention, "reel_share", reel_share=payload)
    assert (content.kind, content.mentioned_user_id, content.owner_id) == ("story_mention", "7", "42")


def test_all_about_stories_is_one_family() -> None:
    for kind in ("reply", "reaction", "mention", "new", None):
        assert isinstance(content_of(item("reel_share", reel_share={"type": kind})), types.StoryContent)


def test_profile() -> None:
    content = read(types.SharedProfile, "profile", profile=USER, preview_medias=[PHOTO, "odd", VIDEO], text="ask her")
    assert (content.user, content.user.full_name, content.text) == (UserShort(pk="42"), "Alice", "ask her")
    assert [media.kind for media in content.previews] == ["photo", "video"]
    assert content.media.url == "https://cdn.example/p.jpg"


def test_location() -> None:
    payload = {"pk": 213, "name": "Cafe", "address": "1 Main St", "city": "Town", "lat": 52.5, "lng": "13.25"}
    content = read(types.Location, "location", location=payload)
    assert (content.pk, content.name, content.address, content.city) == ("213", "Cafe", "1 Main St", "Town")
    assert (content.lat, content.lng) == (52.5, 13.25)


def test_hashtag() -> None:
    content = read(types.Hashtag, "hashtag", hashtag={"name": "tag", "media_count": "5", "media": [PHOTO]})
    assert (content.name, content.media_count, content.media.url) == ("tag", 5, "https://cdn.example/p.jpg")


PRODUCT = {
    "name": "Thing",
    "price": "$2",
    "current_price": "$1",
    "product_id": 2335000000000000,
    "description": "Good",
    "external_url": "https://shop.example/t",
    "merchant": USER,
    "main_image": {"image_versions2": PHOTO["image_versions2"]},
}


@pytest.mark.parametrize(
    "fields",
    [
        {"product_share": {"text": "buy", "product": PRODUCT}},
        {"product_share": [{"text": "buy", "product": [PRODUCT]}]},
        {"product_share": {**PRODUCT, "text": "buy"}},
        {"product": {**PRODUCT, "text": "buy"}},
    ],
)
def test_product(fields: dict[str, Any]) -> None:
    content = read(types.Product, "product_share", **fields)
    assert (content.text, content.id, content.name, content.price) == ("buy", "2335000000000000", "Thing", "$1")
    assert (content.description, content.url, content.merchant.pk) == ("Good", "https://shop.example/t", "42")
    assert content.media.url == "https://cdn.example/p.jpg"


def test_guide() -> None:
    payload = {"text": "read", "guide_summary": {"id": 5, "title": "Ten lakes", "cover_media": PHOTO}}
    content = read(types.Guide, "guide_share", guide_share=payload)
    assert (content.text, content.id, content.title) == ("read", "5", "Ten lakes")
    assert content.media.url == "https://cdn.example/p.jpg"


@pytest.mark.parametrize("item_type", ["live_video_share", "live_viewer_invite", "live_invite_guest"])
def test_live(item_type: str) -> None:
    broadcast = {"id": 17900000000000005, "broadcast_owner": USER, "cover_frame_url": "https://cdn.example/c.jpg"}
    payload = {"text": "", "broadcast": broadcast, "title": "Live", "message": "join"}
    content = read(types.Live, item_type, **{item_type: payload})
    assert (content.broadcast_id, content.owner.username) == ("17900000000000005", "alice")
    assert (content.title, content.message, content.text) == ("Live", "join", None)
    assert content.media.url == "https://cdn.example/c.jpg"


def test_placeholder() -> None:
    payload = {"title": "Update", "message": "Use the latest version", "reason": 11}
    content = read(types.Placeholder, "placeholder", placeholder=payload)
    assert (content.title, content.message, content.reason) == ("Update", "Use the latest version", 11)
    assert not content.is_expired
    assert read(types.Placeholder, "expired_placeholder").is_expired


@pytest.mark.parametrize(
    ("item_type", "log", "about_reaction"),
    [
        ("action_log", {"description": "alice named the group"}, False),
        ("action_log", {"description": "Liked", "is_reaction_log": True}, True),
        ("reaction_log", {"description": "Reacted"}, True),
        ("reaction", None, True),
        ("user_reaction", [], True),
    ],
)
def test_action_log(item_type: str, log: Any, about_reaction: bool) -> None:
    content = read(types.ActionLog, item_type, action_log=log, hide_in_thread=1)
    assert content.description == (log["description"] if log else None)
    assert (content.is_reaction_log, content.is_hidden, content.text) == (about_reaction, True, None)


def test_call() -> None:
    payload = {"action": "video_call_ended", "vc_id": 18000000000000009, "description": "Ended", "did_join": None}
    content = read(types.Call, "video_call_event", video_call_event=payload)
    assert (content.action, content.call_id) == ("video_call_ended", "18000000000000009")
    assert (content.description, content.did_join) == ("Ended", None)


def test_what_has_no_published_fields() -> None:
    assert read(types.PollVote, "poll_vote").kind == "poll_vote"
    assert read(types.Deletion, "deletion").kind == "deletion"


@pytest.mark.parametrize(
    ("item_type", "subject"),
    [
        ("xma_media_share", ContentKind.POST),
        ("xma_clip", ContentKind.CLIP),
        ("xma_reel_share", ContentKind.STORY_REPLY),
        ("xma_story_share", ContentKind.STORY_SHARE),
        ("xma_reel_mention", ContentKind.STORY_MENTION),
        ("xma_profile", ContentKind.PROFILE),
        ("xma_link", ContentKind.LINK),
        ("generic_xma", ContentKind.XMA),
        ("xma_brand_new", ContentKind.XMA),
    ],
)
@pytest.mark.parametrize("many", [True, False])
def test_xma(item_type: str, subject: ContentKind, many: bool) -> None:
    content = read(types.Xma, item_type, **{item_type: [CARD, None, {"title_text": "2"}] if many else CARD}, text="see")
    assert (content.subject, content.text, content.target_url) == (subject, "see", CARD["target_url"])
    assert content.media_id == "2650000000000000001_42"
    card = content.cards[0]
    assert (card.title, card.subtitle, card.header, card.body) == ("alice Sunny", None, "alice", "body")
    assert (card.preview_width, card.preview_height, card.preview_fbid) == (640, 480, "17900000000000001")
    assert (card.icon_url, card.code, card.raw) == (None, "CmAdEuPcOdE", CARD)
    assert (content.media.url, content.media.mime_type) == ("https://cdn.example/x.jpg", "image/jpeg")
    assert (content.media.width, content.media.height, content.media.raw) == (640, 480, CARD)
    assert content.media.permalink == "https://www.instagram.com/p/CmAdEuPcOdE/"
    assert [card.title for card in content.cards[1:]] == (["2"] if many else [])


def test_cards_are_found_without_an_item_type() -> None:
    content = content_of({"item_id": "1", "text": "see", "xma_clip": [CARD]})
    assert isinstance(content, types.Xma)
    assert (content.item_type, content.subject) == ("xma_clip", ContentKind.CLIP)


@pytest.mark.parametrize(
    ("target", "media_id", "code"),
    [
        ("https://www.instagram.com/reel/CmAdE/?id=2650000000000000001_42", "2650000000000000001_42", "CmAdE"),
        ("https://instagram.com/tv/CmAdE", None, "CmAdE"),
        ("https://www.instagram.com/stories/alice/2650000000000000002?reel_id=42", "2650000000000000002", None),
        ("instagram://media?id=2650000000000000001", "2650000000000000001", None),
        ("instagram://direct-notes?user_id=42", None, None),
        ("https://www.instagram.com/p/CmAdE/?id=abc", None, "CmAdE"),
        ("https://www.instagram.com/alice/?id=2650000000000000001", None, None),
        ("https://shop.example/p/CmAdE/?id=2650000000000000001", None, None),
        ("https://notinstagram.com/p/CmAdE/", None, None),
        ("http://[bad", None, None),
        ("https://www.instagram.com", None, None),
        (None, None, None),
    ],
)
def test_what_a_card_leads_to(target: str | None, media_id: str | None, code: str | None) -> None:
    card = read(types.Xma, "generic_xma", generic_xma={"target_url": target}).cards[0]
    assert (card.target_url, card.media_id, card.code, card.media) == (target, media_id, code, None)


def test_the_story_behind_a_card_has_no_permalink() -> None:
    card = {**CARD, "target_url": "https://www.instagram.com/stories/alice/2650000000000000002"}
    media = read(types.Xma, "xma_story_share", xma_story_share=card).media
    assert (media.id, media.permalink) == ("2650000000000000002", None)


def test_a_card_that_can_be_played() -> None:
    card = {**CARD, "preview_url": None, "preview_url_info": {"url": "https://cdn.example/i.jpg", "width": 3}}
    media = read(types.Xma, "xma_clip", xma_clip={**card, "playable_url": "https://cdn.example/v.mp4"}).media
    assert (media.kind, media.url) == (MediaKind.VIDEO, "https://cdn.example/v.mp4")
    assert media.preview_url == "https://cdn.example/i.jpg"


@pytest.mark.parametrize(
    "item_type", ["brand_new", "ar_effect", "test", "type_max", "deprecated_channel", "history_edit"]
)
def test_unknown_content_stays_usable(item_type: str) -> None:
    content = read(types.UnknownContent, item_type, text="words", **{item_type: {"inner": {"x": 1}, "media": PHOTO}})
    assert (content.kind, content.text, content.media.url) == ("unknown", "words", "https://cdn.example/p.jpg")
    assert content.raw[item_type]["inner"] == {"x": 1}


def test_words_alone_do_not_make_something_new_a_text() -> None:
    assert read(types.UnknownContent, "brand_new", text="words").text == "words"
    assert read(types.UnknownContent, "title", title="A new name").text == "A new name"


@pytest.mark.parametrize(
    ("fields", "cls"),
    [
        ({"text": "hi"}, types.Text),
        ({"like": "❤"}, types.Like),
        ({"link": {"text": "x"}}, types.Link),
        ({"voice_media": {"media": AUDIO}}, types.Voice),
        ({"media_share": POST, "text": "see"}, types.Post),
        ({"clip": {"clip": POST}}, types.Clip),
        ({"reel_share": {"type": "mention"}}, types.StoryMention),
        ({"action_log": {"description": "x"}}, types.ActionLog),
        ({"video_call_event": {"vc_id": 1}}, types.Call),
        ({"profile": USER}, types.SharedProfile),
        ({"profile": {}, "media": [], "text": "hi"}, types.Text),
        ({"media": "odd", "link": 5, "clip": None}, types.UnknownContent),
        ({}, types.UnknownContent),
    ],
)
@pytest.mark.parametrize("item_type", [None, "", 5, [], {}])
def test_without_an_item_type_the_payload_tells(fields: dict[str, Any], cls: type[Content], item_type: Any) -> None:
    assert type(content_of({"item_type": item_type, **fields})) is cls


@pytest.mark.parametrize("odd", [None, 5, "text", [], [{"item_type": "text"}], 1.5, True])
def test_what_is_no_item_is_unknown(odd: Any) -> None:
    content = content_of(odd)
    assert type(content) is types.UnknownContent
    assert (content.raw, content.text, content.item_type) == ({"value": odd}, None, "")


def test_content_can_be_matched() -> None:
    match content_of(item("media", media=PHOTO)):
        case types.Photo(media=Media(url=str(url))):
            assert url == "https://cdn.example/p.jpg"
        case _:
            pytest.fail("a photo was expected")


def test_content_can_be_made_by_hand() -> None:
    content = types.Photo(media=Media(kind=MediaKind.PHOTO, url="https://cdn.example/p.jpg"), text="look")
    assert content.media is not None
    assert (content.media.url, content.text) == ("https://cdn.example/p.jpg", "look")
    card = types.XmaCard(title="t", target_url="https://www.instagram.com/p/CmAdE/")
    assert types.Xma(cards=[card]).cards == [card]
    assert types.Link(url="https://shop.example", text="x").url == "https://shop.example"
    assert types.Live(broadcast_id="5").broadcast_id == "5"


def test_content_is_frozen_and_can_be_written_down() -> None:
    content = content_of(item("clip", clip={"clip": POST}))
    with pytest.raises(ValueError, match="frozen"):
        content.text = "x"
    dumped = content.model_dump(mode="json")
    assert (dumped["kind"], dumped["item_type"], dumped["media"]["kind"]) == ("clip", "clip", "photo")
    assert "raw" not in dumped


def test_every_kind_has_one_class() -> None:
    classes = [one for one in vars(types).values() if isinstance(one, type) and issubclass(one, Content)]
    named = [cls for cls in classes if cls not in (Content, types.StoryContent)]
    assert sorted(cls.kind for cls in named) == sorted(ContentKind)


def test_all_public_names_are_there() -> None:
    assert all(hasattr(types, name) for name in types.__all__)
    assert set(get_args(get_type_hints(Content)["media"])) == {Media, type(None)}


@pytest.mark.parametrize(
    "item",
    [
        {"item_type": "media", "media": {"image_versions2": {"candidates": [{"url": "https://cdn/secret"}]}}},
        {"item_type": "link", "link": {"link_context": {"link_url": "https://secret", "link_image_url": "https://x"}}},
        {"item_type": "xma_clip", "xma_clip": [{"target_url": "https://secret", "preview_url": "https://cdn/secret"}]},
        {"item_type": "animated_media", "animated_media": {"images": {"fixed_height": {"url": "https://secret"}}}},
        {"item_type": "profile", "profile": {"pk": 1, "profile_pic_url": "https://cdn/secret"}},
    ],
)
def test_no_link_is_shown_by_repr(item: dict[str, Any]) -> None:
    content = content_of(item)
    assert not isinstance(content, types.UnknownContent)
    assert "https" not in repr(content) + repr(content.media)
