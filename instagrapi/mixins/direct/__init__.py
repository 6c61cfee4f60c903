"""Direct over HTTP: reading, answering requests, sending, and what can be done with a thread."""

from __future__ import annotations

from instagrapi.mixins.direct.media import DirectMediaMixin
from instagrapi.mixins.direct.reading import DirectReadingMixin


class DirectMixin(DirectReadingMixin, DirectMediaMixin):
    """Methods about Direct threads and messages."""
