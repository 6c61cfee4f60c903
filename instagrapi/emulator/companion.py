"""Somebody to talk to: an actor that converses with every account that is connected."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable

from instagrapi.emulator.actor import Actor
from instagrapi.emulator.clock import Clock, Timer
from instagrapi.emulator.model import Item, Refused

#: What it says in turn: words, and files.
_SMALL_TALK: tuple[Callable[[Actor, Actor], object], ...] = (
    lambda me, partner: me.send(partner, "hi there"),
    lambda me, partner: me.send(partner, "!ping"),
    lambda me, partner: me.send_photo(partner, width=160, height=120),
    lambda me, partner: me.send_voice(partner, seconds=2.0),
    lambda me, partner: me.send(partner, "!ping"),
    lambda me, partner: me.send_photo(partner, width=160, height=120),
    lambda me, partner: me.send_video(partner, width=160, height=120, seconds=1.0),
    lambda me, partner: me.send(partner, "see you later"),
)


class Companion:
    """One step every ``interval`` seconds, on a thread of its own or on a clock, until :meth:`stop`.

    What a partner has written since the last step is answered: seen, liked, and echoed in a reply. Otherwise the
    companion goes on with what people do: shows up, types, writes, reads.

    Args:
        actor: whom it plays.
        partners: gives whom to talk to, each time anew.
        interval: seconds.
    """

    def __init__(self, actor: Actor, partners: Callable[[], Iterable[Actor]], interval: float) -> None:
        self.actor = actor
        self._partners = partners
        self._interval = interval
        self._progress: dict[int, int] = {}
        self._answered: dict[int, Item] = {}
        self._timer: Timer | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"emulator-companion-{actor.username}", daemon=True)

    def start(self) -> None:
        """Begins to converse."""
        self._thread.start()

    def start_on(self, clock: Clock) -> None:
        """Begins to converse as a clock's plan, without a thread."""
        self._timer = clock.every(self._interval, self._step_with_all)

    def stop(self) -> None:
        """Ends the conversation and waits for the thread; harmless when repeated or never started."""
        self._stop.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            self._step_with_all()

    def _step_with_all(self) -> None:
        for partner in self._partners():
            # What it was about to react to may have been unsent since it looked.
            with contextlib.suppress(Refused):
                self.step(partner)

    def step(self, partner: Actor) -> None:
        """Does the next thing towards one partner."""
        message = self.actor.last_message_from(partner)
        if message is not None and message is not self._answered.get(partner.pk):
            self._answered[partner.pk] = message
            self._answer(partner, message)
        else:
            self._go_on(partner)

    def _answer(self, partner: Actor, message: Item) -> None:
        self.actor.seen(message)
        self.actor.react(message, "❤")
        self.actor.send(partner, f"you said: {message.text}" if message.text else "thanks!", reply_to=message)

    def _go_on(self, partner: Actor) -> None:
        count = self._progress.get(partner.pk, 0)
        self._progress[partner.pk] = count + 1
        round_number, phase = divmod(count, 4)
        match phase:
            case 0:
                self.actor.presence(active=round_number % 2 == 0)
            case 1:
                self.actor.typing(partner)
            case 2:
                _SMALL_TALK[round_number % len(_SMALL_TALK)](self.actor, partner)
            case 3:
                self.actor.seen(self.actor.thread_with(partner))
