"""`python -m tests.chaos.soak --minutes 60`: stages that do nothing, at a bounded rate, for long; 1 if anything grows.

Several workers on one home with the embedded broker and ledger. A sweep is submitted every ten seconds, and removed
once it is over and five younger ones are there: whatever still grows then is a leak. Each minute it prints what the
processes and files take, at the end a table. Its rule: see `tests.chaos.growth`.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import func, select

from prunesweep.core.ledger.db.schema import METADATA, stages, sweep_stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.ledger.queue.removal import remove_sweeps
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Sleep, digest_of, encode
from tests.chaos.growth import Quantity, shown, table, trends
from tests.chaos.sites import Site, open_site
from tests.support.watchdog import processes_in, watch

_EVERY = 10.0
"""Seconds between two sweeps."""
_KEPT = 5
"""Sweeps that stay in the ledger, the youngest."""
_WARM = 120.0
"""Seconds before the first row: imports, caches and the first files are there by then."""
_PATIENCE = 300.0
"""Seconds within which the last stages have to end."""
_MIB = 2.0**20
ROLES = ("worker", "trainer", "valkey")
QUANTITIES = (
    *(Quantity(f"{role} RSS", "bytes", 4 * _MIB) for role in ROLES),
    *(Quantity(f"{role} fds", "count", 3) for role in ROLES),
    *(Quantity(f"{role} threads", "count", 3) for role in ROLES),
    Quantity("processes", "count", 1),
    Quantity("ledger", "bytes", 2 * _MIB),
    Quantity("ledger's WAL", "bytes", 8 * _MIB),
    Quantity("ledger's rows", "count", 200),
    Quantity("broker's AOF", "bytes", 4 * _MIB),
    Quantity("broker's log", "bytes", 1 * _MIB),
    Quantity("artifacts", "bytes", 1 * _MIB),
    Quantity("other files", "bytes", 1 * _MIB),
    Quantity("files", "count", 20),
    # What a worker prints goes to its supervisor, which keeps as much as it likes.
    Quantity("workers' stderr", "bytes", None),
)


@dataclass
class Soak:
    """One run.

    Attributes:
        per_sweep: stages of each sweep.
        lost: lines on stages that did not end DONE, and on broken rules.
    """

    site: Site
    per_sweep: int
    sweeps: list[int] = field(default_factory=list)
    submitted: int = 0
    lost: list[str] = field(default_factory=list)
    hours: list[float] = field(default_factory=list)
    rows: list[dict[str, float]] = field(default_factory=list)

    def run(self, minutes: float) -> None:
        """Submits, removes and measures until the time is over, then waits for what is left. The clock starts when the
        first sweep is over."""
        self._next()
        self._await_end()
        start = time.monotonic()
        due, measure = start, start + min(_WARM, minutes * 6)
        while (now := time.monotonic()) < start + 60 * minutes:
            self.site.cluster.tend()
            if now >= due:
                due += _EVERY
                self._next()
            if now >= measure:
                measure += min(60.0, minutes * 3)
                self._measure((now - start) / 3600)
            time.sleep(min(1.0, minutes))
        self._await_end()
        self._measure((time.monotonic() - start) / 3600)
        self._remove(keep=0)
        self.lost += [str(one) for one in violations(self.site.engine)]
        self.lost += self.site.cluster.surprises

    def _await_end(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._unfinished() and time.monotonic() < deadline:
            self.site.cluster.tend()
            time.sleep(0.5)

    def _next(self) -> None:
        """One more sweep, unless the workers are behind; and one less."""
        if self._unfinished() <= 2 * self.per_sweep:
            number = self.submitted
            made = _plan(number, self.per_sweep)
            self.sweeps.append(add_sweep(self.site.engine, made, f"soak-{number}", "soak").id)
            self.submitted += 1
        self._remove(keep=_KEPT)

    def _remove(self, keep: int) -> None:
        while len(self.sweeps) > keep and (keep == 0 or not self._unfinished(self.sweeps[0])):
            oldest = self.sweeps.pop(0)
            states = self._states(oldest)
            if set(states) != {State.DONE.value}:
                self.lost.append(f"sweep {oldest}: {states}")
                continue
            remove_sweeps(self.site.engine, [oldest], dry_run=False)

    def _states(self, sweep: int) -> dict[str, int]:
        mine = stages.join(sweep_stages, sweep_stages.c.digest == stages.c.digest)
        query = select(stages.c.state, func.count()).select_from(mine).where(sweep_stages.c.sweep_id == sweep)
        with self.site.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(stages.c.state))}

    def _unfinished(self, sweep: int | None = None) -> int:
        asked = self.sweeps if sweep is None else [sweep]
        live = ("PENDING", "READY", "RUNNING")
        return sum(count for one in asked for state, count in self._states(one).items() if state in live)

    def _measure(self, hours: float) -> None:
        home = self.site.settings.home
        row = {**_processes(home), **_files(home), "ledger's rows": self._count_rows()}
        self.hours.append(hours)
        self.rows.append(row)
        told = "  ".join(f"{one.name} {shown(one, row[one.name])}" for one in QUANTITIES)
        say(f"{hours * 60:6.1f} min  {self.submitted * self.per_sweep:>6} stages  {told}")

    def _count_rows(self) -> float:
        with self.site.engine.connect() as connection:
            counts = (select(func.count()).select_from(one) for one in METADATA.sorted_tables)
            return float(sum(connection.execute(query).scalar_one() for query in counts))


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.chaos.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rate", type=float, default=2.0, help="stages a second, at most")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        root = Path(tempfile.mkdtemp(prefix="soak-"))
        watch(root)
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        home = root / "home"
        home.mkdir()
        soak = Soak(open_site(stack, home, given.workers, {}), max(2, round(given.rate * _EVERY)))
        say(f"{given.workers} workers, at most {given.rate:g} stages a second, on {os.cpu_count()} cores")
        soak.run(given.minutes)
        soak.site.cluster.stop()
        left = [process.pid for process in processes_in([home])]
    found = trends(QUANTITIES, soak.hours, soak.rows)
    problems = [*soak.lost, *(f"{one.quantity.name} grows" for one in found if one.grows)]
    problems += [f"process {pid} outlived its worker" for pid in left]
    say("", table(found), f"MiB or counts, {len(soak.rows)} rows; load {_load()}")
    say(*(f"BROKEN {line}" for line in problems))
    facts = {"bench": "soak", "minutes": given.minutes, "stages": soak.submitted * soak.per_sweep, "ok": not problems}
    say(json.dumps({**facts, "grow": [one.quantity.name for one in found if one.grows]}))
    return 1 if problems else 0


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def _plan(number: int, count: int) -> Plan:
    """Pairs of stages, the second of which waits for the first."""
    made: dict[str, Sleep] = {}
    for place in range(count // 2):
        first = Sleep(f"soak-{number}-{place}", 0.0)
        second = Sleep(f"soak-{number}-{place}-after", 0.0, (digest_of(encode(first)),))
        made |= {digest_of(encode(stage)): stage for stage in (first, second)}
    return Plan(GRIDS["demo"], (), dict(made), {digest: encode(stage) for digest, stage in made.items()})


def _processes(home: Path) -> dict[str, float]:
    """Sums over the processes of each role."""
    sums = {f"{role} {what}": 0.0 for role in ROLES for what in ("RSS", "fds", "threads")} | {"processes": 0.0}
    for process in processes_in([home]):
        with suppress(psutil.Error):
            role = _role(process)
            sums["processes"] += 1
            if role:
                sums[f"{role} RSS"] += process.memory_info().rss
                sums[f"{role} fds"] += process.num_fds()
                sums[f"{role} threads"] += process.num_threads()
    return sums


def _role(process: psutil.Process) -> str:
    words = process.cmdline()
    if "valkey" in process.name() or "redis" in process.name():
        return "valkey"
    return "trainer" if "prunesweep.worker.trainer" in words else "worker" if "prunesweep.worker" in words else ""


def _files(home: Path) -> dict[str, float]:
    """Bytes by what they are for, and how many files there are."""
    names = ("ledger", "ledger's WAL", "broker's AOF", "broker's log", "artifacts", "other files", "workers' stderr")
    sums = dict.fromkeys(names, 0.0) | {"files": 0.0}
    for file, size in _sizes(home):
        sums["files"] += 1
        sums[_purpose(file.relative_to(home))] += size
    return sums


def _purpose(file: Path) -> str:
    if file.name == "ledger.sqlite3":
        return "ledger"
    if file.name.startswith("ledger.sqlite3-"):
        return "ledger's WAL"
    if file.match("worker-*.log"):
        return "workers' stderr"
    if file.parts[0] == "artifacts":
        return "artifacts"
    if file.parts[0] == "broker":
        return "broker's log" if ".log" in file.name else "broker's AOF"
    return "other files"


def _sizes(home: Path) -> Iterator[tuple[Path, int]]:
    for file in home.rglob("*"):
        with suppress(OSError):
            if file.is_file():
                yield file, file.stat().st_size


def _load() -> str:
    return ", ".join(f"{value:.1f}" for value in os.getloadavg())


if __name__ == "__main__":
    sys.exit(main())
