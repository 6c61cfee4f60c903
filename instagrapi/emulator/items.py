"""Item types: which fields a ``send_item`` must have, and what the item then carries.

The fields are those that the clients send (reported: instagrapi, instagram_mqtt, mauigpapi, mgp25 forks; where they
differ, either is taken). What the item carries follows captured items, reduced to what a reader needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from instagrapi.emulator.model import Refused
from instagrapi.realtime.protocol.payload import parse_json

Fields = Mapping[str, Any]
#: Finds the card of a user by pk, or an empty mapping.
FindUser = Callable[[str], dict[str, Any]]


def compose(item_type: str, fields: Fields, find_user: FindUser) -> dict[str, Any]:
    """What an item of that type carries, from the fields of the command.

    Raises:
        Refused: the type cannot be sent, or a field is missing or of another type.
    """
    composer = _COMPOSERS.get(item_type)
    if composer is None:
        raise Refused(400, "item type is not supported")
    return composer(fields, find_user)


def _text(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    data: dict[str, Any] = {"text": _require_text(fields, "text")}
    if mentioned := fields.get("mentioned_user_ids"):
        data["mentioned_entities"] = [{"fbid": user_id} for user_id in _json_list("mentioned_user_ids", mentioned)]
    return data


def _like(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    return {"like": "❤"}


def _link(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    urls = _json_list("link_urls", fields.get("link_urls"))
    text = _require_text(fields, "link_text")
    context = {"link_url": urls[0], "link_title": "", "link_summary": "", "link_image_url": ""}
    return {"link": {"text": text, "link_context": context}}


def _hashtag(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    return {"hashtag": {"name": _require(fields, "hashtag", "item_id"), "media_count": 0}, **_comment(fields)}


def _location(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    return {"location": {"pk": _require(fields, "venue_id", "item_id")}, **_comment(fields)}


def _profile(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    user_id = _require(fields, "profile_user_id", "item_id")
    return {"profile": find_user(user_id) or {"pk": user_id}, **_comment(fields)}


def _media_share(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    return {"media_share": _media(_require(fields, "media_id")), **_comment(fields)}


def _reel_share(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    media = _media(_require(fields, "media_id", "item_id"))
    return {"reel_share": {"type": "reply", "media": media, "text": _optional_text(fields)}}


def _story_share(fields: Fields, find_user: FindUser) -> dict[str, Any]:
    media = _media(_require(fields, "story_media_id", "item_id"))
    return {"story_share": {"media": media, "text": _optional_text(fields)}}


_COMPOSERS: dict[str, Callable[[Fields, FindUser], dict[str, Any]]] = {
    "text": _text,
    "like": _like,
    "link": _link,
    "hashtag": _hashtag,
    "location": _location,
    "profile": _profile,
    "media_share": _media_share,
    "reel_share": _reel_share,
    "story_share": _story_share,
}


def _media(media_id: str) -> dict[str, Any]:
    pk, _, owner = media_id.partition("_")
    media: dict[str, Any] = {"id": media_id, "pk": pk, "media_type": 1}
    return {**media, "user": {"pk": owner}} if owner else media


def _comment(fields: Fields) -> dict[str, Any]:
    text = _optional_text(fields)
    return {"text": text} if text else {}


def _optional_text(fields: Fields) -> str:
    text = fields.get("text")
    return "" if text is None or text == "" else _require_text(fields, "text")


def _require(fields: Fields, *names: str) -> str:
    """The first of the fields that is there: an id or a name, as text or as a number."""
    for name in names:
        value = fields.get(name)
        if _is_name(value):
            return str(value)
    raise Refused(400, f"{' or '.join(names)} is missing or neither text nor a number")


def _require_text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(400, f"{name} is missing or no text")
    return value


def _json_list(name: str, text: object) -> list[str]:
    """The ids or names in a JSON text, at least one."""
    try:
        values = parse_json(text) if isinstance(text, str) else None
    except ValueError:
        values = None
    if not isinstance(values, list) or not values or not all(_is_name(value) for value in values):
        raise Refused(400, f"{name}: a list in JSON text was expected")
    return [str(value) for value in values]


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""
