from __future__ import annotations

import requests

from instagrapi.http.forms import plain_form, signed_form


def _on_the_wire(form: dict[str, str]) -> str:
    return str(requests.Request("POST", "https://example.org", data=form).prepare().body)


def test_signed_body_is_that_of_the_wire_page() -> None:
    assert _on_the_wire(signed_form({"_uuid": "u", "n": 1})) == (
        "signed_body=SIGNATURE.%7B%22_uuid%22%3A%22u%22%2C%22n%22%3A1%7D"
    )


def test_spaces_in_a_signed_body_become_plus_signs() -> None:
    assert _on_the_wire(signed_form({"a": "b c"})).endswith("%22b+c%22%7D")


def test_plain_values_become_the_text_that_the_server_reads() -> None:
    assert plain_form({"yes": True, "no": False, "n": 3, "ids": ["1", 2], "o": {"a": True}, "gone": None}) == {
        "yes": "true",
        "no": "false",
        "n": "3",
        "ids": '["1",2]',
        "o": '{"a":true}',
    }
