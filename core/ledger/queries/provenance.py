"""Where a sweep's numbers come from: what was asked for, and which versions, recipes and machines answered."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from prunesweep.core.ledger.db.json_text import as_text, read_json
from prunesweep.core.ledger.db.schema import attempts, columns, latencies, results, stages, workers
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import of, stage_rows, wanted
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.ran import in_words
from prunesweep.core.ledger.queries.sweeps import SweepRow


@dataclass(frozen=True)
class Provenance:
    """Facts of one sweep; each tuple holds distinct values in order.

    Attributes:
        sweep: its row.
        ended_at: when its last stage ended, seconds since 1970.
        workers: versions of the workers that ended its stages.
        codes: kind of stage and its code version.
        recipes: as in the stages.
        datasets: likewise.
        devices: where accuracies were measured.
        trained_with, measured_with: what carried out the trainings and the evaluations, in words
            (`prunesweep.core.ledger.queries.ran`), with how many stages.
        timings: engine, version, number format, threads, batch and processor of every way in which latency was
            measured. Hosts have no place here, so that a report can be handed on.
    """

    sweep: SweepRow
    ended_at: float | None
    workers: tuple[str, ...]
    codes: tuple[tuple[str, int], ...]
    recipes: tuple[dict[str, Any], ...]
    datasets: tuple[dict[str, Any], ...]
    devices: tuple[str, ...]
    trained_with: tuple[str, ...]
    measured_with: tuple[str, ...]
    timings: tuple[str, ...]


class _Spec(msgspec.Struct, gc=False):
    """Of a stage: what tells its kind's code, its recipe and its images, if it has them."""

    code: int = 0
    recipe: msgspec.Raw = msgspec.Raw()
    dataset: msgspec.Raw = msgspec.Raw()


_SPECS = msgspec.json.Decoder(_Spec)
_MADE = stage_rows(stages, "kind", "spec", "ended_at").add_columns(as_text(stages.c.ran))


def provenance(engine: Engine, sweep: SweepRow) -> Provenance:
    """Return all that the ledger knows of how the sweep's numbers came about."""
    with reading(engine) as connection:
        made = connection.execute(_MADE, of(sweep.id)).all()
        specs = [_SPECS.decode(row.spec) for row in made]
        versions = connection.execute(_versions, of(sweep.id)).scalars()
        devices = connection.execute(wanted(select(results.c.device), results.c.digest).distinct(), of(sweep.id))
        return Provenance(
            sweep=sweep,
            ended_at=max((row.ended_at for row in made if row.ended_at is not None), default=None),
            workers=tuple(sorted(versions)),
            codes=tuple(sorted({(row.kind, spec.code) for row, spec in zip(made, specs, strict=True)})),
            recipes=_distinct(spec.recipe for spec in specs),
            datasets=_distinct(spec.dataset for spec in specs),
            devices=tuple(sorted(devices.scalars())),
            trained_with=_ran(row.ran for row in made if row.kind in ("train", "prune") and row.ended_at is not None),
            measured_with=_ran(row.ran for row in made if row.kind == "evaluate" and row.ended_at is not None),
            timings=_timings(connection, sweep.id),
        )


_versions = (
    wanted(select(workers.c.version).join(attempts, attempts.c.worker == workers.c.id), attempts.c.digest)
    .join(stages, (stages.c.digest == attempts.c.digest) & (stages.c.attempt == attempts.c.attempt))
    .where(stages.c.state == State.DONE.value)
    .distinct()
)
"""Of the workers that ended the sweep's stages."""
_TIMING = ("engine", "engine_version", "dtype", "dense_engine", "dense_version", "threads", "batch", "processor")


def _timings(connection: Connection, sweep_id: int) -> tuple[str, ...]:
    query = wanted(select(*columns(latencies, *_TIMING)), latencies.c.digest).distinct()
    lines = set()
    for row in connection.execute(query, of(sweep_id)):
        pruned = " ".join(filter(None, (row.engine, row.engine_version, row.dtype)))
        dense = " ".join(filter(None, (row.dense_engine or row.engine, row.dense_version)))
        lines.add(f"dense {dense}, pruned {pruned}; threads {row.threads}, batch {row.batch}, {row.processor}")
    return tuple(sorted(lines))


def _ran(found: Iterable[str | None]) -> tuple[str, ...]:
    """Return each way once, with how many stages went it; from their JSON, of which there are few."""
    counts: Counter[str] = Counter()
    for text, count in Counter(found).items():
        one = None if text is None else read_json(text)
        counts[in_words(one) if one else "not known: an older release"] += count
    return tuple(f"{words}: {count:,} stages" for words, count in sorted(counts.items()))


def _distinct(values: Iterable[msgspec.Raw]) -> tuple[dict[str, Any], ...]:
    """Return each once, ordered by its text; those that are there."""
    found = [json.loads(text) for text in dict.fromkeys(map(bytes, values)) if text]
    texts = {json.dumps(value, sort_keys=True): value for value in found}
    return tuple(texts[text] for text in sorted(texts))
