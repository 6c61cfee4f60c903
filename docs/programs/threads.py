"""Make a group, write to it, and put it away."""

from __future__ import annotations

import os

from instagrapi import Client

cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])

group = cl.direct_thread_create(os.environ["IG_MEMBERS"].split(","), "Lunch")
cl.direct_thread_update_title(group, "Lunch at noon")
sent = cl.direct_send("who is in?", thread_ids=[group])
cl.direct_message_unsend(group, sent.id)

cl.direct_thread_mute(group)
cl.direct_thread_hide(group)
for thread in cl.direct_threads():
    cl.direct_send_seen(thread.id, thread.messages[0].id)
    print(thread.thread_title, "is read")
