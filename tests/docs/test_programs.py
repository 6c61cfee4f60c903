"""The programs of the documentation run unchanged against the emulator."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Actor, Emulator, samples
from instagrapi.emulator.model import Item
from instagrapi.realtime import FbnsClient
from tests.support.mp4 import JPEG

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "docs" / "programs"


def test_the_receive_loop_prints_what_arrives(run_program: Callable[..., Any]) -> None:
    program = run_program("receive_loop.py")
    assert program.wait_for(lambda line: line.startswith("150 ")) == "150 {'hint': 'ASH'}"


def test_direct_sync_prints_messages(run_program: Callable[..., Any]) -> None:
    program = run_program("direct_sync.py")
    program.wait_for(lambda line: line.startswith("subscribed from "))
    program.wait_for(lambda line: line == "alive: True")
    program.wait_for(lambda line: line.startswith("add /direct_v2/threads/") and not line.endswith("None"))


def test_commands_are_all_accepted(run_program: Callable[..., Any]) -> None:
    program = run_program("commands.py")
    assert program.wait() == 0
    assert [line for line in program.lines if line] == [
        "send_item ok",
        "send_item ok",
        "indicate_activity ok",
        "mark_seen ok",
    ]


def test_push_prints_notifications(run_program: Callable[..., Any], tmp_path: Path) -> None:
    program = run_program("push.py")
    device = program.wait_for(lambda line: line.startswith("device ")).removeprefix("device ")
    program.wait_for(lambda line: line == "alive: True")
    program.wait_for(lambda line: line.startswith("direct_v2_message "))
    assert json.loads((tmp_path / "session.json").read_text())["fbns_auth"]["device_id"] == device


def test_raw_topics_bring_typing_and_presence(run_program: Callable[..., Any]) -> None:
    program = run_program("raw_topics.py")
    program.wait_for(lambda line: line.startswith("149 ") and "activity_indicator_id" in line)
    program.wait_for(lambda line: line.startswith("149 ") and "presence_event" in line)


def test_a_second_run_of_push_is_the_same_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Emulator(open_registration=True) as emulator:
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("IG_USERNAME", "me")
        monkeypatch.setenv("IG_PASSWORD", "secret")
        monkeypatch.setenv("IG_SETTINGS", str(tmp_path / "session.json"))
        for _ in range(2):
            run_until_first_read("push.py", monkeypatch)
        pushes = [call for call in emulator.http_calls if call.path.endswith("push/register/")]
        assert len(pushes) == 1
    first, second = (line for line in capsys.readouterr().out.splitlines() if line.startswith("device "))
    assert first == second


def test_the_typed_bot_answers_and_shows_what_happens(run_program: Callable[..., Any]) -> None:
    program = run_program("typed_bot.py")
    program.wait_for(lambda line: line.startswith("pong to ") and line.split()[-1].isdigit())
    program.wait_for(lambda line: " types text until 20" in line)
    program.wait_for(lambda line: line.endswith(" reacts ❤"))


def test_the_typed_bot_shows_what_is_taken_back(play: Callable[..., list[str]], emulator: Emulator) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    said: list[Item] = []

    def step() -> None:
        if not said:
            said.append(alice.send(me, "never mind"))
            alice.unsend(said[0])
            alice.recording(me)

    printed = play("typed_bot.py", step, until="types visual")
    assert printed[0] == f"unsent {said[0].item_id}"


def test_media_are_printed_and_kept(play: Callable[..., list[str]], emulator: Emulator, tmp_path: Path) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    late: list[Item] = []

    def step() -> None:
        if not late:
            alice.send(me, "only words")
            alice.send_photo(me, width=640, height=480)
            alice.send_voice(me, seconds=1.5)
            alice.send_album(me, count=2)
            alice.send_raven(me)
            alice.send_raven(me, as_visual_thread=True)
            late.append(alice.send_video(me, width=360, height=640, url_later=True))
            alice.complete(late[0])

    printed = play("media_log.py", step, until="video 360x640 https://")
    assert [line.split(" ")[0] for line in printed] == [
        *("photo", "voice", "post", "post", "view_once", "view_once", "video", "video")
    ]
    assert printed[0].startswith("photo 640x480 https://")
    expires_at = datetime.fromisoformat(printed[0].partition(" until ")[2])
    assert timedelta(days=2) < expires_at - datetime.now(UTC) <= timedelta(days=3)
    assert printed[1].startswith("voice 1.5 s https://")
    assert printed[6].startswith("video 360x640 no link yet until None")
    kept = [json.loads(line) for line in (tmp_path / "media.jsonl").read_text().splitlines()]
    assert [one["kind"] for one in kept] == ["photo", "audio", "photo", "photo", "photo", "photo", "video"]
    assert [one["url"] for one in kept] == [line.split(" ")[-4] for line in printed if "http" in line]


def test_pushes_become_their_messages(run_program: Callable[..., Any]) -> None:
    program = run_program("push_messages.py")
    assert program.wait_for(lambda line: line.startswith("direct ")).split(" ")[2] == "text"


def test_message_requests_become_their_messages_too(play: Callable[..., list[str]], emulator: Emulator) -> None:
    me, carol = emulator.account("me"), emulator.account("carol")
    asked: list[Item] = []

    def step() -> None:
        if not asked:
            carol.push(me, "new_follower", message="carol followed you.", action="user?username=carol")
            asked.append(carol.request(me, "may I ask something?"))

    printed = play("push_messages.py", step, until="message_request ")
    assert printed == ["accounts carol followed you.", f"message_request {carol.pk} text may I ask something?"]


def subscribed(emulator: Emulator, times: int = 1) -> None:
    """Waits until a program has subscribed to message sync so many times."""
    emulator.wait_until(lambda: sum(one.topic == "134" for one in emulator.received) >= times, timeout=30)


def test_the_service_stops_on_sigterm_and_goes_on_from_there(
    run_alone: Callable[..., Any], emulator: Emulator, tmp_path: Path
) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    first = run_alone("forever.py")
    subscribed(emulator)
    alice.send(me, "one")
    first.wait_for(lambda line: line == "realtime one")
    status, seconds = first.terminate()
    assert status == 0, "\n".join(first.lines)
    assert seconds < 1
    assert first.lines[0] == "connected"
    assert first.lines[-2:] == ["stopped", ""]
    assert stat.S_IMODE((tmp_path / "position.json").stat().st_mode) == 0o600
    alice.send(me, "while it was away")
    second = run_alone("forever.py")
    second.wait_for(lambda line: line == "caught up")
    assert second.terminate()[0] == 0
    assert second.lines == ["connected", "replay while it was away", "caught up", "stopped", ""]


def test_the_service_comes_back_after_its_connection_broke(run_alone: Callable[..., Any], emulator: Emulator) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    program = run_alone("forever.py")
    subscribed(emulator)
    other = Client(profile=emulator.profile)
    other.load_settings("session.json")
    # The emulator closes the older of two connections of one device.
    other.realtime_connect(guard_device=False)
    other.realtime_disconnect()
    program.wait_for(lambda line: line.startswith("disconnected: ") and not line.endswith(" in None s"))
    alice.send(me, "meanwhile")
    program.wait_for(lambda line: line.endswith(" meanwhile"))
    alice.send(me, "afterwards")
    program.wait_for(lambda line: line == "realtime afterwards")
    assert program.terminate()[0] == 0
    assert "connected again" in program.lines
    assert len([line for line in program.lines if line.endswith(("meanwhile", "afterwards"))]) == 2


def test_what_happens_after_a_kill_is_replayed(run_alone: Callable[..., Any], emulator: Emulator) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    first = run_alone("forever.py")
    subscribed(emulator)
    alice.send(me, "one")
    first.wait_for(lambda line: line == "realtime one")
    first.kill()
    alice.send(me, "two")
    second = run_alone("forever.py")
    second.wait_for(lambda line: line == "caught up")
    messages = [line for line in second.lines if line.startswith("replay ")]
    assert messages in (["replay two"], ["replay one", "replay two"]), "what was not saved yet may come again"


def test_the_background_program_waits_for_what_it_needs(run_program: Callable[..., Any]) -> None:
    program = run_program("background.py")
    assert program.wait() == 0
    words = [line.split(" ")[0] for line in program.lines if line and not line.endswith(" types")]
    assert words == ["asked:", "answered:", "read", "stopped:"]
    assert "stopped: True" in program.lines


def test_workers_answer_several_conversations_at_a_time(
    run_alone: Callable[..., Any], emulator: Emulator, tmp_path: Path
) -> None:
    me, alice, bob = (emulator.account(name) for name in ("me", "alice", "bob"))
    program = run_alone("workers.py", IG_SECONDS="0.5")
    subscribed(emulator)
    for writer, text in ((alice, "a1"), (alice, "a2"), (bob, "b1")):
        writer.send(me, text)
    program.wait_for(lambda line: line == "a2 is answered")
    program.wait_for(lambda line: line == "b1 is answered")
    order = [" ".join(line.split(" ")[:2]) for line in program.lines]
    assert order.index("b1 begins") < order.index("a1 is"), "it did not wait for the other conversation"
    assert order.index("a1 is") < order.index("a2 begins"), "within one the order is kept"
    status, _ = program.terminate()
    assert status == 0


class Enough(Exception):
    """Ends a program at its first read."""


def run_until_first_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a program in this process, up to where it would wait for ever."""

    def stop(self: FbnsClient) -> None:
        self.disconnect()
        raise Enough

    monkeypatch.setattr(FbnsClient, "run_forever", stop)
    source = (PROGRAMS / name).read_text()
    with pytest.raises(Enough):
        exec(compile(source, name, "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize(
    ("name", "shown_while_it_reads"),
    [
        ("receive_loop", "150 "),
        ("direct_sync", "add /direct_v2/"),
        ("raw_topics", "150 "),
        ("typed_bot", "pong to "),
        ("media_log", "photo "),
        ("push", "direct_v2_message "),
        ("push_messages", "direct "),
        ("forever", "realtime "),
    ],
)
def test_ctrl_c_ends_a_program_without_a_traceback(
    run_program: Callable[..., Any], name: str, shown_while_it_reads: str
) -> None:
    program = run_program(f"{name}.py")
    program.wait_for(lambda line: line.startswith(shown_while_it_reads))
    status = program.interrupt()
    assert (status, [line for line in program.lines if "Traceback" in line]) == (0, [])


def test_the_first_bot_of_the_readme_is_the_program() -> None:
    source = (PROGRAMS / "first_bot.py").read_text()
    assert f"```python\n{source}```" in (ROOT / "README.md").read_text()


def test_the_first_bot_answers_until_it_is_stopped(
    run_alone: Callable[..., Any], emulator: Emulator, tmp_path: Path
) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    emulator.client(me).dump_settings(tmp_path / "session.json")
    program = run_alone("first_bot.py")
    subscribed(emulator)
    alice.send(me, "!ping")
    program.wait_for(lambda line: line == "them: !ping")
    answer = emulator.wait_until(lambda: alice.last_message_from(me), timeout=30)
    assert answer is not None
    assert answer.text == "pong"
    program.wait_for(lambda line: line == "me: pong")
    assert program.interrupt() == 0


def test_the_photo_bot_keeps_photos_and_sends_them_back(
    run_alone: Callable[..., Any], emulator: Emulator, tmp_path: Path
) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    emulator.client(me).dump_settings(tmp_path / "session.json")
    program = run_alone("photo_bot.py")
    subscribed(emulator)
    alice.send(me, "only words")
    late = alice.send_photo(me, file=JPEG, url_later=True)
    alice.complete(late)
    program.wait_for(lambda line: line.startswith(f"kept photos/{late.item_id}.jpg and answered with "))
    answer = emulator.wait_until(lambda: alice.last_message_from(me), timeout=30)
    assert answer is not None
    assert answer.item_type == "media"
    assert program.lines[0].endswith(f"answered with {answer.item_id}")
    said = [item.text for item in alice.thread_with(me).items if item.user_id == me.pk]
    assert said == [f"Thank you! {len(JPEG)} bytes.", None]
    assert (tmp_path / "photos" / f"{late.item_id}.jpg").read_bytes() == JPEG
    assert program.terminate()[0] == 0
    assert [call.path for call in emulator.http_calls].count("accounts/login/") == 1


def test_the_photo_bot_marks_only_what_it_has_answered(
    run_alone: Callable[..., Any], emulator: Emulator, tmp_path: Path
) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    emulator.client(me).dump_settings(tmp_path / "session.json")
    first = run_alone("photo_bot.py")
    subscribed(emulator)
    with emulator.faults.feedback_required(me, path="direct_v2/threads/broadcast/photo_attachment/"):
        item = alice.send_photo(me)
        first.wait_for(lambda line: line.startswith("not answered: "))
    assert (tmp_path / "photos" / f"{item.item_id}.jpg").exists()
    assert first.terminate()[0] == 0
    later = alice.send_photo(me)  # while it is away
    second = run_alone("photo_bot.py")
    second.wait_for(lambda line: line.startswith(f"kept photos/{later.item_id}.jpg "))
    assert second.terminate()[0] == 0
    assert [path.stem for path in (tmp_path / "photos").glob("*.answered")] == [later.item_id]


@pytest.fixture
def me(emulator: Emulator, tmp_path: Path) -> Actor:
    """Whose session the programs find."""
    me = emulator.account("me")
    emulator.client(me).dump_settings(tmp_path / "session.json")
    return me


def test_the_archive_holds_all_that_messages_hold(
    run_alone: Callable[..., Any], emulator: Emulator, me: Actor, tmp_path: Path
) -> None:
    alice = emulator.account("alice")
    program = run_alone("archive.py")
    subscribed(emulator)
    alice.send(me, "only words")
    sent = {
        alice.send_photo(me).item_id: (".jpg", samples.PHOTO),
        alice.send_voice(me).item_id: (".m4a", samples.VOICE),
    }
    late = alice.send_video(me, url_later=True)
    alice.complete(late)
    sent[late.item_id] = (".mp4", samples.VIDEO)
    for item_id, (suffix, content) in sent.items():
        program.wait_for(lambda line, name=f"{item_id}-0{suffix}": line == f"kept {name}")
        assert (tmp_path / "archive" / f"{item_id}-0{suffix}").read_bytes() == content
    assert program.interrupt() == 0
    kept = [json.loads(line) for line in (tmp_path / "archive" / "messages.jsonl").read_text().splitlines()]
    assert [(one["op"], one["content"]["kind"]) for one in kept] == [
        *(("add", "text"), ("add", "photo"), ("add", "voice"), ("add", "video"), ("replace", "video"))
    ]
    assert kept[0]["content"]["text"] == "only words"
    assert all(one["raw"] for one in kept)


def test_message_requests_are_accepted_and_answered(
    run_alone: Callable[..., Any], emulator: Emulator, me: Actor
) -> None:
    bob, carol = emulator.account("bob"), emulator.account("carol")
    waiting = bob.request(me, "may I?")
    program = run_alone("requests_bot.py")
    program.wait_for(lambda line: line == f"answered {waiting.thread_id}")
    pushed = carol.request(me, "may I, too?")
    program.wait_for(lambda line: line == f"answered {pushed.thread_id}")
    for stranger in (bob, carol):
        answer = stranger.last_message_from(me)
        assert answer is not None
        assert answer.text == "Hello! What can I do for you?"
    assert program.interrupt() == 0


def test_the_bot_for_groups(run_alone: Callable[..., Any], emulator: Emulator, me: Actor) -> None:
    alice, bob = emulator.account("alice"), emulator.account("bob")
    group = emulator.group(me, alice, bob, title="old")
    program = run_alone("group_bot.py")
    subscribed(emulator)
    alice.send(group, "!members")
    answer = emulator.wait_until(lambda: alice.last_message_from(me), timeout=30)
    assert answer is not None
    assert sorted(str(answer.text).split(", ")) == ["alice", "bob"]
    alice.send(group, "!title new name")
    emulator.wait_until(lambda: group.title == "new name", timeout=30)
    alice.send(me, "!title of two")
    emulator.wait_until(
        lambda: any(str(item.text).startswith("That is not possible: ") for item in alice.thread_with(me).items), 30
    )
    assert program.interrupt() == 0
