"""Downloading what messages hold."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from instagrapi.exceptions import ClientError, ClientIncompleteReadError, DirectError, MediaUnavailable
from instagrapi.http.failures import failure
from instagrapi.http.upload import Progress
from instagrapi.mixins.direct.reading import DirectReadingMixin
from instagrapi.realtime.events import MessageEvent
from instagrapi.types import Content, DirectMessage, Media
from instagrapi.types.moments import whole_number
from instagrapi.writing import replacing

#: How the CDN answers for a link that has ended (403 reported, the others assumed).
_ENDED: Final = frozenset({403, 404, 410})
#: The end of a name in the public DNS, and of no address, in whatever form.
_NAME: Final = re.compile(r"\.[a-z][a-z0-9-]+\.?\Z")
_MIB = 1024 * 1024


class DownloadMixin(DirectReadingMixin):
    """Methods that bring files here."""

    def media_download(
        self,
        message: MessageEvent | DirectMessage | Content | Media,
        path: str | os.PathLike[str],
        *,
        max_size: int = 256 * _MIB,
        seconds: float = 600.0,
        progress: Progress | None = None,
    ) -> Path:
        """Saves the photo, video or recording of a message.

        The file comes over https and through the client's proxy. The CDN gets the user agent and nothing else: neither
        session nor cookies. Links end after some days (see :class:`~instagrapi.types.Media`); for a message the thread
        is then fetched once, and the new link is used. Of an album pass one of ``media.items``; ``url`` of the whole is
        its cover.

        Args:
            message: an event, a message of a thread, or what it holds, which has no new link.
            path: of the file, which appears when it is complete, readable by its owner only; its folder has to exist.
            max_size: in bytes; what is larger is given up.
            seconds: for the whole file.
            progress: is told how many bytes have come, and how many there are, 0 when that is not known.

        Returns:
            the path.

        Raises:
            MediaUnavailable: there is nothing to download, or not any more.
            OSError: the file cannot be written.
            ClientError: the download failed, or the file is too large.
        """
        media = _media_of(message)
        is_new = media is None or media.url is None or media.is_expired()
        if is_new:
            media = self._media_anew(message)
        try:
            self._save(media, path, max_size, seconds, progress)
        except ClientError as error:
            if is_new or error.code not in _ENDED:
                raise
            self._save(self._media_anew(message), path, max_size, seconds, progress)
        return Path(path)

    def _media_anew(self, message: object) -> Media | None:
        """What the message holds by now.

        Raises:
            MediaUnavailable: it is not known which message, or it is not among the latest 20 of its thread.
            ClientError: see :meth:`private_request`.
        """
        if not isinstance(message, MessageEvent | DirectMessage):
            raise MediaUnavailable("There is no link, or it has ended. A new one is had by passing the whole message.")
        thread_id, item_id = message.thread_id, message.item_id if isinstance(message, MessageEvent) else message.id
        if not thread_id or not item_id:
            raise MediaUnavailable("There is no link, and the message does not say where it is from.")
        try:
            return self.direct_message(thread_id, item_id).content.media
        except DirectError as error:
            raise MediaUnavailable(f"There is no link, or it has ended. {error}") from error

    def _save(
        self,
        media: Media | None,
        path: str | os.PathLike[str],
        max_size: int,
        seconds: float,
        progress: Progress | None,
    ) -> None:
        url = media.url if media else None
        if url is None:
            raise MediaUnavailable("The message holds nothing to download, or not any more.")
        self._check_link(url)
        headers = {"User-Agent": self.user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
        ca_file = self._profile.endpoints.ca_file or self.settings.ca_file
        with self._http.download(url, headers=headers, seconds=seconds, ca_file=ca_file) as (response, pieces):
            status = response.status_code
            if status != 200:
                refused = failure(status, response.headers, "") if status >= 400 else None
                raise refused or ClientError(f"The link leads to no file (HTTP {status}).", code=status)
            total = _length(response.headers)
            received = 0
            _check_size(total, max_size)
            with replacing(path) as file:
                for piece in pieces:
                    received += len(piece)
                    _check_size(received, max_size)
                    file.write(piece)
                    if progress:
                        progress(received, total)
                if total and received != total:
                    raise ClientIncompleteReadError(f"Of {total} bytes only {received} came.")

    def _check_link(self, url: str) -> None:
        """Refuses links that the CDN does not give: into this machine or its network, or in the open."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            raise MediaUnavailable("The link is none.") from None
        if parts.scheme != "https":
            raise MediaUnavailable("The link does not lead over https.")
        if not _NAME.search(host) and host != urlsplit(self._profile.endpoints.http).hostname:
            raise MediaUnavailable("The link does not lead to a host on the internet.")


def _media_of(message: MessageEvent | DirectMessage | Content | Media) -> Media | None:
    if isinstance(message, Media):
        return message
    return message.media if isinstance(message, Content) else message.content.media


def _length(headers: Mapping[str, str]) -> int:
    """How long the file says it is; 0 when it does not say."""
    return whole_number(headers.get("Content-Length")) or 0


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise ClientError(f"The file is larger than {limit} bytes.")
