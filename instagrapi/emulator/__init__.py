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
    from instagrapi.emulator.fault import Fault
    from instagrapi.emulator.virtual import VirtualEmulator
    from instagrapi.emulator.virtual_clock import VirtualClock

_MODULES = {
    "Actor": "actor",
    "Companion": "companion",
    "Emulator": "emulator",
    "Fault": "fault",
    "VirtualClock": "virtual_clock",
    "VirtualEmulator": "virtual",
}
__all__ = ["Actor", "Companion", "Emulator", "Fault", "VirtualClock", "VirtualEmulator"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
