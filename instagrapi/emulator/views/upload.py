"""The hosts beside the private API: the one that takes files, and the one that gives them.

Paths, headers and answers of uploads are reported; how mistakes are answered is assumed.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from werkzeug.wrappers import Request

from instagrapi.emulator.fault import Kind
from instagrapi.emulator.http_answers import Answer, Rejected
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.media import MediaKind
from instagrapi.emulator.model import Refused
from instagrapi.emulator.uploads import Uploads
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup

#: Where files of each kind go.
UPLOAD_PATHS: Final[Mapping[MediaKind, str]] = {
    "photo": "/messenger_image/<name>",
    "video": "/messenger_video/<name>",
    "voice": "/messenger_audio/<name>",
}

#: Headers that each kind has, with the values that are known.
_TYPES: Final[Mapping[MediaKind, Mapping[str, set[str]]]] = {
    "photo": {"image_type": {"FILE_ATTACHMENT"}, "x-entity-type": {"image/jpeg"}},
    "video": {"video_type": {"FILE_ATTACHMENT"}, "x-entity-type": {"video/mp4"}, "segment-start-offset": {"0"}},
    "voice": {"audio_type": {"FILE_ATTACHMENT", "VOICE_MESSAGE"}, "x-entity-type": {"audio/mp4"}},
}
#: With one of these the request does not get past the edge (reported).
_FOREIGN = ("x-ig-", "x-bloks-", "x-pigeon-")
_NOT_HERE = "<!DOCTYPE html><html><title>Error</title><body>We're sorry, but something went wrong.</body></html>"
_CHUNK = 64 * 1024


class UploadViews(ViewGroup):
    """Files that come and go.

    Args:
        hub: the world and its lock.
        uploads: what is on its way.
    """

    def __init__(self, hub: Hub, uploads: Uploads) -> None:
        super().__init__(hub)
        self._uploads = uploads

    @property
    def public(self) -> Routes:
        """Paths for everybody."""
        return {("GET", "/media/<name>"): self.media}

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            (method, path): functools.partial(view, kind)
            for kind, path in UPLOAD_PATHS.items()
            for method, view in (("GET", self.offset), ("POST", self.receive))
        }

    @property
    def conventions(self) -> Conventions:
        """What apps say to these hosts is checked here; it is not what they say to the private API."""
        return {route: Convention(app_headers=False) for route in (*self.public, *self.private)}

    def media(self, request: Request, fields: Mapping[str, Any], name: str) -> Answer:
        """A file that somebody sent."""
        try:
            file = self._hub.media.read(name, request.args.get("oe", ""), request.args.get("oh", ""))
        except Refused as refused:
            return Answer(refused.message, refused.status)
        return Answer(file.content, media_type=file.media_type)

    def offset(self, kind: MediaKind, call: Call, name: str) -> Answer:
        """How much of a file is here."""
        if not _passes_edge(call.request):
            return Answer(_NOT_HERE, 404)
        _check_type(kind, call.request)
        return Answer({"offset": self._uploads.offset(call.account, kind, name)})

    def receive(self, kind: MediaKind, call: Call, name: str) -> Answer:
        """Takes a file from an offset to its end."""
        request = call.request
        if not _passes_edge(request):
            return Answer(_NOT_HERE, 404)
        _check_type(kind, request)
        offset, size = _number(request, "Offset"), _number(request, "X-Entity-Length")
        if request.headers.get("X-Entity-Name") != name or request.mimetype != "application/octet-stream":
            raise Rejected(400, "x-entity-name or content-type does not fit")
        if request.content_length != size - offset:
            raise Rejected(400, "the body is not the rest of the file")
        upload, turn = self._uploads.begin(call.account, kind, name, offset, size)
        with self._hub.changing():
            fault = self._hub.faults.take(Kind.UPLOAD, "http", (call.account,))
        remaining = size - offset
        until_break = remaining if fault is None else min(fault.value, remaining)
        while until_break:
            piece = request.stream.read(min(_CHUNK, until_break))
            if not piece or not self._uploads.add(upload, turn, piece):
                raise ConnectionResetError
            until_break -= len(piece)
        if fault is not None:
            raise ConnectionResetError
        return Answer({"media_id": self._uploads.finish(upload)})


def _passes_edge(request: Request) -> bool:
    return not any(name.lower().startswith(_FOREIGN) for name, _ in request.headers)


def _check_type(kind: MediaKind, request: Request) -> None:
    for name, values in _TYPES[kind].items():
        if request.headers.get(name.replace("_", "-")) not in values:
            raise Rejected(400, f"{name} is missing or has an unknown value")


def _number(request: Request, name: str) -> int:
    value = request.headers.get(name, "")
    if not value.isdigit():
        raise Rejected(400, f"{name} is no number")
    return int(value)
