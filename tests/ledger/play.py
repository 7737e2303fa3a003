"""Everything that can happen to a ledger, as moves of a game: for tests in one process, and for several at once."""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.schema import snapshots, stages, sweeps
from prunesweep.core.ledger.queries.logs import save_log
from prunesweep.core.ledger.queries.references import unreferred
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import Claim, claim, heartbeat
from prunesweep.core.ledger.queue.control import cancel, retry
from prunesweep.core.ledger.queue.outcome import cancelled, complete, crash, fail, interrupted, release
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due, reap
from prunesweep.core.ledger.queue.redo import redo
from prunesweep.core.ledger.queue.removal import remove_sweeps
from prunesweep.core.ledger.queue.retention import forget_old
from prunesweep.core.ledger.queue.submit import add_sweep
from tests.ledger.conftest import plan_of

LEASE = 10.0
_EPOCH = {"loss": 1.0, "top1": 0.5, "lr": 0.1, "seconds": 1.0, "images_per_s": 10.0}


@dataclass
class Player:
    """Makes moves on a ledger.

    Attributes:
        graph: label → labels of its parents, parents first.
        jump: moves the ledger's clock on by so many seconds.
        held: claims, ended ones too: their writes must bounce off.
    """

    engine: Engine
    graph: Mapping[str, Sequence[str]]
    jump: Callable[[float], None]
    chance: random.Random
    name: str = "w"
    held: list[Claim] = field(default_factory=list)

    def __post_init__(self) -> None:
        _, self.digests = plan_of(self.graph)
        self.labels = list(self.digests)

    def move(self, action: str) -> None:
        """Makes a move: one of `ACTIONS`."""
        if action in ENDS:
            if self.held:
                ENDS[action](self, self.chance.choice(self.held[-6:]))
        else:
            MOVES[action](self)

    def pick(self) -> str:
        return self.digests[self.chance.choice(self.labels)]

    def submit(self, labels: int | None = None) -> None:
        """Part of the graph (parents come first) as a sweep that shares its stages; perhaps one that is there."""
        number = labels or self.chance.randint(1, len(self.labels))
        part = dict(list(self.graph.items())[:number])
        add_sweep(self.engine, plan_of(part, (number,))[0], f"s{number}", "0")

    def claim(self) -> None:
        for _ in range(3):
            taken = claim(self.engine, self.pick(), self.name, "cpu", "cpu", LEASE)
            if taken is not None:
                self.held = [*self.held[-20:], taken]
                return

    def beat(self) -> None:
        heartbeat(self.engine, self.name, [(one.digest, one.attempt) for one in self.held[-3:]], LEASE)

    def lose(self) -> None:
        """Leases run out, and so do rests."""
        self.jump(LEASE + 1.0)
        reap(self.engine, 2, 1.0)

    def rest(self) -> None:
        self.jump(1_000.0)

    def sweep(self, act: Callable[[Engine, int], object]) -> None:
        with self.engine.connect() as connection:
            known = connection.execute(select(sweeps.c.id)).scalars().all()
        if known:
            act(self.engine, self.chance.choice(known))

    def redo(self) -> None:
        """Up to three DONE stages lost their artifacts, and perhaps a saved state is damaged."""
        with self.engine.connect() as connection:
            made = connection.execute(select(stages.c.digest, stages.c.artifact)).all()
            saved = connection.execute(select(snapshots.c.digest, snapshots.c.artifact)).all()
        some = self.chance.sample(made, min(len(made), self.chance.randint(1, 3)))
        bad = {row.digest: row.artifact for row in saved if self.chance.random() < 0.3}
        redo(self.engine, {row.digest: row.artifact or "" for row in some}, bad)

    def gc(self) -> None:
        with unreferred(self.engine, ["a" * 64]):
            pass

    def rm(self) -> None:
        """A sweep is removed, unless it has stages of its own that wait or run."""

        def remove(engine: Engine, sweep: int) -> None:
            with suppress(UserError):
                remove_sweeps(engine, [sweep], dry_run=self.chance.random() < 0.2)

        self.sweep(remove)

    def done(self, one: Claim) -> None:
        """With the artifact that it always has, or (a device without determinism) with another one."""
        other = self.chance.random() < 0.2
        complete(
            self.engine,
            one.digest,
            one.attempt,
            artifact=("f" if other else "0") + one.digest[1:],
            artifact_bytes=1,
            train_seconds=1.0,
            summary={},
            result={},
            log="a log",
        )

    def save(self, one: Claim) -> None:
        epoch = self.chance.randint(0, 3)
        record_epoch(self.engine, one.digest, one.attempt, epoch=epoch + 1, **_EPOCH)
        name = f"{self.chance.getrandbits(64):064x}"
        record_snapshot(self.engine, one.digest, one.attempt, artifact=name, artifact_bytes=1, epoch=epoch, step=0)
        save_log(self.engine, one.digest, one.attempt, "a log")


MOVES: Mapping[str, Callable[[Player], object]] = {
    "claim": Player.claim,
    "beat": Player.beat,
    "due": lambda player: due(player.engine, "cpu", 3, 1.0),
    "lose": Player.lose,
    "rest": Player.rest,
    "submit": Player.submit,
    "cancel": lambda player: player.sweep(cancel),
    "retry": lambda player: player.sweep(retry),
    "redo": Player.redo,
    "gc": Player.gc,
    "rm": Player.rm,
    "forget": lambda player: forget_old(player.engine, 5.0),
}
ENDS: Mapping[str, Callable[[Player, Claim], object]] = {
    "done": Player.done,
    "save": Player.save,
    "crash": lambda player, one: crash(player.engine, one.digest, one.attempt, "boom", "", 2, 1.0),
    "fail": lambda player, one: fail(player.engine, one.digest, one.attempt, "no", ""),
    "release": lambda player, one: release(player.engine, one.digest, one.attempt, "bye"),
    "term": lambda player, one: interrupted(player.engine, one.digest, one.attempt, "SIGTERM", "", 2, 1.0),
    "stop": lambda player, one: cancelled(player.engine, one.digest, one.attempt, ""),
}
ACTIONS = (*MOVES, *ENDS)
WEIGHTS = {"claim": 12, "done": 8, "save": 2, "retry": 3}
"""Moves that are more frequent than the others when chance decides."""


def finish(player: Player, most: int = 10_000) -> bool:
    """Plays on as a patient worker would until every stage is DONE; False if that doesn't come about."""
    player.submit(len(player.labels))
    player.jump(10_000.0)
    reap(player.engine, 10_000, 0.0)
    player.submit(len(player.labels))
    for _ in range(most):
        ready = due(player.engine, "cpu", 3, 0.0)
        if not ready:
            break
        for digest in ready:
            taken = claim(player.engine, digest, player.name, "cpu", "cpu", LEASE)
            if taken is not None:
                player.done(taken)
    with player.engine.connect() as connection:
        left = connection.execute(select(stages.c.digest).where(stages.c.state != "DONE")).all()
    return not left
