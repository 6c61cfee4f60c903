"""Accept message requests and say hello: those that wait, and then each as its push comes."""

from __future__ import annotations

from instagrapi import Client
from instagrapi.exceptions import ClientError
from instagrapi.realtime import events

cl = Client()
cl.load_settings("session.json")  # made by: instagrapi login --settings session.json


def welcome(thread_id: str) -> None:
    try:
        cl.direct_pending_approve(thread_id)
        cl.direct_answer(thread_id, "Hello! What can I do for you?", client_context=f"hello-{thread_id}")
    except ClientError as error:
        print("not answered:", error)
    else:
        print("answered", thread_id)


@cl.fbns_on(events.Push)  # realtime does not tell of requests
def answer(push: events.Push) -> None:
    if push.category == events.PushCategory.MESSAGE_REQUEST and push.thread_id:
        welcome(push.thread_id)


fbns = cl.fbns_connect()
cl.dump_settings("session.json")  # the device that pushes go to
for request in cl.direct_requests():
    welcome(request.id)
fbns.run_forever()
