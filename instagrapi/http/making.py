"""A session beside the one in use: logging in makes another one aside, so that other threads never see half of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from instagrapi.http.headers import ServerHints, session_id
from instagrapi.http.settings import Settings

#: What of the settings belongs to the session rather than to the device.
_SESSION_KEYS: Final = ("authorization_data", "cookies", "ig_u_rur", "ig_www_claim", "last_login")


@dataclass
class Session:
    """What requests say about the client, and what their answers change."""

    settings: Settings
    hints: ServerHints = dataclasses.field(default_factory=ServerHints)

    @property
    def sessionid(self) -> str | None:
        """The session id, ``None`` when logged out."""
        return session_id(self.settings)

    def anew(self) -> Session:
        """The same device, logged out."""
        session = Session(self.settings.model_copy(), self.hints)
        session.forget()  # what it assigns are new objects, which the two do not share
        return session

    def forget(self) -> None:
        """Logs out; the device stays."""
        for key in _SESSION_KEYS:
            self.settings[key] = None
        self.hints = dataclasses.replace(self.hints, direct_region_hint=None, shbid=None, shbts=None)

    def learn(self, other: Session) -> None:
        """Takes over what a login has learned about the device, whatever became of it."""
        self.settings.mid = other.settings.mid or self.settings.mid
        self.hints.password_key = other.hints.password_key or self.hints.password_key

    def adopt(self, other: Session) -> None:
        """Becomes the other session, on the same device."""
        for key in _SESSION_KEYS:
            self.settings[key] = other.settings[key]
        self.hints = other.hints
