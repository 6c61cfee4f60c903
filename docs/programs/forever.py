"""Run as a service: come back after every outage, go on where the last run ended, and stop properly on SIGTERM."""

from __future__ import annotations

import os
from pathlib import Path

from instagrapi import Client
from instagrapi.realtime import events
from instagrapi.realtime.stores import FileStore

settings_file = Path(os.environ.get("IG_SETTINGS", "session.json"))
position = FileStore(os.environ.get("IG_POSITION", "position.json"))

cl = Client()
if settings_file.exists():
    cl.load_settings(settings_file)
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
cl.dump_settings(settings_file)


@cl.realtime_on(events.Message, incoming=True)
def show(message: events.Message) -> None:
    print(message.source, message.text)


@cl.realtime_on(events.Connected)
def tell_connected(event: events.Connected) -> None:
    print("connected again" if event.resumed else "connected")


@cl.realtime_on(events.Disconnected)
def tell_disconnected(event: events.Disconnected) -> None:
    print(f"disconnected: {event.reason}; next attempt in {event.retry_in} s")


@cl.realtime_on(events.CaughtUp)
def tell_caught_up(event: events.CaughtUp) -> None:
    print("caught up")


rt = cl.realtime_connect(state=position)
try:
    rt.direct_subscribe()
    rt.run_forever()  # until SIGINT, SIGTERM or an error that a person has to deal with
finally:
    cl.realtime_disconnect()  # saves the position
print("stopped")
