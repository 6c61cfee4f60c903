"""Sending photos, videos and voice messages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from random import Random, SystemRandom
from typing import Any, Final, Literal, NamedTuple

from requests.cookies import RequestsCookieJar

from instagrapi.exceptions import ClientServerError, DirectThreadNotFound
from instagrapi.http.broadcast import FLAGS, recipients
from instagrapi.http.files import Source, mp4_seconds, opened
from instagrapi.http.ids import Id, Ids
from instagrapi.http.upload import PHOTO, VIDEO, VOICE, Body, Progress, Upload, UploadKind, may_pass, upload_headers
from instagrapi.mixins.direct.posting import DirectPostingMixin
from instagrapi.mixins.direct.reading import DirectReadingMixin
from instagrapi.mixins.missing import missing_as
from instagrapi.types import DirectMessage

#: While the server still works on a file it answers that the item cannot be sent: 503 for photos, 500 for videos (MA).
_STILL_WORKING: Final = frozenset({500, 503})
_REPEATS: Final = 4
_SECONDS_BETWEEN: Final = 5.0

#: The short form that mauigpapi sent until 2023, together with ``video_result``. instagrapi sends the camera's form,
#: ``raven_attachment``, whose many fields are about effects and devices. Neither could be tried out.
_VIDEO_ROUTE: Final = "video_attachment"

_NO_CONVERSATION: Final = "There is no conversation with these users yet: begin it with a text."

#: Values a second in the waveform of a voice message.
_WAVEFORM_HZ: Final = 10
#: So many values are sent when nobody knows how long the recording is, and so many at most when it is known.
_WAVEFORM_LENGTH, _WAVEFORM_LIMIT = 70, 3000
_WAVEFORM_LEVEL = 0.5


class _Uploaded(NamedTuple):
    """A file that is at Instagram: its id, when it was begun, and to whom it goes."""

    media_id: str
    upload_id: str
    to: Mapping[str, Any]


class DirectMediaMixin(DirectReadingMixin, DirectPostingMixin):
    """Methods that send files.

    All of them take the file as a path, as ``bytes`` or as a binary file, and send it from there without reading it
    into memory. They need a conversation that exists: with ``user_ids`` it is looked up first.

    ``progress`` is told how many bytes are on their way and how many there are; what it raises ends the upload, and
    nothing is sent. A broken connection is tried again up to five times, after 1, 2, 4, 8 and 16 seconds, from where
    the server is by then. While the server still works on the file, the message is sent again up to four times, every
    five seconds, with the same token: that the server takes a token only once is assumed by all clients.

    Attributes:
        upload_random: where the names of uploads come from.
    """

    upload_random: Random = SystemRandom()

    def direct_send_photo(
        self,
        path: Source,
        user_ids: Ids | None = None,
        thread_ids: Ids | None = None,
        *,
        progress: Progress | None = None,
        client_context: Id | None = None,
    ) -> DirectMessage:
        """Sends a photo, which has to be a JPEG: nothing is converted.

        Args:
            path: the photo, 32 MiB at most.
            user_ids: with whom the conversation is; either this or ``thread_ids``.
            thread_ids: to which threads it goes.
            progress: is told how many bytes are on their way and how many there are. What it raises ends the upload,
                and nothing is sent.
            client_context: the message's token; a fresh one if omitted. Whoever sends the file once more because no
                answer came gives the same one, so that the message can arrive only once (assumed).

        Returns:
            the message as far as it is known; with several threads that of the first one.

        Raises:
            UnsupportedMedia: the server would refuse the file; the message says what to do.
            OSError: it cannot be read.
            ValueError: neither users nor threads are given, or both.
            DirectThreadNotFound: there is no such conversation.
            ClientError: see :meth:`private_request`.
        """
        file = self._upload(PHOTO, path, user_ids, thread_ids, progress)
        fields = {**FLAGS, "allow_full_aspect_ratio": True}
        return self._send_uploaded(
            file, "photo_attachment", "media", fields, {"media": {"media_type": 1}}, client_context
        )

    def direct_send_video(
        self,
        path: Source,
        user_ids: Ids | None = None,
        thread_ids: Ids | None = None,
        *,
        progress: Progress | None = None,
        client_context: Id | None = None,
    ) -> DirectMessage:
        """Sends a video, which has to be an MP4 or MOV file, best with H.264 and AAC inside.

        Args:
            path: the video, 1 GiB at most.
            user_ids: see :meth:`direct_send_photo`, as for the others.
            thread_ids: see there.
            progress: see there.
            client_context: see there.

        Raises:
            ClientError, OSError, ValueError: see there.
        """
        file = self._upload(VIDEO, path, user_ids, thread_ids, progress)
        fields = {**FLAGS, "video_result": file.media_id}
        return self._send_uploaded(file, _VIDEO_ROUTE, "media", fields, {"media": {"media_type": 2}}, client_context)

    def direct_send_voice(
        self,
        path: Source,
        user_ids: Ids | None = None,
        thread_ids: Ids | None = None,
        waveform: Sequence[float] | None = None,
        *,
        progress: Progress | None = None,
        client_context: Id | None = None,
    ) -> DirectMessage:
        """Sends a voice message, which has to be AAC in an MP4 file (M4A).

        Args:
            path: the recording, 32 MiB at most.
            user_ids: see :meth:`direct_send_photo`, as for the others.
            thread_ids: see there.
            waveform: its loudness from 0 to 1, ten values a second. Without it a flat line is sent, as long as the
                recording: it is not decoded, and noise would only pretend that it was.
            progress: see there.
            client_context: see there.

        Raises:
            ClientError, OSError, ValueError: see there; ``ValueError`` also for a waveform that is none.
        """
        levels = _flat(path) if waveform is None else _checked_waveform(waveform)
        file = self._upload(VOICE, path, user_ids, thread_ids, progress)
        fields = {
            "action": FLAGS["action"],
            "waveform": levels,
            "waveform_sampling_frequency_hz": _WAVEFORM_HZ,
            "upload_id": file.upload_id,
        }
        audio = {"waveform_data": levels, "waveform_sampling_frequency_hz": _WAVEFORM_HZ}
        shown = {"voice_media": {"media": {"media_type": 11, "audio": audio}}}
        return self._send_uploaded(file, "voice_attachment", "voice_media", fields, shown, client_context)

    def direct_send_file(
        self,
        path: Source,
        user_ids: Ids | None = None,
        thread_ids: Ids | None = None,
        content_type: Literal["photo", "video", "voice"] = "photo",
        *,
        progress: Progress | None = None,
        client_context: Id | None = None,
    ) -> DirectMessage:
        """Sends a file as what ``content_type`` says; see the three methods above.

        Raises:
            ClientError, OSError, ValueError: see there; ``ValueError`` also for another ``content_type``.
        """
        senders: Mapping[str, Callable[..., DirectMessage]] = {
            "photo": self.direct_send_photo,
            "video": self.direct_send_video,
            "voice": self.direct_send_voice,
        }
        if content_type not in senders:
            raise ValueError(f"content_type is one of {', '.join(senders)}")
        return senders[content_type](path, user_ids, thread_ids, progress=progress, client_context=client_context)

    def _upload(
        self, kind: UploadKind, source: Source, user_ids: Ids | None, thread_ids: Ids | None, progress: Progress | None
    ) -> _Uploaded:
        """Brings a file to Instagram, once it is known that it can be sent and to whom."""
        to = recipients(user_ids, thread_ids)
        with opened(source) as file:
            upload = Upload(kind, file, now=self._clock(), random=self.upload_random, progress=progress)
            to = self._existing(to)
            return _Uploaded(upload.run(self._upload_request, self._sleep), upload.upload_id, to)

    def _send_uploaded(
        self,
        file: _Uploaded,
        route: str,
        item_type: str,
        fields: Mapping[str, Any],
        shown: Mapping[str, Any],
        client_context: Id | None,
    ) -> DirectMessage:
        """Sends the item of a file, again with the same token while the server still works on it."""
        whole = {"send_attribution": "inbox", "attachment_fbid": file.media_id, **fields}
        context = self._context(client_context)
        repeats = _REPEATS
        while True:
            try:
                return self._broadcast(route, item_type, whole, file.to, client_context=context, shown=shown)
            except ClientServerError as error:
                is_working = error.code in _STILL_WORKING and may_pass(error, _SECONDS_BETWEEN)
                if not is_working:
                    raise
                if not repeats:
                    raise _still_working(error) from None
            repeats -= 1
            self._sleep(_SECONDS_BETWEEN)

    def _existing(self, to: dict[str, Any]) -> dict[str, Any]:
        """The recipients as threads: files cannot begin a conversation."""
        if "thread_ids" in to:
            return to
        with missing_as(DirectThreadNotFound, _NO_CONVERSATION):
            thread = self.direct_thread_by_participants(to["recipient_users"][0])
        if thread is None or not thread.id:
            raise DirectThreadNotFound(_NO_CONVERSATION)
        return {"thread_ids": [thread.id]}

    def _upload_request(
        self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None
    ) -> dict[str, Any]:
        """A request to the upload host: the same proxy, certificate authorities and limits, but no cookies."""
        endpoints = self._profile.endpoints
        with self._changing_session:
            private = self._headers()
        response = self._http.exchange(
            method,
            f"{endpoints.upload}/{path}",
            headers={**upload_headers(private), **headers},
            cookies=RequestsCookieJar(),
            data=body,
            ca_file=endpoints.ca_file or self.settings.ca_file,
        )
        return self._checked(response, path)


def _still_working(error: ClientServerError) -> ClientServerError:
    """The same error, with what it means here."""
    seconds = int(_REPEATS * _SECONDS_BETWEEN)
    return ClientServerError(
        f"The file is uploaded, but after {seconds} seconds Instagram still does not take the message with it "
        f"(HTTP {error.code}), as while it processes a file. It was not sent; send it again later.",
        code=error.code,
        body=error.body,
        response=error.response,
        retry_after=error.retry_after,
    )


def _flat(source: Source) -> list[float]:
    """A level waveform of the right length."""
    with opened(source) as file:
        seconds = mp4_seconds(file)
    values = _WAVEFORM_LENGTH if seconds is None else math.ceil(seconds * _WAVEFORM_HZ)
    return [_WAVEFORM_LEVEL] * max(1, min(values, _WAVEFORM_LIMIT))


def _checked_waveform(waveform: Sequence[float]) -> list[float]:
    levels = list(map(float, waveform))
    if not levels or not all(0 <= level <= 1 for level in levels):
        raise ValueError("a waveform is one or more numbers from 0 to 1")
    return levels
