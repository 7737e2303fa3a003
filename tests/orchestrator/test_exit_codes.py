"""The exit codes of docs/commands.md are what happens."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import fail
from prunesweep.core.ledger.queue.reaper import due

Sweep = Callable[..., Any]
ROOT = Path(__file__).parents[2]
WATCH = (
    sys.executable,
    "-c",
    "import sys; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())",
    "status",
    "--watch",
)
SMALL = ("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "1", "--iterations", "2", "--name", "mine")


def test_the_table_is_there_and_help_says_the_same(sweep: Sweep) -> None:
    table = (ROOT / "docs" / "commands.md").read_text().partition("| exit code |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| ([\d N+]+) \|", table, re.M) == ["0", "1", "2", "130", "128 + N"]
    assert "Exit codes: 0 done, 1 something failed, 2 bad input, 130 interrupted" in sweep("--help").out


def test_one_when_stages_failed(sweep: Sweep, ledger: Engine, work: Callable[..., int]) -> None:
    sweep(*SMALL)
    (digest,) = due(ledger, "cpu", 1, 0.0)
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    fail(ledger, digest, held.attempt, "the disk is full", "")
    assert sweep("status").code == 0, "it was asked, and it told"
    assert sweep("status", "--watch").code == 1
    assert sweep("status", "--watch", "--json").code == 1
    assert sweep("verdict").code == 1
    assert sweep("audit").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "nobody"),
        ("report", "--format", "pfd"),
        ("no-such-command",),
        ("submit", "--sparsty", "50"),
        ("submit", "--grid", "demo", "--sparsity", "150"),
        ("sink", "mlflow", "--to", "nowhere"),
        ("gc", "--older-than", "soon"),
        ("logs", "fff"),
    ],
    ids=" ".join,
)
def test_two_for_bad_input_in_one_line(sweep: Sweep, arguments: tuple[str, ...]) -> None:
    sweep(*SMALL)
    ran = sweep(*arguments)
    assert ran.code == 2
    assert ran.complaint.startswith("sweep: ")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_watch_that_is_interrupted(sweep: Sweep, ledger: Engine, number: int, code: int) -> None:
    sweep(*SMALL)
    watch = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())",
            "status",
            "--watch",
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watch.stdout is not None
    assert "waiting" in watch.stdout.readline()
    watch.send_signal(number)
    _, errors = watch.communicate(timeout=300)
    assert watch.returncode == code, "a shell shows a signal as 128 + its number"
    assert "Traceback" not in errors


def test_ctrl_c_gives_the_terminal_back(sweep: Sweep, ledger: Engine) -> None:
    """On a real pseudo-terminal: the cursor is hidden while the view is alive, and shown at the end."""
    import pty

    sweep(*SMALL)
    main, other = pty.openpty()
    watch = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())",
            "status",
            "--watch",
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
    )
    os.close(other)
    shown = b""
    deadline = time.monotonic() + 300
    while b"no worker is up" not in shown and time.monotonic() < deadline:
        shown += os.read(main, 65536)
    watch.send_signal(signal.SIGINT)
    while True:
        try:
            shown += os.read(main, 65536)
        except OSError:  # the other side is closed: it has ended
            break
    os.close(main)
    assert watch.wait(300) == 130
    assert shown.rfind(b"\x1b[?25h") > shown.rfind(b"\x1b[?25l") >= 0
    assert b"Traceback" not in shown
