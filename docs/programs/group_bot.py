"""A bot for groups: !members says who is there, !title NAME gives the group another name."""

from __future__ import annotations

from instagrapi import Client
from instagrapi.exceptions import ClientError
from instagrapi.realtime import events

cl = Client()
cl.load_settings("session.json")  # made by: instagrapi login --settings session.json


@cl.realtime_on(events.Message, incoming=True, text=r"^!members$")
def tell_members(message: events.Message) -> None:
    thread = cl.direct_thread(message.thread_id, amount=1)
    if thread.is_group:
        message.reply(", ".join(user.username for user in thread.users))


@cl.realtime_on(events.Message, incoming=True, text=r"^!title .")
def rename(message: events.Message) -> None:
    title = message.text.removeprefix("!title ")
    try:
        cl.direct_thread_update_title(message.thread_id, title)
    except ClientError as error:  # such as a conversation of two, which has no name
        message.reply(f"That is not possible: {error}")


rt = cl.realtime_connect()
rt.direct_subscribe()
rt.run_forever()
