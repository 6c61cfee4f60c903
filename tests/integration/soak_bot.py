"""The bot of the soak: tells on its standard output when a handler begins and has returned, and what it uses."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from instagrapi import Client
from instagrapi.realtime import events
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.stores import FileStore

directory = Path(os.environ["SOAK_DIRECTORY"])
policy = ReconnectPolicy(
    first_delay=0.01, max_delay=0.05, connects_per_hour=1_000_000, inbox_requests_per_hour=1_000_000
)

cl = Client()
cl.load_settings(directory / "session.json")
rt = cl.realtime_client(
    reconnect=policy,
    state=FileStore(directory / "state.json"),
    autosave_interval=0,
    workers=int(os.environ["SOAK_WORKERS"]),
)
handled = 0


def tell(*words: object) -> None:
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())  # whole, even if it is killed just then


def tell_what_is_used() -> None:
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * 4
    tell("used", os.getpid(), memory, threading.active_count(), len(os.listdir("/proc/self/fd")))


@rt.on(events.Message, incoming=True)
def handle(event: events.Message) -> None:
    global handled
    tell("begin", event.item_id, event.source, event.thread_id)
    handled += 1
    if handled % 100 == 0:
        tell_what_is_used()
    tell("end", event.item_id)


rt.on(events.Connected, lambda event: tell("connected"))
rt.on(events.Resync, lambda event: tell("resync", event.fetched, event.complete))
rt.run_forever()
