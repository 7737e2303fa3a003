"""Algorithms as plans: schedules, what follows each round, fair budgets, compositions of one's own."""

import itertools
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan.algorithms import ALGORITHMS, SCHEDULES, sparsities
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.families import algorithms_of
from prunesweep.core.plan.grid_files import load_grid, stored_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.layer_rules import parse_rules
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.planned_cells import PlannedCell
from prunesweep.core.plan.pruning_work import long_prunings, row_operations
from prunesweep.core.plan.shapes import prunable_shapes
from prunesweep.core.plan.stages import PruneRound, Train, decode, encode, epochs_of
from tests.support.examples import examples


def planned(**axes: str) -> Plan:
    return plan(
        read_axes({"sparsity": "90", "epochs": "2", "iterations": "3", "dense_epochs": "8", **axes}, GRIDS["demo"])
    )


def rounds(made: Plan, cell: PlannedCell) -> list[PruneRound]:
    found = [made.stages[digest] for digest in cell.rounds]
    assert all(isinstance(stage, PruneRound) for stage in found)
    return found  # type: ignore[return-value]


def test_three_rounds_to_ninety_percent() -> None:
    assert sparsities(ALGORITHMS["iterative"], 0.9, 3) == pytest.approx((0.535841, 0.784557, 0.9), abs=1e-6)
    assert SCHEDULES["linear"](0.9, 3) == pytest.approx((0.3, 0.6, 0.9))
    assert SCHEDULES["cubic"](0.9, 3) == pytest.approx((0.9 * 19 / 27, 0.9 * 26 / 27, 0.9))
    assert all(schedule(0.9, 3)[-1] == 0.9 for schedule in SCHEDULES.values())


@given(
    sparsity=st.integers(1, 999).map(lambda n: n / 1000),
    count=st.integers(1, 20),
    name=st.sampled_from(sorted(SCHEDULES)),
)
def test_schedules_climb_to_exactly_what_was_asked(sparsity: float, count: int, name: str) -> None:
    steps = SCHEDULES[name](sparsity, count)
    assert steps[-1] == sparsity
    assert all(a < b for a, b in itertools.pairwise(steps))
    assert all(0 < step < 1 for step in steps)


@pytest.mark.parametrize("name", sorted(ALGORITHMS))
def test_every_algorithm_plans_and_its_stages_can_be_read_again(name: str) -> None:
    made = planned(algorithm=name)
    (cell,) = made.cells
    assert all(decode(text) == made.stages[digest] for digest, text in made.encoded.items())
    assert rounds(made, cell)[-1].sparsity == cell.cell.sparsity == (0.5 if name == "2:4" else 0.9)
    seen: set[str] = set()
    for digest, stage in made.stages.items():
        assert set(stage.parents) <= seen, "parents come before children"
        seen.add(digest)


def test_rewinding_trains_the_end_of_the_dense_schedule() -> None:
    made = planned(algorithm="lr-rewind,weight-rewind")
    for cell in made.cells:
        dense = made.stages[cell.train]
        assert isinstance(dense, Train)
        for stage in rounds(made, cell):
            assert (stage.epochs, stage.before, stage.after, stage.recipe) == (2, 6, 0, dense.recipe)
            if cell.cell.algorithm == "lr-rewind":
                assert stage.rewind == ""
                continue
            early = made.stages[stage.rewind]
            assert isinstance(early, Train)
            assert (early.epochs, early.after, early.seed) == (6, 2, dense.seed)
            assert dense.parent == stage.rewind, "the dense training goes on from there"
            assert (dense.before, dense.epochs, dense.after) == (6, 2, 0)


def test_a_ticket_goes_back_to_an_early_epoch_and_trains_the_rest() -> None:
    made = planned(algorithm="lottery,lottery-reinit,random@lottery", epochs="2,3")
    assert [(cell.cell.algorithm, cell.cell.epochs) for cell in made.cells] == [
        ("lottery", 7),
        ("lottery-reinit", 8),
        ("random@lottery", 7),
    ], "whatever --epochs says, the row says what was trained"
    ticket, fresh, random = (rounds(made, cell) for cell in made.cells)
    assert {(s.epochs, s.first_epoch, s.before, s.after) for s in (*ticket, *random)} == {(7, 1, 1, 0)}
    assert [stage.rewind for stage in ticket] == [made.cells[0].dense[0]] * 3
    assert fresh[:2] == ticket[:2], "the same mask"
    last, start = fresh[2], made.stages[fresh[2].rewind]
    assert (last.parent, last.sparsity, last.score) == (ticket[2].parent, ticket[2].sparsity, ticket[2].score)
    assert (last.epochs, last.first_epoch, last.before) == (8, 0, 0)
    assert isinstance(start, Train)
    assert (start.epochs, start.parent) == (0, "") and start.seed != last.seed
    # dense 8 once, tickets 3 x 7, the fresh one's last round, random tickets
    assert sum(map(epochs_of, made.stages.values())) == 8 + 21 + 8 + 21


