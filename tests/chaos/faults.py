"""The faults, as small objects, and the sequence in which a seed deals them out."""

import contextlib
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import psutil

from prunesweep.core.ledger.queue.redo import redo
from tests.chaos.scene import Running, Scene

REDO = "redo"
HANG = "trainer hang"
ORPHAN_SECONDS = 10.0
"""A trainer that is alive so long after its worker was killed is an orphan."""
SILENCE_SECONDS = 25.0
"""So long a trainer may go without progress here."""
_SMALL_FILE = 4096


@dataclass(frozen=True)
class Draw:
    """What chance decides about one fault. target, length, wait: in [0, 1), scaled by those who use them."""

    number: int
    kind: str
    target: float
    length: float
    wait: float


@dataclass
class Strike:
    """A fault that was done.

    Attributes:
        at, until: seconds since 1970, until None = it takes no time, or isn't over.
        pid: of the process that was hit.
        hits: (digest, attempt) of the stages that ran there.
        direct: it hit the processes that run these stages, not a server that they use.
    """

    number: int
    kind: str
    at: float
    pid: int
    hits: tuple[tuple[str, int], ...]
    direct: bool
    until: float | None = None


class Kind(Protocol):
    """One way to do harm."""

    @property
    def name(self) -> str: ...

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        """Does it; None if there is nothing to hit just now."""


@dataclass(frozen=True)
class Signal:
    """A signal to a worker that runs a stage, or to its trainer. SIGSTOP is followed by SIGCONT, after more than the
    lease (worker), or after up to that (trainer)."""

    name: str
    victim: str
    number: signal.Signals

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        targets = scene.targets()
        if not targets:
            return None
        member, trainer, hits = targets[int(draw.target * len(targets))]
        victim = psutil.Process(member.process.pid) if self.victim == "worker" else trainer
        moment = time.time()
        victim.send_signal(self.number)
        strike = Strike(draw.number, self.name, moment, victim.pid, _pairs(hits), direct=True)
        if self.number is signal.SIGSTOP:
            self._go_on_later(scene, draw, strike, victim)
        else:
            scene.doomed.add(victim.pid)
        if self.victim == "worker" and self.number is signal.SIGKILL:
            scene.watch_orphan(trainer, ORPHAN_SECONDS)
        return strike

    def _go_on_later(self, scene: Scene, draw: Draw, strike: Strike, victim: psutil.Process) -> None:
        length = scene.lease * (0.4 + 0.6 * draw.length)
        if self.victim == "worker":
            length = scene.lease + 1.0 + 3.0 * draw.length
        scene.frozen.add(victim.pid)

        def go_on() -> bool:
            if victim.is_running():
                victim.send_signal(signal.SIGCONT)
            scene.frozen.discard(victim.pid)
            strike.until = time.time()
            return True

        scene.later(length, go_on)


@dataclass(frozen=True)
class Hang:
    """A trainer stops for good: nobody lets it go on, so that its worker has to notice and end it."""

    name: str = HANG

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        targets = scene.targets()
        if not targets:
            return None
        _, trainer, hits = targets[int(draw.target * len(targets))]
        strike = Strike(draw.number, self.name, time.time(), trainer.pid, _pairs(hits), direct=True)
        trainer.send_signal(signal.SIGSTOP)
        scene.frozen.add(trainer.pid)
        _until_it_ends(scene, strike, trainer)
        return strike


@dataclass(frozen=True)
class MachineError:
    """The device of a trainer breaks under it, as a GPU with a memory error does; see `hooks/sitecustomize.py`."""

    name: str = "machine error"

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        targets = scene.targets()
        if not targets:
            return None
        _, trainer, hits = targets[int(draw.target * len(targets))]
        strike = Strike(draw.number, self.name, time.time(), trainer.pid, _pairs(hits), direct=True)
        trainer.send_signal(signal.SIGUSR2)
        scene.frozen.add(trainer.pid)
        _until_it_ends(scene, strike, trainer)
        return strike


@dataclass(frozen=True)
class FullDisk:
    """No file that a trainer writes may become larger than some bytes, as on a disk that is full; for a while."""

    name: str = "disk full"

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        targets = scene.targets()
        if not targets:
            return None
        _, trainer, hits = targets[int(draw.target * len(targets))]
        strike = Strike(draw.number, self.name, time.time(), trainer.pid, _pairs(hits), direct=False)
        before = trainer.rlimit(psutil.RLIMIT_FSIZE)
        trainer.rlimit(psutil.RLIMIT_FSIZE, (_SMALL_FILE, before[1]))

        def room_again() -> bool:
            with contextlib.suppress(psutil.NoSuchProcess):
                trainer.rlimit(psutil.RLIMIT_FSIZE, before)
            strike.until = time.time()
            return True

        scene.later(1.0 + 5.0 * draw.length, room_again)
        return strike


