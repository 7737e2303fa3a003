"""The events of `bench/simulate.py`: workers, their calls of the ledger, and the database that answers them."""

import argparse
import heapq
import itertools
import math
import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulated_clock import SimulatedClock
from sqlalchemy import Engine

from prunesweep.core.ledger.queue.claims import claim, heartbeat
from prunesweep.core.ledger.queue.outcome import complete
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due, reap
from prunesweep.core.ledger.queue.workers import register

LEASE, BEAT, SETTLE, REPUBLISH, AHEAD, BACKOFF, LOSSES = 60.0, 10.0, 0.055, 5.0, 16, 2.0, 3
HINT = 0.001
"""Seconds that a hint is on its way."""
REBORN = 30.0
"""Seconds after which a worker that vanished has a successor."""
WINDOW = 10.0
"""Seconds over which the busiest time is looked for."""
MEASURED = {"loss": 1.0, "top1": 0.5, "lr": 0.1, "seconds": 1.0, "images_per_s": 1.0}


@dataclass
class Worker:
    """One host with one slot.

    Attributes:
        life: grows when it vanishes, so that its old events are known.
        turn: grows when it becomes busy or idle.
    """

    name: str
    life: int = 0
    turn: int = 0
    idle_since: float = 0.0
    held: tuple[str, int] | None = None


@dataclass
class Load:
    """What the database did. Seconds by kind of call."""

    calls: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    windows: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    waits: float = 0.0
    longest_wait: float = 0.0


