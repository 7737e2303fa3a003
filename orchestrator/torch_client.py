"""Asks a process of its own for what needs torch or numpy: one request to its stdin, answers from its stdout,
each a line of JSON (`prunesweep.core.jobs.programs`).

The command line itself never imports them, so that it starts in a blink and installs without it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.jobs.answers import Answer, decode
from prunesweep.core.jobs.programs import Program
from prunesweep.core.plan.weights import is_published

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_R = TypeVar("_R", bound="DataclassInstance")
_A = TypeVar("_A", bound=Answer)


def existing(file: Path) -> str:
    """Return the absolute path of a file that is there.

    Raises:
        UserError: it isn't, or cannot be read; or these are published weights, which only a sweep downloads.
    """
    if is_published(str(file)):
        fix = "names published weights, which sweeps begin with (--weights); save them to a file for this command"
        raise UserError("file", file, fix)
    try:
        found, folder = file.is_file(), file.is_dir()
    except OSError as error:  # a name that is too long, say
        raise UserError("file", file, f"cannot be read: {error.strerror}") from None
    if not found:
        raise UserError("file", file, "is a folder; give a file in it" if folder else "no such file")
    return str(file.absolute())


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules; -P: a file of that name in the user's folder is not it."""
    return [sys.executable, "-P", "-m", module, *arguments]


def ask(program: Program[_R, _A], request: _R) -> Iterator[_A]:
    """Start the program and yield its answers; its stderr (progress bars) goes to ours.

    Raises:
        UserError, StageError: what the program reported; or it ended without saying why.
    """
    command = python("prunesweep.core.jobs", program.module)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
            try:
                process.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
                process.stdin.close()
            except BrokenPipeError:
                pass  # it ended before it read: its exit code tells
            for line in process.stdout:
                yield decode(json.loads(line), program.answers)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise StageError(f"python -m {program.module} ended with exit code {process.returncode}")
