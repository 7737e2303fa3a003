"""The report: one row per cell."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Engine, Label, select

from prunesweep.core.ledger.db.json_text import as_text, decoded
from prunesweep.core.ledger.db.schema import AnyRow, cells, latencies, results, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import by_digest, cell_rows, of
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.cell_states import CellStages, cell_states
from prunesweep.core.ledger.queries.controls import references
from prunesweep.core.ledger.queries.dense_trainings import imported_from
from prunesweep.core.ledger.queries.grid_cells import GridCell, grid_cells
from prunesweep.core.ledger.queries.network_stages import NetworkStages, network_stages
from prunesweep.core.ledger.queries.ran import KEYS, together
from prunesweep.core.ledger.queries.report_columns import (
    LATENCY_COLUMNS,
    RESULT_COLUMNS,
    Columns,
    accuracy_columns,
    by_name,
    latency_columns,
    size_columns,
)
from prunesweep.core.ledger.queries.training_costs import NOT_KNOWN, NetworkCost, TrainingCosts, macs_of
from prunesweep.core.plan.layer_rules import encode_rules, parse_rules


@dataclass(frozen=True)
class ReportRow:
    """One cell; the fields are the CSV's columns. None = not known (yet). Accuracies and sparsities are fractions in
    [0, 1].

    Attributes:
        layer_rules: of the grid, "" = none.
        top1_bn: right after pruning, with re-estimated batch-norm statistics.
        top1_dense: of the dense network that was pruned.
        reference, top1_reference: the dense network that `drop` is against, which trained as long as the cell where the
            sweep has it (`prunesweep.core.ledger.queries.controls`).
        drop: top1_reference − top1.
        top5, top5_dense: where there are many classes.
        collapsed: layers that lost every weight.
        nonzero, total: weights of convolutions and linear layers; compression: their ratio.
        *_counted: of those that the asked sparsity counts, all but the exempt layers.
        params_nonzero, params: all parameters, biases and batch-norm too; compression_all: their ratio.
        macs, macs_dense: multiply-adds an image, those left and those of the dense network; flop_speedup: their ratio.
        latency_*: milliseconds a pass. null: the interval of the best dense engine against itself. load, busy: load
            average, and CPU time over wall time. code: what really ran the pruned network. zeros: the dense network in
            that code, and the speed-up that the zeros alone bring there. p: of the speed-up being 1; p_adjusted: that
            as one of the sweep's measured cells (Holm). autocorrelation: of its blocks.
        train_seconds: over the cell's own rounds.
        train_dense_epochs: epochs of the dense network that cost as many multiply-adds as all trainings that the cell's
            network needed, the dense one's too where it did; train_flops_ratio: that over the dense network's own, None
            where this began with given weights (`prunesweep.core.plan.training_cost`: theoretical).
        digest, artifact: of the final round.
        artifact_bytes: its file's size; artifact_zstd_bytes: that after zstd.
        device: where the accuracy was measured; processor: where the latency was.
        top1_val, top1_val_dense: accuracy on the validation images, after recovery and of the dense network that was
            pruned.
        chance: share of the most frequent class among the test_images.
        at_chance, dense_at_chance: within two standard errors of that, so that nothing was learned.
        ran_*: what carried out the cell's trainings, the dense one too (`prunesweep.core.ledger.queries.ran`).
        dense_digest: of the stage that ends the dense network.
        weights: the file or the published name of the weights that it began with, "" = it was trained from its seed.
        weights_sha256: over their tensors.
    """

    sweep: str
    cell: int
    state: str
    dataset: str
    model: str
    width: int
    algorithm: str
    sparsity: float
    sparsity_achieved: float | None
    epochs: int
    iterations: int
    seed: int
    layer_rules: str
    top1_before: float | None
    top1_bn: float | None
    top1: float | None
    top1_dense: float | None
    reference: str
    top1_reference: float | None
    drop: float | None
    top1_val: float | None
    top1_val_dense: float | None
    test_images: int | None
    chance: float | None
    at_chance: bool | None
    dense_at_chance: bool | None
    top5: float | None
    top5_dense: float | None
    nonzero: int | None
    total: int | None
    nonzero_counted: int | None
    total_counted: int | None
    sparsity_counted: float | None
    collapsed: int | None
    compression: float | None
    params_nonzero: int | None
    params: int | None
    compression_all: float | None
    macs: int | None
    macs_dense: int | None
    flop_speedup: float | None
    latency_dense_ms: float | None
    latency_pruned_ms: float | None
    latency_speedup: float | None
    latency_speedup_low: float | None
    latency_speedup_high: float | None
    latency_batch: int | None
    latency_threads: int | None
    latency_engine: str | None
    latency_dense_engine: str | None
    latency_null_low: float | None
    latency_null_high: float | None
    latency_load: float | None
    latency_busy: float | None
    latency_code: str | None
    latency_p: float | None
    latency_p_adjusted: float | None
    latency_autocorrelation: float | None
    latency_zeros_ms: float | None
    latency_zeros_speedup: float | None
    latency_zeros_low: float | None
    latency_zeros_high: float | None
    processor: str | None
    artifact_bytes: int | None
    artifact_zstd_bytes: int | None
    train_seconds: float | None
    dense_train_seconds: float | None
    train_dense_epochs: float | None
    train_flops_ratio: float | None
    device: str | None
    ran_device: str | None
    ran_numbers: str | None
    ran_layout: str | None
    ran_threads: str | None
    ran_torch: str | None
    ran_kernels: str | None
    ran_instructions: str | None
    ran_resumed: str | None
    digest: str
    artifact: str | None
    dense_digest: str = ""
    weights: str = ""
    weights_sha256: str = ""


_FIELDS = tuple(field.name for field in fields(ReportRow))


def report_rows(engine: Engine, sweep_id: int) -> list[ReportRow]:
    """Return the sweep's cells in the order of its grid; cells that haven't ended have None where nothing is known."""
    columns = report_columns(engine, sweep_id)
    return list(map(_row, zip(*columns.values(), strict=True)))


def report_columns(engine: Engine, sweep_id: int) -> Columns:
    """Return the same by the fields of `ReportRow`, in their order: a report of 10,000 cells takes about half the time
    so."""
    with reading(engine) as connection:
        sweep = connection.execute(select(sweeps.c.name, sweeps.c.grid).where(sweeps.c.id == sweep_id)).one()
        planned = grid_cells(connection, sweep_id)
        made = network_stages(connection, sweep_id)
        source = imported_from(connection, sweep_id, sweep.grid)
        results_of = by_digest(connection, sweep_id, results, *RESULT_COLUMNS)
        columns = {
            **_of_grid(planned),
            **_of_results(results_of, sweep.grid, planned, made),
            **_of_costs(planned, made, results_of),
            **_of_latencies(connection, sweep_id, planned),
            **_of_trainings(planned, made),
            "state": _states(planned, made),
        }
    shared = {
        "sweep": sweep.name,
        "layer_rules": encode_rules(parse_rules(sweep.grid.get("layers") or ())),
        "weights": source.origin,
        "weights_sha256": source.tensors,
    }
    columns |= {name: [value] * len(planned) for name, value in shared.items()}
    return {name: columns[name] for name in _FIELDS}


def _row(values: Iterable[Any]) -> ReportRow:
    """Return a row of all its fields' values. Its own `__init__`, which sets them one by one past being frozen, takes
    three times as long."""
    row = object.__new__(ReportRow)
    vars(row).update(zip(_FIELDS, values, strict=True))
    return row


def layers_left(engine: Engine, sweep_id: int) -> dict[int, list[dict[str, Any]]]:
    """Return, of each cell (by its number in the grid) that has been evaluated: per prunable layer its name, weights
    left (`nonzero`) and in all (`total`), multiply-adds an image left (`macs`) and in all (`macs_dense`)."""
    return _of_tested(engine, sweep_id, decoded(results.c.layers))


def layer_texts(engine: Engine, sweep_id: int) -> dict[int, str]:
    """Return the same as the JSON that the ledger keeps: of thousands of cells it takes long to read and to write."""
    return _of_tested(engine, sweep_id, as_text(results.c.layers))


def _of_tested(engine: Engine, sweep_id: int, wanted: Label[Any]) -> dict[int, Any]:
    """Return something of its results for each cell that has been evaluated, by its number in the grid."""
    query = cell_rows("position").add_columns(wanted).join(results, results.c.digest == cells.c.evaluate)
    with reading(engine) as connection:
        return dict(connection.execute(query, of(sweep_id)).all())


def _of_grid(planned: Sequence[GridCell]) -> Columns:
    found = by_name(GridCell._fields, planned)
    return {**found, "cell": found["position"], "dense_digest": found["train"]}


def _of_results(
    results_of: Mapping[str, AnyRow], grid: Mapping[str, Any], planned: Sequence[GridCell], made: NetworkStages
) -> Columns:
    """Return the columns of accuracy and size; of a cell whose sweep leaves the test set out, only what its last round
    said of its size."""
    against = references(planned, grid)
    columns = accuracy_columns(
        [results_of.get(cell.evaluate) for cell in planned],
        [results_of.get(cell.dense_evaluate) for cell in planned],
        [results_of.get(against[cell.position].evaluate) for cell in planned],
    )
    for place, cell in enumerate(planned):
        if cell.evaluate == cell.rounds[-1]:
            for name, value in size_columns(made.stages[cell.evaluate].facts).items():
                columns[name][place] = value
    return {**columns, "reference": [against[cell.position].name for cell in planned]}


def _of_costs(planned: Sequence[GridCell], made: NetworkStages, results_of: Mapping[str, AnyRow]) -> Columns:
    """Return what the trainings cost in theory, of the networks that are there."""
    costs = TrainingCosts(made.stages, macs_of(planned, made.stages, results_of))
    lasts = ((cell.rounds[-1], cell.train) for cell in planned)
    return by_name(
        NetworkCost._fields, [NOT_KNOWN if last in made.undone else costs.of(last, dense) for last, dense in lasts]
    )


def _of_latencies(connection: Connection, sweep_id: int, planned: Sequence[GridCell]) -> Columns:
    return latency_columns(
        by_digest(connection, sweep_id, latencies, *LATENCY_COLUMNS), [cell.benchmark for cell in planned]
    )


def _of_trainings(planned: Sequence[GridCell], made: NetworkStages) -> Columns:
    """Return the columns of the networks' making, the dense one's too."""
    lasts = [cell.rounds[-1] for cell in planned]
    finals = [made.stages[digest] for digest in lasts]
    dense = {digest: made.dense[digest] for digest in {cell.train for cell in planned}}
    dense_val = {digest: made.stages[digest].facts.top1_val for digest in dense}
    dense_seconds = {digest: made.spent(chain) for digest, chain in dense.items()}
    ran = [made.ran_on((*dense[cell.train], *cell.rounds)) for cell in planned]
    read = {texts: together(None if text is None else json.loads(text) for text in texts) for texts in set(ran)}
    in_words = [read[texts] for texts in ran]
    return {
        "digest": lasts,
        "artifact": [stage.artifact for stage in finals],
        "artifact_bytes": [stage.artifact_bytes for stage in finals],
        "artifact_zstd_bytes": [stage.facts.zstd_bytes for stage in finals],
        "top1_val": [stage.facts.top1_val for stage in finals],
        "top1_val_dense": [dense_val[cell.train] for cell in planned],
        "train_seconds": [made.spent(cell.rounds) for cell in planned],
        "dense_train_seconds": [dense_seconds[cell.train] for cell in planned],
        **{name: [words[name] for words in in_words] for name in (f"ran_{key}" for key in KEYS)},
    }


def _states(planned: Sequence[GridCell], made: NetworkStages) -> list[str]:
    """Return the state of each cell."""
    if not made.undone:
        return [State.DONE.value] * len(planned)
    needed = (
        CellStages(
            shared=(*made.dense[cell.train], cell.dense_evaluate),
            own=(*cell.rounds, cell.evaluate, *([] if cell.benchmark is None else [cell.benchmark])),
        )
        for cell in planned
    )
    return [state.value for state in cell_states(needed, made.undone)]
