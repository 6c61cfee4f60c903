"""Sending over HTTP: texts, links, hearts, GIFs, shares and reactions.

Paths, fields and values are those of other clients (wire page): instagrapi's where nothing is said, others' as named.
"""

from __future__ import annotations

from typing import Any

from instagrapi.exceptions import DirectMessageNotFound
from instagrapi.http.broadcast import FLAGS, recipients, urls_in
from instagrapi.http.ids import Id, Ids, each_id, id_text, media_and_owner
from instagrapi.mixins.direct.posting import DirectPostingMixin
from instagrapi.types import HEART, DirectMessage

_INVENTORY_SOURCES = {
    "feed_timeline": "media_or_ad",
    "feed_contextual_chain": "recommended_explore_grid_cover_model",
    "feed_short_url": "recommended_explore_grid_cover_model",
}


class DirectSendingMixin(DirectPostingMixin):
    """Methods that send.

    ``user_ids`` or ``thread_ids`` say to whom, never both: ids as numbers or text, several or one. Users mean the one
    conversation with all of them, which Instagram makes if need be; several threads get the item each.

    What sends an item returns it as a :class:`DirectMessage` of what was sent and what the answer says of it, ``raw``
    included; that of the first thread where there are several. ``id`` is empty and ``timestamp`` is ``None`` if the
    answer does not say.

    ``client_context`` is the item's own token, free in form and made up if omitted. It comes back with the message,
    over realtime too. A POST is never repeated by itself; after a broken connection the program can send the item once
    more with the same token, which Instagram is assumed to recognize.

    Each raises ``ValueError`` for arguments that cannot be right, before anything is sent, ``DirectThreadNotFound``,
    ``DirectMessageRequestsDisabled`` when the recipient does not take messages from this account, ``DirectError`` for
    another refusal, with Instagram's words, and ``ClientError`` as :meth:`private_request` does.
    """

    # --- texts ------------------------------------------------------------------------------------------------------

    def direct_send(
        self,
        text: str,
        user_ids: Ids = None,
        thread_ids: Ids = None,
        send_attribute: str = "message_button",
        reply_to_message: DirectMessage | None = None,
        *,
        mentioned_user_ids: Ids = None,
        link_preview: bool = True,
        client_context: Id | None = None,
    ) -> DirectMessage:
        """Sends a text.

        Args:
            text: what to say.
            user_ids: see the class.
            thread_ids: see the class.
            send_attribute: where in the app it was written, ``message_button``, ``inbox_search`` or ``direct_thread``.
            reply_to_message: the message to quote.
            mentioned_user_ids: ids of the users whose ``@names`` are in the text (as mauigpapi says it over realtime).
            link_preview: whether a text with ``http://…`` or ``https://…`` in it is sent as a link, with a preview.
            client_context: see the class.

        Raises:
            ValueError: besides what the class says, the text is empty, or the quoted message lacks its id or its
                ``client_context``, which Instagram wants both.
        """
        _check_words("text", text)
        urls = urls_in(text) if link_preview else []
        fields: dict[str, Any] = {
            **FLAGS,
            "is_x_transport_forward": False,
            "send_silently": False,
            "send_attribution": send_attribute,
            **({"link_text": text, "link_urls": urls} if urls else {"text": text}),
        }
        shown: dict[str, Any] = {"text": text}
        if urls:
            shown["link"] = {"text": text, "link_context": {"link_url": urls[0]}}
        if mentioned := each_id("mentioned_user_ids", mentioned_user_ids):
            fields.update(mentioned_user_ids=mentioned, sampled=True)
            shown["mentioned_entities"] = [{"fbid": user_id} for user_id in mentioned]
        if reply_to_message is not None:
            fields.update(_quoting(reply_to_message))
            shown["replied_to_message"] = reply_to_message.raw
        kind = "link" if urls else "text"
        to = recipients(user_ids, thread_ids)
        return self._broadcast(kind, kind, fields, to, client_context=client_context, shown=shown)

    def direct_answer(
        self,
        thread_id: Id,
        text: str,
        *,
        reply_to_message: DirectMessage | None = None,
        mentioned_user_ids: Ids = None,
        link_preview: bool = True,
        client_context: Id | None = None,
    ) -> DirectMessage:
        """Sends a text to a thread; the arguments are those of :meth:`direct_send`."""
        return self.direct_send(
            text,
            thread_ids=[thread_id],
            reply_to_message=reply_to_message,
            mentioned_user_ids=mentioned_user_ids,
            link_preview=link_preview,
            client_context=client_context,
        )

    def direct_send_like(
        self, user_ids: Ids = None, thread_ids: Ids = None, *, client_context: Id | None = None
    ) -> DirectMessage:
        """Sends a heart as a message of its own (reported of mauigpapi)."""
        to = recipients(user_ids, thread_ids)
        return self._broadcast("like", "like", FLAGS, to, client_context=client_context, shown={"like": HEART})

    def direct_send_gif(
        self, gif_id: str, user_ids: Ids = None, thread_ids: Ids = None, *, client_context: Id | None = None
    ) -> DirectMessage:
        """Sends a GIF by its id at Giphy (reported of mauigpapi).

        Raises:
            ValueError: besides what the class says, there is no id.
        """
        _check_words("gif_id", gif_id)
        return self._broadcast(
            "animated_media",
            "animated_media",
            {**FLAGS, "id": gif_id},
            recipients(user_ids, thread_ids),
            client_context=client_context,
            shown={"animated_media": {"id": gif_id}},
        )

    # --- shares -----------------------------------------------------------------------------------------------------

    def direct_media_share(
        self,
        media_id: str,
        user_ids: Ids = None,
        thread_ids: Ids = None,
        send_attribute: str = "feed_timeline",
        media_type: str = "photo",
        *,
        client_context: Id | None = None,
    ) -> DirectMessage:
        """Shares a post.

        Args:
            media_id: ``<media id>_<owner's user id>``; the owner is not looked up.
            user_ids: see the class.
            thread_ids: see the class.
            send_attribute: where in the app it was shared: ``feed_timeline``, ``feed_contextual_chain``,
                ``feed_short_url``, ``feed_contextual_self_profile`` or ``feed_contextual_profile``.
            media_type: ``photo`` or ``video``.
            client_context: see the class.
        """
        media = _media("media_id", media_id)
        fields = {
            **FLAGS,
            "media_id": media_id,
            "send_attribution": send_attribute,
            "inventory_source": _INVENTORY_SOURCES.get(send_attribute),
        }
        return self._broadcast(
            "media_share",
            "media_share",
            fields,
            recipients(user_ids, thread_ids),
            client_context=client_context,
            params={"media_type": _checked_media_type(media_type)},
            shown={"media_share": media},
        )

    def direct_story_share(
        self, story_id: str, user_ids: Ids = None, thread_ids: Ids = None, *, client_context: Id | None = None
    ) -> DirectMessage:
        """Shares a story, ``<media id>_<owner's user id>``.

        The form names the owner as the reel's id, as instagram-private-api does; instagrapi names the medium there.
        """
        media = _media("story_id", story_id)
        fields = {
            "action": FLAGS["action"],
            "is_shh_mode": FLAGS["is_shh_mode"],
            "story_media_id": story_id,
            "reel_id": media["user"]["pk"],
            "containermodule": "reel_feed_timeline",
            "send_attribution": "reel_feed_timeline",
        }
        return self._broadcast(
            "story_share",
            "story_share",
            fields,
            recipients(user_ids, thread_ids),
            client_context=client_context,
            shown={"story_share": {"media": media}},
        )

    def direct_profile_share(
        self, user_id: Id, user_ids: Ids = None, thread_ids: Ids = None, *, client_context: Id | None = None
    ) -> DirectMessage:
        """Shares a user's profile."""
        shared = id_text("user_id", user_id)
        return self._broadcast(
            "profile",
            "profile",
            {**FLAGS, "profile_user_id": shared, "send_attribution": "profile"},
            recipients(user_ids, thread_ids),
            client_context=client_context,
            shown={"profile": {"pk": shared}},
        )

    def direct_story_reply(
        self, story_id: str, text: str, media_type: str = "photo", *, client_context: Id | None = None
    ) -> DirectMessage:
        """Writes to somebody about their story (reported of instagram-private-api).

        Args:
            story_id: ``<media id>_<owner's user id>``; the owner is who gets the message.
            text: what to say.
            media_type: of the story, ``photo`` or ``video``.
            client_context: see the class.

        Raises:
            ValueError: besides what the class says, the text is empty.
        """
        media = _media("story_id", story_id)
        owner = media["user"]["pk"]
        _check_words("text", text)
        return self._broadcast(
            "reel_share",
            "reel_share",
            {**FLAGS, "media_id": story_id, "reel_id": owner, "text": text, "entry": "reel"},
            recipients(owner),
            client_context=client_context,
            params={"media_type": _checked_media_type(media_type)},
            shown={"text": text, "reel_share": {"type": "reply", "text": text, "media": media}},
        )

    # --- reactions --------------------------------------------------------------------------------------------------

    def direct_send_reaction(
        self,
        thread_id: Id,
        message_id: Id,
        emoji: str = HEART,
        client_context: Id | None = None,
        action_source: str = "double_tap",
        target_item_type: str | None = None,
    ) -> bool:
        """Reacts to a message, in place of an earlier reaction; repeating it changes nothing.

        Args:
            thread_id: the thread.
            message_id: the message.
            emoji: any emoji.
            client_context: **of the message**, where it is known; the reaction has a token of its own.
            action_source: how the user did it.
            target_item_type: type of the message; not said by default.

        Raises:
            DirectMessageNotFound: there is no such message, or no such thread.
        """
        return self._react("created", thread_id, message_id, emoji, client_context, action_source, target_item_type)

    def direct_delete_reaction(
        self,
        thread_id: Id,
        message_id: Id,
        emoji: str = HEART,
        client_context: Id | None = None,
        action_source: str = "double_tap",
        target_item_type: str | None = None,
    ) -> bool:
        """Takes the account's reaction to a message back; the arguments are those of :meth:`direct_send_reaction`."""
        return self._react("deleted", thread_id, message_id, emoji, client_context, action_source, target_item_type)

    def direct_message_like(self, thread_id: Id, message_id: Id, client_context: Id | None = None) -> bool:
        """Reacts with a heart, see :meth:`direct_send_reaction`."""
        return self.direct_send_reaction(thread_id, message_id, client_context=client_context)

    def direct_message_unlike(self, thread_id: Id, message_id: Id, client_context: Id | None = None) -> bool:
        """Takes the heart back, see :meth:`direct_delete_reaction`."""
        return self.direct_delete_reaction(thread_id, message_id, client_context=client_context)

    def _react(
        self,
        status: str,
        thread_id: Id,
        message_id: Id,
        emoji: str,
        original_context: Id | None,
        action_source: str,
        target_item_type: str | None,
    ) -> bool:
        _check_words("emoji", emoji)
        fields = {
            **FLAGS,
            "send_attribution": "message_reaction",
            "item_type": "reaction",
            "reaction_type": "like",
            "reaction_status": status,
            "node_type": "item",
            "item_id": id_text("message_id", message_id),
            "emoji": emoji,
            "reaction_action_source": action_source,
            "original_message_client_context": None if original_context is None else str(original_context),
            "target_item_type": target_item_type,
        }
        to = recipients(thread_ids=id_text("thread_id", thread_id))
        self._broadcast("reaction", "reaction", fields, to, missing=DirectMessageNotFound)
        return True


def _check_words(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must be text that is not empty")


def _quoting(message: DirectMessage) -> dict[str, Any]:
    if not message.id or not message.client_context:
        raise ValueError("a message can only be quoted by its id and its client_context together")
    return {
        "replied_to_action_source": "swipe",
        "replied_to_item_id": message.id,
        "replied_to_client_context": message.client_context,
    }


def _media(name: str, media_id: str) -> dict[str, Any]:
    """What is known of a post or a story by its id."""
    pk, owner = media_and_owner(name, media_id)
    return {"id": media_id, "pk": pk, "user": {"pk": owner}}


def _checked_media_type(media_type: str) -> str:
    if media_type not in ("photo", "video"):
        raise ValueError("media_type is either photo or video")
    return media_type
