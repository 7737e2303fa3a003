"""Several processes play on one ledger at once: `python -m tests.ledger.stress --operations 50000 --ledger postgres`.

Every process makes moves by chance (see `tests.ledger.play`) and asks now and then whether a rule of the ledger is
broken (`prunesweep.core.ledger.queue.invariants`). In the end one of them brings every stage to DONE. Prints a JSON
object; exit code 1 if a rule was broken, a move raised, or a stage could not be brought to its end.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.queue.invariants import violations
from prunesweep.core.settings import load_settings
from tests.chaos.databases import Postgres
from tests.clocks import SteppedClock
from tests.ledger.play import ACTIONS, WEIGHTS, Player, finish
from tests.support.ready_processes import ready_processes

_WEIGHTS = [WEIGHTS.get(action, 1) for action in ACTIONS]


@dataclass(frozen=True)
class Order:
    """What each process is to do.

    Attributes:
        url: "" = SQLite under `home`.
        moves: how many.
        every: moves between two looks at the rules.
        stages: of the graph.
    """

    home: str
    url: str
    seed: int
    moves: int
    every: int = 5
    stages: int = 20


@dataclass
class Tally:
    """What a process did. broken: the first lines of what went wrong."""

    moves: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    broken: list[str] = field(default_factory=list)


def graph_of(seed: int, count: int) -> dict[str, list[str]]:
    """Stages with up to three of the earlier ones as parents."""
    chance = random.Random(seed)
    labels = [f"s{number}" for number in range(count)]
    return {
        label: sorted(chance.sample(labels[:number], min(number, chance.randint(0, 3))))
        for number, label in enumerate(labels)
    }


def player_of(order: Order, number: int, *, first: bool = False) -> Player:
    """The player of that number, with an engine of its own."""
    settings = replace(load_settings({"SWEEP_HOME": order.home}), database_url=order.url)
    engine = open_ledger(settings, upgrade=True)
    clock = SteppedClock(engine, Path(order.home) / "clock", first=first)
    chance = random.Random(order.seed * 1_000 + number)
    return Player(engine, graph_of(order.seed, order.stages), clock.jump, chance, f"w{number}")


def play(order: Order, number: int) -> Tally:
    """Runs in a process of its own."""
    player, tally = player_of(order, number), Tally()
    for move in range(order.moves):
        action = player.chance.choices(ACTIONS, _WEIGHTS)[0]
        try:
            player.move(action)
        except Exception as error:
            tally.broken.append(f"{action}: {type(error).__name__}: {error}"[:500])
        tally.moves[action] += 1
        if move % order.every == 0:
            tally.looks += 1
            tally.broken += [f"after {action}: {found}" for found in violations(player.engine)]
        if len(tally.broken) > 5:
            break
    player.engine.dispose()
    return tally


def run(order: Order, processes: int) -> dict[str, object]:
    """Plays, and brings the sweep to its end; what there is to say of it."""
    referee = player_of(order, 999, first=True)
    referee.submit(order.stages)
    started = time.monotonic()
    with ProcessPoolExecutor(processes, ready_processes()) as pool:
        tallies = list(pool.map(play, [order] * processes, range(processes)))
    seconds = time.monotonic() - started
    moves = sum((tally.moves for tally in tallies), Counter[str]())
    broken = [line for tally in tallies for line in tally.broken]
    ended = finish(referee)
    broken += [f"at the end: {found}" for found in violations(referee.engine)]
    referee.engine.dispose()
    return {
        "bench": "ledger rules",
        "ledger": "postgres" if order.url else "sqlite",
        "processes": processes,
        "operations": moves.total(),
        "looks": sum(tally.looks for tally in tallies),
        "seconds": round(seconds, 1),
        "by_kind": dict(sorted(moves.items())),
        "broken": broken[:20],
        "all_done": ended,
        "ok": ended and not broken,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Plays on a fresh ledger; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="tests.ledger.stress", description=__doc__)
    parser.add_argument("--operations", type=int, default=50_000)
    parser.add_argument("--ledger", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--every", type=int, default=5, help="moves of a process between two looks at the rules")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="stress-") as home:
        server = Postgres() if given.ledger == "postgres" else None
        try:
            moves = -(-given.operations // given.processes)
            order = Order(home, server.url if server else "", given.seed, moves, given.every)
            found = run(order, given.processes)
        finally:
            if server is not None:
                server.close()
    print(json.dumps(found))
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
