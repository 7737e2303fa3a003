"""What a change of one stage means for those around it: children, descendants, whole sweeps."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, exists, false, literal, null, select, true, update

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import edges, stages
from prunesweep.core.ledger.db.states import BROKEN, State
from prunesweep.core.ledger.db.sweep_rows import of, of_sweep
from prunesweep.core.ledger.db.transactions import locked

_parent = stages.alias("parent")
NEEDS_MORE = exists(
    select(literal(1))
    .select_from(edges.join(_parent, _parent.c.digest == edges.c.parent))
    .where(edges.c.child == stages.c.digest, _parent.c.state != State.DONE)
)
"""True for a stage with a parent that isn't DONE."""
_promote = update(stages).where(~NEEDS_MORE).values(state=State.READY, hinted_at=None).returning(stages.c.digest)
_parents = (
    select(_parent.c.state)
    .select_from(edges.join(_parent, _parent.c.digest == edges.c.parent))
    .where(edges.c.child == bindparam("of"))
    .distinct()
)

_waiting_children = locked(
    select(stages.c.digest)
    .select_from(edges.join(stages, stages.c.digest == edges.c.child))
    .where(edges.c.parent == bindparam("of"), stages.c.state == State.PENDING),
    stages,
)
# No condition on the state here: SQLite would walk through all that are PENDING.
_promote_given = _promote.where(stages.c.digest.in_(bindparam("digests", expanding=True)))

# SQLite needs no lock, and so no look before. Its index of states is kept out by the concatenation.
_children = select(edges.c.child).where(edges.c.parent == bindparam("of"))
_promote_children = _promote.where(stages.c.digest.in_(_children), stages.c.state.concat("") == State.PENDING)

_promote_sweep = _promote.where(of_sweep(), stages.c.state == State.PENDING)
_has_parents = exists(select(literal(1)).where(edges.c.child == stages.c.digest))
_promote_roots = (
    update(stages)
    .where(of_sweep(), stages.c.state == State.PENDING, ~_has_parents)
    .values(state=State.READY, hinted_at=None)
    .returning(stages.c.digest)
)

# A descendant that is DONE, or that runs and may yet be, holds up what waits for it: no way down leads through it.
# (Such a one has parents that ran again after it had started; see `prunesweep.core.ledger.queue.redo`.)
_holds = [State.DONE, State.RUNNING]
_down = (
    select(edges.c.child.label("digest"))
    .join(stages, stages.c.digest == edges.c.child)
    .where(edges.c.parent == bindparam("of"), stages.c.state.not_in(_holds))
    .cte("down", recursive=True)
)
_next = select(edges.c.child).join(_down, edges.c.parent == _down.c.digest)
_down = _down.union(_next.join(stages, stages.c.digest == edges.c.child).where(stages.c.state.not_in(_holds)))
_cancel_descendants = (
    update(stages)
    .where(stages.c.digest.in_(select(_down.c.digest)), stages.c.state.in_([State.PENDING, State.READY]))
    .values(state=State.CANCELLED, ended_at=DatabaseNow(), error=bindparam("why"))
)

_broken_parent = exists(
    select(literal(1))
    .select_from(edges.join(_parent, _parent.c.digest == edges.c.parent))
    .where(edges.c.child == stages.c.digest, _parent.c.state.in_(BROKEN))
)
_cancel_hopeless = (
    update(stages)
    .where(stages.c.state == State.PENDING, _broken_parent)
    .values(state=State.CANCELLED, ended_at=DatabaseNow(), error="upstream failed or was cancelled")
)

_reset = (
    update(stages)
    .where(of_sweep(), stages.c.state.in_(BROKEN))
    .values(
        state=State.PENDING,
        failures=0,
        losses=0,
        returns=0,
        furthest=0,
        not_before=0.0,
        cancel=false(),
        error=null(),
        ended_at=null(),
        worker=null(),
        slot=null(),
    )
)
_keep_running = (
    update(stages)
    .where(
        stages.c.digest.in_(
            locked(
                select(stages.c.digest).where(
                    of_sweep(), and_(stages.c.state == State.RUNNING, stages.c.cancel == true())
                ),
                stages,
            )
        )
    )
    .values(cancel=false())
)


def standing(connection: Connection, digest: str) -> State:
    """Return what a stage that doesn't run and hasn't ended has to be: READY if its parents are all DONE, CANCELLED if
    one of them ended otherwise, else PENDING. Needs the structure lock, alone, so that no parent changes meanwhile."""
    found = set(connection.execute(_parents, {"of": digest}).scalars()) - {State.DONE}
    if not found:
        return State.READY
    return State.CANCELLED if found & set(BROKEN) else State.PENDING


def ready_children(connection: Connection, digest: str) -> tuple[str, ...]:
    """Make READY each child of `digest` whose parents are all DONE; their digests."""
    if connection.dialect.name != "postgresql":
        return tuple(connection.execute(_promote_children, {"of": digest}).scalars())
    # On PostgreSQL two parents may complete at once: the lock makes the second one see the first one's DONE.
    children = connection.execute(_waiting_children, {"of": digest}).scalars().all()
    if not children:
        return ()
    return promote(connection, children)


def promote(connection: Connection, digests: Sequence[str]) -> tuple[str, ...]:
    """Make READY those of these PENDING stages whose parents are all DONE; their digests."""
    return tuple(connection.execute(_promote_given, {"digests": digests}).scalars())


def cancel_descendants(connection: Connection, digest: str, why: str) -> None:
    """Cancel everything that waits for `digest`, directly or not."""
    connection.execute(_cancel_descendants, {"of": digest, "why": why})


def end_hopeless(connection: Connection) -> None:
    """Cancel whatever waits for a parent that ended without being DONE, and what waits for that, and so on."""
    while connection.execute(_cancel_hopeless).rowcount:
        pass


def revive(connection: Connection, sweep_id: int, *, any_done: bool = True) -> tuple[str, ...]:
    """Give every failed or cancelled stage of a sweep a new start, and make READY what can run; those digests.

    any_done: False = no stage of the sweep is DONE, so that what has parents waits: they are the sweep's too.
    """
    connection.execute(_keep_running, of(sweep_id))
    connection.execute(_reset, of(sweep_id))
    return tuple(connection.execute(_promote_sweep if any_done else _promote_roots, of(sweep_id)).scalars())