class Simulation:
    """Events in the order of their times; see `bench/simulate.py`."""

    def __init__(self, engine: Engine, clock: SimulatedClock, given: argparse.Namespace, places: int) -> None:
        self._engine, self._clock, self._given = engine, clock, given
        self._chance = random.Random(given.seed)
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = itertools.count()
        self._places = [0.0] * places
        self._hints: deque[str] = deque()
        self._idle: deque[Worker] = deque()
        self._ready_at: dict[str, float] = {}
        self.load, self.latencies = Load(), list[float]()
        self.done = self.lost = 0
        self.now = 0.0

    def run(self, ready: Sequence[str]) -> None:
        """Run until every stage is DONE, or the clock stands at --until."""
        until = self._given.until or math.inf
        for number in range(self._given.workers):
            worker = Worker(f"w{number}")
            self._at(self._chance.uniform(0.0, BEAT), self._start, worker)
        self._hints.extend(ready)
        self._ready_at = dict.fromkeys(ready, 0.0)
        while self._events and self.done < self._given.stages and self.now < until:
            self.now, _, act, arguments = heapq.heappop(self._events)
            act(*arguments)

    def _at(self, moment: float, act: Callable[..., None], *arguments: Any) -> None:
        heapq.heappush(self._events, (moment, next(self._number), act, arguments))

    def _call(self, kind: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[Any, float]:
        """Return the real call's answer, and the simulated moment at which it is there."""
        free = min(range(len(self._places)), key=self._places.__getitem__)
        begin = max(self.now, self._places[free])
        self._clock.set(begin)
        clock = time.thread_time if self._given.time == "cpu" else time.perf_counter
        before = clock()
        answer = function(self._engine, *arguments, **named)
        spent = clock() - before
        self._places[free] = begin + spent
        self.load.calls[kind] += 1
        self.load.seconds[kind] += spent
        self.load.windows[int(begin / WINDOW)] += spent
        self.load.waits += begin - self.now
        self.load.longest_wait = max(self.load.longest_wait, begin - self.now)
        return answer, begin + spent

    # A worker's supervisor

    def _start(self, worker: Worker) -> None:
        _, at = self._call("register", register, worker.name, "host", 1, ["cpu"], "0")
        self._at(at, self._beat, worker, worker.life)
        self._at(at, self._rest, worker, worker.life)

    def _beat(self, worker: Worker, life: int) -> None:
        if worker.life != life:
            return
        held = [worker.held] if worker.held else []
        self._call("heartbeat", heartbeat, worker.name, held, LEASE)
        back, at = self._call("reap", reap, LOSSES, BACKOFF)
        for digest in back:
            self._ready_at[digest] = at + BACKOFF
        self._at(max(self.now + BEAT, at), self._beat, worker, life)

    def _rest(self, worker: Worker, life: int) -> None:
        """Free the slot: take a hint, or wait for one."""
        if worker.life != life:
            return
        worker.held, worker.idle_since = None, self.now
        worker.turn += 1
        self._idle.append(worker)
        self._at(self.now + SETTLE, self._tick, worker, worker.turn, 0)
        self._hand_out()

    def _tick(self, worker: Worker, turn: int, nothing: int) -> None:
        if worker.turn != turn:
            return
        at = self.now
        if not self._hints:
            found, at = self._call("due", due, "cpu", AHEAD, REPUBLISH)
            self._hints.extend(found)
            nothing = 0 if found else nothing + 1
        self._at(at + self._pause(nothing), self._tick, worker, turn, nothing)
        self._hand_out()

    def _pause(self, nothing: int) -> float:
        if not self._given.polls:
            return 1.0
        # Together the idle workers look `--polls` times a second; each at least every REPUBLISH seconds.
        mean = min(max(1.0, self._given.workers / self._given.polls), REPUBLISH)
        return self._chance.uniform(0.5, 1.5) * mean if nothing else 1.0

    # A worker's slot

    def _hand_out(self) -> None:
        while self._hints and self._idle:
            worker = self._idle.popleft()
            worker.turn += 1
            self._at(self.now + HINT, self._claim, worker, worker.life, self._hints.popleft())

    def _claim(self, worker: Worker, life: int, digest: str) -> None:
        taken, at = self._call("claim", claim, digest, worker.name, "cpu", "cpu", LEASE)
        if taken is None:
            self._at(at, self._rest, worker, life)
            return
        worker.held = (digest, taken.attempt)
        # What a call changes is seen from its beginning on, so that a look may come before the answer.
        self.latencies.append(max(0.0, at - max(self._ready_at[digest], worker.idle_since)))
        length = self._chance.lognormvariate(0.0, 0.5) * self._given.seconds
        if self._chance.random() < self._given.lost:
            self._at(at + length / 2, self._vanish, worker)
            return
        for epoch in range(1, self._given.epochs + 1):
            self._at(at + length * epoch / (self._given.epochs + 1), self._epoch, digest, taken.attempt, epoch)
        self._at(at + length, self._complete, worker, life, digest, taken.attempt)

    def _epoch(self, digest: str, attempt: int, epoch: int) -> None:
        self._call("record_epoch", record_epoch, digest, attempt, epoch=epoch, **MEASURED)

    def _complete(self, worker: Worker, life: int, digest: str, attempt: int) -> None:
        facts = {"artifact": digest, "artifact_bytes": 1, "train_seconds": 1.0, "summary": {}, "result": {}, "log": ""}
        ready, at = self._call("complete", complete, digest, attempt, **facts)
        if ready is not None:
            self.done += 1
            self._ready_at.update(dict.fromkeys(ready, at))
            self._at(at, self._publish, ready)
        self._at(at, self._rest, worker, life)

    def _publish(self, ready: Sequence[str]) -> None:
        self._hints.extend(ready)
        self._hand_out()

    def _vanish(self, worker: Worker) -> None:
        self.lost += 1
        worker.life += 1
        worker.turn += 1
        worker.held = None
        worker.name = f"{worker.name.partition('.')[0]}.{worker.life}"
        self._at(self.now + REBORN, self._start, worker)

    def busy(self) -> float:
        """Share of the places' time that was in use, 0 to 1."""
        return sum(self.load.seconds.values()) / (self.now * len(self._places))

    def busiest(self) -> float:
        """Return the same, within the busiest WINDOW."""
        return max(self.load.windows.values()) / (WINDOW * len(self._places))
