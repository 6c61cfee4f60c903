"""Ready-made content of items as they arrive from people: photos, voice messages, shares, stories and the rest.

Each function gives what an item of its type carries, for :meth:`instagrapi.emulator.Actor.post`. Keys and types of
photos, videos, links, posts, products, view-once media and placeholders are captured; those of voice messages, GIFs,
clips, stories, hashtags, profiles, calls, action logs, live invitations and ``xma_*`` are reported; albums, places and
poll votes are assumed. URLs lead nowhere; :mod:`instagrapi.emulator.samples` has files that can be sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Json = dict[str, Any]

_IMAGES, _VIDEOS = "https://scontent.example.net/v/t51.2885-15", "https://video.example.net/o1/v"
_EXPIRES_AT = 1_900_000_000
_TAKEN_AT = 1_700_000_000
_PHOTO, _VIDEO, _ALBUM, _VOICE = 1, 2, 8, 11
_SOMEBODY: Json = {"pk": 10_000_000_001, "username": "somebody", "full_name": "Somebody"}


class Source(NamedTuple):
    """What there is to show: the id of a media, and the card of the user whose it is."""

    media_id: str = "3000000000000000001"
    owner: Json = _SOMEBODY

    @property
    def full_id(self) -> str:
        """The id of a post, which names its owner."""
        return f"{self.media_id}_{self.owner['pk']}"

    @property
    def code(self) -> str:
        """The post's short name in URLs, made up."""
        return f"C{int(self.media_id) % 16**10:010X}"


ANYTHING = Source()


# --- media ------------------------------------------------------------------------------------------------------------


def photo(source: Source = ANYTHING, *, width: int = 1080, height: int = 1080) -> Json:
    """A photo."""
    return {"media": {"id": int(source.media_id), **_image(source, width, height), "media_type": _PHOTO}}


def video(source: Source = ANYTHING, *, width: int = 720, height: int = 1280, seconds: float = 10.0) -> Json:
    """A video."""
    return {"media": {"id": source.media_id, **_film(source, width, height, seconds), "media_type": _VIDEO}}


def without_media(content: Json) -> Json:
    """A photo or video before it can be downloaded: without sizes and URLs (that both are missing is assumed)."""
    kept = ("id", "media_type", "original_width", "original_height", "video_duration")
    return {**content, "media": {key: value for key, value in content["media"].items() if key in kept}}


def voice(source: Source = ANYTHING, *, seconds: float = 3.2) -> Json:
    """A voice message; the duration goes out in milliseconds."""
    waveform = [round((step * 7 % 10) / 10, 1) for step in range(max(1, int(seconds * 10)))]
    audio = {
        "audio_src": _url(_VIDEOS, source.media_id, "m4a"),
        "duration": round(seconds * 1000),
        "waveform_data": waveform,
        "waveform_sampling_frequency_hz": 10,
        "audio_src_expiration_timestamp_us": _EXPIRES_AT * 1_000_000,
    }
    media = {"id": source.full_id, "media_type": _VOICE, "product_type": "direct_audio", "audio": audio}
    return {"voice_media": {"media": {**media, "user": source.owner}, **_unseen("permanent")}}


def gif(source: Source = ANYTHING, *, is_sticker: bool = False) -> Json:
    """A GIF, or a sticker; sizes are text."""
    url = f"https://media.example.net/media/{source.media_id}"
    fixed_height = {
        "height": "200",
        "width": "267",
        "url": f"{url}/200.gif",
        "mp4": f"{url}/200.mp4",
        "webp": f"{url}/200.webp",
        "size": "2000",
        "mp4_size": "1000",
        "webp_size": "900",
    }
    user = {"is_verified": False, "username": source.owner["username"]}
    animated = {"id": f"gif{source.media_id}", "images": {"fixed_height": fixed_height}, "user": user}
    return {"animated_media": {**animated, "is_random": False, "is_sticker": is_sticker}}


