"""What the faults act on: workers, servers, and what is running where."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psutil
from sqlalchemy import Engine, select

from prunesweep.core.ledger.db.schema import edges, stages
from prunesweep.core.ledger.db.states import State
from tests.chaos.cluster import Cluster, Member, is_trainer


@dataclass(frozen=True)
class Running:
    """A stage that the ledger says is running. pid: of its worker."""

    digest: str
    attempt: int
    pid: int


@dataclass
class Scene:
    """Scene.

    Attributes:
        lease: seconds.
        servers: by name (`queue`, `ledger`, `store`).
        away: those that are away now.
        frozen, doomed: process ids that were stopped, or told to end.
        orphans: process ids of trainers that outlived their worker.
        broken: promises that a fault saw broken itself.
    """

    engine: Engine
    cluster: Cluster
    servers: Mapping[str, Any]
    lease: float
    away: set[str] = field(default_factory=set)
    frozen: set[int] = field(default_factory=set)
    doomed: set[int] = field(default_factory=set)
    orphans: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _agenda: list[tuple[float, Callable[[], bool]]] = field(default_factory=list)

    def later(self, seconds: float, act: Callable[[], bool]) -> None:
        """Acts that many seconds from now, and again and again until it returns True."""
        self._agenda.append((time.monotonic() + seconds, act))

    def tend(self) -> None:
        """Does what is due."""
        due = [item for item in self._agenda if item[0] <= time.monotonic()]
        for item in due:
            self._agenda.remove(item)
            if not item[1]():
                self.later(0.1, item[1])
        self.cluster.tend()

    def calm(self) -> bool:
        """True when every fault is over."""
        return not self._agenda

    def is_away(self, server: str) -> bool:
        return server in self.away

    def running(self) -> list[Running]:
        """Every stage that is running, by digest."""
        query = select(stages.c.digest, stages.c.attempt, stages.c.worker).where(stages.c.state == State.RUNNING)
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(stages.c.digest)).all()
        return [Running(row.digest, row.attempt, int(row.worker.rpartition(":")[2])) for row in rows]

    def done(self) -> list[tuple[str, int, str]]:
        """DONE stages on whose artifact another one runs, else all with an artifact: digest, attempt, artifact."""
        made = select(stages.c.digest, stages.c.attempt, stages.c.artifact).where(
            stages.c.state == State.DONE, stages.c.artifact.is_not(None)
        )
        child = stages.alias("child")
        used = made.join(edges, edges.c.parent == stages.c.digest).join(child, child.c.digest == edges.c.child)
        with self.engine.connect() as connection:
            found = connection.execute(used.where(child.c.state == State.RUNNING).order_by(stages.c.digest)).all()
            found = found or connection.execute(made.order_by(stages.c.digest)).all()
        return [(row.digest, row.attempt, row.artifact) for row in found]

    def targets(self) -> list[tuple[Member, psutil.Process, list[Running]]]:
        """Workers that run a stage and that no fault holds, with their trainer and these stages, in order."""
        found = []
        running = self.running()
        for member in self.cluster.members:
            stages_there = [row for row in running if row.pid == member.process.pid]
            trainers = self.cluster.trainers(member)
            touched = {member.process.pid, *(trainer.pid for trainer in trainers)} & (self.frozen | self.doomed)
            if stages_there and trainers and not touched and member.process.poll() is None:
                found.append((member, trainers[0], stages_there))
        return found

    def watch_orphan(self, trainer: psutil.Process, seconds: float) -> None:
        """Notes the trainer of a killed worker if it is alive `seconds` later."""

        def look() -> bool:
            if trainer.is_running() and is_trainer(trainer):
                self.orphans.append(trainer.pid)
            return True

        self.later(seconds, look)
