"""Which artifacts the ledger refers to, for those who clear the store away and for those who check it."""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, bindparam, case, func, select, union

from prunesweep.core.ledger.db.clock import DatabaseNow
from prunesweep.core.ledger.db.schema import results, snapshots, stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import of, of_sweep
from prunesweep.core.ledger.db.transactions import lock_structure, reading, writing
from prunesweep.core.ledger.queries.labels import label_of
from prunesweep.core.ledger.queries.subjects import subjects

_all = union(select(stages.c.artifact).where(stages.c.artifact.is_not(None)), select(snapshots.c.artifact))
_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
_among = union(
    select(stages.c.artifact).where(stages.c.artifact.in_(_NAMES)),
    select(snapshots.c.artifact).where(snapshots.c.artifact.in_(_NAMES)),
)
# A start in the future: the clock was stepped back, and nobody knows how long the stage has been running.
_run = case((stages.c.started_at > DatabaseNow(), math.inf), else_=DatabaseNow() - stages.c.started_at)
_longest_run = select(func.max(_run)).where(stages.c.state == State.RUNNING)


@dataclass(frozen=True)
class UnreferencedArtifacts:
    """Artifacts that no row refers to.

    Attributes:
        names: of artifacts that no row refers to.
        unsettled: seconds since the oldest running stage started, None if none runs, infinite if the clock was stepped
            back meanwhile; what was written since then may be about to be referred to.
    """

    names: frozenset[str]
    unsettled: float | None


@dataclass(frozen=True)
class CountedWeights:
    """What a row says of an artifact's prunable weights.

    Attributes:
        digest, label: the stage whose row it is.
        nonzero, total: weights.
    """

    digest: str
    label: str
    nonzero: int
    total: int


@dataclass(frozen=True)
class ReferencedArtifact:
    """An artifact that a row refers to.

    Attributes:
        digest, label: its stage.
        artifact: sha-256.
        size: bytes.
        snapshot: True if it is the saved state of a stage that isn't DONE.
        counts: what rows say of it.
        tensors: of an import, the SHA-256 over its tensors; "" = a stage made it, and can make it again.
    """

    digest: str
    label: str
    artifact: str
    size: int
    snapshot: bool
    counts: tuple[CountedWeights, ...] = ()
    tensors: str = ""


def referred(engine: Engine) -> set[str]:
    """Return every artifact that a stage, in whatever state, or a snapshot refers to."""
    with reading(engine) as connection:
        return set(connection.execute(_all).scalars())


@contextmanager
def unreferred(engine: Engine, names: Sequence[str]) -> Iterator[UnreferencedArtifacts]:
    """Return those of `names` that no row refers to; no stage can complete until the block ends. names: 1,000 at
    most."""
    with writing(engine) as connection:
        lock_structure(connection)
        known = set(connection.execute(_among, {"names": list(names)}).scalars()) if names else set()
        unsettled = connection.execute(_longest_run).scalar()
        yield UnreferencedArtifacts(frozenset(names) - known, unsettled if unsettled is None else float(unsettled))


_stage = select(stages.c.digest, stages.c.spec, stages.c.artifact, stages.c.artifact_bytes, stages.c.summary).where(
    stages.c.state == State.DONE, stages.c.artifact.is_not(None)
)
_saved = select(stages.c.digest, stages.c.spec, snapshots.c.artifact, snapshots.c.artifact_bytes).join(
    snapshots, snapshots.c.digest == stages.c.digest
)
_counted = (
    select(stages.c.digest, stages.c.spec, results.c.nonzero, results.c.total)
    .join(results, results.c.digest == stages.c.digest)
    .where(stages.c.state == State.DONE)
)


def artifacts_made(engine: Engine, sweep_id: int | None) -> list[ReferencedArtifact]:
    """Return what DONE stages made and what running ones saved, of one sweep or (None) of all, the oldest stages
    first."""
    with reading(engine) as connection:
        where = () if sweep_id is None else (of_sweep(),)
        values = {} if sweep_id is None else of(sweep_id)
        order = (stages.c.created_at, stages.c.ended_at, stages.c.digest)
        found = _results_by_parent(connection)
        rows = connection.execute(_stage.where(*where).order_by(*order), values)
        made = []
        for row in rows:
            label = label_of(row.spec)
            own = row.summary or {}
            counts = list(found.get(row.digest, ()))
            if isinstance(own.get("nonzero"), int) and isinstance(own.get("total"), int):
                counts.insert(0, CountedWeights(row.digest, label, own["nonzero"], own["total"]))
            tensors = json.loads(row.spec).get("tensors", "")
            made.append(
                ReferencedArtifact(row.digest, label, row.artifact, row.artifact_bytes, False, tuple(counts), tensors)
            )
        saved = connection.execute(_saved.where(*where).order_by(*order), values)
        made += [
            ReferencedArtifact(row.digest, label_of(row.spec), row.artifact, row.artifact_bytes, True) for row in saved
        ]
    return made


def _results_by_parent(connection: Connection) -> dict[str, list[CountedWeights]]:
    """Return digest → what Evaluate counted in its artifact."""
    found: dict[str, list[CountedWeights]] = {}
    named = subjects(connection)
    for row in connection.execute(_counted):
        parent, label = json.loads(row.spec).get("parent", ""), label_of(row.spec, named.get(row.digest, ""))
        found.setdefault(parent, []).append(CountedWeights(row.digest, label, row.nonzero, row.total))
    return found


def artifacts_of(engine: Engine, digests: Sequence[str]) -> dict[str, str]:
    """Return the artifact of each of these stages, "" if it has none."""
    found: dict[str, str] = {}
    query = select(stages.c.digest, stages.c.artifact)
    with reading(engine) as connection:
        for start in range(0, len(digests), 1_000):
            rows = connection.execute(query.where(stages.c.digest.in_(digests[start : start + 1_000])))
            found |= {row.digest: row.artifact or "" for row in rows}
    return found


def still_made(engine: Engine, looked_at: Sequence[ReferencedArtifact]) -> set[ReferencedArtifact]:
    """Return those that the same row still refers to: a running stage replaces its saved state at any time."""
    names = sorted({made.artifact for made in looked_at})
    done = select(stages.c.digest, stages.c.artifact).where(stages.c.state == State.DONE, stages.c.artifact.in_(_NAMES))
    saved = select(snapshots.c.digest, snapshots.c.artifact).where(snapshots.c.artifact.in_(_NAMES))
    known: set[tuple[bool, str, str]] = set()
    with reading(engine) as connection:
        for start in range(0, len(names), 1_000):
            chunk = {"names": names[start : start + 1_000]}
            known |= {(False, row.digest, row.artifact) for row in connection.execute(done, chunk)}
            known |= {(True, row.digest, row.artifact) for row in connection.execute(saved, chunk)}
    return {made for made in looked_at if (made.snapshot, made.digest, made.artifact) in known}
