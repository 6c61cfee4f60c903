"""The end that the program wants: at once, or as soon as no handler runs."""

from __future__ import annotations

from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.recovering import Recovering
from instagrapi.realtime.state import State


class Stopping(Recovering):
    """Ends the connection, and everything that would make another one.

    A client that is to stop handles nothing further, but handlers that run have the connection until they return. The
    thread in which the last of them returns disconnects.
    """

    def disconnect(self) -> None:
        """Sends DISCONNECT and closes the connection, wakes a blocked reader at once, and saves the position.

        Safe without a connection. Handlers that run are not waited for: those that fail because the connection is gone
        get the same again after the next start. For a gentle end see :meth:`stop`.

        Raises:
            OSError: the position cannot be saved. It is raised once; the next call tries again.
        """
        self._part()
        self._save()

    def _part(self, *, only_if_stopping: bool = False) -> bool:
        """Disconnects and saves nothing; false if it is not to stop, or handlers run, and only then it was to."""
        if self._is_inherited:
            return False
        with self._noticing:
            if only_if_stopping and (self._handlers_run or not self._is_stopping):
                return False
            self._disconnects += 1
            self._dispatcher.closes_itself()
            self._is_stopping = False
            self._forget_unread()
            outage, self._outage = self._outage, None
            connection = self._take_connection()
            self._release_device()
            if self.state is not State.IDLE:
                self._note_state(State.STOPPED)
            self._noticing.notify_all()
        self._drop_waiting()
        if outage is not None:
            outage.wake.set()
        if connection is not None:
            connection.close()
        self._caretaker.look()
        self._wake_senders()
        self._tell_state()
        return True

    # --- as soon as no handler runs --------------------------------------------------------------------------------

    def _begin_stopping(self) -> None:
        """Disconnects as soon as no handler runs, perhaps now; does not wait for that."""
        if self._is_inherited:
            return
        self._is_stopping = True
        self._part_if_none_run()

    def _part_if_none_run(self) -> None:
        self._drop_waiting()  # or one could begin as soon as it was seen that none runs
        self._part(only_if_stopping=True)

    def _wait_until_stopped(self, disconnects: int, deadline: Deadline) -> bool:
        """Waits until it has disconnected since then."""

        def has_stopped() -> bool:
            return self._disconnects != disconnects or not self._is_stopping

        with self._noticing:
            return self._noticing.wait_for(has_stopped, deadline.remaining())

    def _have_returned(self) -> None:
        if self._is_stopping:
            self._part_if_none_run()
        if self._current_state is State.STOPPED:  # perhaps nobody else saves what they have handled
            self._save_quietly()

    # --- what there is to end --------------------------------------------------------------------------------------

    def _drop_waiting(self) -> None:
        """What was read and no handler has begun with comes again."""

    def _save(self) -> None:
        """Saves what has to outlive the client.

        Raises:
            OSError: it cannot be saved, and that was not raised before.
        """

    def _save_quietly(self) -> None:
        """The same; an error is logged only."""
