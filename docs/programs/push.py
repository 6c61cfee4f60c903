"""Print push notifications; the device identity is kept, so that the next run is the same device."""

from __future__ import annotations

import os
from pathlib import Path

from instagrapi import Client

settings_file = Path(os.environ.get("IG_SETTINGS", "session.json"))


def show(notification: dict) -> None:
    print(notification.get("collapse_key"), notification.get("m"))


cl = Client()
if settings_file.exists():
    cl.load_settings(settings_file)
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
cl.fbns_on("push", show)

fbns = cl.fbns_connect()
cl.dump_settings(settings_file)
print("device", cl.settings["fbns_auth"]["device_id"])
print("alive:", fbns.ping())
fbns.run_forever()