def raven(source: Source = ANYTHING, *, view_mode: str = "once") -> Json:
    """A photo that may be viewed ``once``, or is ``replayable``."""
    media = {"id": source.media_id, **_image(source, 1080, 1920), "media_type": _PHOTO, "user": source.owner}
    limits = {"url_expire_at_secs": _EXPIRES_AT, "playback_duration_secs": 5}
    return {"visual_media": {"media": media, **_unseen(view_mode), **limits}}


# --- shares -----------------------------------------------------------------------------------------------------------


def link(text: str = "see https://example.org/", url: str = "https://example.org/") -> Json:
    """A text with the preview of a link."""
    context = {
        "link_url": url,
        "link_title": "An example",
        "link_summary": "What the page is about",
        "link_image_url": f"{_IMAGES}/preview.jpg",
    }
    return {"link": {"text": text, "link_context": context}}


def without_preview(content: Json) -> Json:
    """A link before its preview is known; its fields are empty (captured)."""
    shared = content["link"]
    context = {key: value if key == "link_url" else "" for key, value in shared["link_context"].items()}
    return {**content, "link": {**shared, "link_context": context}}


def media_share(source: Source = ANYTHING, *, caption: str = "A caption") -> Json:
    """A photo post that is shared."""
    return {"media_share": {**_post(source, caption), **_image(source, 1080, 1350), "media_type": _PHOTO}}


def album(source: Source = ANYTHING, *, count: int = 3, caption: str = "A caption") -> Json:
    """A shared post of several photos (what is inside is assumed to look like single photos)."""
    pages = [source._replace(media_id=f"{source.media_id}{number:02}") for number in range(count)]
    photos = [{"id": page.full_id, **_image(page, 1080, 1080), "media_type": _PHOTO} for page in pages]
    shared = {**_post(source, caption), "media_type": _ALBUM, "carousel_media_count": count, "carousel_media": photos}
    return {"media_share": shared}


def clip(source: Source = ANYTHING, *, caption: str = "A caption") -> Json:
    """A reel that is shared."""
    film = {**_film(source, 720, 1280, 15.0), "media_type": _VIDEO, "product_type": "clips"}
    return {"clip": {"clip": {**_post(source, caption), **film}}}


def felix_share(source: Source = ANYTHING) -> Json:
    """A long video that is shared."""
    return {"felix_share": {"video": {**_post(source, ""), **_film(source, 1280, 720, 90.0), "media_type": _VIDEO}}}


def story_share(source: Source = ANYTHING, *, text: str = "") -> Json:
    """A story that is shared."""
    return {"story_share": {"text": text, "media": _story(source), "reel_type": "user_reel", "is_linked": True}}


def story_gone(message: str = "This story is no longer available.") -> Json:
    """The same after the story has expired, for ``story_share``."""
    return {"story_share": {"text": "", "title": "", "message": message, "reason": 3, "is_linked": False}}


def story_reply(source: Source = ANYTHING, *, text: str = "nice story") -> Json:
    """A reply to a story, for ``reel_share``; the source is the story."""
    return _reel_share(source, "reply", text)


def story_reaction(source: Source = ANYTHING, *, emoji: str = "😍") -> Json:
    """A reaction to a story, for ``reel_share``."""
    return _reel_share(source, "reaction", emoji, reaction_info={"emoji": emoji, "intensity": None})


def story_mention(source: Source = ANYTHING, *, mentioned_user_id: int | None = None) -> Json:
    """A mention in a story, for ``reel_share``; the source is the story."""
    return _reel_share(source, "mention", "", mentioned_user_id=mentioned_user_id)


def product(source: Source = ANYTHING, *, name: str = "A thing", price: str = "$1.00") -> Json:
    """A product that is shared."""
    shown = {
        "product_id": int(source.media_id),
        "name": name,
        "price": price,
        "current_price": price,
        "full_price": price,
        "merchant": source.owner,
        "main_image": {"image_versions2": _image(source, 403, 403)["image_versions2"]},
    }
    return {"product_share": {"text": "", "product": shown}}


