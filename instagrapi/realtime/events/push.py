"""Push notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import Field

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.events.base import Event
from instagrapi.realtime.events.fields import Fields, Flag, Text, as_integer
from instagrapi.realtime.host import fetch_thread
from instagrapi.realtime.wire.push_categories import PushCategory, push_category
from instagrapi.types import DirectMessage

_DIRECT_PATH = "direct_v2"


class Badge(NamedTuple):
    """The counts that an app would show on its icon; ``None`` where the push does not say."""

    direct: int | None = None
    ds: int | None = None
    activities: int | None = None


class Push(Event):
    """A push notification.

    Attributes:
        collapse_key: which notification it is, such as ``direct_v2_message``; the set is open.
        recipient_id: the account that it is for.
        source_id: whose doing it is about.
        action_path: what a tap opens, such as ``direct_v2``, ``media`` or ``user``.
        action_params: the parameters that go with it.
        override_path, override_params: the same for the action that Instagram may put in its place.
        message: the sentence to show, with the sender's name in it.
        push_id: tells one push from another.
        badge: the counts by their short names: ``di`` Direct, ``ds``, ``ac`` activities.
        push_category: the category as Instagram names it, mostly the collapse key once more.
        notification_id: the envelope's id.
        buffered: whether it waited for the device to come online.
    """

    kind = "push"
    collapse_key: Text = None
    recipient_id: Text = None
    source_id: Text = None
    action_path: Text = None
    action_params: Fields = None
    override_path: Text = None
    override_params: Fields = None
    message: Text = Field(default=None, repr=False)
    title: Text = Field(default=None, repr=False)
    ticker_text: Text = Field(default=None, repr=False)
    push_id: Text = None
    badge: Fields = None
    image_url: Text = Field(default=None, repr=False)
    avatar_url: Text = Field(default=None, repr=False)
    sound: Text = None
    push_category: Text = None
    in_app_actors: Text = None
    notification_id: Text = None
    buffered: Flag = None

    @property
    def category(self) -> PushCategory:
        """What it is about, by its collapse key."""
        return push_category(self.collapse_key)

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to show."""
        return self.category is PushCategory.SILENT or not self.message

    @property
    def text(self) -> str | None:
        """The ``message``, under the name that texts have in other events."""
        return self.message

    @property
    def counts(self) -> Badge:
        """The badge as numbers."""
        badge = self.badge or {}
        names = (("di", "direct"), ("ds",), ("ac", "activities"))
        return Badge(*(next((as_integer(badge[name]) for name in either if name in badge), None) for either in names))

    @property
    def thread_id(self) -> str | None:
        """The thread that a Direct push is about."""
        return self._param("id") if self.action_path == _DIRECT_PATH else None

    @property
    def item_id(self) -> str | None:
        """The item that a Direct push announces."""
        return self._param("x") if self.action_path == _DIRECT_PATH else None

    def fetch_message(self) -> DirectMessage | None:
        """The message that a Direct push announces, by one request over HTTP; works for message requests, too.

        Returns:
            The message; when the push does not say which one, the latest of the thread that is not the account's own;
            ``None`` when it is not among the latest 20, because it was unsent, say.

        Raises:
            RealtimeConfigError: the push is not about a thread.
            NotConnectedError: the push did not come from a client.
            ClientError: the request failed.
        """
        if self.thread_id is None:
            raise RealtimeConfigError(f"a push of the kind {self.collapse_key!r} announces no message")
        items = fetch_thread(self._host(), self.thread_id).get("items")
        found = next((item for item in items if self._announces(item)), None) if isinstance(items, list) else None
        if found is None:
            return None
        message = DirectMessage.model_validate(found)
        message.thread_id = message.thread_id or self.thread_id
        return message

    def _announces(self, item: Any) -> bool:
        if not isinstance(item, Mapping):
            return False
        if self.item_id is not None:
            return str(item.get("item_id")) == self.item_id
        return str(item.get("user_id")) != str(self.recipient_id or self.account_id)

    def _param(self, name: str) -> str | None:
        value = (self.action_params or {}).get(name)
        return str(value) if value else None
