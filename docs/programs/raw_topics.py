"""Subscribe to topics by their texts and print what comes: typing, presence, live broadcasts."""

from __future__ import annotations

import json
import os
import uuid

from instagrapi import Client


def show(event: dict) -> None:
    print(event["topic"], event["payload"])


cl = Client()
cl.login(os.environ["IG_USERNAME"], os.environ["IG_PASSWORD"])
cl.realtime_on("receive", show)
rt = cl.realtime_connect()

typing = json.dumps({"input_data": {"user_id": str(cl.user_id)}}, separators=(",", ":"))
presence = json.dumps({"input_data": {"client_subscription_id": str(uuid.uuid4())}}, separators=(",", ":"))
rt.graph_ql_subscribe(
    [
        f"1/graphqlsubscriptions/17867973967082385/{typing}",
        f"1/graphqlsubscriptions/17846944882223835/{presence}",
    ]
)
rt.skywalker_subscribe([f"ig/u/v1/{cl.user_id}", f"ig/live_notification_subscribe/{cl.user_id}"])

try:
    while True:
        cl.realtime_read_once()
except KeyboardInterrupt:  # Ctrl-C
    cl.realtime_disconnect()