@given(st.lists(st.sampled_from(sorted(ALGORITHMS)), min_size=1, max_size=4, unique=True), st.booleans())
@settings(max_examples=examples(30), deadline=None)
def test_no_dense_epoch_is_trained_twice(names: list[str], fair: bool) -> None:
    made = planned(algorithm=",".join(names), fair=str(fair).lower(), iterations="1,3")
    ends = [(stage.seed, stage.before, stage.epochs) for stage in made.stages.values() if isinstance(stage, Train)]
    spans = [(seed, at) for seed, before, epochs in ends for at in range(before, before + epochs)]
    assert len(spans) == len(set(spans)) == 8, "no dense epoch is trained twice"


@pytest.mark.parametrize(
    ("axes", "complaint"),
    [
        (
            {"algorithm": "lr-rewind", "epochs": "9"},
            "epochs '9': lr-rewind goes back at most the 8 epochs",
        ),
        ({"algorithm": "weight-rewind", "epochs": "2,50"}, "epochs '50': weight-rewind goes back at most the 8 epochs"),
        ({"algorithm": "lottery", "dense_epochs": "1"}, "algorithm 'lottery': goes back to epoch 1 of 1"),
        ({"algorithm": "uniform", "width": "2", "sparsity": "99.9"}, r"so at most 99\.5\d+% can go"),
    ],
)
def test_what_no_schedule_or_budget_allows_is_one_line(axes: dict[str, str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        planned(**axes)


def test_a_pruning_that_corrects_weights_is_a_stage_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "grid.toml"
    alone = '[algorithms.alone]\nscore = "sparsegpt"\nallocation = "uniform-all"\nrecovery = "none"\n'
    ticket = '[algorithms.ticket]\nscore = "sparsegpt"\nallocation = "uniform-all"\nrecovery = "ticket"\n'
    names = '["sparsegpt", "alone", "ticket", "wanda"]'
    file.write_text(f"algorithm = {names}\nsparsity = [90]\nepochs = [2]\ndense_epochs = 8\nwidth = 2\n{alone}{ticket}")
    made = plan(load_grid(str(file)))
    cells = {cell.cell.algorithm: cell for cell in made.cells}
    (tuned,), (plain,), (rewound,), (wanda,) = (rounds(made, cells[name]) for name in cells)
    assert (tuned.pruned, tuned.epochs, tuned.parents) == (cells["alone"].rounds[0], 2, (tuned.parent, tuned.pruned))
    assert (plain.pruned, plain.epochs, plain.parent) == ("", 0, tuned.parent)
    assert made.stages[rewound.pruned].parent == rewound.parent and rewound.rewind in rewound.parents
    assert not wanda.pruned and "pruned" not in encode(wanda)
    before = {name: made.stages[cell.evaluate].before for name, cell in cells.items()}
    assert before == {
        "sparsegpt": tuned.pruned,
        "alone": cells["alone"].rounds[0],
        "ticket": rewound.pruned,
        "wanda": wanda.parent,
    }
    assert made.stages[cells["alone"].evaluate].parents == cells["alone"].rounds
    dense = planned(algorithm="sparsegpt", sparsity="0")
    assert not any(getattr(stage, "pruned", "") for stage in dense.stages.values())


def test_masks_move_in_a_training_from_the_beginning_only(tmp_path: Path) -> None:
    made = planned(algorithm="static-erk,set,rigl", iterations="1")
    (static,), (by_chance,), (rigl,) = (rounds(made, cell) for cell in made.cells)
    assert "regrow" not in encode(static) and by_chance.regrow == "set:0.3@100"
    assert replace(rigl, regrow="") == static == replace(by_chance, regrow="")
    file = tmp_path / "grid.toml"
    own = '[algorithms.own]\nstart = "initial"\nrecovery = "{}"\nregrow = "rigl:0.50@20"\n'
    file.write_text(own.format("retrain"))
    assert load_grid(str(file)).algorithms[0].regrow == "rigl:0.5@20"
    file.write_text(own.format("retrain") + 'allocation = "channels"\n')
    with pytest.raises(UserError, match=r"own.allocation 'channels': weights grow one by one"):
        load_grid(str(file))
    file.write_text(own.format("finetune"))
    with pytest.raises(UserError, match=r"own.regrow 'rigl:0.5@20': masks move in a training from the beginning only"):
        load_grid(str(file))


def test_uniform_keeps_the_first_layer_dense_as_its_sources_do() -> None:
    made = planned(algorithm="uniform,uniform-all")
    assert [rounds(made, cell)[0].layers for cell in made.cells] == ["conv1.weight=dense", ""]
    own = planned(algorithm="uniform", layers="first=0.5,last=dense")
    assert rounds(own, own.cells[0])[0].layers == "conv1.weight=0.5,fc.weight=dense", "a rule of one's own counts more"


def test_pruning_before_training_has_the_same_budget() -> None:
    made = planned(algorithm="snip,oneshot")
    budgets = set()
    for cell in made.cells:
        (last,) = rounds(made, cell)
        start = made.stages[last.parent]
        assert isinstance(start, Train)
        budgets.add(start.epochs + last.epochs)
    assert budgets == {10}


def test_the_fair_grid_has_controls_of_equal_budget_for_paired_seeds() -> None:
    cells = GRIDS["fair"].cells()
    assert {cell.seed for cell in cells} == {0, 1, 2}
    for cell in cells:
        if cell.algorithm == "iterative":
            total = cell.epochs * cell.iterations
            for control in ("oneshot", "random", "layer-random"):
                assert Cell(control, cell.sparsity, total, 1, cell.seed) in cells
            assert Cell("iterative-one-schedule", cell.sparsity, cell.epochs, cell.iterations, cell.seed) in cells
            assert Cell("oneshot", 0.0, total, 1, cell.seed) in cells, "the dense network with equal training"
    assert len(cells) == 3 * (3 * 5 + 1)


def test_fair_adds_the_controls_that_exist_and_no_others() -> None:
    axes = {"sparsity": "0,90", "epochs": "4", "iterations": "3", "dense_epochs": "10", "fair": "true"}
    names = "oneshot,snip,lr-rewind,lottery,gradual,2:4"
    cells = read_axes({**axes, "algorithm": names}, GRIDS["demo"]).cells()
    dense = {(cell.algorithm, cell.epochs, cell.iterations) for cell in cells if cell.sparsity == 0}
    assert dense >= {("oneshot", 4, 1), ("oneshot", 12, 1), ("snip", 4, 1)}, "each recovery has its own"
    assert ("random", 12, 1) not in dense
    assert ("lr-rewind", 12, 1) not in {(cell.algorithm, cell.epochs, cell.iterations) for cell in cells}, "10 is all"
    assert Cell("2:4", 0.5, 4, 1, 0) in cells
    assert {Cell("lottery-reinit", 0.9, 10, 3, 0), Cell("random@lottery", 0.9, 9, 3, 0)} < set(cells)
    assert len(cells) == len(set(cells))


@settings(max_examples=examples(40), deadline=None)
@given(name=st.sampled_from(sorted(ALGORITHMS)), epochs=st.integers(0, 3), iterations=st.integers(1, 4))
def test_sparsity_0_is_one_training_whatever_would_choose(name: str, epochs: int, iterations: int) -> None:
    made = planned(algorithm=name, sparsity="0", epochs=str(epochs), iterations=str(iterations))
    (cell,) = made.cells
    for stage in rounds(made, cell):
        assert (stage.sparsity, stage.score, stage.allocation) == (0.0, "magnitude", "global")


def test_one_schedule_falls_once_over_all_rounds() -> None:
    made = planned(algorithm="iterative,iterative-one-schedule,oneshot", epochs="2", iterations="3")
    each, once, _ = ([(s.before, s.epochs, s.after) for s in rounds(made, cell)] for cell in made.cells)
    assert each == [(0, 2, 0)] * 3
    assert once == [(0, 2, 4), (2, 2, 2), (4, 2, 0)]
    assert {tuple(s.sparsity for s in rounds(made, cell)) for cell in made.cells[:2]} == {
        sparsities(ALGORITHMS["iterative"], 0.9, 3)
    }
    assert [[s.first_epoch for s in rounds(made, cell)] for cell in made.cells] == [[8, 10, 12], [8, 10, 12], [8]]


def test_iterative_with_one_round_is_one_shot() -> None:
    made = planned(algorithm="oneshot,iterative,gradual,iterative-one-schedule", iterations="1")
    assert len({cell.rounds for cell in made.cells}) == 1


def test_a_composition_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "grid.toml"
    file.write_text(
        'base = "demo"\nalgorithm = ["oneshot", "mine"]\n'
        '[algorithms.mine]\nscore = "taylor"\nallocation = "erk"\nschedule = "cubic"\nrecovery = "none"\n'
    )
    made = plan(load_grid(str(file)))
    mine = [cell for cell in made.cells if cell.cell.algorithm == "mine"]
    assert {cell.cell.iterations for cell in mine} == {2, 3}
    for cell in mine:
        assert cell.cell.epochs == 0
        assert {(stage.score, stage.allocation, stage.epochs) for stage in rounds(made, cell)} == {("taylor", "erk", 0)}
    text = encode(rounds(made, mine[0])[0])
    assert '"taylor"' in text


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ('[algorithms.mine]\nscore = "guess"', r"algorithms.mine.score 'guess'"),
        ('[algorithms.mine]\nscor = "random"', "did you mean"),
        ('[algorithms.oneshot]\nscore = "random"', "is a built-in algorithm"),
        ("[algorithms]\nmine = 1", "write a table"),
        ('[algorithms."a b"]\nscore = "random"', "use 1-64 letters"),
        ('algorithm = "mine"', "algorithm 'mine'"),
        ('[algorithms.mine]\nanneal = "twice"', r"algorithms.mine.anneal 'twice'"),
        ("[algorithms.mine]\nrewind = 3", r"algorithms.mine.rewind '3': only ticket and fresh-ticket go back"),
        ('[algorithms.mine]\nrecovery = "ticket"\nrewind = "x"', r"algorithms.mine.rewind 'x': give a whole number"),
        (
            '[algorithms.mine]\nanneal = "once"\nrecovery = "none"',
            r"algorithms.mine.anneal 'once': the recovery none has no learning-rate schedule",
        ),
    ],
)
def test_a_bad_composition_is_one_line(tmp_path: Path, table: str, complaint: str) -> None:
    file = tmp_path / "grid.toml"
    file.write_text(f'base = "demo"\n{table}\n')
    with pytest.raises(UserError, match=complaint):
        load_grid(str(file))


