"""Writing: items of every kind, and what becomes of them."""

from __future__ import annotations

from typing import Any

from instagrapi.emulator import content
from instagrapi.emulator.actor_core import ActorCore
from instagrapi.emulator.media import MediaKind
from instagrapi.emulator.model import Item, Link, RemovalForm, Thread
from instagrapi.emulator.render import user_json
from instagrapi.emulator.world import World


class ActorItems(ActorCore):
    """The part of an actor that writes."""

    # --- as a command writes ------------------------------------------------------------------------------------------

    def send(
        self, to: ActorCore | Thread, text: str, *, reply_to: Item | None = None, client_context: str | None = None
    ) -> Item:
        """Sends a text; a ``client_context`` that was used before gives the item of that time."""
        quote = {}
        if reply_to is not None:
            quote = {"replied_to_item_id": reply_to.item_id, "replied_to_client_context": reply_to.client_context}
        return self.share(to, "text", client_context=client_context, text=text, **quote)

    def share(
        self, to: ActorCore | Thread, item_type: str, *, client_context: str | None = None, **fields: Any
    ) -> Item:
        """Sends an item of any type that ``send_item`` knows, with the command's own fields."""
        with self._hub.changing() as world:
            context = client_context or world.new_client_context()
            return world.send(self._account, self._thread(world, to), item_type, fields, context).item

    # --- as an upload or a newer app writes ---------------------------------------------------------------------------

    def post(self, to: ActorCore | Thread, item_type: str, **payload: Any) -> Item:
        """Posts an item of any type, known or not.

        Args:
            payload: what the item carries, field by field, in place of what is ready-made for its type; the functions
                of :mod:`instagrapi.emulator.content` give such fields.
        """
        with self._hub.changing() as world:
            return self._post(world, to, item_type, {**content.ready_made(item_type, self._source(world)), **payload})

    def send_photo(
        self,
        to: ActorCore | Thread,
        *,
        width: int = 1080,
        height: int = 1350,
        url_later: bool = False,
        file: bytes | None = None,
    ) -> Item:
        """Sends a photo; with ``url_later`` it arrives without URLs, until :meth:`complete`.

        Args:
            file: what can be downloaded; without it a small sample is.
        """
        with self._hub.changing() as world:
            whole = content.photo(self._source(world), width=width, height=height)
            return self._post_media(world, to, whole, url_later, self._link("photo", file))

    def send_video(
        self,
        to: ActorCore | Thread,
        *,
        width: int = 720,
        height: int = 1280,
        seconds: float = 10.0,
        url_later: bool = False,
        file: bytes | None = None,
    ) -> Item:
        """Sends a video; ``url_later`` and ``file`` as with a photo."""
        with self._hub.changing() as world:
            whole = content.video(self._source(world), width=width, height=height, seconds=seconds)
            return self._post_media(world, to, whole, url_later, self._link("video", file))

    def send_album(self, to: ActorCore | Thread, *, count: int = 3) -> Item:
        """Shares a post of several photos."""
        with self._hub.changing() as world:
            return self._post(world, to, "media_share", content.album(self._source(world), count=count))

    def send_voice(self, to: ActorCore | Thread, *, seconds: float = 3.2, file: bytes | None = None) -> Item:
        """Sends a voice message; ``file`` as with a photo."""
        with self._hub.changing() as world:
            voice = content.voice(self._source(world), seconds=seconds)
            return self._post(world, to, "voice_media", voice, link=self._link("voice", file))

    def send_gif(self, to: ActorCore | Thread, *, is_sticker: bool = False) -> Item:
        """Sends a GIF, or a sticker."""
        with self._hub.changing() as world:
            return self._post(world, to, "animated_media", content.gif(self._source(world), is_sticker=is_sticker))

    def send_link(self, to: ActorCore | Thread, text: str, url: str, *, preview_later: bool = False) -> Item:
        """Sends a text with a link; with ``preview_later`` the preview is empty, until :meth:`complete`."""
        with self._hub.changing() as world:
            whole = content.link(text, url)
            if not preview_later:
                return self._post(world, to, "link", whole)
            return self._post(world, to, "link", content.without_preview(whole), later=whole)

    def send_raven(
        self,
        to: ActorCore | Thread,
        media_id: str | None = None,
        *,
        view_mode: str = "once",
        as_visual_thread: bool = False,
    ) -> Item:
        """Sends a photo that may be viewed once.

        Args:
            view_mode: ``once`` or ``replayable``.
            as_visual_thread: whether it goes to the visual inbox, which has paths and an unseen count of its own.
        """
        with self._hub.changing() as world:
            source = self._source(world)
            raven = content.raven(source._replace(media_id=media_id or source.media_id), view_mode=view_mode)
            return self._post(world, to, "raven_media", raven, is_visual=as_visual_thread)

    def reply_to_story(self, other: ActorCore, text: str) -> Item:
        """Writes about a story of the other."""
        with self._hub.changing() as world:
            return self._post(world, other, "reel_share", content.story_reply(self._story_of(world, other), text=text))

    def react_to_story(self, other: ActorCore, emoji: str = "😍") -> Item:
        """Reacts to a story of the other."""
        with self._hub.changing() as world:
            reaction = content.story_reaction(self._story_of(world, other), emoji=emoji)
            return self._post(world, other, "reel_share", reaction)

    def mention_in_story(self, other: ActorCore) -> Item:
        """Mentions the other in an own story."""
        with self._hub.changing() as world:
            mention = content.story_mention(self._source(world), mentioned_user_id=other.pk)
            return self._post(world, other, "reel_share", mention)

    def request(self, to: ActorCore, text: str, *, hidden: bool = False) -> Item:
        """Writes to somebody who does not know the actor, so that it is a message request until they accept it.

        Args:
            hidden: whether the service takes it for spam: it is among the hidden requests, and nobody is told.
        """
        with self._hub.changing() as world:
            thread = world.request_thread(self._account, to.account, hidden=hidden)
            return self._post(world, thread, "text", {"text": text})

    # --- what becomes of an own item ----------------------------------------------------------------------------------

    def complete(self, item: Item) -> None:
        """Tells what was left out of an own item: the URLs of its media, the preview of its link."""
        with self._hub.changing() as world:
            world.complete(self._account, self._own_view(world, item))

    def edit(self, item: Item, text: str) -> None:
        """Gives an own text another wording."""
        with self._hub.changing() as world:
            world.edit(self._account, self._own_view(world, item), text)

    def unsend(self, item: Item, form: RemovalForm = "item_id") -> None:
        """Takes an own item back; harmless when it is gone already.

        Args:
            form: what the patch has for a value: the item's id, ``{}`` (``empty``) or none at all (``absent``).
        """
        with self._hub.changing() as world:
            world.unsend(self._account, item, form)

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _source(self, world: World) -> content.Source:
        return content.Source(world.new_media_id(), user_json(self._account))

    @staticmethod
    def _story_of(world: World, other: ActorCore) -> content.Source:
        return content.Source(world.new_media_id(), user_json(other.account))

    def _link(self, kind: MediaKind, file: bytes | None) -> Link:
        media = self._hub.media
        return media.linker(kind, media.sample(kind) if file is None else media.keep(kind, file))

    def _post_media(
        self, world: World, to: ActorCore | Thread, whole: content.Json, url_later: bool, link: Link
    ) -> Item:
        if not url_later:
            return self._post(world, to, "media", whole, link=link)
        return self._post(world, to, "media", content.without_media(whole), later=whole, link=link)

    def _post(
        self,
        world: World,
        to: ActorCore | Thread,
        item_type: str,
        data: content.Json,
        *,
        later: content.Json | None = None,
        is_visual: bool = False,
        link: Link | None = None,
    ) -> Item:
        thread, context = self._thread(world, to), world.new_client_context()
        return world.post(
            self._account, thread, item_type, data, context, later=later, is_visual=is_visual, link=link
        ).item
