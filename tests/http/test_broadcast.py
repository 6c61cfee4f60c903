from __future__ import annotations

from typing import Any

import pytest

from instagrapi.http.broadcast import FLAGS, acknowledged, broadcast_form, new_client_context, recipients, urls_in


def test_a_token_is_a_number_of_19_digits_that_tells_the_time() -> None:
    tokens = {new_client_context(1790000000.123) for _ in range(20)}
    assert len(tokens) > 1
    assert all(len(token) == 19 and int(token) >> 22 == 1790000000123 for token in tokens)


def test_an_item_goes_to_threads_or_to_the_conversation_with_some_users() -> None:
    assert recipients(thread_ids=[1, "2"]) == {"thread_ids": ["1", "2"]}
    assert recipients(user_ids=[1, "2"]) == {"recipient_users": [["1", "2"]]}
    assert recipients(5) == {"recipient_users": [["5"]]}


@pytest.mark.parametrize("given", [{}, {"user_ids": [], "thread_ids": []}, {"user_ids": [1], "thread_ids": [2]}])
def test_it_goes_to_one_of_them(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either user_ids or thread_ids"):
        recipients(**given)


def test_a_form_is_text_throughout_and_says_its_token_three_times() -> None:
    form = broadcast_form({**FLAGS, "text": "hi"}, recipients(thread_ids=1), "c", uuid="u", device_id="android-1")
    assert form == {
        "_uuid": "u",
        "device_id": "android-1",
        "client_context": "c",
        "mutation_token": "c",
        "offline_threading_id": "c",
        "action": "send_item",
        "is_shh_mode": "0",
        "btt_dual_send": "false",
        "is_ae_dual_send": "false",
        "text": "hi",
        "thread_ids": '["1"]',
    }


@pytest.mark.parametrize(
    ("answer", "item_id"),
    [
        ({"payload": {"item_id": "1"}}, "1"),
        ({"message_metadata": [{"item_id": "2"}, {"item_id": "3"}]}, "2"),
        ({"payload": {}, "message_metadata": [{"x": 1}, {"item_id": 3}]}, 3),
        ({"payload": {"item_id": None}, "message_metadata": {"item_id": "4"}}, "4"),
        ({"payload": [], "message_metadata": "odd"}, None),
        ({}, None),
    ],
)
def test_the_item_is_told_in_either_place(answer: dict[str, Any], item_id: object) -> None:
    assert acknowledged(answer).get("item_id") == item_id


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see https://example.com.", ["https://example.com"]),
        ("https://example.com/a?b=c#d, and more", ["https://example.com/a?b=c#d"]),
        ("(https://en.example.org/wiki/A_(b))", ["https://en.example.org/wiki/A_(b)"]),
        ("HTTP://EXAMPLE.COM:8080/x!", ["HTTP://EXAMPLE.COM:8080/x"]),
        ("https://a.example https://b.example https://a.example", ["https://a.example", "https://b.example"]),
        ("https://bücher.example/ä", ["https://bücher.example/ä"]),
        ("[https://example.com/]", ["https://example.com/"]),
        ("http is a protocol, https:// is a beginning, http://x no host", []),
        ("xhttps://example.com", []),
        ("example.com and 1.5", []),
        ("", []),
    ],
)
def test_links_in_a_text(text: str, urls: list[str]) -> None:
    assert urls_in(text) == urls


def test_a_long_text_is_searched_at_once() -> None:
    assert urls_in("https://a" * 20_000) == []
    assert len(urls_in("https://a.b/" + "(" * 20_000 + "." * 20_000)) == 1
