"""Answer the latest message over HTTP: a text that may be sent again, a reaction, a quoting text, a link."""

from __future__ import annotations

import os

from instagrapi import Client
from instagrapi.exceptions import ClientConnectionError, DirectMessageRequestsDisabled

cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
thread = cl.direct_threads(amount=1)[0]
latest = thread.messages[0]

token = "order-1234"  # one of your own for each message
try:
    cl.direct_answer(thread.id, "your order is ready", client_context=token)
except ClientConnectionError:  # was it sent? The same token should make it one message
    cl.direct_answer(thread.id, "your order is ready", client_context=token)

cl.direct_send_reaction(thread.id, latest.id, emoji="👍")
answer = cl.direct_answer(thread.id, "on my way", reply_to_message=latest)
print("sent", answer.item_type, answer.id)
print("sent", cl.direct_answer(thread.id, "see https://example.org/map.").item_type)

try:
    cl.direct_send("hello", user_ids=[os.environ["IG_STRANGER"]])
except DirectMessageRequestsDisabled as error:
    print("refused:", error.message)
