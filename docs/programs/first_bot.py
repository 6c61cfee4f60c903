from __future__ import annotations

from instagrapi import Client
from instagrapi.realtime import events

cl = Client()
cl.load_settings("session.json")  # made by: instagrapi login --settings session.json


@cl.realtime_on(events.Message)
def show(message: events.Message) -> None:
    print("me:" if message.from_me else "them:", message.text or message.content.kind)


@cl.realtime_on(events.Message, incoming=True, text=r"^!ping$")
def answer(message: events.Message) -> None:
    message.reply("pong")


rt = cl.realtime_connect()
rt.direct_subscribe()
rt.run_forever()
