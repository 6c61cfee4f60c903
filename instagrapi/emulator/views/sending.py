"""What is sent to threads over HTTP, uploads aside. It becomes what a realtime command would have made of it."""

from __future__ import annotations

import functools

from instagrapi.emulator import content
from instagrapi.emulator.http_answers import Answer, Rejected
from instagrapi.emulator.model import Thread
from instagrapi.emulator.views.base import Call, Conventions, Routes
from instagrapi.emulator.views.broadcast import BROADCAST, BroadcastViews, sent_with
from instagrapi.emulator.world import World
from instagrapi.emulator.world_items import Receipt

_SHARE_QUERY = frozenset({"media_type"})

#: By item type, which is also the end of the path. Two clients differ about signing what is about stories.
_CONVENTIONS = {
    "text": sent_with("send_attribution", "text"),
    "link": sent_with("send_attribution", "link_text", "link_urls"),
    "like": sent_with(),
    "media_share": sent_with("send_attribution", "media_id", query=_SHARE_QUERY),
    "story_share": sent_with("send_attribution", "story_media_id", "reel_id", signed=None),
    "profile": sent_with("send_attribution", "profile_user_id"),
    "reel_share": sent_with("media_id", "reel_id", "text", "entry", signed=None, query=_SHARE_QUERY),
    "animated_media": sent_with("id"),
    "reaction": sent_with("send_attribution", "item_type", "reaction_type", "reaction_status", "item_id", "emoji"),
}


class SendingViews(BroadcastViews):
    """Texts, links, hearts, GIFs, shares and reactions."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        items = {_path(item_type): functools.partial(self.item, item_type) for item_type in _CONVENTIONS}
        return {**items, _path("animated_media"): self.gif, _path("reaction"): self.reaction}

    @property
    def conventions(self) -> Conventions:
        """How apps send these."""
        return {_path(name): convention for name, convention in _CONVENTIONS.items()}

    def item(self, item_type: str, call: Call) -> Answer:
        """An item that a command could have sent, too."""
        return self._broadcast(
            call, lambda world, thread, context: world.send(call.account, thread, item_type, call.fields, context)
        )

    def gif(self, call: Call) -> Answer:
        """A GIF, of which only the id is the sender's."""
        gif_id = call.fields.get("id")
        if not gif_id:
            raise Rejected(400, "id is missing")
        whole = content.gif()
        data = {"animated_media": {**whole["animated_media"], "id": str(gif_id)}}
        return self._broadcast(
            call, lambda world, thread, context: world.post(call.account, thread, "animated_media", data, context)
        )

    def reaction(self, call: Call) -> Answer:
        """A reaction, or its removal."""
        fields = call.fields

        def react(world: World, thread: Thread, context: str) -> Receipt:
            item = world.item(thread, str(fields.get("item_id")))
            match fields.get("reaction_status"):
                case "created":
                    return world.react(call.account, item, str(fields.get("emoji", "")), context)
                case "deleted":
                    return world.unreact(call.account, item, context)
            raise Rejected(400, "reaction_status is neither created nor deleted")

        return self._broadcast(call, react)


def _path(name: str) -> tuple[str, str]:
    return "POST", f"{BROADCAST}/{name}/"
