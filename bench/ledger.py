"""How many claims and completions the ledger takes: `python bench/ledger.py`.

Each claim and each completion counts as one. Clients are threads, spread over as many processes as there are cores
(so that no single interpreter's lock is what is measured); every client has an engine of its own, as every worker
has. They share the stages of a round: diamonds (one stage, two children, one that needs both), so that completions
make children READY, and one stage in sixteen is offered twice, to be refused once. The databases take turns.

The processor seconds of an operation are those of the clients and of the database's server together.
"""

import json
import multiprocessing
import os
import statistics
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from databases import DATABASES, Database, open_url, started, submit
from ending import end_in_order
from sqlalchemy import Engine, func, select

from prunesweep.core.ledger.db.schema import attempts, stages
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete
from prunesweep.core.plan.stages import Sleep, digest_of, encode

CLIENTS = (1, 8, 64)
ROUNDS = 3
DIAMONDS = 300
"""Of four stages each; one ledger holds ROUNDS × len(CLIENTS) × DIAMONDS × 4 = 10,800 stages."""
DOUBLED = 16
LEASE = 60.0
PROCESSES = os.cpu_count() or 1


@dataclass
class Tally:
    """What the clients of one process did. Latencies in seconds; began, ended: on the machine's monotonic clock."""

    claims: list[float] = field(default_factory=list)
    completions: list[float] = field(default_factory=list)
    refused: int = 0
    began: float = 0.0
    ended: float = 0.0
    cpu: float = 0.0


@dataclass(frozen=True)
class Slice:
    """One round with one number of clients on one database. cpu: seconds of one operation."""

    per_s: float
    claim_p99: float
    complete_p99: float
    cpu: float
    refused: int


_engines: dict[tuple[str, int], Engine] = {}
_barrier: Any = None


def _set_up(barrier: Any) -> None:
    global _barrier  # noqa: PLW0603
    _barrier = barrier


def _serve(url: str, clients: int, roots: Sequence[str], parties: int) -> Tally:
    """Runs in a process of its own: `clients` threads work until the stages below `roots` are through."""
    engines = [_engines.setdefault((url, number), open_url(url)) for number in range(clients)]
    for engine in engines:
        claim(engine, "none such", "bench", "cpu", "cpu", LEASE)  # a connection, and the statement compiled
        complete(engine, "none such", 1, **_NOTHING)
    tally, todo = Tally(), deque(roots)
    threads = [
        threading.Thread(target=_work, args=(engine, f"{os.getpid()}:{number}", todo, tally))
        for number, engine in enumerate(engines)
    ]
    if parties > 1:
        _barrier.wait()
    tally.began, cpu = time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.ended, tally.cpu = time.monotonic(), time.process_time() - cpu
    return tally


_NOTHING: dict[str, Any] = {
    "artifact": "",
    "artifact_bytes": 0,
    "train_seconds": 0.0,
    "summary": {},
    "result": {},
    "log": "",
}


def _work(engine: Engine, worker: str, todo: deque[str], tally: Tally) -> None:
    while True:
        try:
            digest = todo.popleft()
        except IndexError:
            return  # what another client is at will be followed up by that client
        started_at = time.perf_counter()
        taken = claim(engine, digest, worker, "cpu", "cpu", LEASE)
        claimed_at = time.perf_counter()
        if taken is None:
            tally.refused += 1
            continue
        ready = complete(engine, digest, taken.attempt, **_NOTHING)
        tally.claims.append(claimed_at - started_at)
        tally.completions.append(time.perf_counter() - claimed_at)
        if ready is None:
            raise SystemExit(f"{digest}: completed by another")
        todo.extend(ready)


def _diamonds(label: str) -> tuple[list[Sleep], list[str]]:
    """Return the stages of one round, and the digests of those that need no other."""
    made: list[Sleep] = []
    roots: list[str] = []
    for number in range(DIAMONDS):
        top = Sleep(f"{label} {number}", 0.0)
        roots.append(digest_of(encode(top)))
        sides = [Sleep(f"{label} {number} {side}", 0.0, (roots[-1],)) for side in "lr"]
        made += [top, *sides, Sleep(f"{label} {number} end", 0.0, tuple(digest_of(encode(side)) for side in sides))]
    return made, roots


