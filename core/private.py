"""Folders that only their owner can enter: whatever this program keeps for itself under SWEEP_HOME."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder, and each missing one above it, with mode 0700, whatever the umask is. One that is there stays as
    it is.

    Raises:
        OSError: it cannot be made.
    """
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(folder))
