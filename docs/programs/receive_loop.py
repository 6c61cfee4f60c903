"""Print everything that arrives on the realtime connection."""

from __future__ import annotations

import os

from instagrapi import Client


def show(event: dict) -> None:
    print(event["topic"], event["payload"])


cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
cl.realtime_on("receive", show)
rt = cl.realtime_connect()

try:
    while True:
        cl.realtime_read_once()
except KeyboardInterrupt:  # Ctrl-C
    cl.realtime_disconnect()
