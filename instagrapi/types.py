"""What the private API answers, as objects.

Instagram adds, drops and retypes fields without notice, so these models take anything: a field that is missing or odd
has its default, an object that is none at all has only defaults, and nothing raises. ``raw`` is always what the server
sent, untouched. Ids are text of digits; times are aware, in UTC, to the microsecond.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_from_microseconds(value: object) -> datetime | None:
    """The moment that a number or a text of microseconds since 1970 means, aware and in UTC.

    What is a moment already stays as it is; what makes no sense is ``None``.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(value))
    except (ValueError, OverflowError):
        return None


Timestamp = Annotated[datetime | None, BeforeValidator(moment_from_microseconds)]


class _Lenient(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True, populate_by_name=True, defer_build=True)

    #: What the server sent; ``{"value": …}`` when that was no object.
    raw: dict[str, Any] = Field(default_factory=dict, repr=False, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _keep_raw(cls, data: Any) -> Any:
        return {**data, "raw": data} if isinstance(data, Mapping) else {"raw": {"value": data}}

    @field_validator("*", mode="wrap")
    @classmethod
    def _odd_means_default(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if info.field_name == "raw":
            return value
        try:
            return handler(value)
        except ValidationError:
            return cls.model_fields[info.field_name or ""].get_default(call_default_factory=True)


class UserShort(_Lenient):
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


class DirectMessage(_Lenient):
    """A message. What it holds besides text is in ``raw``, mostly under the name that ``item_type`` says."""

    id: str = Field(default="", validation_alias=AliasChoices("item_id", "id"))
    user_id: str = ""
    thread_id: str = ""
    timestamp: Timestamp = None
    item_type: str = ""
    #: The sender's own token for the message, the same over HTTP and realtime.
    client_context: str | None = None
    is_sent_by_viewer: bool | None = None
    is_shh_mode: bool | None = None
    text: str | None = None
    reactions: dict[str, Any] | None = None
    reply: DirectMessage | None = Field(default=None, validation_alias=AliasChoices("replied_to_message", "reply"))


class LastSeen(_Lenient):
    """How far somebody has read a thread."""

    item_id: str = ""
    timestamp: Timestamp = None
    created_at: Timestamp = None


class DirectThread(_Lenient):
    """A conversation with its latest messages, newest first."""

    id: str = Field(default="", validation_alias=AliasChoices("thread_id", "id"))
    #: The other, shorter id of the thread.
    pk: str = Field(default="", validation_alias=AliasChoices("thread_v2_id", "pk"))
    messages: list[DirectMessage] = Field(default_factory=list, validation_alias=AliasChoices("items", "messages"))
    #: Everybody but the own account.
    users: list[UserShort] = Field(default_factory=list)
    left_users: list[UserShort] = Field(default_factory=list)
    inviter: UserShort | None = None
    admin_user_ids: list[str] = Field(default_factory=list)
    viewer_id: str = ""
    thread_title: str = ""
    thread_type: str = ""
    last_activity_at: Timestamp = None
    #: By user id.
    last_seen_at: dict[str, LastSeen] = Field(default_factory=dict)
    muted: bool | None = None
    named: bool | None = None
    canonical: bool | None = None
    pending: bool | None = None
    archived: bool | None = None
    vc_muted: bool | None = None
    is_group: bool | None = None
    is_pin: bool | None = None
    mentions_muted: bool | None = None
    approval_required_for_new_members: bool | None = None
    is_close_friend_thread: bool | None = None
    shh_mode_enabled: bool | None = None
    marked_as_unread: bool | None = None
    folder: int | None = None
    input_mode: int | None = None
    read_state: int | None = None
    business_thread_folder: int | None = None
    assigned_admin_id: str | None = None
    has_older: bool | None = None
    oldest_cursor: str | None = None
    last_permanent_item: DirectMessage | None = None

    @model_validator(mode="after")
    def _tell_messages(self) -> Self:
        for message in self.messages:
            message.thread_id = message.thread_id or self.id
        return self

    def is_seen(self, user_id: str | int) -> bool:
        """Whether that user has read as far as everybody else has."""
        times = {user: seen.timestamp or _EPOCH for user, seen in self.last_seen_at.items()}
        own = times.pop(str(user_id), _EPOCH)
        return all(time <= own for time in times.values())
