"""A bot with typed handlers and filters: answers !ping, and shows who types, who reacts and what is taken back."""

from __future__ import annotations

import os

from instagrapi import Client
from instagrapi.realtime import events

cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])


@cl.realtime_on(events.Message, incoming=True, text=r"^!ping$")
def answer(message: events.Message) -> None:
    with message.typing():
        sent = message.reply("pong").result(timeout=30)
    print("pong to", message.user_id, "is", sent["payload"]["item_id"])


@cl.realtime_on(events.Typing, incoming=True)
def show_typing(event: events.Typing) -> None:
    print(event.sender_id, "types", event.activity, "until", event.expires_at)


@cl.realtime_on(events.Reaction, incoming=True)
def show_reaction(event: events.Reaction) -> None:
    print(event.user_id, "takes back" if event.is_removed else "reacts", event.symbol)


@cl.realtime_on("message_delete")  # by name: a dictionary
def show_unsent(event: dict) -> None:
    print("unsent", event["item_id"])


rt = cl.realtime_connect()
rt.direct_subscribe(typing=True)
rt.run_forever()