def _slice(pool: ProcessPoolExecutor, database: Database, clients: int, roots: Sequence[str]) -> Slice:
    parties = min(clients, PROCESSES)
    before = database.server_seconds()
    doubled = list(roots[::DOUBLED])
    jobs = []
    for number in range(parties):
        share = [*roots[number::parties], *doubled] if parties > 1 else [*roots, *doubled]
        jobs.append(pool.submit(_serve, database.url, clients // parties, share, parties))
    tallies = [job.result() for job in jobs]
    claims = [seconds for tally in tallies for seconds in tally.claims]
    completions = [seconds for tally in tallies for seconds in tally.completions]
    if len(claims) != DIAMONDS * 4:
        raise SystemExit(f"{database.name}, {clients} clients: {len(claims)} claims of {DIAMONDS * 4} stages")
    operations = len(claims) + len(completions)
    seconds = max(tally.ended for tally in tallies) - min(tally.began for tally in tallies)
    cpu = sum(tally.cpu for tally in tallies) + database.server_seconds() - before
    return Slice(
        operations / seconds,
        _quantile(claims, 0.99),
        _quantile(completions, 0.99),
        cpu / operations,
        sum(tally.refused for tally in tallies),
    )


def _check(database: Database) -> None:
    """Ends the bench unless every stage is DONE after exactly one attempt."""
    engine = open_url(database.url)
    total = len(CLIENTS) * ROUNDS * DIAMONDS * 4
    with engine.connect() as connection:
        tried = connection.execute(select(func.count()).select_from(attempts)).scalar_one()
        done = connection.execute(
            select(func.count()).select_from(stages).where(stages.c.state == "DONE", stages.c.attempt == 1)
        ).scalar_one()
    engine.dispose()
    if tried != total or done != total:
        raise SystemExit(f"{database.name}: {tried} attempts, {done} of {total} stages done by their first one")


def main() -> None:
    """Prints the table and the JSON line."""
    end_in_order()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    found: dict[tuple[str, int], list[Slice]] = {}
    with ExitStack() as stack:
        sites = [stack.enter_context(started(name)) for name in DATABASES]
        pool = stack.enter_context(ProcessPoolExecutor(PROCESSES, context, _set_up, (barrier,)))
        plans = {(clients, turn): _diamonds(f"{clients} {turn}") for clients in CLIENTS for turn in range(ROUNDS)}
        for site in sites:
            engine = open_url(site.url)
            submit(engine, "bench", [sleep for made, _ in plans.values() for sleep in made])
            engine.dispose()
        for turn in range(ROUNDS):
            for clients in CLIENTS:
                for site in sites:
                    part = _slice(pool, site, clients, plans[clients, turn][1])
                    found.setdefault((site.name, clients), []).append(part)
        for site in sites:
            _check(site)
            print(f"{site.name}: {site.durability}")
    _report(found)


def _report(found: dict[tuple[str, int], list[Slice]]) -> None:
    print(f"{'database':<10}{'clients':>8}{'per s':>9}{'lowest':>9}{'highest':>9}", end="")
    print(f"{'claim p99':>12}{'complete p99':>14}{'CPU/op':>10}")
    best = dict.fromkeys(DATABASES, 0.0)
    for (name, clients), parts in sorted(found.items(), key=lambda item: (DATABASES.index(item[0][0]), item[0][1])):
        rates = sorted(part.per_s for part in parts)
        rate = statistics.median(rates)
        best[name] = max(best[name], rate)
        claims, completions, cpu = (
            statistics.median(getattr(part, name) for part in parts) * 1000
            for name in ("claim_p99", "complete_p99", "cpu")
        )
        print(
            f"{name:<10}{clients:>8}{rate:>9.0f}{rates[0]:>9.0f}{rates[-1]:>9.0f}"
            f"{claims:>9.1f} ms{completions:>11.1f} ms{cpu:>7.2f} ms"
        )
    refused = sum(part.refused for parts in found.values() for part in parts)
    print(
        f"medians of {ROUNDS} rounds, {PROCESSES} processes; no stage was claimed twice, {refused} tries were refused"
    )
    print("goals: sqlite ≥ 2000 per s, postgres ≥ 1000 per s, each at its best number of clients")
    metrics = {f"{name}_per_s": round(rate, 1) for name, rate in best.items()}
    print(json.dumps({"bench": "ledger", "metrics": metrics}))


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
