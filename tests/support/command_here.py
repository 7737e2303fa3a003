"""`sweep` in the test's own process, as if in another environment: a program of its own would load everything again."""

import contextlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from prunesweep.orchestrator.cli.app import main
from tests.support.jobs import answer_here


@dataclass(frozen=True)
class Ended:
    """How a command ended, with the names that `subprocess` gives."""

    returncode: int
    stdout: str
    stderr: str


def command_here(words: Sequence[str], environ: Mapping[str, str], folder: Path | None = None) -> Ended:
    """Run `sweep WORDS` with just these variables; the torch programs that it asks answer here as well.

    folder: the current folder meanwhile; None = as it is.
    """
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        mock.patch.dict(os.environ, environ, clear=True),
        contextlib.chdir(folder or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        answer_here(patch)
        code = main(list(words))
    return Ended(code, out.getvalue(), err.getvalue())
