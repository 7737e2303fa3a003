"""Worker processes that somebody watches over: what ends is started again, as systemd or Kubernetes would."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.chaos import children

_RESTART_SECONDS = 0.5
_REMEMBERED = 20
_ASKED = (0, 2, -9)
"""Exit codes of a worker that was asked to end, that found a server away at its start, or that was killed."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a worker with SWEEP_HOME = home, without this process's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SWEEP_", "REDIS_", "AWS_"))}
    return {**kept, "SWEEP_HOME": str(home), "SWEEP_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", **more}


@dataclass
class Member:
    """One place for a worker process, and the process that fills it now. due: when the next one is started
    (time.monotonic()), if this one has ended."""

    number: int
    log: Path
    process: "subprocess.Popen[bytes]"
    due: float | None = None


@dataclass
class Cluster:
    """`size` workers on one home."""

    home: Path
    env: Mapping[str, str]
    size: int
    members: list[Member] = field(default_factory=list)
    starts: int = 0
    surprises: list[str] = field(default_factory=list)

    def start(self) -> None:
        for number in range(self.size):
            log = self.home / f"worker-{number}.log"
            self.members.append(Member(number, log, self._worker(log)))

    def tend(self) -> None:
        """Starts those again that have ended."""
        for member in self.members:
            code = member.process.poll()
            if code is None:
                continue
            if member.due is None:
                member.due = time.monotonic() + _RESTART_SECONDS
                if code not in _ASKED and len(self.surprises) < _REMEMBERED:
                    self.surprises.append(f"worker {member.process.pid} ended with exit code {code}: {_end(member)}")
            elif time.monotonic() >= member.due:
                member.process, member.due = self._worker(member.log), None

    def by_pid(self, pid: int) -> Member | None:
        """The member whose living process has this id."""
        found = (member for member in self.members if member.process.pid == pid and member.process.poll() is None)
        return next(found, None)

    def trainers(self, member: Member) -> list[psutil.Process]:
        """The member's trainers that are alive."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return [child for child in psutil.Process(member.process.pid).children() if is_trainer(child)]
        return []

    def stop(self, patience: float = 20.0) -> None:
        """Asks every worker to end, kills those that don't within `patience` seconds."""
        for member in self.members:
            if member.process.poll() is None:
                member.process.terminate()
        deadline = time.monotonic() + patience
        for member in self.members:
            with contextlib.suppress(subprocess.TimeoutExpired):
                member.process.wait(max(0.0, deadline - time.monotonic()))
            children.end(member.process)

    def _worker(self, log: Path) -> "subprocess.Popen[bytes]":
        self.starts += 1
        command = [sys.executable, "-m", "prunesweep.worker", "--devices", "cpu"]
        return children.start(command, self.home, log, self.env)


def is_trainer(process: psutil.Process) -> bool:
    """True for a trainer that runs, or could go on running."""
    try:
        return "prunesweep.worker.trainer" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def trainers_of(home: Path) -> list[psutil.Process]:
    """Every trainer on this machine that works for this home, whoever its parent is."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if is_trainer(process) and process.environ().get("SWEEP_HOME") == str(home):
                found.append(process)
    return found


def _end(member: Member) -> str:
    lines = member.log.read_text(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "it said nothing"
