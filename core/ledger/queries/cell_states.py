"""The state of a cell, derived from its stages so that the counts are true: never more cells run than stages do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prunesweep.core.ledger.db.states import BROKEN, State, most_telling


@dataclass(frozen=True)
class CellStages:
    """The stages that a cell needs.

    Attributes:
        shared: those of the dense network, which every cell of its seed needs.
        own: its rounds of pruning, its evaluation and, where latency is measured, its benchmark, in order.
    """

    shared: tuple[str, ...]
    own: tuple[str, ...]


def cell_states(cells: Iterable[CellStages], states: Mapping[str, State]) -> Iterator[State]:
    """Yield the state of each cell, in the order given.

    DONE: all of its stages are. Broken: one of them has failed or was cancelled, a shared one too. RUNNING or READY:
    one of its own is. PENDING: it waits, be it for the dense network. A round that several cells need counts for the
    first of them.

    Args:
        states: of stages by digest; those that are not in it are DONE.
    """
    undone = {digest: state for digest, state in states.items() if state != State.DONE}
    counted: set[str] = set()
    for cell in cells:
        found = {undone[digest] for digest in (*cell.shared, *cell.own) if digest in undone}
        if not found:
            yield State.DONE
            continue
        own = {digest: undone[digest] for digest in cell.own if digest in undone and digest not in counted}
        counted.update(digest for digest, state in own.items() if state in (State.RUNNING, State.READY))
        if broken := found.intersection(BROKEN):
            yield most_telling(broken)
        else:
            yield next((state for state in (State.RUNNING, State.READY) if state in own.values()), State.PENDING)
