"""Finds and lists sweeps."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, case, func, select

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.schema import AnyRow, cells, stages, sweep_stages, sweeps
from prunesweep.core.ledger.db.states import LIVE, State
from prunesweep.core.ledger.db.sweep_rows import of, of_sweep, sweeps_wanting
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.plan.suggestions import did_you_mean

_CHUNK = 1_000


@dataclass(frozen=True)
class SweepRow:
    """A submitted grid.

    Attributes:
        grid: its axes, as JSON.
        created_at: seconds since 1970.
        version: of the submitter.
    """

    id: int
    name: str
    grid: dict[str, Any]
    version: str
    created_at: float
    cancelled: bool


@dataclass(frozen=True)
class ListedSweep:
    """A sweep, how many cells it has, and how many of its stages are in each state (all states are keys).

    stopping: its running stages that were asked to stop.
    """

    sweep: SweepRow
    cells: int
    counts: dict[State, int]
    stopping: int


_sweep = select(sweeps.c.id, sweeps.c.name, sweeps.c.grid, sweeps.c.version, sweeps.c.created_at, sweeps.c.cancelled)


def find_sweep(engine: Engine, name_or_id: str | int | None) -> SweepRow:
    """Return the sweep of that name, else of that number; None gives the latest.

    Raises:
        UserError: no such sweep; suggests the nearest name.
    """
    with reading(engine) as connection:
        if name_or_id is None:
            row = connection.execute(_sweep.order_by(sweeps.c.id.desc()).limit(1)).one_or_none()
            if row is None:
                raise UserError("sweep", "", "there is none yet; run: sweep submit")
            return _row(row)
        name_or_id = str(name_or_id)
        # Names are ASCII; other text may be something that the database cannot even be asked for.
        named = _sweep.where(sweeps.c.name == (name_or_id if name_or_id.isascii() else ""))
        row = connection.execute(named).one_or_none()
        if row is None and name_or_id.isascii() and name_or_id.isdecimal() and len(name_or_id) < 10:
            row = connection.execute(_sweep.where(sweeps.c.id == int(name_or_id))).one_or_none()
        if row is None:
            names = connection.execute(select(sweeps.c.name)).scalars().all()
            raise UserError("sweep", name_or_id, did_you_mean(name_or_id, names))
        return _row(row)


def list_sweeps(engine: Engine) -> list[ListedSweep]:
    """Return every sweep, the latest first."""
    size = select(cells.c.sweep_id, func.count()).group_by(cells.c.sweep_id)
    states = (
        select(sweep_stages.c.sweep_id, stages.c.state, func.count(), func.sum(case((stages.c.cancel, 1), else_=0)))
        .join(stages, stages.c.digest == sweep_stages.c.digest)
        .group_by(sweep_stages.c.sweep_id, stages.c.state)
    )
    with reading(engine) as connection:
        rows = connection.execute(_sweep.order_by(sweeps.c.id.desc())).all()
        sizes: dict[int, int] = {row[0]: row[1] for row in connection.execute(size)}
        counts: dict[int, dict[State, int]] = {row.id: dict.fromkeys(State, 0) for row in rows}
        stopping: dict[int, int] = {}
        for sweep_id, state, count, asked in connection.execute(states):
            counts[sweep_id][State(state)] = count
            if state == State.RUNNING:
                stopping[sweep_id] = int(asked)
    return [ListedSweep(_row(row), sizes.get(row.id, 0), counts[row.id], stopping.get(row.id, 0)) for row in rows]


def wishes_for(engine: Engine, digests: Collection[str]) -> dict[str, dict[int, str]]:
    """Return, for each of these stages, the sweeps that want it: number → name."""
    found: dict[str, dict[int, str]] = {digest: {} for digest in digests}
    query = sweeps_wanting("id", "name")
    ordered = sorted(digests)
    with reading(engine) as connection:
        for start in range(0, len(ordered), _CHUNK):
            chunk = ordered[start : start + _CHUNK]
            for row in connection.execute(query.where(sweep_stages.c.digest.in_(chunk))):
                found[row.digest][row.id] = row.name
    return found


def unfinished_besides(engine: Engine, sweep_id: int) -> dict[str, int]:
    """Return the other sweeps that have work left which this one does not want: name → stages, the oldest first."""
    wish = sweep_stages.alias()
    query = (
        select(sweeps.c.name, func.count().label("stages"))
        .join(wish, wish.c.sweep_id == sweeps.c.id)
        .join(stages, stages.c.digest == wish.c.digest)
        .where(stages.c.state.in_(LIVE), ~of_sweep())
        .group_by(sweeps.c.id, sweeps.c.name)
        .order_by(sweeps.c.id)
    )
    with reading(engine) as connection:
        return {row.name: row.stages for row in connection.execute(query, of(sweep_id))}


def _row(row: AnyRow) -> SweepRow:
    return SweepRow(row.id, row.name, row.grid, row.version, row.created_at, bool(row.cancelled))
