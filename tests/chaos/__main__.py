"""`python -m tests.chaos --faults 100 --seed 1 --ledger postgres`: 1 when a promise was broken."""

import argparse
import signal
import sys

from tests.chaos.campaign import Campaign, Order, kinds_of
from tests.chaos.work import Size

_LONG = Size(chains=3, dense=14, rounds=3, epochs=8)
_SHORT = Size(chains=2, dense=6, rounds=2, epochs=4)


def main() -> int:
    """Prints one line per fault, a table, one line per broken promise, and last a JSON object."""
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ledger", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--pace", type=float, default=4.0, help="mean seconds of work between two faults")
    parser.add_argument("--untimed", action="store_true", help="tell times, don't judge them (a busy machine)")
    parser.add_argument("--short", action="store_true", help="small sweeps, as in the tests")
    parser.add_argument("--kinds", default="", help="names of faults, separated by commas; all when left out")
    given = parser.parse_args()
    # So that every process that was started is ended as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = [kind.name for kind in kinds_of(given.ledger)]
    chosen = tuple(given.kinds.split(",")) if given.kinds else ()
    if set(chosen) - set(names):
        parser.error(f"--kinds: choose from {', '.join(names)}")
    size, timed = _SHORT if given.short else _LONG, not given.untimed
    order = Order(given.faults, given.seed, given.ledger, size, given.pace, timed=timed, kinds=chosen, say=say)
    verdict = Campaign(order).run()
    say("")
    say(verdict.table())
    for note in verdict.notes:
        say(f"note: {note}")
    for line in verdict.broken:
        say(f"BROKEN {line}")
    say(verdict.line())
    return 0 if verdict.ok else 1


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
