"""Where a unix socket can lie: the kernel limits the length of its path, and URLs want plain characters."""

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.private import make_private

_SOCKET_LIMIT = 100  # bytes; the kernel's limit is 108 on Linux and 104 on macOS
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


def short_socket(path: Path) -> Path:
    """Return `path`, or a socket in a short private folder that stands for it when that path cannot be used."""
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    name = f"prunesweep-{os.getuid()}-{digest}"
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    shorter = [Path(folder) / name / path.name for folder in (runtime, tempfile.gettempdir())]
    # The last is taken as it is: no folder for temporary files is that long.
    return next((place for place in (path, *shorter) if fits(place)), shorter[-1])


def fits(path: Path) -> bool:
    """Return True for a path that every client of a unix socket takes."""
    return len(os.fsencode(path)) <= _SOCKET_LIMIT and _PLAIN_PATH.fullmatch(str(path)) is not None


def private_folder(folder: Path) -> None:
    """Make the folder 0700, and refuse one that is not ours: in a shared /tmp another user may have made it.

    Raises:
        UserError: it is not a folder of ours.
        OSError: it cannot be made.
    """
    make_private(folder)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
        raise UserError("SWEEP_HOME", folder, "is not a folder of yours; set SWEEP_HOME to one")
    if stat.S_IMODE(facts.st_mode) != 0o700:
        folder.chmod(0o700)