@dataclass(frozen=True)
class Outage:
    """A server goes away and comes back `shortest` to `longest` seconds later."""

    name: str
    server: str
    go: Callable[[Any], None]
    come_back: Callable[[Any], None]
    shortest: float
    longest: float

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        if scene.is_away(self.server):
            return None
        server, hits = scene.servers[self.server], scene.running()
        strike = Strike(draw.number, self.name, time.time(), getattr(server, "pid", 0), _pairs(hits), direct=False)
        scene.away.add(self.server)
        self.go(server)

        def come_back() -> bool:
            self.come_back(server)
            scene.later(0.0, back)
            return True

        def back() -> bool:
            if not getattr(server, "ready", lambda: True)():
                return False
            scene.away.discard(self.server)
            strike.until = time.time()
            return True

        scene.later(self.shortest + (self.longest - self.shortest) * draw.length, come_back)
        return strike


@dataclass(frozen=True)
class Step:
    """The ledger's clock is stepped."""

    name: str
    seconds: float

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        if scene.is_away("ledger"):
            return None
        scene.servers["ledger"].jump(self.seconds)
        return Strike(draw.number, self.name, time.time(), 0, (), direct=False)


@dataclass(frozen=True)
class Redo:
    """Somebody finds an artifact damaged, and has its stage done again while others run (`sweep verify --repair`)."""

    name: str = REDO

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        done = scene.done()
        if not done or scene.is_away("ledger"):
            return None
        digest, attempt, artifact = done[int(draw.target * len(done))]
        again = redo(scene.engine, {digest: artifact}, {}).again
        return Strike(draw.number, self.name, time.time(), 0, ((digest, attempt),), direct=False) if again else None


def _until_it_ends(scene: Scene, strike: Strike, trainer: psutil.Process) -> None:
    """The fault is over when its trainer, which is among the frozen, has gone."""

    def ended() -> bool:
        with contextlib.suppress(psutil.NoSuchProcess):
            if trainer.is_running() and trainer.status() != psutil.STATUS_ZOMBIE:
                return False
        scene.frozen.discard(trainer.pid)
        strike.until = time.time()
        return True

    scene.later(0.0, ended)


def _kill_and_lose(server: Any) -> None:
    server.kill()
    server.lose()


def kinds(outage: str, *, store: bool) -> tuple[Kind, ...]:
    """Every kind of fault.

    Args:
        outage: how the database names its own.
        store: the artifact store is a server, not a folder on this disk.
    """
    signals = [
        Signal(f"{victim} {word}", victim, number)
        for victim in ("worker", "trainer")
        for word, number in (("kill", signal.SIGKILL), ("stop", signal.SIGSTOP), ("term", signal.SIGTERM))
    ]
    # What a worker gets when its terminal is closed.
    signals.append(Signal("worker hang-up", "worker", signal.SIGHUP))
    outages = [
        Outage("queue restart", "queue", lambda s: s.kill(), lambda s: s.start(), 0.0, 4.0),
        Outage("queue lost", "queue", _kill_and_lose, lambda s: s.start(), 0.0, 4.0),
        Outage("queue flush", "queue", lambda s: s.flush(), lambda s: None, 0.0, 0.0),
        Outage("queue refuses", "queue", lambda s: s.refuse(), lambda s: s.accept(), 1.0, 6.0),
        Outage(outage, "ledger", lambda s: s.go(), lambda s: s.come_back(), 0.5, 4.0),
        Outage("store refuses", "store", lambda s: s.refuse(), lambda s: s.accept(), 1.0, 6.0),
    ]
    if store:
        outages += [
            Outage("store stop", "store", lambda s: s.stop(), lambda s: s.go_on(), 2.0, 8.0),
            Outage("store kill", "store", lambda s: s.kill(), lambda s: s.start(), 1.0, 5.0),
        ]
    own: tuple[Kind, ...] = () if store else (FullDisk(),)
    steps = (Step("clock forward", 7_200.0), Step("clock back", -7_200.0))
    return (*signals, Hang(), MachineError(), *own, *outages, Redo(), *steps)


def deal(seed: int, count: int, names: Sequence[str]) -> list[Draw]:
    """`count` draws: every kind once in each round, the rounds shuffled. The same seed deals the same."""
    chance = random.Random(seed)
    drawn: list[tuple[str, float, float, float]] = []
    while len(drawn) < count:
        names = list(names)
        chance.shuffle(names)
        drawn += [(name, chance.random(), chance.random(), chance.random()) for name in names]
    return [Draw(number, *rest) for number, rest in enumerate(drawn[:count], 1)]


def _pairs(rows: Sequence[Running]) -> tuple[tuple[str, int], ...]:
    return tuple((row.digest, row.attempt) for row in rows)
