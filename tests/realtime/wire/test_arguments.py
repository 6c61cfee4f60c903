"""What a program may pass, and how it is told what it may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.wire.arguments import each_id, each_text, id_text, integer, object_id, words


@pytest.mark.parametrize(("value", "text"), [("7", "7"), (7, "7"), (0, "0"), (10**38, "1" + "0" * 38), ("1_2", "1_2")])
def test_an_id_is_a_number_or_text(value: int | str, text: str) -> None:
    assert id_text("thread_id", value) == text


@pytest.mark.parametrize(("value", "text"), [("7", "7"), (7, "7"), (0, "0"), ("30_7", "30_7"), (10**38, f"{10**38}")])
def test_an_object_s_id_is_a_number_or_digits(value: int | str, text: str) -> None:
    assert object_id("thread_id", value) == text


@pytest.mark.parametrize("text", ["hi", " ", "✓"])
def test_words_are_text(text: str) -> None:
    assert words("text", text) == text
    assert words("text", "", may_be_empty=True) == ""


@pytest.mark.parametrize("values", ["a", ["a"], ("a",), {"a": 1}, iter(["a"])])
def test_one_or_several_texts(values: Any) -> None:
    assert each_text("urls", values) == ["a"]


@pytest.mark.parametrize(
    ("values", "texts"), [(7, ["7"]), ("7", ["7"]), ([7, "8"], ["7", "8"]), (iter([7]), ["7"]), ((), [])]
)
def test_one_or_several_ids_or_none(values: Any, texts: list[str]) -> None:
    assert each_id("user_ids", values) == texts


@pytest.mark.parametrize(("value", "number"), [(7, 7), ("7", 7), ("007", 7), (-7, -7), (0, 0)])
def test_a_number_may_be_digits(value: int | str, number: int) -> None:
    assert integer("seq_id", value) == number


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (id_text, ("", " \n", None, True, 1.0, b"1", [], {})),
        (object_id, ("", None, True, 1.0, b"1", [], "abc", "-1", -1, "1 ", "1_", "٣", "1" * 101, 10**100)),
        (words, ("", None, 1, b"a", [])),
        (each_text, ([], (), "", [""], ["a", None], None, 5, b"a", [b"a"])),
        (each_id, ([""], "", None, [None], [True], [[1]], b"1")),
        (integer, ("", "x", "-7", "1.5", "²", "٣", None, True, 1.5, [], b"1")),
    ],
)
def test_what_it_may_not_be_is_refused_by_name(check: Callable[[str, Any], object], wrong: tuple[Any, ...]) -> None:
    for value in wrong:
        with pytest.raises(RealtimeConfigError, match="the_argument"):
            check("the_argument", value)


def test_a_number_may_have_a_lower_bound() -> None:
    assert integer("seconds", 0, at_least=0) == 0
    with pytest.raises(RealtimeConfigError, match="seconds must be an integer that is at least 0"):
        integer("seconds", -1, at_least=0)


@pytest.mark.parametrize("check", [id_text, object_id, words, each_text, each_id, integer])
def test_the_value_itself_is_not_repeated(check: Callable[[str, Any], object]) -> None:
    with pytest.raises(RealtimeConfigError) as raised:
        check("text", [b"secret"])
    assert "secret" not in str(raised.value)
