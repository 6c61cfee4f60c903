"""What people share: posts, profiles, places, products, broadcasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, AliasPath, Field

from instagrapi.types.content import Content, ContentKind
from instagrapi.types.lenient import Url, Words, mapping, objects
from instagrapi.types.media import Media, media_of, picture
from instagrapi.types.users import UserShort


class Post(Content):
    """A post (captured), or a long video of the time when those were apart (reported)."""

    kind = ContentKind.POST
    item_types = ("media_share", "felix_share")
    payload_keys = ("media_share", "felix_share")


class Clip(Content):
    """A reel (reported)."""

    kind = ContentKind.CLIP
    item_types = ("clip",)
    payload_keys = ("clip",)


class SharedProfile(Content):
    """A user's profile (reported). ``media`` is the first of the previews.

    Attributes:
        user: whose.
        previews: posts of theirs that are shown with it.
    """

    kind = ContentKind.PROFILE
    item_types = ("profile",)
    payload_keys = ("profile",)

    user: UserShort | None = None
    previews: list[Media] = Field(default_factory=list)

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        payload = cls.payload(data)
        facts = {**super()._facts(data), "previews": objects(data.get("preview_medias"))}
        known = {} if payload is data else {"user": payload}
        return {**facts, **known, "media": media_of(data.get("preview_medias"))}


class Location(Content):
    """A place (reported).

    Attributes:
        pk: its id.
        name: of the place.
        address: street and number.
        city: of the place.
        lat: latitude in degrees.
        lng: longitude in degrees.
    """

    kind = ContentKind.LOCATION
    item_types = ("location",)
    payload_keys = ("location",)

    pk: Words = None
    name: Words = None
    address: Words = None
    city: Words = None
    lat: float | None = None
    lng: float | None = None


class Hashtag(Content):
    """A hashtag (reported). ``media`` is the first of the posts shown with it.

    Attributes:
        name: without the sign.
        media_count: how many posts have it.
    """

    kind = ContentKind.HASHTAG
    item_types = ("hashtag",)
    payload_keys = ("hashtag",)

    name: Words = None
    media_count: int | None = None


class Product(Content):
    """Something on sale (captured). ``media`` is its picture.

    Attributes:
        id: of the product.
        name: of the product.
        price: with the currency, as it is shown.
        description: of the product.
        url: of the merchant's page.
        merchant: who sells it.
    """

    kind = ContentKind.PRODUCT
    item_types = ("product_share", "product")
    payload_keys = ("product_share", "product")

    id: Words = Field(default=None, validation_alias=AliasChoices("product_id", "id"))
    name: Words = None
    price: Words = Field(default=None, validation_alias=AliasChoices("current_price", "price"))
    description: Words = None
    url: Url = Field(default=None, validation_alias=AliasChoices("external_url", "url"))
    merchant: UserShort | None = None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        product = next(iter(objects(facts.get("product"))), facts)
        pictures = (product.get("main_image"), product.get("thumbnail_image"))
        media = next(filter(None, map(media_of, pictures)), None) or facts["media"]
        return {**product, **{name: facts[name] for name in ("item_type", "text")}, "media": media}


class Guide(Content):
    """A guide: posts that somebody put together; its fields are taken to be those of other shares.

    Attributes:
        id: of the guide.
        title: of the guide.
        description: of the guide.
    """

    kind = ContentKind.GUIDE
    item_types = ("guide_share",)
    payload_keys = ("guide_share",)

    id: Words = None
    title: Words = None
    description: Words = None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        summary = mapping(facts.get("guide_summary"))
        media = facts["media"] or media_of(summary.get("cover_media"))
        return {**facts, **summary, **{name: facts[name] for name in ("item_type", "text")}, "media": media}


class Live(Content):
    """A live broadcast: shared, or an invitation to watch or to take part (reported). ``media`` is its cover (assumed).

    Attributes:
        broadcast_id: of the broadcast.
        owner: whose it is (assumed).
        title: what to show above the share.
        message: what to show in it, such as that the broadcast has ended.
    """

    kind = ContentKind.LIVE
    item_types = ("live_viewer_invite", "live_video_share", "live_invite_guest")
    payload_keys = ("live_viewer_invite", "live_video_share", "live_invite_guest")

    broadcast_id: Words = Field(
        default=None, validation_alias=AliasChoices(AliasPath("broadcast", "id"), "broadcast_id")
    )
    owner: UserShort | None = Field(default=None, validation_alias=AliasPath("broadcast", "broadcast_owner"))
    title: Words = None
    message: Words = None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        broadcast = mapping(facts.get("broadcast"))
        return {**facts, "media": facts["media"] or picture(broadcast.get("cover_frame_url"), broadcast)}
