"""What a realtime connection wants to hear, apart from message sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from instagrapi.realtime.protocol.payload import parse_json
from instagrapi.realtime.wire.subscriptions import APP_PRESENCE, DIRECT_TYPING, skywalker_direct, skywalker_live

_GRAPHQL = "1/graphqlsubscriptions/"
#: The query id of comments on a live broadcast (reported).
LIVE_COMMENTS = "17855344750227125"
#: What the pubsub blacklist calls patches of message sync, and typing (reported).
_DIRECT, _TYPING = "direct", "typing_type"


class Subscriptions:
    """The subscriptions of an account's connection to topics 88 and 149.

    Args:
        user_id: the account's.
        app_info: ``appSpecificInfo`` of CONNECT, which may keep Direct off topic 88 and names queries of its own.

    Attributes:
        texts: the subscriptions, literally.
    """

    def __init__(self, user_id: int, app_info: Mapping[str, str]) -> None:
        self.texts: set[str] = set()
        self._user_id = user_id
        self._blacklist = {entry.strip() for entry in app_info.get("pubsub_msg_type_blacklist", "").split(",")}
        named = json_object(app_info.get("everclear_subscriptions", ""))
        self._named_queries = {query_id for query_id in named.values() if isinstance(query_id, str)}

    def change(self, body: bytes) -> None:
        """Takes the body of topic 88 or 149 that subscribes or ends subscriptions."""
        wishes = json_object(body)
        self.texts |= _strings(wishes.get("sub"))
        self.texts -= _strings(wishes.get("unsub"))

    def inputs_of(self, query_id: str) -> Iterator[dict[str, Any]]:
        """The input of each subscription to a GraphQL query; empty where it cannot be read."""
        prefix = f"{_GRAPHQL}{query_id}/"
        for text in self.texts:
            if text.startswith(prefix):
                input_data = json_object(text.removeprefix(prefix)).get("input_data")
                yield input_data if isinstance(input_data, dict) else {}

    def follows(self, query_id: str) -> bool:
        """Whether a GraphQL query was subscribed to, or named in CONNECT as apps do for some (reported)."""
        return query_id in self._named_queries or any(True for _ in self.inputs_of(query_id))

    @property
    def typing(self) -> bool:
        """Whether typing on topic 149 is wanted: for the account itself, as clients ask for it (reported)."""
        return any(_text(wish.get("user_id")) == str(self._user_id) for wish in self.inputs_of(DIRECT_TYPING))

    @property
    def presence(self) -> bool:
        """Whether presence is wanted; that naming the query in CONNECT is not enough is assumed."""
        return any(True for _ in self.inputs_of(APP_PRESENCE))

    def comments_on(self, broadcast_id: str) -> Iterator[str | None]:
        """The subscription ids under which comments on a live broadcast are wanted."""
        for wish in self.inputs_of(LIVE_COMMENTS):
            if _text(wish.get("broadcast_id")) == broadcast_id:
                yield _text(wish.get("client_subscription_id"))

    @property
    def live(self) -> bool:
        """Whether live broadcasts on topic 88 are wanted."""
        return skywalker_live(self._user_id) in self.texts

    @property
    def direct(self) -> bool:
        """Whether Direct on topic 88 is wanted."""
        return skywalker_direct(self._user_id) in self.texts

    @property
    def direct_patches(self) -> bool:
        """Whether patches come on topic 88 as well: wanted, and not on the blacklist (reported)."""
        return self.direct and _DIRECT not in self._blacklist

    @property
    def direct_typing(self) -> bool:
        """Whether typing comes on topic 88 as well, likewise."""
        return self.direct and _TYPING not in self._blacklist


def json_object(body: str | bytes) -> dict[str, Any]:
    """The JSON object in a text; an empty one if there is none."""
    try:
        value = parse_json(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> set[str]:
    return {text for text in value if isinstance(text, str)} if isinstance(value, list) else set()


def _text(value: object) -> str | None:
    """An id, which clients write as text or as a number."""
    return str(value) if isinstance(value, str | int) else None
