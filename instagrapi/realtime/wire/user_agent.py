"""The user agent of Facebook's own push client, for profiles that ask for it."""

from __future__ import annotations

from instagrapi.profile import Profile


def fban_user_agent(profile: Profile, locale: str) -> str:
    """The bracket form ``[FBAN/MQTT;…;]`` with the keys in the order of fbns-react and mgp25."""
    app, device = profile.app, profile.device
    width, _, height = device.resolution.partition("x")
    dots = device.dpi.removesuffix("dpi")
    density = int(dots) / 160 if dots.isdecimal() else 0.0
    brand, _, _ = device.manufacturer.partition("/")
    fields = {
        "FBAN": "MQTT",
        "FBAV": app.version,
        "FBBV": app.version_code,
        "FBDM": f"{{density={density:.1f},width={width},height={height}}}",
        "FBLC": locale,
        "FBCR": "",
        "FBMF": _clean(brand),
        "FBBD": _clean(brand),
        "FBPN": profile.fbns.package_name,
        "FBDV": _clean(device.model),
        "FBSV": device.android_release,
        "FBLR": "0",
        "FBBK": "1",
        "FBCA": "arm64-v8a:",
    }
    # The semicolon before the closing bracket is essential, says mgp25.
    return "[" + "".join(f"{key}/{value};" for key, value in fields.items()) + "]"


def _clean(value: str) -> str:
    """Separators become dashes; ``&`` and non-ASCII become numeric entities."""
    dashed = value.replace("/", "-").replace(";", "-")
    return "".join(char if char.isascii() and char != "&" else f"&#{ord(char)};" for char in dashed)
