"""A run of tests that is killed leaves no server behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from tests.support.watchdog import processes_in

ROOT = Path(__file__).parents[2]
_RUN = """
import os, sys, time
from pathlib import Path
from prunesweep.core.broker.embedded import Broker
from prunesweep.core.settings import load_settings
from tests.support.watchdog import watch
home = Path(sys.argv[1])
watch(home)
Broker(load_settings({"SWEEP_HOME": str(home)})).ensure()
watch(Path(sys.argv[2]))
import pgserver
pgserver.get_server(sys.argv[2], cleanup_mode=None)
print("up", flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads other processes' folders")
def test_servers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    # As root PostgreSQL runs as another user, to whom pytest's own folders are closed.
    home, database = tmp_path / "home", Path(tempfile.mkdtemp(prefix="pg-"))
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-c", _RUN, str(home), str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ, cwd=ROOT) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"up\n"
        assert {process.name() for process in processes_in([home, database])} >= {"valkey-server", "postgres"}
        run.send_signal(signal.SIGKILL)
        run.wait()
        deadline = time.monotonic() + 300
        while processes_in([home, database]) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [process.name() for process in processes_in([home, database])] == []
    shutil.rmtree(database)


def test_a_process_that_has_ended_is_passed_over(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], cwd=tmp_path)
    ended.wait()
    assert processes_in([tmp_path]) == []
    assert psutil.Process().pid not in [process.pid for process in processes_in([tmp_path])]
