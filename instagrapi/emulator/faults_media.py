"""Faults of files that come and go."""

from __future__ import annotations

from instagrapi.emulator.fault import Fault, Kind, Several
from instagrapi.emulator.faults_core import FaultsCore, Who
from instagrapi.emulator.http_answers import Rejected

_PHOTO, _VIDEO = (f"direct_v2/threads/broadcast/{kind}_attachment/" for kind in ("photo", "video"))


class MediaFaults(FaultsCore):
    """What is not lifted stays, or strikes as often as ``times`` says."""

    def break_uploads(self, after: int, account: Who | None = None, *, times: int | None = None) -> Fault:
        """Breaks the connection of an upload when so many bytes of the request have arrived, or all there are."""
        return self._rule(Kind.UPLOAD, "break_uploads", after, services=("http",), account=account, times=times)

    def still_processing(self, account: Who | None = None, *, times: int | None = None) -> Fault:
        """Does not know uploaded files yet: photos get 503 and videos 500 when they are sent (reported)."""
        return Several(
            *(
                self._rule(
                    Kind.HTTP_ANSWER,
                    "still_processing",
                    Rejected(status, "").answer,
                    services=("http",),
                    account=account,
                    times=times,
                    concerns=path.__eq__,
                )
                for path, status in ((_PHOTO, 503), (_VIDEO, 500))
            )
        )

    def end_links(self) -> None:
        """Ends all links to files that have been given out; threads that are fetched from now on have new ones."""
        self._hub.note("fault", "end_links")
        self._hub.media.end_links()
