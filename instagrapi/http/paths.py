"""Paths that Instagram names itself."""

from __future__ import annotations

import re

_CHALLENGE = re.compile(r"/?(?:api/(?:v1/)?)?challenge/(\d+)/([\w-]+)/?", re.ASCII)


def challenge_path(api_path: str) -> str | None:
    """The path below ``/api/v1/`` of a challenge that has steps, whichever of its three forms the server names it in.

    ``None`` for anything else: what such a path holds is up to the server, and it shall lead nowhere else.
    """
    match = _CHALLENGE.fullmatch(api_path.partition("?")[0])
    return f"challenge/{match[1]}/{match[2]}/" if match else None
