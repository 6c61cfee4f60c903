"""A bot that answers photos: keeps each one, says how large it is, and sends it back."""

from __future__ import annotations

from pathlib import Path

from instagrapi import Client
from instagrapi.exceptions import ClientError
from instagrapi.realtime import events
from instagrapi.realtime.stores import FileStore

photos = Path("photos")
photos.mkdir(exist_ok=True)

cl = Client()
cl.load_settings("session.json")  # made by: instagrapi login --settings session.json


def answer(message: events.MessageEvent) -> None:
    path = photos / f"{message.item_id}.jpg"
    answered = path.with_suffix(".answered")
    if message.content.kind != "photo" or message.media.url is None or answered.exists():
        return  # no photo, not to be had yet, or answered already
    try:
        message.download(path)
        thanks = f"Thank you! {path.stat().st_size} bytes."
        message.reply(thanks, client_context=f"thanks-{message.item_id}").result(timeout=30)
        sent = cl.direct_send_photo(path, thread_ids=[message.thread_id])
        answered.touch()  # last: what is cut short before comes again
    except (ClientError, OSError) as error:
        print("not answered:", error)
    else:
        print("kept", path, "and answered with", sent.id)


cl.realtime_on(events.Message, answer, incoming=True)
cl.realtime_on(events.MessageUpdate, answer, incoming=True)  # brings the links of photos that came without

rt = cl.realtime_connect(state=FileStore("position.json"))
rt.direct_subscribe()
rt.run_forever()
