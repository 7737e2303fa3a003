"""A campaign: sweeps that run on a cluster, faults that strike it, and an undisturbed run of the same sweeps."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.ledger.queue.invariants import violations
from tests.chaos import work
from tests.chaos.bystanders import IdleSockets, UselessDevice
from tests.chaos.cluster import trainers_of
from tests.chaos.databases import Database, Postgres, Sqlite
from tests.chaos.faults import ORPHAN_SECONDS, SILENCE_SECONDS, Draw, Kind, Strike, deal, kinds
from tests.chaos.history import keep_history, newest, read_history
from tests.chaos.scene import Scene
from tests.chaos.servers import CREDENTIALS, S3, Folder, Valkey, wait_for
from tests.chaos.sites import Site, open_site, variables_set
from tests.chaos.verdict import Evidence, Verdict, judge
from tests.chaos.work import Size
from tests.clocks import SteppedClock
from tests.support.digits import put_digits
from tests.support.watchdog import watch

_HOOKS = Path(__file__).parent / "hooks"
_AWAY = (OperationalError, InterfaceError)
_STANDSTILL = 180.0
"""Seconds without any change in the ledger after which a campaign gives up and judges what it has."""
_NEXT_SWEEP = 1
"""The next sweep is submitted when no more stages than that are left: with more work than workers, a stage that was
hit would wait for its turn, and that wait says nothing about faults."""
_TICK = 0.05
_RULES_TOLD = 20


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Attributes:
        ledger: `postgres` or `sqlite`.
        pace: mean seconds between two faults, from when somebody works again.
        workers: ≥ 3.
        lease, interval: seconds, of a lease and between two snapshots.
        timed: times are judged, not only told.
        kinds: names of those to deal out, () = all.
        say: takes each line of the log.
    """

    faults: int
    seed: int
    ledger: str
    size: Size
    pace: float
    workers: int = 4
    lease: float = 6.0
    interval: float = 1.0
    timed: bool = True
    kinds: tuple[str, ...] = ()
    say: Callable[[str], None] = print


