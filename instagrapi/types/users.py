"""Users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from instagrapi.types.lenient import Lenient, Url, Words, identifier, mapping, objects, words
from instagrapi.types.moments import whole_number

_IDS = ("pk", "pk_id", "id", "strong_id__", "user_id")


class Friendship(Lenient):
    """How the own account and another one stand to each other (reported); of what is not told nothing is known."""

    following: bool | None = None
    followed_by: bool | None = None
    blocking: bool | None = None
    muting: bool | None = None
    is_private: bool | None = None
    incoming_request: bool | None = None
    outgoing_request: bool | None = None
    is_bestie: bool | None = None
    is_restricted: bool | None = None
    is_messaging_only_blocking: bool | None = None


class UserShort(Lenient):
    """A user, as they appear inside other objects. Two are equal when their ``pk`` is.

    Attributes:
        pk: the user id.
        profile_pic_url: the small picture.
        profile_pic_url_hd: the largest one that the server names; inside other objects mostly none.
        latest_reel_media: when their latest story was posted, in unix seconds; 0 when there is none.
        fbid_v2: another id of the same user, which mentions in texts have.
        interop_messaging_user_fbid: yet another.
    """

    pk: str = ""
    username: str = ""
    full_name: str = ""
    profile_pic_url: Url = None
    profile_pic_url_hd: Url = None
    profile_pic_id: Words = None
    is_private: bool | None = None
    is_verified: bool | None = None
    has_anonymous_profile_picture: bool | None = None
    latest_reel_media: int | None = None
    fbid_v2: Words = None
    interop_messaging_user_fbid: Words = None
    account_badges: list[Any] = Field(default_factory=list)
    friendship_status: Friendship | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UserShort):
            return NotImplemented
        return self.pk == other.pk if self.pk or other.pk else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(self.pk)

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        pk = next(filter(None, (identifier(data.get(name)) for name in _IDS)), None)
        known = {"pk": pk, "profile_pic_url_hd": _largest_picture(data)}
        return {**data, **{name: value for name, value in known.items() if value is not None}}


class User(UserShort):
    """A user with what their own page says.

    Attributes:
        biography: what they say about themselves.
        external_url: the link of their page.
        bio_links: all links, as the server sends them.
        account_type: 1 personal, 2 business, 3 creator (reported).
        category: of a business, as shown.
        media_count: how many posts there are.
    """

    biography: str = ""
    external_url: Url = None
    bio_links: list[Any] = Field(default_factory=list)
    is_business: bool | None = None
    account_type: int | None = None
    category: Words = None
    media_count: int | None = None
    follower_count: int | None = None
    following_count: int | None = None


class Account(User):
    """The own account.

    Attributes:
        birthday: ``YYYY-MM-DD``.
        gender: a number; 3 when nothing was said (reported).
    """

    birthday: Words = Field(default=None, repr=False)
    phone_number: Words = Field(default=None, repr=False)
    gender: int | None = None
    email: Words = Field(default=None, repr=False)


def _largest_picture(data: Mapping[str, Any]) -> str | None:
    """The picture with the most pixels; the last one of equals, which is the largest where sizes are missing."""
    versions = [*objects(data.get("hd_profile_pic_versions")), mapping(data.get("hd_profile_pic_url_info"))]
    linked = [version for version in reversed(versions) if words(version.get("url"))]
    return words(max(linked, key=lambda one: whole_number(one.get("width")) or 0)["url"]) if linked else None
