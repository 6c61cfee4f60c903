"""What each path of the HTTP API does. Paths, parameters and bodies follow reported samples."""

from __future__ import annotations

from random import Random

from instagrapi.emulator.devices import Devices
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.uploads import Uploads
from instagrapi.emulator.views.attachments import AttachmentViews
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, View, ViewGroup
from instagrapi.emulator.views.confirming import ConfirmingViews
from instagrapi.emulator.views.inbox import InboxViews
from instagrapi.emulator.views.people import PeopleViews
from instagrapi.emulator.views.push import PushViews
from instagrapi.emulator.views.requests import RequestViews
from instagrapi.emulator.views.search import SearchViews
from instagrapi.emulator.views.sending import SendingViews
from instagrapi.emulator.views.session import SessionViews
from instagrapi.emulator.views.threads import ThreadViews
from instagrapi.emulator.views.upload import UploadViews

__all__ = ["Call", "Convention", "Conventions", "Routes", "View", "Views"]


class Views:
    """All views, by method and path below ``/api/v1/``, or from the root when it begins with a slash.

    Args:
        hub: the world and its lock.
        devices: where push tokens are registered.
        random: where machine ids come from.
        uploads: what is on its way here.
        open_registration: whether an unknown user name that logs in becomes an account with that password.

    Attributes:
        public: those that need no session.
        private: those for who is logged in.
        conventions: how apps send the requests.
    """

    def __init__(
        self, hub: Hub, devices: Devices, random: Random, uploads: Uploads, *, open_registration: bool
    ) -> None:
        groups: tuple[ViewGroup, ...] = (
            SessionViews(hub, random, open_registration=open_registration),
            ConfirmingViews(hub),
            PeopleViews(hub),
            InboxViews(hub),
            RequestViews(hub),
            SearchViews(hub),
            SendingViews(hub),
            ThreadViews(hub),
            PushViews(hub, devices),
            UploadViews(hub, uploads),
            AttachmentViews(hub, uploads),
        )
        self.public: Routes = {path: view for group in groups for path, view in group.public.items()}
        self.private: Routes = {path: view for group in groups for path, view in group.private.items()}
        self.conventions: Conventions = {path: known for group in groups for path, known in group.conventions.items()}
