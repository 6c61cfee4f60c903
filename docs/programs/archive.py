"""Keep every message with all that it holds, line by line, and its photos, videos and recordings beside it."""

from __future__ import annotations

import json
from pathlib import Path

from instagrapi import Client
from instagrapi.exceptions import ClientError
from instagrapi.realtime import events
from instagrapi.realtime.stores import FileStore

archive = Path("archive")
archive.mkdir(exist_ok=True)

cl = Client()
cl.load_settings("session.json")  # made by: instagrapi login --settings session.json


def keep(message: events.MessageEvent) -> None:
    line = {
        **message.model_dump(mode="json", exclude_none=True),  # the event's own fields
        "content": message.content.model_dump(mode="json", exclude_none=True),  # what the message holds
        "raw": message.raw,  # what the server sent, untouched
    }
    with (archive / "messages.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    media = message.media
    for number, one in enumerate((media.items or [media]) if media else []):
        keep_file(one, archive / f"{message.item_id}-{number}{one.suffix}")


def keep_file(media, path: Path) -> None:
    if media.url is None or path.exists():
        return  # its link comes with an update, or it is here
    try:
        cl.media_download(media, path)
    except (ClientError, OSError) as error:
        print("not kept:", path.name, error)
    else:
        print("kept", path.name)


cl.realtime_on(events.Message, keep)
cl.realtime_on(events.MessageUpdate, keep)
cl.realtime_on(events.VisualMessage, keep)

rt = cl.realtime_connect(state=FileStore("position.json"))
rt.direct_subscribe()
rt.run_forever()
