"""Users."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from instagrapi.types.lenient import Lenient


class UserShort(Lenient):
    """A user, as they appear inside other objects. Two are equal when their ``pk`` is."""

    pk: str = Field(default="", validation_alias=AliasChoices("pk", "id", "pk_id"))
    username: str = ""
    full_name: str = ""
    profile_pic_url: str | None = None
    is_private: bool | None = None
    is_verified: bool | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UserShort) and self.pk == other.pk

    def __hash__(self) -> int:
        return hash(self.pk)


class Account(UserShort):
    """The own account."""

    biography: str = ""
    external_url: str | None = None
    is_business: bool | None = None
    birthday: str | None = None
    phone_number: str | None = None
    gender: int | None = None
    email: str | None = None
