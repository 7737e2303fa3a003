"""The last lines that a trainer wrote, kept in a nameless file: no thread reads it, and nobody waits for it."""

import fcntl
import os
import tempfile

KEPT = 64 * 1024
_SPILL = 16 * KEPT


class LogTail:
    """Give `fileno()` to a child as its stderr; `text()` is what it wrote last."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by close()
        # Appending, so that the child writes on at the new end after the file was cut.
        flags = fcntl.fcntl(self._file, fcntl.F_GETFL)
        fcntl.fcntl(self._file, fcntl.F_SETFL, flags | os.O_APPEND)

    def fileno(self) -> int:
        return self._file.fileno()

    def clear(self) -> None:
        """Forget everything written so far."""
        os.ftruncate(self.fileno(), 0)

    def text(self) -> str:
        """Return the last 64 KiB, the first of the lines whole; the file is cut when it has grown large."""
        if self._file.closed:
            return ""
        size = os.fstat(self.fileno()).st_size
        start = max(0, size - KEPT)
        data = os.pread(self.fileno(), KEPT, start)
        if start:
            data = data.partition(b"\n")[2] or data
        if size > _SPILL:
            self.clear()
            os.write(self.fileno(), data)
        return data.decode(errors="replace")

    def last_line(self) -> str:
        """Return the last line that says something, or ""."""
        lines = [line.strip() for line in self.text().splitlines()]
        return next((line for line in reversed(lines) if line), "")

    def close(self) -> None:
        self._file.close()