def xma(source: Source = ANYTHING, *, target_url: str, title: str | None = None) -> Json:
    """One entry of the lists that ``xma_*`` items carry."""
    preview = _url(_IMAGES, source.media_id, "jpg")
    return {
        "xma_layout_type": 0,
        "preview_url": preview,
        "preview_url_mime_type": "image/jpeg",
        "preview_width": 640,
        "preview_height": 640,
        "preview_media_fbid": source.media_id,
        "header_icon_url": f"{_IMAGES}/icon.jpg",
        "header_title_text": source.owner["username"],
        "title_text": title,
        "subtitle_text": None,
        "caption_body_text": None,
        "target_url": target_url,
    }


# --- people, places, events -------------------------------------------------------------------------------------------


def profile(source: Source = ANYTHING) -> Json:
    """Somebody's profile."""
    return {"profile": source.owner}


def location(name: str = "A place", *, lat: float = 48.0, lng: float = 11.0) -> Json:
    """A place."""
    return {"location": {"pk": "213385402", "name": name, "lat": lat, "lng": lng}}


def hashtag(name: str = "tag") -> Json:
    """A hashtag, named without ``#``."""
    return {"hashtag": {"name": name, "media_count": 5, "media": []}}


def placeholder(message: str = "Use the latest version of the app to see this message.") -> Json:
    """What stands for a message that the app is too old for."""
    return {"placeholder": {"is_linked": False, "title": "Use Latest App", "message": message, "reason": 11}}


def action_log(description: str = "Liked a message", *, is_reaction_log: bool = False) -> Json:
    """What a thread tells about itself, such as that it was renamed."""
    log = {"description": description, "bold": [], "text_attributes": [], "is_reaction_log": is_reaction_log}
    return {"action_log": log, "hide_in_thread": 0}


def video_call_event(action: str = "video_call_ended", *, description: str = "Video chat ended") -> Json:
    """Something about a video call, in the thread where it takes place."""
    event = {"action": action, "vc_id": 18000000000000009, "encoded_server_data_info": "", "did_join": None}
    return {"video_call_event": {**event, "description": description, "text_attributes": []}}


def live_invite(source: Source = ANYTHING, *, field: str = "live_viewer_invite") -> Json:
    """An invitation to a live broadcast, to watch it or, as ``live_invite_guest``, to take part."""
    broadcast = {"id": source.media_id, "broadcast_owner": source.owner}
    return {field: {"text": "", "broadcast": broadcast, "title": "Live", "message": "join"}}


def poll_vote(vote: int = 1, *, poll: str = "Yes or no?") -> Json:
    """A vote in somebody's poll."""
    return {"poll_vote": {"vote": vote, "poll": poll}}


# --- by type ----------------------------------------------------------------------------------------------------------

#: Where the entries of ``xma_*`` items lead.
_XMA_TARGETS = {
    "xma_media_share": "https://www.instagram.com/p/{source.code}/?id={source.full_id}",
    "xma_clip": "https://www.instagram.com/reel/{source.code}/?id={source.full_id}",
    "xma_reel_share": "https://www.instagram.com/stories/{name}/{source.media_id}?reel_id={pk}",
    "xma_story_share": "https://www.instagram.com/stories/{name}/{source.media_id}?reel_id={pk}",
    "xma_reel_mention": "https://www.instagram.com/stories/{name}/{source.media_id}?reel_id={pk}",
    "xma_profile": "https://www.instagram.com/{name}/",
    "xma_link": "https://example.org/",
    "generic_xma": "instagram://direct-notes?user_id={pk}&is_self_note=0",
}
_BUILDERS: dict[str, Callable[[Source], Json]] = {
    "text": lambda source: {"text": "hello"},
    "like": lambda source: {"like": "❤️"},
    "link": lambda source: link(),
    "media": photo,
    "photo_attachment": photo,
    "configure_photo": photo,
    "video_attachment": video,
    "configure_video": video,
    "voice_media": voice,
    "voice_attachment": voice,
    "share_voice": voice,
    "animated_media": gif,
    "raven_media": raven,
    "media_share": media_share,
    "clip": clip,
    "felix_share": felix_share,
    "story_share": story_share,
    "reel_share": story_mention,
    "product_share": product,
    "profile": profile,
    "location": lambda source: location(),
    "hashtag": lambda source: hashtag(),
    "placeholder": lambda source: placeholder(),
    "action_log": lambda source: action_log(),
    "reaction_log": lambda source: action_log("Reacted ❤️ to your message", is_reaction_log=True),
    "video_call_event": lambda source: video_call_event(),
    "live_viewer_invite": live_invite,
    "live_invite_guest": lambda source: live_invite(source, field="live_invite_guest"),
    "poll_vote": lambda source: poll_vote(),
}