class Campaign:
    """`run` it once."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._strikes: list[Strike] = []
        self._notes: list[str] = []
        self._rules: list[str] = []

    def run(self) -> Verdict:
        """Starts everything, strikes, waits for the end, stops everything, and judges."""
        started = time.monotonic()
        with ExitStack() as stack:
            root = Path(tempfile.mkdtemp(prefix="chaos-"))
            watch(root)
            stack.callback(shutil.rmtree, root, ignore_errors=True)
            stack.enter_context(variables_set(CREDENTIALS))
            site, scene = self._disturbed(stack, root)
            calm = self._undisturbed(stack, root)
            self._harm(site, calm, scene)
            self._finish(site, calm, scene)
            site.cluster.stop()
            self._look(site)
            scene.orphans += _left_behind(site.settings.home)
            return judge(self._evidence(site, calm, scene, time.monotonic() - started))

    def _disturbed(self, stack: ExitStack, root: Path) -> tuple[Site, Scene]:
        order, home = self._order, root / "home"
        home.mkdir()
        # On a busy machine the libraries that pack them take longer to load than a trainer may be silent here.
        put_digits(home)
        queue = Valkey(root / "queue")
        stack.callback(queue.close)
        queue.start()
        database: Database = Postgres() if order.ledger == "postgres" else Sqlite(home)
        stack.callback(database.close)
        servers: dict[str, Any] = {"queue": queue, "ledger": database, "store": Folder(home)}
        store = ""
        if order.ledger == "postgres":
            servers["store"] = S3(root / "store")
            stack.callback(servers["store"].close)
            servers["store"].start()
            wait_for(servers["store"])
            store = servers["store"].url
        wait_for(queue)
        variables = {
            "SWEEP_DATABASE_URL": database.url,
            "SWEEP_BROKER_URL": queue.url,
            "SWEEP_ARTIFACTS_URL": store,
            "SWEEP_LEASE_SECONDS": str(order.lease),
            "SWEEP_HEARTBEAT_SECONDS": "0.5",
            "SWEEP_REPUBLISH_SECONDS": "1",
            "SWEEP_SNAPSHOT_SECONDS": str(order.interval),
            "SWEEP_SILENCE_SECONDS": str(SILENCE_SECONDS),
            # What the injector kills is no poison: no stage may be quarantined for it.
            "SWEEP_MAX_ATTEMPTS": "10000",
            "PYTHONPATH": os.pathsep.join([str(_HOOKS), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        if isinstance(database, Sqlite):
            variables["CHAOS_CLOCK"] = str(database.clock)
        site = open_site(stack, home, order.workers, {**variables, **CREDENTIALS})
        if isinstance(database, Sqlite):
            SteppedClock(site.engine, database.clock)
        keep_history(site.engine)
        return site, Scene(site.engine, site.cluster, servers, order.lease)

    def _undisturbed(self, stack: ExitStack, root: Path) -> Site:
        """The same work with the defaults of one machine, beside; what it comes to does not depend on its pace."""
        home = root / "calm"
        shutil.copytree(root / "home" / "data", home / "data")
        return open_site(stack, home, 1, {})

    def _harm(self, site: Site, calm: Site, scene: Scene) -> None:
        """Deals out the faults, while there is work."""
        order = self._order
        known = {kind.name: kind for kind in kinds_of(order.ledger)}
        pending = deal(order.seed, order.faults, order.kinds or list(known))
        after: float | None = None
        since = time.monotonic()
        while pending and time.monotonic() - since < _STANDSTILL:
            self._tend(site, calm, scene, more=True)
            if after is None:
                # The wait begins when somebody works again: else a slow machine would be struck before it got anywhere.
                after = self._ask(lambda: self._wait(pending[0]) if scene.targets() else None)
            elif time.monotonic() >= after:
                strike = self._ask(lambda: scene.targets() and known[pending[0].kind].strike(scene, pending[0]))
                if strike:
                    self._log(strike)
                    self._look(site)
                    pending.pop(0)
                    after, since = None, time.monotonic()
        if pending:
            self._notes.append(f"given up: {len(pending)} faults found nothing to strike")

    def _wait(self, draw: Draw) -> float:
        """Until when (time.monotonic()) to wait before this fault."""
        return time.monotonic() + self._order.pace * (0.4 + 1.2 * draw.wait)

    def _finish(self, site: Site, calm: Site, scene: Scene) -> None:
        """Waits until every fault is over and every stage has ended; or until nothing moves any more."""
        last, since = (-1, -1), time.monotonic()
        while time.monotonic() - since < _STANDSTILL:
            self._tend(site, calm, scene, more=False)
            left = self._ask(lambda: (work.unfinished(site.engine), work.unfinished(calm.engine)))
            if left == (0, 0) and scene.calm():
                return
            now = self._ask(lambda: (newest(site.engine), work.unfinished(calm.engine)))
            if now is not None and now != last:
                last, since = now, time.monotonic()
        self._notes.append(f"given up: nothing has changed for {_STANDSTILL:.0f} s")

    def _tend(self, site: Site, calm: Site, scene: Scene, *, more: bool) -> None:
        """One turn of the loop: what is due, dead workers, and (more) the next sweep."""
        time.sleep(_TICK)
        scene.tend()
        calm.cluster.tend()
        if more and (self._ask(lambda: work.unfinished(site.engine)) or 0) <= _NEXT_SWEEP and not scene.away:
            site.submit(self._order.size)
            calm.submit(self._order.size)

    def _ask(self, question: Callable[[], Any]) -> Any:
        """The answer, or None while the ledger is away."""
        try:
            return question()
        except _AWAY:
            return None

    def _look(self, site: Site) -> None:
        """Are the ledger's rules kept, just now?"""
        found = self._ask(lambda: violations(site.engine)) or []
        self._rules += [str(one) for one in found if len(self._rules) < _RULES_TOLD]

    def _log(self, strike: Strike) -> None:
        self._strikes.append(strike)
        hits = " ".join(f"{digest[:8]}/{attempt}" for digest, attempt in strike.hits) or "-"
        clock = time.strftime("%H:%M:%S", time.localtime(strike.at)) + f".{int(strike.at * 1000) % 1000:03}"
        self._order.say(f"{strike.number:>4} {clock} {strike.kind:<16} pid {strike.pid:<8} stages {hits}")

    def _evidence(self, site: Site, calm: Site, scene: Scene, seconds: float) -> Evidence:
        order, different, same, cells = self._order, [], 0, 0
        for ours, theirs in zip(site.plans, calm.plans, strict=True):
            before, after = work.table_of(calm.engine, theirs), work.table_of(site.engine, ours)
            different += work.differences(before, after)
            cells += len(before["cell"])
            same += sum(after["cell"].get(cell) == row for cell, row in before["cell"].items())
        store = ArtifactStore.open(site.settings.artifacts_url, site.settings.home)
        return Evidence(
            ledger=order.ledger,
            seed=order.seed,
            seconds=seconds,
            history=read_history(site.engine),
            strikes=self._strikes,
            wanted=frozenset(digest for planned in site.plans.values() for digest in planned.stages),
            rows=(same, cells),
            different=different,
            damaged=work.damaged(site.engine, store),
            orphans=scene.orphans,
            notes=[*self._notes, _load(), *site.cluster.surprises, *calm.cluster.surprises],
            lease=order.lease,
            interval=order.interval,
            timed=order.timed,
            ends=work.ends(site.engine),
            rules=self._rules,
            seen=scene.broken,
        )


def kinds_of(ledger: str) -> tuple[Kind, ...]:
    """The kinds of fault of a campaign on `postgres`, with a server as its artifact store, or on `sqlite`."""
    database = Postgres if ledger == "postgres" else Sqlite
    return (*kinds(database.outage, store=ledger == "postgres"), UselessDevice(), IdleSockets())


def _left_behind(home: Path) -> list[int]:
    """Trainers that are still there some seconds after the last worker has gone."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (found := trainers_of(home)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [trainer.pid for trainer in found]


def _load() -> str:
    one, five, fifteen = os.getloadavg()
    return f"load of this machine: {one:.1f}, {five:.1f}, {fifteen:.1f}, on {os.cpu_count()} cores"
