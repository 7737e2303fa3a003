"""Which dense network a cell is measured against."""

from types import SimpleNamespace
from typing import Any

from prunesweep.core.ledger.queries.controls import references


def _cells(*grid_points: tuple[str, float, int, int, int]) -> list[Any]:
    """(algorithm, sparsity, epochs, iterations, seed) each; digests named by position."""
    names = ("algorithm", "sparsity", "epochs", "iterations", "seed")
    return [
        SimpleNamespace(**dict(zip(names, at, strict=True)), position=n, evaluate=f"own{n}", dense_evaluate="dense")
        for n, at in enumerate(grid_points, 1)
    ]


def _named(cells: list[Any], grid: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    found = references(cells, grid or {})
    return [(found[cell.position].name, found[cell.position].evaluate) for cell in cells]


def test_the_reference_trained_as_long_with_the_same_recovery() -> None:
    cells = _cells(
        ("oneshot", 0.0, 9, 1, 0),
        ("oneshot", 0.0, 3, 1, 0),
        ("iterative", 0.9, 3, 3, 0),
        ("oneshot", 0.9, 3, 1, 0),
        ("random", 0.9, 9, 1, 0),
        ("gradual", 0.5, 1, 9, 0),
        ("snip", 0.9, 9, 1, 0),
        ("lr-rewind", 0.9, 3, 3, 0),
        ("lottery", 0.9, 3, 3, 0),
        ("iterative", 0.9, 3, 3, 1),
        ("iterative", 0.9, 2, 3, 0),
    )
    nine, three, plain = ("dense + 9 epochs", "own1"), ("dense + 3 epochs", "own2"), ("dense", "dense")
    expected = [plain, plain, nine, three, nine, nine, plain, plain, plain, plain, plain]
    assert _named(cells) == expected, "another recovery, seed or total is no reference; a control has none"


def test_of_several_the_one_with_the_same_rounds_and_schedule_comes_first() -> None:
    cells = _cells(
        ("oneshot", 0.0, 9, 1, 0),
        ("iterative", 0.0, 3, 3, 0),
        ("mine", 0.9, 3, 3, 0),
        ("iterative-one-schedule", 0.9, 3, 3, 0),
        ("iterative", 0.9, 1, 9, 0),
        ("gone", 0.9, 9, 1, 0),
    )
    own = {"name": "mine", "score": "taylor", "schedule": "linear"}
    nine = ("dense + 9 epochs", "own1")
    assert _named(cells, {"algorithms": [own]})[2:] == [
        ("dense + 3 × 3 epochs", "own2"),
        nine,
        nine,
        ("dense", "dense"),
    ]
