"""A few threads that run jobs: those of one key one after the other, those of different keys side by side."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple, NoReturn, TypeAlias

from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.ending import CutOff

#: The Direct thread that something belongs to, if any, and what runs its handlers.
Part: TypeAlias = tuple[str | None, Callable[[], object]]
#: How many jobs may wait; whoever has one more waits until one has begun.
CAPACITY = 1000
#: Seconds after which a thread without a job ends.
IDLE = 5.0


class Job(NamedTuple):
    """Something to run, and what to do instead when it is not to run any more. Neither raises."""

    run: Callable[[], None]
    drop: Callable[[], None]


class Lanes:
    """Runs jobs on daemon threads that begin when there is something to do and end when there is not.

    A free thread takes the next key that nobody is at; a job that takes long keeps back its own key only.

    Args:
        count: how many threads at most.
        name: gives the first part of their names.
        capacity: how many jobs may wait.
        on_end: called in such a thread, and must not raise, when a job has ended and does not count any more.
    """

    def __init__(
        self,
        count: int,
        name: Callable[[], str],
        capacity: int = CAPACITY,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._count = count
        self._name = name
        self._capacity = capacity
        self._on_end = on_end
        self._changed = threading.Condition()
        #: The waiting jobs of each key that has any, or that a thread is at.
        self._lanes: dict[str, deque[Job]] = {}
        #: Keys that have a job and that no thread is at.
        self._ready: deque[str] = deque()
        self._waiting = 0
        self._running = 0
        self._threads: dict[int, threading.Thread] = {}
        self._numbers = 0
        #: Changes with each :meth:`clear`.
        self.epoch = 0

    @property
    def is_mine(self) -> bool:
        """Whether this thread is one of these."""
        return threading.get_ident() in self._threads

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._running or self._waiting)

    @property
    def is_running(self) -> bool:
        """Whether a job runs."""
        return bool(self._running)

    def put(self, key: str, job: Job, epoch: int) -> bool:
        """Lets a job run after those of its key, as soon as there is room for it.

        Args:
            key: what the job belongs to.
            job: what to run.
            epoch: that of the caller; false, and nothing is run, when everything was cleared since.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting < self._capacity or self.epoch != epoch)
            if self.epoch != epoch:
                return False
            lane = self._lanes.get(key)
            if lane is None:
                lane = self._lanes[key] = deque()
                self._ready.append(key)
            lane.append(job)
            self._waiting += 1
            if self._ready and len(self._threads) - self._running < len(self._ready):
                self._begin_thread()
            self._changed.notify_all()
            return True

    def wait(self, enough: Callable[[], object], deadline: Deadline) -> bool:
        """Waits until no job runs or waits, or there is enough after one; false when the time was over before.

        A job that waits for all jobs, itself included, would wait for ever: in one, it is false at once.
        """
        if self.is_mine:
            return False
        with self._changed:
            return bool(self._changed.wait_for(lambda: not self.is_busy or enough(), deadline.remaining()))

    def clear(self) -> None:
        """Drops the jobs that wait; those that run go on."""
        with self._changed:
            self.epoch += 1
            dropped = [job for lane in self._lanes.values() for job in lane]
            for key in self._ready:
                del self._lanes[key]
            for lane in self._lanes.values():
                lane.clear()
            self._ready.clear()
            self._waiting = 0
            self._changed.notify_all()
        for job in dropped:
            job.drop()

    # --- the threads -----------------------------------------------------------------------------------------------

    def _begin_thread(self) -> None:
        if len(self._threads) >= self._count:
            return
        self._numbers += 1
        name = f"{self._name()}-{self._numbers}"
        thread = threading.Thread(target=self._work, args=(self.epoch,), name=name, daemon=True)
        thread.start()
        if thread.ident is not None:
            self._threads[thread.ident] = thread

    def _work(self, epoch: int) -> None:
        while (taken := self._take(epoch)) is not None:
            key, job = taken
            try:
                job.run()
            finally:
                self._end(key)
                self._on_end()

    def _take(self, epoch: int) -> tuple[str, Job] | None:
        """What to run next; without anything, the thread ends after a while, or at once when all was cleared."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._ready or self.epoch != epoch, IDLE) or not self._ready:
                self._threads.pop(threading.get_ident(), None)
                return None
            key = self._ready.popleft()
            job = self._lanes[key].popleft()
            self._waiting -= 1
            self._running += 1
            self._changed.notify_all()  # there is room
            return key, job

    def _end(self, key: str) -> None:
        with self._changed:
            self._running -= 1
            if self._lanes[key]:
                self._ready.append(key)
            else:
                del self._lanes[key]
            self._changed.notify_all()


class Countdown:
    """Calls back when the last of several parts is done; never when one is not.

    It begins with one part, that of who adds the others.
    """

    def __init__(self, then: Callable[[], object]) -> None:
        #: What is called.
        self.then = then
        self._parts = 1
        self._lock = threading.Lock()

    def add(self) -> None:
        """One part more."""
        with self._lock:
            self._parts += 1

    def done(self) -> None:
        """One of the parts is done."""
        with self._lock:
            self._parts -= 1
            is_last = self._parts == 0
        if is_last:
            self.then()


class Sharer:
    """What the router hands the parts of a publish to.

    Args:
        lanes: run what belongs to a Direct thread.
        came_in: told in a worker, before it runs the handlers of a part, of what era that is.
    """

    def __init__(self, lanes: Lanes, came_in: Callable[[int | None], object] = lambda era: None) -> None:
        self.lanes = lanes
        self._came_in = came_in
        self._publish = Countdown(lambda: None)
        self._epoch: int | None = None
        self._era: int | None = None
        #: What the thread that reads is to do, such as to raise what ended a handler.
        self.left_to_reader: deque[Callable[[], object]] = deque()

    def begin_publish(self, epoch: int, era: int | None = None) -> None:
        """What comes from here on belongs to one publish, read at that time, over a connection of that era."""
        self._publish, self._epoch, self._era = Countdown(lambda: None), epoch, era

    def end_publish(self, acknowledge: Callable[[], None]) -> None:
        """All of it was shared out; says what to do when all its handlers have returned."""
        publish, self._publish, self._epoch, self._era = self._publish, Countdown(lambda: None), None, None
        publish.then = acknowledge
        publish.done()

    def share_out(
        self, parts: Iterable[Part], then: Callable[[], None] = lambda: None, drop: Callable[[], None] = lambda: None
    ) -> None:
        """Runs what belongs to no thread here and now, and the rest in the lanes of the threads.

        Args:
            parts: in order.
            then: called when the handlers of all parts have returned.
            drop: called, perhaps repeatedly, when one is not to run any more or was left by more than an exception.
        """
        publish, epoch = self._publish, self.lanes.epoch if self._epoch is None else self._epoch

        def finish() -> None:
            then()
            publish.done()

        publish.add()
        whole = Countdown(finish)
        for thread_id, run in parts:
            if thread_id is None:
                run()
                continue
            whole.add()
            if not self.lanes.put(thread_id, Job(partial(self._run, run, whole, drop, self._era), drop), epoch):
                drop()
        whole.done()

    def _run(self, run: Callable[[], object], whole: Countdown, drop: Callable[[], None], era: int | None) -> None:
        self._came_in(era)
        try:
            run()
        except CutOff:
            drop()
            return
        except BaseException as error:
            self.left_to_reader.append(partial(_raise, error))
            drop()
            self.lanes.clear()
            return
        whole.done()


def _raise(error: BaseException) -> NoReturn:
    raise error
