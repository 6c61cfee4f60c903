"""Reading the inbox and its threads.

Paths, parameters and answers are those that other clients report.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from instagrapi.exceptions import DirectMessageNotFound, DirectThreadNotFound
from instagrapi.http.ids import Id, Ids, each_id, id_text
from instagrapi.mixins.direct.paging import fresh, pages, up_to
from instagrapi.mixins.missing import missing_as
from instagrapi.mixins.private import PrivateMixin
from instagrapi.types import DirectInbox, DirectMessage, DirectThread, Media
from instagrapi.types.lenient import identifier, objects

_FOLDERS = {"primary": "0", "general": "1"}
_PAGE_SIZE = 20


class DirectReadingMixin(PrivateMixin):
    """Methods that read threads and messages; none of them marks anything as seen."""

    # --- the inbox --------------------------------------------------------------------------------------------------

    def direct_inbox(
        self,
        selected_filter: str | None = None,
        box: str | None = None,
        thread_message_limit: int | None = None,
        cursor: str | None = None,
    ) -> DirectInbox:
        """A page of the inbox, of up to 20 threads; one request.

        Its ``next_cursor`` leads to the next page, its ``seq_id`` and ``snapshot_at_ms`` are where a realtime
        subscription starts.

        Args:
            selected_filter: ``unread`` or ``flagged``.
            box: ``primary`` or ``general``; both if omitted.
            thread_message_limit: how many messages per thread at most; 10 if omitted.
            cursor: that of the page before; the first page if omitted.

        Raises:
            ValueError: there is no such box.
            ClientError: see :meth:`private_request`.
        """
        if box is not None and box not in _FOLDERS:
            raise ValueError(f"box is one of {', '.join(_FOLDERS)}")
        query: dict[str, Any] = {
            "eb_device_id": "0",
            "igd_request_log_tracking_id": str(uuid.uuid4()),
            "visual_message_return_type": "unseen",
            "thread_message_limit": 10 if thread_message_limit is None else thread_message_limit,
            "persistentBadging": True,
            "limit": _PAGE_SIZE,
            "is_prefetching": False,
            "fetch_reason": "page_scroll" if cursor else "initial_snapshot",
            "include_old_mrs": False,
            "no_pending_badge": True,
            "push_disabled": self.settings.push_disabled,
            "selected_filter": selected_filter,
            "folder": _FOLDERS[box] if box else None,
        }
        return DirectInbox.model_validate(self.private_request("direct_v2/inbox/", params={**query, **older(cursor)}))

    def direct_threads_chunk(
        self,
        selected_filter: str | None = None,
        box: str | None = None,
        thread_message_limit: int | None = None,
        cursor: str | None = None,
    ) -> tuple[list[DirectThread], str | None]:
        """The threads of a page of the inbox, and the cursor of the next page, ``None`` on the last one.

        Arguments and errors are those of :meth:`direct_inbox`.
        """
        page = self.direct_inbox(selected_filter, box, thread_message_limit, cursor)
        return page.threads, page.next_cursor

    def direct_iter_threads(
        self,
        selected_filter: str | None = None,
        box: str | None = None,
        thread_message_limit: int | None = None,
    ) -> Iterator[DirectThread]:
        """The threads of the inbox, latest first; each page is fetched when its first thread is asked for.

        Arguments and errors are those of :meth:`direct_inbox`.
        """
        found = pages(
            lambda cursor: self.direct_inbox(selected_filter, box, thread_message_limit, cursor),
            lambda page: page.next_cursor,
        )
        return fresh(found, lambda page: page.threads)

    def direct_threads(
        self,
        amount: int = 20,
        selected_filter: str | None = None,
        box: str | None = None,
        thread_message_limit: int | None = None,
    ) -> list[DirectThread]:
        """The threads of the inbox, latest first; one request for each 20.

        Args:
            amount: how many threads at most; 0 for all.
            selected_filter: ``unread`` or ``flagged``.
            box: ``primary`` or ``general``; both if omitted.
            thread_message_limit: how many messages per thread at most; 10 if omitted.

        Raises:
            ValueError: there is no such box.
            ClientError: see :meth:`private_request`.
        """
        return up_to(amount, self.direct_iter_threads(selected_filter, box, thread_message_limit))

    # --- threads ----------------------------------------------------------------------------------------------------

    def direct_thread(self, thread_id: Id, amount: int = 20) -> DirectThread:
        """A thread with its latest messages, newest first; one request for each 20.

        The thread is as the first request found it, whatever is collected afterwards; ``has_older`` and
        ``oldest_cursor`` go with the oldest message that is there. Message requests can be read, too.

        Args:
            thread_id: either id of the thread.
            amount: how many messages at most; 0 for all.

        Raises:
            ValueError: the id is none.
            DirectThreadNotFound: there is no such thread.
            ClientError: see :meth:`private_request`.
        """
        read: list[DirectThread] = []

        def messages_of(page: DirectThread) -> list[DirectMessage]:
            read.append(page)
            return page.messages

        messages = up_to(amount, fresh(self._thread_pages(thread_id), messages_of))
        last = read[-1]
        cursor = _cursor_after(last)
        if messages and last.messages and messages[-1].id != last.messages[-1].id:
            cursor = messages[-1].id
        end = {"messages": messages, "has_older": cursor is not None, "oldest_cursor": cursor or last.oldest_cursor}
        return read[0].model_copy(update=end)

    def direct_iter_messages(self, thread_id: Id) -> Iterator[DirectMessage]:
        """The messages of a thread, newest first; each page is fetched when its first message is asked for.

        Errors are those of :meth:`direct_thread`.
        """
        return fresh(self._thread_pages(thread_id), lambda page: page.messages)

    def direct_messages(self, thread_id: Id, amount: int = 20) -> list[DirectMessage]:
        """The latest messages of a thread, newest first; arguments and errors are those of :meth:`direct_thread`."""
        return up_to(amount, self.direct_iter_messages(thread_id))

    def direct_message(self, thread_id: Id, message_id: Id, amount: int = 20) -> DirectMessage:
        """One message. There is no request for a single one: it is looked for from the newest message on.

        Args:
            thread_id: either id of the thread.
            message_id: the item id.
            amount: among how many of the latest messages; 0 for all.

        Raises:
            DirectMessageNotFound: it is not among them.
            ValueError, DirectThreadNotFound, ClientError: see :meth:`direct_thread`.
        """
        wanted = id_text("message_id", message_id)
        for number, message in enumerate(self.direct_iter_messages(thread_id), 1):
            if message.id == wanted:
                return message
            if number == amount:
                break
        raise DirectMessageNotFound(f"The message is not among the latest {amount or 'ones'} of the thread.")

    def direct_media(self, thread_id: Id, amount: int = 20) -> list[Media]:
        """The photos and videos that were sent in a thread, newest first; one request for each 20.

        Entries without a medium are left out.

        Args:
            thread_id: either id of the thread.
            amount: how many at most; 0 for all.

        Raises:
            ValueError, DirectThreadNotFound, ClientError: see :meth:`direct_thread`.
        """
        path = f"direct_v2/threads/{id_text('thread_id', thread_id)}/media/"

        def fetch(cursor: str | None) -> dict[str, Any]:
            query = {"limit": _PAGE_SIZE, "media_type": "media_shares", "max_timestamp": cursor}
            with missing_as(DirectThreadNotFound):
                return self.private_request(path, params={**query, "igd_request_log_tracking_id": str(uuid.uuid4())})

        found = fresh(pages(fetch, _timestamp_after), _messages_of)
        return up_to(amount, filter(None, (message.content.media for message in found)))

    def direct_thread_by_participants(self, user_ids: Ids) -> DirectThread | None:
        """The conversation with exactly these people, or ``None`` when there is none yet; one request.

        The thread may come without messages although there are some (reported); :meth:`direct_thread` reads them.

        Args:
            user_ids: of everybody but the own account.

        Raises:
            ValueError: one of the ids is none, or there is none at all.
            ClientError: see :meth:`private_request`.
        """
        recipients = each_id("user_ids", user_ids)
        if not recipients:
            raise ValueError("user_ids names nobody")
        query = {"recipient_users": recipients, "limit": _PAGE_SIZE}
        thread = self.private_request("direct_v2/threads/get_by_participants/", params=query).get("thread")
        return DirectThread.model_validate(thread) if isinstance(thread, dict) and thread else None

    def _thread_pages(self, thread_id: Id) -> Iterator[DirectThread]:
        path = f"direct_v2/threads/{id_text('thread_id', thread_id)}/"

        def fetch(cursor: str | None) -> DirectThread:
            query = {"visual_message_return_type": "unseen", "limit": _PAGE_SIZE, "direction": "older"}
            with missing_as(DirectThreadNotFound):
                answer = self.private_request(path, params={**query, "cursor": cursor})
            thread = answer.get("thread")
            if not isinstance(thread, dict):
                raise DirectThreadNotFound("The answer has no thread in it.", body=answer)
            return DirectThread.model_validate(thread)

        return pages(fetch, _cursor_after)


def older(cursor: str | None) -> dict[str, str]:
    """The part of a query that leads to another page than the first."""
    return {"cursor": cursor, "direction": "older"} if cursor else {}


def _messages_of(page: dict[str, Any]) -> list[DirectMessage]:
    return [DirectMessage.model_validate(item) for item in objects(page.get("items"))]


def _cursor_after(page: DirectThread) -> str | None:
    return page.oldest_cursor if page.messages and page.has_older is not False else None


def _timestamp_after(page: dict[str, Any]) -> str | None:
    if page.get("more_available") is False:
        return None
    stamps = (identifier(item.get("timestamp")) for item in reversed(objects(page.get("items"))))
    return next(filter(None, stamps), None)
