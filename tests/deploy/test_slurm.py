"""deploy/slurm/worker.sbatch without Slurm: read by shellcheck, and run with stand-ins for what Slurm brings."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from prunesweep.orchestrator.cli.app import app
from tests.docs.commandline import parse

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "slurm" / "worker.sbatch"
TEXT = SCRIPT.read_text()

_PROGRAMS = {
    "srun": 'while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"',
    "scontrol": 'echo "$@" >> "$SEEN/scontrol"',
    # A worker that notes its start and its TERM; a watch that ends when the file `ended` is there.
    "sweep": """if [ "$1" = worker ]; then
  trap 'echo TERM >> "$SEEN/worker"; exit 0' TERM
  env | grep ^SWEEP_ > "$SEEN/env"; echo up >> "$SEEN/worker"
  while :; do sleep 0.02; done
fi
while ! [ -e "$SEEN/ended" ]; do sleep 0.02; done""",
}

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts the script as Slurm would, and returns once its worker is up."""
    (tmp_path / "seen").mkdir()
    for name, body in _PROGRAMS.items():
        (tmp_path / name).write_text(f"#!/usr/bin/env bash\n{body}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "env.sh").write_text("export SWEEP_DATABASE_URL=postgresql://db/s\n")
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "SEEN": str(tmp_path / "seen"),
        "PRUNESWEEP_ENV": str(tmp_path / "env.sh"),
        "SLURM_JOB_ID": "77",
        "SLURM_CPUS_PER_TASK": "4",
    }

    def run() -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            ["bash", SCRIPT, "study"], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        deadline = time.monotonic() + 300
        while "up" not in _read(tmp_path / "seen" / "worker"):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.02)
        return process

    return run


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _end(process: "subprocess.Popen[str]") -> str:
    try:
        out, _ = process.communicate(timeout=300)
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return out


def test_shellcheck_finds_nothing() -> None:
    checker = Path(sys.executable).parent / "shellcheck"
    ran = subprocess.run([checker, "--shell=bash", SCRIPT], text=True, capture_output=True)
    assert ran.returncode == 0, ran.stdout


def test_its_commands_and_variables_are_ours() -> None:
    for words in re.findall(r"(sweep (?:worker|status) [^>&|\n]*)", TEXT):
        parse(typer.main.get_command(app), [word.replace("$sweep_name", "study") for word in shlex.split(words)])
    known = set(re.findall(r'"(SWEEP_[A-Z_]+)"', (ROOT / "core" / "settings.py").read_text()))
    assert set(re.findall(r"\b(SWEEP_[A-Z_]+)", TEXT)) <= known


def test_its_directives() -> None:
    given = dict(re.findall(r"^#SBATCH --([a-z-]+)(?:=(\S+))?$", TEXT, re.M))
    assert given.keys() >= {"array", "requeue", "time", "cpus-per-task", "mem"}
    assert given["signal"] == "B:USR1@60", "to the script, in time for the worker's 10 s"
    assert (given["gres"], given["open-mode"]) == ("gpu:1", "append")
    assert TEXT.index("#SBATCH") < TEXT.index("set -euo"), "Slurm reads them up to the first command only"


def test_out_of_time_hands_back_and_goes_into_the_queue_again(start: Start, tmp_path: Path) -> None:
    process = start()
    process.send_signal(signal.SIGUSR1)
    assert "back into the queue" in _end(process)
    assert process.returncode == 0
    assert _read(tmp_path / "seen" / "worker") == "up\nTERM\n"
    assert _read(tmp_path / "seen" / "scontrol") == "requeue 77\n"


@pytest.mark.parametrize("how", ["the sweep ends", "scancel"])
def test_otherwise_it_ends_for_good(start: Start, tmp_path: Path, how: str) -> None:
    process = start()
    if how == "scancel":
        process.send_signal(signal.SIGTERM)
    else:
        (tmp_path / "seen" / "ended").touch()
    _end(process)
    assert process.returncode == 0
    assert _read(tmp_path / "seen" / "worker") == "up\nTERM\n"
    assert _read(tmp_path / "seen" / "scontrol") == ""
    told = _read(tmp_path / "seen" / "env")
    assert "SWEEP_DATABASE_URL=postgresql://db/s" in told
    assert "SWEEP_THREADS=4" in told
    assert re.search(rf"^SWEEP_HOME={re.escape(str(tmp_path))}/prunesweep-77-\w{{8}}$", told, re.M), "not guessable"
    assert not list(tmp_path.glob("prunesweep-77*"))


def test_the_worker_gets_the_cores_of_its_job() -> None:
    """Since Slurm 22.05 srun does not take them from the job by itself."""
    assert re.search(r'^srun .*--cpus-per-task="\$\{SLURM_CPUS_PER_TASK:-1\}" sweep worker', TEXT, re.MULTILINE)


def test_it_has_no_slot_for_latencies_unless_asked() -> None:
    """Nodes are shared: what it measured there would say nothing."""
    assert 'export SWEEP_CPU_SLOT="${SWEEP_CPU_SLOT:-no}"' in TEXT
