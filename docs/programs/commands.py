"""Send a text, a reaction, a typing indicator and a read mark over the realtime connection."""

from __future__ import annotations

import os

from instagrapi import Client

thread_id = os.environ["IG_THREAD_ID"]
item_id = os.environ["IG_ITEM_ID"]

cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
rt = cl.realtime_connect()
try:
    sent = [
        rt.direct_send_text(thread_id, "Hello from MQTT"),
        rt.direct_send_reaction(thread_id, item_id, emoji="❤️"),
        rt.direct_indicate_activity(thread_id, is_active=True),
        rt.direct_mark_seen(thread_id, item_id),
    ]
    for command in sent:
        print(command["action"], command.result(timeout=30)["status"])
finally:
    cl.realtime_disconnect()
