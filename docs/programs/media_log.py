"""Keep what media messages hold: kind, size, link and expiry, on the screen and line by line in a file."""

from __future__ import annotations

import os
from pathlib import Path

from instagrapi import Client
from instagrapi.realtime import events

log = Path(os.environ.get("IG_MEDIA_LOG", "media.jsonl"))

cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])


def keep(message: events.MessageEvent) -> None:
    media = message.media
    if media is None:
        return
    for one in media.items or [media]:
        size = f"{one.duration} s" if one.kind == "audio" else f"{one.width}x{one.height}"
        print(message.content.kind, size, one.url or "no link yet", "until", one.expires_at)
        if one.url:
            with log.open("a") as file:
                file.write(one.model_dump_json(exclude_none=True) + "\n")


cl.realtime_on(events.Message, keep, incoming=True)
cl.realtime_on(events.MessageUpdate, keep, incoming=True)  # brings the links of media that came without
cl.realtime_on(events.VisualMessage, keep, incoming=True)

rt = cl.realtime_connect()
rt.direct_subscribe()
rt.run_forever()
