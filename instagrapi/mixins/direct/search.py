"""Finding people and messages, and seeing who is there."""

from __future__ import annotations

from typing import Any

from instagrapi.http.ids import Ids, each_id
from instagrapi.mixins.private import PrivateMixin
from instagrapi.types import DirectMessage, DirectShortThread, FoundMessage, Presence, UserShort
from instagrapi.types.inbox import presence_map
from instagrapi.types.lenient import mapping, objects

_RESULT_TYPES = ("message_content", "reshared_content")


class DirectSearchMixin(PrivateMixin):
    """Methods that search, and that tell about presence."""

    def direct_search(self, query: str, mode: str = "universal") -> list[UserShort]:
        """People whom one may write to, the best match first; one request.

        Threads that match, and people who are not on Instagram, are left out.

        Args:
            query: part of a user name or of a name.
            mode: ``universal``, or ``raven`` for those who can be sent disappearing photos (reported).

        Raises:
            ClientError: see :meth:`private_request`.
        """
        params = {
            "mode": mode,
            "query": query,
            "show_threads": True,
            "max_ig_results": 10,
            "max_ig_bus_results": 10,
            "max_ibc_results": 20,
            "max_fb_results": 0,
            "max_ai_bot_results": 0,
        }
        found = objects(self.private_request("direct_v2/ranked_recipients/", params=params).get("ranked_recipients"))
        users = (UserShort.model_validate(entry.get("user")) for entry in found if mapping(entry.get("user")))
        return [user for user in users if user.username]

    def direct_message_search(self, query: str) -> list[FoundMessage]:
        """Messages whose text, or what they share, matches, with the threads that they are in; one request.

        These are the first results; how to ask for more is not known. Each is a tuple of message and thread.

        Args:
            query: the words to look for.

        Raises:
            ClientError: see :meth:`private_request`.
        """
        params = {
            "query": query,
            "result_types": list(_RESULT_TYPES),
            # What is in the two objects is assumed: the beginning, and every thread.
            "offsets": dict.fromkeys(_RESULT_TYPES, 0),
            "hide_locked_threads": dict.fromkeys(_RESULT_TYPES, False),
        }
        results = mapping(
            self.private_request("direct_v2/search_secondary/", params=params).get("message_search_results")
        )
        found = map(_found_message, objects(results.get("message_search_result_items")))
        return [one for one in found if one.message.id]

    def direct_users_presence(self, user_ids: Ids) -> dict[str, Presence]:
        """Who of these people is active, or when they last were, by user id; one request.

        People who hide it are missing. On a realtime connection the same comes as ``presence`` events.

        Raises:
            ValueError: one of the ids is none.
            ClientError: see :meth:`private_request`.
        """
        form = {
            "_uuid": self.uuid,
            "device_id": self.android_device_id,
            "subscriptions_off": False,
            "request_data": each_id("user_ids", user_ids),
        }
        return presence_map(self.private_request("direct_v2/fetch_and_subscribe_presence/", form, with_signature=False))

    def direct_active_presence(self) -> dict[str, Presence]:
        """Who of the people one writes with is active, or when they last were, by user id; one request.

        Raises:
            ClientError: see :meth:`private_request`.
        """
        params = {"recent_thread_limit": 0, "suggested_followers_limit": 100}
        return presence_map(self.private_request("direct_v2/get_presence_active_now/", params=params))


def _found_message(entry: Any) -> FoundMessage:
    thread = DirectShortThread.model_validate(mapping(entry.get("thread")))
    item = mapping(mapping(entry.get("matched_message_info")).get("item_info"))
    message = DirectMessage.model_validate(item)
    message.thread_id = message.thread_id or thread.id
    return FoundMessage(message, thread)
