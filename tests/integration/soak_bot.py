"""The bot of the soak: writes down when a handler begins and when it has returned, and what it uses."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from instagrapi import Client
from instagrapi.exceptions import RealtimeError
from instagrapi.realtime import events
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.stores import FileStore

directory = Path(os.environ["SOAK_DIRECTORY"])
log = os.open(directory / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
policy = ReconnectPolicy(
    first_delay=0.01, max_delay=0.2, connects_per_hour=1_000_000, inbox_requests_per_hour=1_000_000
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


def used() -> str:
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * 4
    return f"{memory} {threading.active_count()} {len(os.listdir('/proc/self/fd'))}"


@rt.on(events.Message, incoming=True)
def handle(event: events.Message) -> None:
    global handled
    os.write(log, f"begin {event.item_id} {event.source} {event.thread_id}\n".encode())
    handled += 1
    if handled % 100 == 0:
        os.write(log, f"used {os.getpid()} {used()}\n".encode())
    os.write(log, f"end {event.item_id}\n".encode())


@rt.on(events.Resync)
def resync(event: events.Resync) -> None:
    os.write(log, f"resync {event.fetched} {event.complete}\n".encode())


subscribed = False
while not subscribed:
    try:
        rt.connect()
        rt.direct_subscribe()
        subscribed = True
    except (RealtimeError, OSError):  # the line may break here as well; the program's own connects are its own affair
        rt.disconnect()
        threading.Event().wait(0.02)
os.write(log, b"ready\n")
rt.run_forever()
