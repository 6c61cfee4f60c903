"""Reading the inbox."""

from __future__ import annotations

import uuid
from typing import Any

from instagrapi.mixins.private import PrivateMixin
from instagrapi.types import DirectThread

_FOLDERS = {"primary": "0", "general": "1"}


class DirectReadingMixin(PrivateMixin):
    """Methods that read threads and messages."""

    def direct_threads(
        self,
        amount: int = 20,
        selected_filter: str | None = None,
        box: str | None = None,
        thread_message_limit: int | None = None,
    ) -> list[DirectThread]:
        """The threads of the inbox, latest first.

        With an ``amount`` of up to 20 this is one request, and ``last_json`` then holds ``seq_id`` and
        ``snapshot_at_ms``, which the realtime subscription starts from.

        Args:
            amount: how many threads at most; 0 for all.
            selected_filter: ``unread`` or ``flagged``.
            box: ``primary`` or ``general``.
            thread_message_limit: how many messages per thread at most; 10 if omitted.

        Raises:
            ValueError: there is no such box.
            ClientError: see :meth:`private_request`.
        """
        if box is not None and box not in _FOLDERS:
            raise ValueError(f"box is one of {', '.join(_FOLDERS)}")
        query: dict[str, Any] = {
            "eb_device_id": "0",
            "visual_message_return_type": "unseen",
            "thread_message_limit": 10 if thread_message_limit is None else thread_message_limit,
            "persistentBadging": True,
            "limit": 20,
            "is_prefetching": False,
            "include_old_mrs": False,
            "no_pending_badge": True,
            "push_disabled": self.settings.push_disabled,
            "selected_filter": selected_filter,
            "folder": _FOLDERS[box] if box else None,
        }
        threads: list[DirectThread] = []
        cursor = None
        while True:
            page = self._inbox_page(query, cursor)
            found = page.get("threads")
            if not isinstance(found, list):
                break
            threads += map(DirectThread.model_validate, found)
            previous, cursor = cursor, page.get("oldest_cursor")
            # The last page has a cursor, too; and a cursor that does not move would lead around for ever.
            more = page.get("has_older") and found and cursor and cursor != previous
            if not more or 0 < amount <= len(threads):
                break
        return threads[:amount] if amount > 0 else threads

    def _inbox_page(self, query: dict[str, Any], cursor: Any) -> dict[str, Any]:
        position = {"fetch_reason": "initial_snapshot"}
        if cursor:
            position = {"fetch_reason": "page_scroll", "cursor": cursor, "direction": "older"}
        tracking = {"igd_request_log_tracking_id": str(uuid.uuid4())}
        inbox = self.private_request("direct_v2/inbox/", params={**query, **position, **tracking}).get("inbox")
        return inbox if isinstance(inbox, dict) else {}
