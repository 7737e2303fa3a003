"""Take a folder away under the processes that use it."""

import shutil
import time
from pathlib import Path
from uuid import uuid4


def remove_at_once(folder: Path) -> None:
    """Remove a folder at one instant, as `rm -r` does to whoever looks for it, although a process still writes there.

    Args:
        folder: an existing folder; another one may be made in its place at once.
    """
    away = folder.with_name(f"{folder.name}-{uuid4().hex[:8]}")
    folder.rename(away)
    while away.exists():  # a server writes by its working folder, which is this one until it has noticed
        shutil.rmtree(away, ignore_errors=True)
        time.sleep(0.01)
