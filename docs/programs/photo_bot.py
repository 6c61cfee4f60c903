"""A bot that answers photos: keeps each one, says how large it is, and sends it back."""

from __future__ import annotations

import os
from pathlib import Path

from instagrapi import Client
from instagrapi.exceptions import ClientError
from instagrapi.realtime import events

photos = Path(os.environ.get("IG_PHOTOS", "photos"))
photos.mkdir(exist_ok=True)

cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])


def answer(message: events.MessageEvent) -> None:
    path = photos / f"{message.item_id}.jpg"
    if message.content.kind != "photo" or message.media.url is None or path.exists():
        return  # no photo, not to be had yet, or answered already
    try:
        message.download(path)
        message.reply(f"Thank you! {path.stat().st_size} bytes.").result(timeout=30)
        sent = cl.direct_send_photo(path, thread_ids=[message.thread_id])
    except (ClientError, OSError) as error:
        print("not answered:", error)
    else:
        print("kept", path, "and answered with", sent.id)


cl.realtime_on(events.Message, answer, incoming=True)
cl.realtime_on(events.MessageUpdate, answer, incoming=True)  # brings the links of photos that came without

rt = cl.realtime_connect()
rt.direct_subscribe()
rt.run_forever()
