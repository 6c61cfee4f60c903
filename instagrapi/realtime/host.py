"""What the realtime and FBNS clients need from the client that they are plugged into."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.profile import Profile

#: The first page of the inbox, as the app asks for it.
_INBOX_PARAMS = {
    "visual_message_return_type": "unseen",
    "thread_message_limit": "10",
    "persistentBadging": "true",
    "limit": "20",
    "is_prefetching": "false",
    "fetch_reason": "initial_snapshot",
}

#: The latest page of a thread.
_THREAD_PARAMS = {"visual_message_return_type": "unseen", "direction": "older", "limit": "20"}


@runtime_checkable
class Host(Protocol):
    """The attributes of a logged-in client. Optional ones are read with a default, see :func:`identity_of`.

    Optional: ``app_version`` or ``device_settings["app_version"]``, ``capabilities``, ``authorization``, ``profile``,
    and ``direct_threads(amount=…)`` together with ``last_json`` where ``private_request`` gives no inbox state.
    """

    @property
    def sessionid(self) -> str | None:
        """The session id as it stands in the cookie, percent-encoded."""

    @property
    def user_id(self) -> int | str | None:
        """The account's id."""

    @property
    def phone_id(self) -> str:
        """The family device id, a UUID."""

    @property
    def uuid(self) -> str:
        """The app's device id, a UUID."""

    @property
    def user_agent(self) -> str:
        """The private API's user agent."""

    @property
    def locale(self) -> str:
        """Such as ``en_US``."""

    @property
    def proxy(self) -> str | None:
        """URL of the proxy that every connection goes through."""

    @property
    def token(self) -> str:
        """The CSRF token."""

    @property
    def settings(self) -> MutableMapping[str, Any]:
        """What the client saves; ``fbns_auth`` is kept in it."""

    def private_request(
        self,
        endpoint: str,
        data: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        with_signature: bool = True,
    ) -> dict[str, Any]:
        """A request to the private API."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who connects, read anew at each connect. Secrets stay out of ``repr``."""

    user_id: int
    sessionid: str = field(repr=False)
    authorization: str = field(repr=False)
    phone_id: str = field(repr=False)
    user_agent: str
    app_version: str
    capabilities: str
    locale: str


def profile_of(host: object) -> Profile:
    """The host's profile, or the default one."""
    profile = getattr(host, "profile", None)
    return profile if isinstance(profile, Profile) else Profile.current()


def app_version_of(host: object, profile: Profile | None = None) -> str:
    """The app version that the client presents itself as: an explicit profile's, else the host's."""
    if profile is not None:
        return profile.app.version
    device = getattr(host, "device_settings", None) or {}
    return str(getattr(host, "app_version", None) or device.get("app_version") or profile_of(host).app.version)


def identity_of(host: Host, profile: Profile | None = None) -> Identity:
    """What the realtime connection says about the account.

    Args:
        host: the client.
        profile: an explicit profile, whose app version and capabilities come before the host's.

    Raises:
        RealtimeConfigError: something is missing; the message names it.
    """
    sessionid, phone_id, user_id = host.sessionid, host.phone_id, host.user_id
    if not sessionid:
        raise RealtimeConfigError("there is no session: log in before connecting")
    if not phone_id:
        raise RealtimeConfigError("the client has no phone_id")
    try:
        account = int(user_id or "")
    except ValueError:
        raise RealtimeConfigError("the client has no numeric user_id") from None
    return Identity(
        user_id=account,
        sessionid=sessionid,
        authorization=str(getattr(host, "authorization", None) or ""),
        phone_id=phone_id,
        user_agent=host.user_agent,
        app_version=app_version_of(host, profile),
        capabilities=profile.app.capabilities if profile is not None else _capabilities_of(host),
        locale=str(getattr(host, "locale", None) or "en_US"),
    )


def _capabilities_of(host: object) -> str:
    return str(getattr(host, "capabilities", None) or profile_of(host).app.capabilities)


def fetch_inbox(host: Any, amount: int = 1) -> Mapping[str, Any]:
    """The first page of the inbox, which says where message sync stands; one request.

    Raises:
        ClientError: the request failed.
    """
    request = getattr(host, "private_request", None)
    inbox = request("direct_v2/inbox/", params=dict(_INBOX_PARAMS)) if callable(request) else None
    if sync_state(inbox) is None and callable(getattr(host, "direct_threads", None)):
        host.direct_threads(amount=amount)
        inbox = getattr(host, "last_json", None)
    return inbox if isinstance(inbox, Mapping) else {}


def sync_state(inbox: object) -> dict[str, int] | None:
    """``seq_id`` and ``snapshot_at_ms`` of an answer of the inbox, ``None`` when it does not say."""
    if not isinstance(inbox, Mapping):
        return None
    try:
        return {"seq_id": int(inbox["seq_id"]), "snapshot_at_ms": int(inbox["snapshot_at_ms"])}
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def unsend_item(host: Any, thread_id: str, item_id: str) -> None:
    """Takes an own message back for everybody.

    Raises:
        ClientError: the request failed.
    """
    host.private_request(
        f"direct_v2/threads/{_digits(thread_id)}/items/{_digits(item_id)}/delete/", {"_uuid": host.uuid}
    )


def fetch_thread(host: Any, thread_id: str) -> Mapping[str, Any]:
    """The latest items of a thread, newest first under ``items``; one request. Pending threads can be read, too.

    Raises:
        ClientError: the request failed; ``ClientNotFoundError`` when there is no such thread.
    """
    path = f"direct_v2/threads/{_digits(thread_id)}/"
    thread = host.private_request(path, params=dict(_THREAD_PARAMS)).get("thread")
    return thread if isinstance(thread, Mapping) else {}


def _digits(value: str) -> str:
    """An id that goes into a path.

    Raises:
        RealtimeConfigError: it is none.
    """
    if not (value.isascii() and value.isdigit()):
        raise RealtimeConfigError("the event does not say which thread or item it is about")
    return value
