"""Subscribing to what comes besides messages: typing, presence, live broadcasts, and any other topic."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.wire import commands
from instagrapi.realtime.wire.arguments import Id
from instagrapi.realtime.wire.subscriptions import (
    app_presence,
    direct_typing,
    live_realtime_comments,
    skywalker_live,
)
from instagrapi.realtime.wire.topics import MQTToTTopics

_GRAPHQL, _SKYWALKER = MQTToTTopics.REALTIME_SUB, MQTToTTopics.PUBSUB


class Subscribing(ABC):
    """Subscribes to GraphQL (topic 149) and Skywalker (topic 88).

    :mod:`instagrapi.realtime.subscriptions` has a function for every text that is known. The server answers none of
    them. A client that comes back by itself restores them; after :meth:`connect` there are none.

    The named methods return the text that they sent. The broker keeps its books by the literal text, and some texts are
    random; so subscribing twice sends the same text again, and unsubscribing sends it too, or nothing if there was no
    such subscription on this connection, and then returns ``None``.

    All methods raise ``RealtimeConfigError`` for what cannot be subscribed to, before anything is sent,
    ``NotConnectedError`` without a connection and ``ConnectionLost`` when it breaks.
    """

    #: The logged-in client.
    client: Any
    #: What the named subscriptions of the connection said.
    _subscribed: dict[tuple[str, str], str]
    #: All texts that are subscribed to, by topic, in order; a connection that takes the place of a broken one begins
    #: with them.
    _texts: dict[str, dict[str, None]]

    @abstractmethod
    def _publish_or_later(self, topic: str, data: Mapping[str, Any]) -> None:
        """Publishes deflated JSON on a topic, or leaves it to the connection that is to come."""

    # --- any text --------------------------------------------------------------------------------------------------

    def graph_ql_subscribe(self, subscriptions: str | Iterable[str]) -> None:
        """Subscribes to GraphQL topics, each a text ``1/graphqlsubscriptions/<query id>/<json>``."""
        self._subscribe(_GRAPHQL, subscriptions)

    def graph_ql_unsubscribe(self, subscriptions: str | Iterable[str]) -> None:
        """Ends GraphQL subscriptions; each text must be the one it was subscribed with."""
        self._unsubscribe(_GRAPHQL, subscriptions)

    def skywalker_subscribe(self, subscriptions: str | Iterable[str]) -> None:
        """Subscribes to Skywalker topics such as ``ig/u/v1/<user id>``."""
        self._subscribe(_SKYWALKER, subscriptions)

    def skywalker_unsubscribe(self, subscriptions: str | Iterable[str]) -> None:
        """Ends Skywalker subscriptions."""
        self._unsubscribe(_SKYWALKER, subscriptions)

    # --- what programs ask for most --------------------------------------------------------------------------------

    def subscribe_typing(self) -> str:
        """Asks for ``typing``: who types in the account's threads."""
        return self._begin(_GRAPHQL, "typing", direct_typing(self._user_id()))

    def unsubscribe_typing(self) -> str | None:
        """Ends :meth:`subscribe_typing`."""
        return self._end(_GRAPHQL, "typing")

    def subscribe_presence(self) -> str:
        """Asks for ``presence``: who of the account's contacts is online. Instagram may keep it to itself."""
        return self._begin(_GRAPHQL, "presence", app_presence())

    def unsubscribe_presence(self) -> str | None:
        """Ends :meth:`subscribe_presence`."""
        return self._end(_GRAPHQL, "presence")

    def subscribe_live(self) -> str:
        """Asks for ``live_started`` and ``live_stopped``: broadcasts of those whom the account follows."""
        return self._begin(_SKYWALKER, "live", skywalker_live(self._user_id()))

    def unsubscribe_live(self) -> str | None:
        """Ends :meth:`subscribe_live`."""
        return self._end(_SKYWALKER, "live")

    def subscribe_live_comments(self, broadcast_id: Id) -> str:
        """Asks for the comments of a live broadcast."""
        return self._begin(_GRAPHQL, "live comments", live_realtime_comments(broadcast_id), str(broadcast_id))

    def unsubscribe_live_comments(self, broadcast_id: Id) -> str | None:
        """Ends :meth:`subscribe_live_comments` for that broadcast."""
        return self._end(_GRAPHQL, "live comments", str(broadcast_id))

    def _subscribe(self, topic: str, subscriptions: str | Iterable[str]) -> None:
        body, texts = commands.subscribe(subscriptions), self._texts.setdefault(topic, {})
        new = [text for text in dict.fromkeys(body["sub"]) if text not in texts]
        texts.update(dict.fromkeys(new))  # first: a connection that takes the place of this one meanwhile needs it
        try:
            self._publish_or_later(topic, body)
        except BaseException:
            for text in new:
                texts.pop(text, None)
            raise

    def _unsubscribe(self, topic: str, subscriptions: str | Iterable[str]) -> None:
        body, texts = commands.unsubscribe(subscriptions), self._texts.get(topic, {})
        ended = [text for text in body["unsub"] if text in texts]
        for text in ended:
            texts.pop(text, None)
        try:
            self._publish_or_later(topic, body)
        except BaseException:
            texts.update(dict.fromkeys(ended))
            raise

    def _restored(self) -> Iterator[tuple[str, commands.Body]]:
        """What a new connection has to say first: GraphQL before Skywalker, each in the order of subscribing."""
        for topic in (_GRAPHQL, _SKYWALKER):
            if texts := list(self._texts.get(topic, ())):
                yield topic, commands.subscribe(texts)

    def _begin(self, topic: str, name: str, text: str, of: str = "") -> str:
        text = self._subscribed.setdefault((name, of), text)
        self._subscribe(topic, text)
        return text

    def _end(self, topic: str, name: str, of: str = "") -> str | None:
        text = self._subscribed.pop((name, of), None)
        if text is not None:
            self._unsubscribe(topic, text)
        return text

    def _user_id(self) -> Id:
        user_id: Id | None = getattr(self.client, "user_id", None)
        if not user_id:
            raise RealtimeConfigError("the client has no user_id: log in before subscribing")
        return user_id