def ready_made(item_type: str, source: Source) -> Json:
    """What an item of that type carries when nothing else is said; nothing for types that carry nothing known."""
    if target := _XMA_TARGETS.get(item_type):
        url = target.format(source=source, name=source.owner["username"], pk=source.owner["pk"])
        return {item_type: [xma(source, target_url=url)]}
    builder = _BUILDERS.get(item_type)
    return builder(source) if builder else {}


# --- parts ------------------------------------------------------------------------------------------------------------


def _url(root: str, name: str, extension: str) -> str:
    """An address that names the second at which it expires, in hexadecimal (form captured)."""
    return f"{root}/{name}_n.{extension}?_nc_ht=example.net&oe={_EXPIRES_AT:X}"


def _image(source: Source, width: int, height: int) -> Json:
    candidates = [
        {
            "width": width // share,
            "height": height // share,
            "url": _url(_IMAGES, f"{source.media_id}_{width // share}x{height // share}", "jpg"),
            "scans_profile": "e35",
            "url_expiration_timestamp_us": _EXPIRES_AT * 1_000_000,
        }
        for share in (1, 3)
    ]
    return {"image_versions2": {"candidates": candidates}, "original_width": width, "original_height": height}


def _film(source: Source, width: int, height: int, seconds: float) -> Json:
    versions = [
        {
            "type": kind,
            "id": source.media_id,
            "width": width // share,
            "height": height // share,
            "url": _url(_VIDEOS, f"{source.media_id}_{width // share}x{height // share}", "mp4"),
            "url_expiration_timestamp_us": _EXPIRES_AT * 1_000_000,
        }
        for kind, share in ((101, 1), (103, 2))
    ]
    return {**_image(source, width, height), "video_versions": versions, "video_duration": seconds}


def _post(source: Source, caption: str) -> Json:
    return {
        "taken_at": _TAKEN_AT,
        "pk": int(source.media_id),
        "id": source.full_id,
        "code": source.code,
        "user": source.owner,
        "caption": {"text": caption, "user_id": source.owner["pk"], "created_at": _TAKEN_AT} if caption else None,
    }


def _story(source: Source) -> Json:
    return {
        "pk": int(source.media_id),
        "id": source.full_id,
        **_image(source, 1080, 1920),
        "media_type": _PHOTO,
        "taken_at": _TAKEN_AT,
        "expiring_at": _TAKEN_AT + 86_400,
        "product_type": "story",
        "user": source.owner,
    }


def _reel_share(source: Source, kind: str, text: str, **more: Any) -> Json:
    shared = {"text": text, "type": kind, "reel_owner_id": source.owner["pk"], "reel_type": "user_reel"}
    return {"reel_share": {**shared, "is_reel_persisted": False, "media": _story(source), **more}}


def _unseen(view_mode: str) -> Json:
    return {"seen_user_ids": [], "view_mode": view_mode, "seen_count": 0, "replay_expiring_at_us": None}
