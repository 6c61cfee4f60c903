"""Answer slowly, several conversations at a time: each keeps its order, none waits for another."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from instagrapi import Client
from instagrapi.realtime import events

settings_file = Path(os.environ.get("IG_SETTINGS", "session.json"))
seconds = float(os.environ.get("IG_SECONDS", "2"))

cl = Client()
if settings_file.exists():
    cl.load_settings(settings_file)
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
cl.dump_settings(settings_file)


def say(line: str) -> None:
    """Prints a line whole: several threads do at the same time."""
    print(f"{line}\n", end="", flush=True)


def look_it_up(question: str) -> str:
    """Stands for whatever takes long: a model, a database, a request."""
    time.sleep(seconds)
    return f"about {question}: nothing is known"


@cl.realtime_on(events.Message, incoming=True)
def answer(message: events.Message) -> None:
    say(f"{message.text} begins in {threading.current_thread().name}")
    message.reply(look_it_up(message.text or "that"), client_context=f"answer-{message.item_id}").result()
    say(f"{message.text} is answered")


rt = cl.realtime_client(workers=4)
try:
    rt.run_forever()
finally:
    cl.dump_settings(settings_file)
