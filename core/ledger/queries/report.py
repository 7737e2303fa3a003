"""The report: one row per cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from prunesweep.core.ledger.db.schema import AnyRow, cells, latencies, results, stages, sweeps
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import by_digest, cell_rows, of
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queries.cell_states import CellStages, cell_states
from prunesweep.core.ledger.queries.controls import DenseControl, references
from prunesweep.core.ledger.queries.dense_trainings import ImportedFrom, dense_chains, imported_from
from prunesweep.core.ledger.queries.ran import together
from prunesweep.core.ledger.queries.report_columns import (
    LATENCY_COLUMNS,
    RESULT_COLUMNS,
    accuracy_columns,
    adjusted,
    latency_columns,
    size_columns,
)
from prunesweep.core.ledger.queries.training_costs import NOT_KNOWN, TrainingCosts, macs_of, training_costs
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


@dataclass(frozen=True)
class _SweepFacts:
    """What the ledger knows of a sweep's stages, by digest."""

    stages: dict[str, AnyRow]
    dense: Mapping[str, tuple[str, ...]]
    imported: ImportedFrom
    results: dict[str, AnyRow]
    latencies: dict[str, AnyRow]
    adjusted: dict[str, float | None]
    costs: TrainingCosts


def report_rows(engine: Engine, sweep_id: int) -> list[ReportRow]:
    """Return the sweep's cells in the order of its grid; cells that haven't ended have None where nothing is known."""
    with reading(engine) as connection:
        sweep = connection.execute(select(sweeps.c.name, sweeps.c.grid).where(sweeps.c.id == sweep_id)).one()
        rules = encode_rules(parse_rules(sweep.grid.get("layers") or ()))
        grid_cells = connection.execute(cell_rows(), of(sweep_id)).all()
        against = references(grid_cells, sweep.grid)
        timed = by_digest(connection, sweep_id, latencies, *LATENCY_COLUMNS)
        made = ("kind", "state", "artifact", "artifact_bytes", "train_seconds", "summary")
        found = by_digest(connection, sweep_id, stages, *made, "ran")
        tested = by_digest(connection, sweep_id, results, *RESULT_COLUMNS, "majority", "images")
        facts = _SweepFacts(
            found,
            dense_chains(connection, sweep_id),
            imported_from(connection, sweep_id, sweep.grid),
            tested,
            timed,
            adjusted(timed),
            training_costs(connection, sweep_id, macs_of(grid_cells, found, tested)),
        )
        states = _states(grid_cells, facts)
        return [
            _row(sweep.name, rules, cell, state, facts, against[cell.position])
            for cell, state in zip(grid_cells, states, strict=True)
        ]


def layers_left(engine: Engine, sweep_id: int) -> dict[int, list[dict[str, Any]]]:
    """Of each cell (by its number in the grid) that has been evaluated: per prunable layer its name, weights left
    (`nonzero`) and in all (`total`), multiply-adds an image left (`macs`) and in all (`macs_dense`)."""
    query = cell_rows("position").add_columns(results.c.layers).join(results, results.c.digest == cells.c.evaluate)
    with reading(engine) as connection:
        return {row.position: row.layers for row in connection.execute(query, of(sweep_id))}


def _row(sweep: str, rules: str, cell: AnyRow, state: State, facts: _SweepFacts, reference: DenseControl) -> ReportRow:
    final = cell.rounds[-1]
    artifact = facts.stages[final]
    return ReportRow(
        sweep=sweep,
        cell=cell.position,
        state=state.value,
        dataset=cell.dataset,
        model=cell.model,
        width=cell.width,
        algorithm=cell.algorithm,
        sparsity=cell.sparsity,
        epochs=cell.epochs,
        iterations=cell.iterations,
        seed=cell.seed,
        layer_rules=rules,
        reference=reference.name,
        **_measured(cell, reference, facts),
        **latency_columns(facts.latencies.get(cell.benchmark), facts.adjusted.get(cell.benchmark)),
        artifact_bytes=artifact.artifact_bytes,
        artifact_zstd_bytes=(artifact.summary or {}).get("zstd_bytes"),
        train_seconds=_seconds(cell.rounds, facts),
        dense_train_seconds=_seconds(facts.dense[cell.train], facts),
        **(facts.costs.columns(final, cell.train) if artifact.state == State.DONE else NOT_KNOWN),
        top1_val=(artifact.summary or {}).get("top1_val"),
        top1_val_dense=(facts.stages[cell.train].summary or {}).get("top1_val"),
        **together(one.ran for one in _trainings(cell, facts)),
        digest=final,
        artifact=artifact.artifact,
        dense_digest=cell.train,
        weights=facts.imported.origin,
        weights_sha256=facts.imported.tensors,
    )


def _measured(cell: AnyRow, reference: DenseControl, facts: _SweepFacts) -> dict[str, Any]:
    """Return the columns of accuracy and size; of a cell whose sweep leaves the test set out, only what its last round
    said of its size."""
    tests = (facts.results.get(one) for one in (cell.evaluate, cell.dense_evaluate, reference.evaluate))
    unread = cell.evaluate == cell.rounds[-1]
    return accuracy_columns(*tests) | (size_columns(facts.stages[cell.evaluate].summary or {}) if unread else {})


def _trainings(cell: AnyRow, facts: _SweepFacts) -> list[AnyRow]:
    """Return the stages of the cell that train, the dense network's first."""
    found = [facts.stages[stage] for stage in (*facts.dense[cell.train], *cell.rounds)]
    return [stage for stage in found if stage.kind != "import"]


def _seconds(rounds: Sequence[str], facts: _SweepFacts) -> float | None:
    spent = [facts.stages[digest].train_seconds for digest in rounds]
    return None if None in spent else float(sum(spent))


def _states(grid_cells: Sequence[AnyRow], facts: _SweepFacts) -> list[State]:
    """Return the state of each cell."""
    needed = (
        CellStages(
            shared=(*facts.dense[cell.train], cell.dense_evaluate),
            own=(*cell.rounds, cell.evaluate, *([] if cell.benchmark is None else [cell.benchmark])),
        )
        for cell in grid_cells
    )
    return list(cell_states(needed, {digest: State(row.state) for digest, row in facts.stages.items()}))
