"""An emulator of Instagram's realtime, push and minimal HTTP services, on the loopback.

Needs the extra ``emulator``. Nothing is loaded before it is used, so that the pytest plugin costs nothing where no
test asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from instagrapi.emulator.actor import Actor
    from instagrapi.emulator.companion import Companion
    from instagrapi.emulator.emulator import Emulator

__all__ = ["Actor", "Companion", "Emulator"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{name.lower()}"), name)