def test_a_sweep_keeps_its_own_algorithm_whose_name_was_built_in_later(tmp_path: Path) -> None:
    """A ledger's grid means what it meant: the same stages, whatever the program calls so today."""
    file = tmp_path / "grid.toml"
    axes = 'base = "demo"\nsparsity = 50\nepochs = 1\nrounds = 2\nalgorithm = ["NAME", "random@NAME"]\n'
    own = '[algorithms.NAME]\nschedule = "geometric"\n'
    file.write_text((axes + own).replace("NAME", "slim"))
    before = load_grid(str(file))
    kept = json.loads(json.dumps(asdict(before)).replace("slim", "network-slimming"))
    grid = stored_grid(kept)
    assert grid.algorithm == ("network-slimming", "random@network-slimming")
    assert grid.named("network-slimming") == replace(before.named("slim"), name="network-slimming")
    assert algorithms_of(kept)["network-slimming"] == grid.named("network-slimming")
    assert plan(grid).stages.keys() == plan(before).stages.keys()
    more = read_axes({"sparsity": "50,80"}, grid)
    assert more.named("network-slimming").schedule == "geometric"
    file.write_text((axes + own).replace("NAME", "network-slimming"))
    with pytest.raises(UserError, match="is a built-in algorithm; choose another name"):
        load_grid(str(file))


