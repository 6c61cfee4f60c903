"""The two ways in which Direct is written to: an item that is broadcast, and a change of a thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instagrapi.exceptions import DirectError, DirectThreadNotFound
from instagrapi.http.broadcast import acknowledged, broadcast_form, new_client_context
from instagrapi.http.ids import Id, id_text
from instagrapi.mixins.missing import missing_as
from instagrapi.mixins.private import PrivateMixin
from instagrapi.types import DirectMessage
from instagrapi.types.lenient import identifier


class DirectPostingMixin(PrivateMixin):
    """Sends items and changes to threads for the other Direct methods."""

    def _broadcast(
        self,
        route: str,
        item_type: str,
        fields: Mapping[str, Any],
        to: Mapping[str, Any],
        *,
        client_context: Id | None = None,
        params: Mapping[str, Any] | None = None,
        with_signature: bool = False,
        shown: Mapping[str, Any] | None = None,
        missing: type[DirectError] = DirectThreadNotFound,
    ) -> DirectMessage:
        """Sends an item below ``direct_v2/threads/broadcast/`` and returns it as it now stands in the thread.

        Args:
            route: such as ``text``.
            item_type: what the item becomes.
            fields: of the form, see :func:`broadcast_form`.
            to: see :func:`recipients`.
            client_context: the item's token; a fresh one if omitted.
            params: query.
            with_signature: whether the form travels as one signed JSON document.
            shown: what the item carries, which the answer does not repeat.
            missing: what HTTP 404 means.

        Raises:
            ValueError: ``client_context`` is empty.
            DirectThreadNotFound, DirectMessageNotFound: there is no such thread or message.
            DirectMessageRequestsDisabled: the recipient does not take messages from this account.
            ClientError: see :meth:`private_request`.
        """
        context = self._context(client_context)
        form = broadcast_form(fields, to, context, uuid=self.uuid, device_id=self.android_device_id)
        with missing_as(missing):
            answer = self.private_request(
                f"direct_v2/threads/broadcast/{route}/", form, params=params, with_signature=with_signature
            )
        told = acknowledged(answer)
        threads = to.get("thread_ids", ())
        return DirectMessage.model_validate(
            {
                "item_id": identifier(told.get("item_id")) or "",
                "thread_id": identifier(told.get("thread_id")) or (threads[0] if len(threads) == 1 else ""),
                "user_id": self.user_id or "",
                "timestamp": told.get("timestamp"),
                "item_type": item_type,
                "client_context": context,
                "is_sent_by_viewer": True,
                **(shown or {}),
            }
        )

    def _change_thread(
        self,
        thread_id: Id,
        action: str,
        fields: Mapping[str, Any] | None = None,
        *,
        with_signature: bool = False,
        missing: type[DirectError] = DirectThreadNotFound,
    ) -> dict[str, Any]:
        """Does something with a thread, below ``direct_v2/threads/<id>/``.

        Raises:
            ValueError: ``thread_id`` is no id.
            DirectThreadNotFound, DirectMessageNotFound: there is no such thread or message.
            ClientError: see :meth:`private_request`.
        """
        path = f"direct_v2/threads/{id_text('thread_id', thread_id)}/{action}/"
        with missing_as(missing):
            return self.private_request(path, {"_uuid": self.uuid, **(fields or {})}, with_signature=with_signature)

    def _context(self, client_context: Id | None) -> str:
        """The token of an item: the caller's or a fresh one."""
        context = new_client_context(self._clock()) if client_context is None else str(client_context)
        if not context.strip():
            raise ValueError("client_context must not be empty")
        return context
