"""Print Direct messages as they arrive, and hang up properly at the end."""

from __future__ import annotations

import os

from instagrapi import Client


def show(event: dict) -> None:
    message = event["message"]
    print(message["op"], message["path"], message.get("text"))


cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
cl.realtime_on("message", show)

rt = cl.realtime_connect()
try:
    state = rt.direct_subscribe()
    print("subscribed from", state["seq_id"])
    print("alive:", rt.ping())
    while True:
        cl.realtime_read_once()
except KeyboardInterrupt:  # Ctrl-C
    pass
finally:
    cl.realtime_disconnect()
