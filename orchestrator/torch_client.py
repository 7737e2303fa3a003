"""Asks a process of its own for what needs torch or numpy: one JSON request to its stdin, JSON lines from its stdout.

The command line itself never imports them, so that it starts in a blink and installs without it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prunesweep.core.errors import StageError, UserError


def existing(file: Path) -> str:
    """Return the absolute path of a file that is there.

    Raises:
        UserError: it isn't, or cannot be read.
    """
    try:
        found = file.is_file()
    except OSError as error:  # a name that is too long, say
        raise UserError("file", file, f"cannot be read: {error.strerror}") from None
    if not found:
        raise UserError("file", file, "no such file")
    return str(file.absolute())


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules; -P: a file of that name in the user's folder is not it."""
    return [sys.executable, "-P", "-m", module, *arguments]


def ask(module: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Start the module and yield its events; its stderr (progress bars) goes to ours.

    Raises:
        UserError, StageError: what the module reported; or it ended without saying why.
    """
    with subprocess.Popen(python(module), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.close()
            except BrokenPipeError:
                pass  # it ended before it read: its exit code tells
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] == "error":
                    raise _error(event)
                yield event
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise StageError(f"python -m {module} ended with exit code {process.returncode}")


def _error(event: dict[str, Any]) -> Exception:
    if "fix" in event:
        return UserError(event.get("field", ""), event.get("value", ""), event["fix"])
    return StageError(event["message"])
