from __future__ import annotations

from instagrapi.profile import Profile
from instagrapi.realtime.wire.user_agent import fban_user_agent


def test_the_bracket_form_names_its_keys_in_order() -> None:
    profile = Profile().replace(
        app={"version": "1.2", "version_code": "77"},
        device={
            "dpi": "320dpi",
            "resolution": "720x1280",
            "manufacturer": "Brand/brand",
            "model": "One",
            "android_release": "11",
        },
    )
    assert fban_user_agent(profile, "de_DE") == (
        "[FBAN/MQTT;FBAV/1.2;FBBV/77;FBDM/{density=2.0,width=720,height=1280};FBLC/de_DE;FBCR/;FBMF/Brand;FBBD/Brand;"
        "FBPN/com.instagram.android;FBDV/One;FBSV/11;FBLR/0;FBBK/1;FBCA/arm64-v8a:;]"
    )


def test_separators_and_strange_letters_cannot_break_out_of_a_value() -> None:
    profile = Profile().replace(device={"manufacturer": "A;B", "model": "Ünï/c&d;e"})
    agent = fban_user_agent(profile, "en_US")
    assert "FBMF/A-B;" in agent
    assert "FBDV/&#220;n&#239;-c&#38;d-e;" in agent
    assert agent.isascii()