def test_prunings_that_take_hours_are_said_before_they_begin(tmp_path: Path) -> None:
    wide = read_axes({"algorithm": "oneshot,obc", "model": "resnet18", "width": "64"}, GRIDS["demo"])
    shapes = prunable_shapes(ModelRef("resnet18", 64, 10))
    (line,) = long_prunings(wide, shapes)
    assert line.startswith("obc: each pruning takes about 1.7e+14 operations, 30 % in layer4.0.conv2.weight: some 46 h")
    assert row_operations((64, 64, 3, 3)) == 64 * 576**3
    ruled = replace(wide, layers=parse_rules("layer4.0.*=dense,layer4.1.conv1*=exempt,layer3*=0.5"))
    (less,) = long_prunings(ruled, shapes)
    assert "% in layer4.1.conv2.weight: some 17 h" in less
    assert not list(long_prunings(replace(wide, layers=parse_rules("layer*=dense")), shapes))
    assert not list(long_prunings(replace(wide, width=16), prunable_shapes(ModelRef("resnet18", 16, 10))))
    assert not list(long_prunings(replace(wide, algorithm=("oneshot", "sparsegpt")), shapes))
    assert not list(long_prunings(replace(wide, sparsity=(0.0,)), shapes)) and not list(long_prunings(wide, None))
    file = tmp_path / "own.toml"
    own = '[algorithms.own]\nscore = "obc"\n'
    file.write_text(f'base = "demo"\nalgorithm = ["magnitude@own", "wanda@own"]\n{own}')
    (line,) = long_prunings(load_grid(str(file)), shapes)
    assert line.startswith("own: each pruning"), "its own masks say how many weights its controls keep"
