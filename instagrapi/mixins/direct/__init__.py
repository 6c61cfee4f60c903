"""Direct over HTTP: reading, answering requests, sending, and what can be done with a thread."""

from __future__ import annotations

from instagrapi.mixins.direct.media import DirectMediaMixin
from instagrapi.mixins.direct.reading import DirectReadingMixin
from instagrapi.mixins.direct.requests import DirectRequestsMixin
from instagrapi.mixins.direct.search import DirectSearchMixin
from instagrapi.mixins.direct.sending import DirectSendingMixin
from instagrapi.mixins.direct.threads import DirectThreadsMixin


class DirectMixin(
    DirectMediaMixin, DirectReadingMixin, DirectSearchMixin, DirectRequestsMixin, DirectSendingMixin, DirectThreadsMixin
):
    """Methods about Direct threads and messages."""
