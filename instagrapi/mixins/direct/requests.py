"""Message requests: what strangers write waits there until it is accepted.

Reading and accepting one are reported by several clients; declining, and answering several at once, by fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from instagrapi.exceptions import DirectThreadNotFound
from instagrapi.http.ids import Id, Ids, each_id, id_text
from instagrapi.mixins.direct.paging import fresh, pages, up_to
from instagrapi.mixins.direct.reading import older
from instagrapi.mixins.missing import missing_as
from instagrapi.mixins.private import PrivateMixin
from instagrapi.types import DirectInbox, DirectThread, PendingPreview


class DirectRequestsMixin(PrivateMixin):
    """Methods about message requests, and about the hidden ones, which Instagram takes for spam."""

    def direct_pending_inbox(self, amount: int = 20) -> list[DirectThread]:
        """The message requests, latest first.

        Args:
            amount: how many at most; 0 for all.

        Raises:
            ClientError: see :meth:`private_request`.
        """
        found = pages(self._pending_page, lambda page: page.next_cursor)
        return up_to(amount, fresh(found, lambda page: page.threads))

    def direct_requests(self, amount: int = 20) -> list[DirectThread]:
        """Another name of :meth:`direct_pending_inbox`."""
        return self.direct_pending_inbox(amount)

    def direct_pending_chunk(self, cursor: str | None = None) -> tuple[list[DirectThread], str | None]:
        """A page of the message requests, and the cursor of the next page, ``None`` on the last one; one request.

        Args:
            cursor: that of the page before; the first page if omitted.

        Raises:
            ClientError: see :meth:`private_request`.
        """
        page = self._pending_page(cursor)
        return page.threads, page.next_cursor

    def direct_spam_inbox(self, amount: int = 20) -> list[DirectThread]:
        """The hidden requests, latest first; arguments and errors are those of :meth:`direct_pending_inbox`."""
        found = pages(self._spam_page, lambda page: page.next_cursor)
        return up_to(amount, fresh(found, lambda page: page.threads))

    def direct_spam_chunk(self, cursor: str | None = None) -> tuple[list[DirectThread], str | None]:
        """A page of the hidden requests; the rest is as with :meth:`direct_pending_chunk`."""
        page = self._spam_page(cursor)
        return page.threads, page.next_cursor

    def direct_pending_requests_preview(self, pending_inbox_filters: Sequence[str] | None = None) -> PendingPreview:
        """How many message requests wait; one request.

        Args:
            pending_inbox_filters: of the kinds of requests; which there are is not known.

        Raises:
            ClientError: see :meth:`private_request`.
        """
        query = {"pending_inbox_filters": list(pending_inbox_filters or ())}
        answer = self.private_request("direct_v2/async_get_pending_requests_preview/", params=query)
        return PendingPreview.model_validate(answer)

    # --- answering --------------------------------------------------------------------------------------------------

    def direct_pending_approve(self, thread_id: Id) -> bool:
        """Accepts a message request, which moves the thread to the inbox. Writing to it accepts it, too.

        Raises:
            ValueError: the id is none.
            DirectThreadNotFound: there is no such thread.
            ClientError: see :meth:`private_request`.
        """
        return self._answer_request(_one(thread_id, "approve"), filter="DEFAULT")

    def direct_request_approve(self, thread_id: Id) -> bool:
        """Another name of :meth:`direct_pending_approve`."""
        return self.direct_pending_approve(thread_id)

    def direct_pending_decline(self, thread_id: Id) -> bool:
        """Turns a message request down; the sender is not told. Errors are those of :meth:`direct_pending_approve`."""
        return self._answer_request(_one(thread_id, "decline"))

    def direct_pending_approve_multiple(self, thread_ids: Ids, folder: str = "") -> bool:
        """Accepts several message requests; one request.

        Args:
            thread_ids: of the threads.
            folder: where to move them: ``0`` primary, ``1`` general (assumed); the server chooses if it is empty.

        Raises:
            ValueError: one of the ids is none, or there is none at all.
            ClientError: see :meth:`private_request`.
        """
        return self._answer_request(
            "direct_v2/threads/approve_multiple/", thread_ids=_several(thread_ids), folder=folder
        )

    def direct_pending_decline_multiple(self, thread_ids: Ids) -> bool:
        """Turns several message requests down; errors are those of :meth:`direct_pending_approve_multiple`."""
        return self._answer_request("direct_v2/threads/decline_multiple/", thread_ids=_several(thread_ids))

    def direct_pending_decline_all(self) -> bool:
        """Turns all message requests down.

        Raises:
            ClientError: see :meth:`private_request`.
        """
        return self._answer_request("direct_v2/threads/decline_all/")

    # --- helpers ----------------------------------------------------------------------------------------------------

    def _pending_page(self, cursor: str | None) -> DirectInbox:
        session = {"request_session_id": self.settings.uuids["request_id"]}
        return self._requests_page("pending_inbox/", cursor, session)

    def _spam_page(self, cursor: str | None) -> DirectInbox:
        return self._requests_page("spam_inbox/", cursor, {})

    def _requests_page(self, path: str, cursor: str | None, more: dict[str, Any]) -> DirectInbox:
        query = {"visual_message_return_type": "unseen", "persistentBadging": True, "is_prefetching": False}
        answer = self.private_request(f"direct_v2/{path}", params={**query, **more, **older(cursor)})
        return DirectInbox.model_validate(answer)

    def _answer_request(self, path: str, **fields: Any) -> bool:
        with missing_as(DirectThreadNotFound):
            self.private_request(path, {**fields, "_uuid": self.uuid}, with_signature=False)
        return True


def _one(thread_id: Id, answer: str) -> str:
    return f"direct_v2/threads/{id_text('thread_id', thread_id)}/{answer}/"


def _several(thread_ids: Ids) -> list[str]:
    if not (ids := each_id("thread_ids", thread_ids)):
        raise ValueError("thread_ids names no thread")
    return ids
