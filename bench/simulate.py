"""What breaks first with very many workers: `python bench/simulate.py --workers 1000 --stages 10000`.

A discrete-event simulation. The ledger's code and its database are real; time, trainers and the broker are not. Every
call of the ledger is made in truth, one at a time, and the wall time that it takes here is the time for which it
keeps one of the simulated database's places busy:

sqlite      one place: one writer at a time, and nearly all calls write
postgres    `--places` places (3: what bench/ledger.py gains from one client to eight on two cores, most of it by
            sharing an fsync)

On a machine that others keep busy, `--time cpu` takes this thread's processor time instead: all of a call on SQLite
but the waits for its disk.

So queues build up before a slow database as they would in truth. Not simulated: the network, the objects' store,
training logs. The graph: groups of 37 stages (a training, nine chains of three prunings, nine evaluations), with
durations from a seeded log-normal distribution, and a few workers that vanish.

dispatch    from when a stage was READY, and the slot that took it free, to the claim; simulated seconds
busy        share of the database's places that was in use
"""

import argparse
import json
import time
from collections.abc import Sequence

from databases import DATABASES, open_url, started, submit
from ending import end_in_order
from simulated_clock import SimulatedClock
from simulation import Simulation
from sqlalchemy import func, select

from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.plan.stages import Sleep, digest_of, encode

GROUP = 37


def graph(count: int) -> list[Sleep]:
    """Make `count` stages, in groups."""
    made: list[Sleep] = []
    for group in range(-(-count // GROUP)):
        made.append(Sleep(f"train {group}", 0.0))
        dense = digest_of(encode(made[-1]))
        for cell in range(9):
            above = dense
            for step in range(4):
                made.append(Sleep(f"{group} {cell} {step}", 0.0, (above,)))
                above = digest_of(encode(made[-1]))
    return made[:count]


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Many simulated workers on a real ledger.")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--workers", type=int, default=1000)
    parser.add_argument("--stages", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="median length of a stage")
    parser.add_argument("--epochs", type=int, default=3, help="of each stage")
    parser.add_argument("--lost", type=float, default=0.001, help="share of attempts whose worker vanishes")
    parser.add_argument("--polls", type=float, default=0.0, help="looks a second by all idle workers; 0 = one by each")
    parser.add_argument("--places", type=int, default=3, help="of PostgreSQL")
    parser.add_argument("--time", choices=("wall", "cpu"), default="wall", help="cpu: SQLite on a busy machine")
    parser.add_argument("--until", type=float, default=0.0, help="simulated seconds; 0 = to the end")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Prints the tables and the JSON line."""
    end_in_order()
    given = _arguments()
    began = time.perf_counter()
    with started(given.database) as site:
        open_url(site.url).dispose()  # made and migrated by the real clock
        clock = SimulatedClock()
        engine = clock.open(site.url)
        ready = submit(engine, "simulated", graph(given.stages))
        simulation = Simulation(engine, clock, given, given.places if given.database == "postgres" else 1)
        simulation.run(ready)
        with engine.connect() as connection:
            done = connection.execute(select(func.count()).where(stages.c.state == "DONE")).scalar_one()
        engine.dispose()
    if not given.until and done != given.stages:
        raise SystemExit(f"{done} of {given.stages} stages are DONE")
    _report(given, simulation, time.perf_counter() - began)


def _report(given: argparse.Namespace, simulation: Simulation, wall: float) -> None:
    load, now = simulation.load, simulation.now
    total = sum(load.seconds.values())
    print(f"{given.database}, {given.workers} workers, {given.stages} stages of {given.seconds:g} s (median)", end="")
    print(f", {simulation.lost} workers vanished; {now:.0f} s simulated in {wall:.0f} s")
    print(f"{'call':<14}{'calls':>10}{'per s':>10}{'ms each':>10}{'of busy':>10}")
    for kind, seconds in sorted(load.seconds.items(), key=lambda one: one[1], reverse=True):
        calls = load.calls[kind]
        print(f"{kind:<14}{calls:>10}{calls / now:>10.1f}{seconds / calls * 1000:>10.3f}{seconds / total:>10.1%}")
    calls = sum(load.calls.values())
    metrics = {
        "dispatch_p50_s": round(_quantile(simulation.latencies, 0.5), 4),
        "dispatch_p99_s": round(_quantile(simulation.latencies, 0.99), 4),
        "busy": round(simulation.busy(), 4),
        "busiest": round(simulation.busiest(), 4),
        "queue_mean_s": round(load.waits / calls, 5),
        "queue_longest_s": round(load.longest_wait, 3),
        "polling_share": round(load.seconds["due"] / total, 4),
        "calls_per_s": round(calls / now, 1),
        "simulated_s": round(now, 1),
    }
    for name, value in metrics.items():
        print(f"{name:<20}{value:>12}")
    print(json.dumps({"bench": "simulate", "metrics": metrics}))


if __name__ == "__main__":
    main()
