"""Turn the pushes about Direct into their messages, those of message requests too."""

from __future__ import annotations

import os
from pathlib import Path

from instagrapi import Client
from instagrapi.realtime import events

settings_file = Path(os.environ.get("IG_SETTINGS", "session.json"))

cl = Client()
if settings_file.exists():
    cl.load_settings(settings_file)
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])


@cl.fbns_on(events.Push)
def show(push: events.Push) -> None:
    if push.category not in (events.PushCategory.DIRECT, events.PushCategory.MESSAGE_REQUEST):
        print(push.category, push.message)
        return
    message = push.fetch_message()
    if message is not None:
        print(push.category, message.user_id, message.content.kind, message.content.text)


fbns = cl.fbns_connect()
cl.dump_settings(settings_file)
fbns.run_forever()
