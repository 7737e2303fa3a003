"""The artifact store of a served home: rclone's S3 server over its folder, on a unix socket, with a key."""

import json
import os
import secrets
import shutil
import sysconfig
from dataclasses import asdict, dataclass
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.extras import install
from prunesweep.core.io import whole_file
from prunesweep.core.sockets import private_folder, short_socket
from prunesweep.orchestrator.serving.child import Child

BUCKET = "artifacts"
LATE = 0.3
"""Seconds after which the server surely knows every file that the host has written into its folder (`_LISTS_AGE`)."""
_LISTS_AGE = "100ms"


@dataclass(frozen=True)
class StoreKey:
    """What a client of the S3 server signs its requests with."""

    id: str
    secret: str


def find_rclone() -> Path:
    """Return rclone: the wheel's, else on PATH.

    Raises:
        UserError: there is none.
    """
    found = shutil.which("rclone", path=sysconfig.get_path("scripts")) or shutil.which("rclone")
    if found is None:
        raise UserError("serve", "", f"needs rclone: {install('serve')}")
    return Path(found)


def store_key(folder: Path) -> StoreKey:
    """Return the home's key, made when there is none; it outlives restarts, as joined workers do."""
    file = folder / "store-key.json"
    try:
        return StoreKey(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        key = StoreKey(secrets.token_hex(8), secrets.token_hex(24))
    with whole_file(file, private=True) as out:
        out.write(json.dumps(asdict(key)).encode())
    return key


def store_socket(folder: Path) -> Path:
    """Return where the S3 server listens."""
    return short_socket(folder / "store.sock")


def server(rclone: Path, home: Path, folder: Path, key: StoreKey) -> Child:
    """Return the server, not started. folder: of what serving needs, under `home`."""
    place = store_socket(folder)
    private_folder(place.parent)
    # Files that the host's own workers write are seen after a tenth of a second, which readers wait for (`late` in the
    # store's URL): with 0, rclone 1.75 clears its lists without a pause, takes a third of a core for it, and soon
    # answers nobody. Nobody looks at ETags, which cost a reading.
    options = ["--config", "", "--dir-cache-time", _LISTS_AGE, "--etag-hash", "", "--addr", f"unix://{place}"]
    upstream = str(home / "artifacts").replace('"', '""')
    environ = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "RCLONE_AUTH_KEY": f'"{key.id},{key.secret}"',
        "RCLONE_CONFIG_HOME_TYPE": "combine",
        "RCLONE_CONFIG_HOME_UPSTREAMS": f'"{BUCKET}={upstream}"',
        "RCLONE_LOG_LEVEL": "ERROR",
    }
    return Child(
        "the store's server",
        [str(rclone), "serve", "s3", *options, "home:"],
        environ,
        folder / "store.log",
        leftover=place,
    )
