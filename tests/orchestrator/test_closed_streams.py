"""A stream that the caller closed leads nowhere, and its number is never a file's."""

import os
import subprocess
import sys

import pytest

_PROGRAM = """
import os, sys
from prunesweep.orchestrator.cli.entry import open_what_is_closed
open_what_is_closed()
opened = os.open(os.devnull, os.O_RDONLY)
sys.stdin.read(), print("to stdout"), print("to stderr", file=sys.stderr)
sys.exit(0 if opened > 2 else 9)
"""


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_closed_stream_is_nobody_elses(closed):
    def close() -> None:
        for number in closed:
            os.close(number)

    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=close,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        0,
        "" if 1 in closed else "to stdout\n",
        "" if 2 in closed else "to stderr\n",
    )
