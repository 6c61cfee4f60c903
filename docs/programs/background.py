"""Read in the background while the program does something else, and wait for what it needs."""

from __future__ import annotations

import os

from instagrapi import Client
from instagrapi.realtime import events

cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])


@cl.realtime_on(events.Typing, incoming=True)
def show(event: events.Typing) -> None:  # runs in the background thread
    print(event.sender_id, "types")


rt = cl.realtime_client()
rt.start()
try:
    rt.wait_connected(timeout=30)
    rt.direct_subscribe(typing=True)
    question = rt.wait_for(events.Message, lambda message: not message.from_me, timeout=60)
    print("asked:", question.text)
    sent = question.reply("let me think").result(timeout=30)
    print("answered:", sent["payload"]["item_id"])
    seen = rt.wait_for(events.Seen, lambda seen: seen.thread_id == question.thread_id, timeout=60)
    print("read by", seen.user_id)
finally:
    print("stopped:", rt.stop(timeout=10))
