"""A bot that is to be stopped: tells on its standard output what its handler does, and waits for lines in between."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

from instagrapi import Client
from instagrapi.realtime import events
from instagrapi.realtime.stores import FileStore, SqliteStore

directory, state = Path(os.environ["BOT_DIRECTORY"]), Path(os.environ["BOT_STATE"])
logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")

cl = Client()
cl.load_settings(directory / "session.json")
rt = cl.realtime_client(
    state=SqliteStore(state, account="me") if state.suffix == ".db" else FileStore(state),
    workers=int(os.environ.get("BOT_WORKERS", "0")),
)
begun = threading.Event()


def tell(*words: object) -> None:
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


@rt.on(events.Message, incoming=True)
def handle(event: events.Message) -> None:
    tell("begin", event.text)
    begun.set()
    if event.text == "work":
        sys.stdin.readline()
        event.reply("done")
    elif event.text == "order":
        event.reply("one moment").result(20)
        event.reply("your order is ready").result(20)
    tell("end", event.text)


rt.on(events.Connected, lambda event: tell("connected"))
if "BOT_ENDS" in os.environ:  # the main thread reaches its end while a handler runs
    rt.start()
    begun.wait()
    sys.exit()
try:
    rt.run_forever()
finally:
    rt.disconnect()
