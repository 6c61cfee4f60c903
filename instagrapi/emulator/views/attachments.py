"""Sending what was uploaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from instagrapi.emulator import content
from instagrapi.emulator.http_answers import Answer, Rejected
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.media import MediaKind
from instagrapi.emulator.model import Thread
from instagrapi.emulator.render import user_json
from instagrapi.emulator.uploads import Uploads
from instagrapi.emulator.views.base import Call, Conventions, Routes
from instagrapi.emulator.views.broadcast import BROADCAST, BroadcastViews, sent_with
from instagrapi.emulator.views.fields import json_list
from instagrapi.emulator.world import World
from instagrapi.emulator.world_items import Receipt

_PHOTO, _VIDEO, _VOICE = (f"{BROADCAST}/{kind}_attachment/" for kind in ("photo", "video", "voice"))
_FLAGS = ("action", "is_shh_mode", "btt_dual_send", "is_ae_dual_send", "send_attribution", "attachment_fbid")


class AttachmentViews(BroadcastViews):
    """Photos, videos and voice messages. Unlike texts they need a thread that exists (reported).

    Args:
        hub: the world and its lock.
        uploads: the files.
    """

    def __init__(self, hub: Hub, uploads: Uploads) -> None:
        super().__init__(hub)
        self._uploads = uploads

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {("POST", _PHOTO): self.photo, ("POST", _VIDEO): self.video, ("POST", _VOICE): self.voice}

    @property
    def conventions(self) -> Conventions:
        """How apps send the requests of this group."""
        voice = ("waveform", "waveform_sampling_frequency_hz", "upload_id")
        return {
            ("POST", _PHOTO): sent_with(*_FLAGS, "allow_full_aspect_ratio"),
            ("POST", _VIDEO): sent_with(*_FLAGS, "video_result"),
            ("POST", _VOICE): sent_with("action", "send_attribution", "attachment_fbid", *voice),
        }

    def photo(self, call: Call) -> Answer:
        """Sends a photo; that it arrives like one of the camera is assumed, and so is its size."""
        return self._send(call, "photo", "media", content.photo)

    def video(self, call: Call) -> Answer:
        """Sends a video; as with photos."""
        if call.fields.get("video_result") != call.fields.get("attachment_fbid"):
            raise Rejected(400, "video_result is not attachment_fbid")
        return self._send(call, "video", "media", content.video)

    def voice(self, call: Call) -> Answer:
        """Sends a voice message, which is as long as its waveform (assumed)."""
        waveform = _waveform(call.fields)

        def recording(source: content.Source) -> content.Json:
            data = content.voice(source, seconds=len(waveform) / 10)
            data["voice_media"]["media"]["audio"]["waveform_data"] = waveform
            return data

        return self._send(call, "voice", "voice_media", recording)

    def _send(
        self, call: Call, kind: MediaKind, item_type: str, show: Callable[[content.Source], content.Json]
    ) -> Answer:
        if "recipient_users" in call.fields:
            raise Rejected(400, "files are sent to threads")
        upload = self._uploads.find(call.account, kind, str(call.fields.get("attachment_fbid", "")))
        link = self._hub.media.linker(kind, upload.file) if upload.file else None

        def write(world: World, thread: Thread, context: str) -> Receipt:
            source = content.Source(world.new_media_id(), user_json(call.account))
            return world.post(call.account, thread, item_type, show(source), context, link=link)

        return self._broadcast(call, write)


def _waveform(fields: Mapping[str, Any]) -> list[float]:
    waveform = json_list(fields, "waveform")
    if not waveform or not all(isinstance(level, int | float) and 0 <= level <= 1 for level in waveform):
        raise Rejected(400, "waveform: numbers from 0 to 1 were expected")
    if str(fields.get("waveform_sampling_frequency_hz")) != "10":
        raise Rejected(400, "waveform_sampling_frequency_hz: 10 was expected")
    return waveform
