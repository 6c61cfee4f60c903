"""The command ``instagrapi``."""

from __future__ import annotations

import sys


def run() -> None:
    """The console script. Without the extra ``cli`` it says how to get it."""
    try:
        from instagrapi.cli.main import main
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        sys.exit("The command line needs an extra: pip install 'instagrapi-realtime[cli]'")
    except KeyboardInterrupt:
        sys.exit(130)
    main()
