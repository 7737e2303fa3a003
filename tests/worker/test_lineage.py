"""What cells of one seed see, image by image, at equal points of their training, whatever rounds it is spent in."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.planned_cells import PlannedCell
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import encode
from prunesweep.core.settings import load_settings
from prunesweep.core.training import loop
from prunesweep.core.training.batches import BatchDraws
from prunesweep.worker.protocol import Request
from prunesweep.worker.trainer.context import TrainerContext
from prunesweep.worker.trainer.stages import run_stage
from tests.support.digits import put_digits
from tests.support.few_images import FewImages

DENSE, ROUNDS = 4, 3
CELLS = (
    ("oneshot", 3, 0.0),
    ("oneshot", 3, 0.6),
    ("snip", 3, 0.6),
    ("iterative", 1, 0.6),
    ("iterative", 3, 0.6),
    ("iterative-one-schedule", 1, 0.6),
    ("gradual", 1, 0.6),
    ("lr-rewind", 1, 0.6),
    ("weight-rewind", 1, 0.6),
    ("lottery", DENSE - 1, 0.6),
    ("lottery-reinit", DENSE, 0.6),
)
"""Algorithm, epochs and sparsity of the cells that are looked at; no other stage is run."""
Seen = dict[str, list[BatchDraws]]


def _recipe(folder: Path) -> str:
    """All that varies images is on, in both parts; fine-tuning has other batches."""
    lines = ["version = 1"]
    for part, batch in (("dense", 16), ("finetune", 32)):
        recipe = replace(load_recipe("digits").dense, batch=batch, lr=1e-4, flip="alternating", translate=1, cutout=2)
        values = {
            key: value
            for key, value in vars(recipe).items()
            if key not in ("name", "version") and not key.startswith("distill")
        }
        lines += [f"[{part}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    file = folder / "varied.toml"
    file.write_text("\n".join(lines))
    return str(file)


_NETWORK = """
from torch import nn


def net(num_classes):
    return nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(196, num_classes))
"""
"""What is shown does not depend on the network: a small one."""


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("networks")
    (folder / "small.py").write_text(_NETWORK)
    return folder


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, networks: Path) -> Plan:
    common = {"sparsity": "0,60", "iterations": str(ROUNDS), "dense_epochs": str(DENSE)}
    common["model"] = f"{networks}/small.py:net"
    common |= {"recipe": _recipe(tmp_path_factory.mktemp("recipe")), "bench_device": "none", "epochs": "1,3"}
    names = dict.fromkeys(name for name, _, _ in CELLS)
    return plan(read_axes({**common, "algorithm": ",".join(names)}, GRIDS["demo"]))


@pytest.fixture(scope="module")
def seen(planned: Plan, networks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Runs the trainings and prunings of the cells; what each showed its network, epoch by epoch."""
    shown: list[BatchDraws] = []
    original = loop.draw

    def look(*arguments: object) -> BatchDraws:
        shown.append(original(*arguments))  # type: ignore[arg-type]
        return shown[-1]

    threads = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "draw", look)
        patch.setenv("SWEEP_NETWORKS", str(networks))
        settings = load_settings({"SWEEP_HOME": str(tmp_path_factory.mktemp("home")), "SWEEP_THREADS": "1"})
        put_digits(settings.home)
        store = ArtifactStore.open("", settings.home)
        bench = FewImages(torch.device("cpu"), settings, store, lambda _: None, cores=1)
        yield dict(_run(planned, bench, shown))
    torch.set_num_threads(threads)


def _run(planned: Plan, bench: TrainerContext, shown: list[BatchDraws]) -> Iterator[tuple[str, list[BatchDraws]]]:
    made: dict[str, str] = {}
    needed = _needed(planned)
    for digest, stage in planned.stages.items():
        if digest in needed:
            shown.clear()
            inputs = {parent: made[parent] for parent in stage.parents}
            made[digest] = run_stage(bench, Request(digest, 1, encode(stage), inputs, "")).artifact
            yield digest, list(shown)


def _needed(planned: Plan) -> set[str]:
    """Digests of these cells' trainings and prunings, and of all that they are made from."""
    needed: set[str] = set()
    rest = [digest for cell in CELLS for digest in _cell(planned, *cell).rounds]
    while rest:
        digest = rest.pop()
        if digest not in needed:
            needed.add(digest)
            rest += planned.stages[digest].parents
    return needed


def _cell(planned: Plan, algorithm: str, epochs: int, sparsity: float = 0.6) -> PlannedCell:
    wanted = (algorithm, epochs, sparsity)
    return next(c for c in planned.cells if (c.cell.algorithm, c.cell.epochs, c.cell.sparsity) == wanted)


def _dense(planned: Plan, seen: Seen) -> list[BatchDraws]:
    """In as many stages as tickets need."""
    return [draws for digest in planned.cells[0].dense for draws in seen[digest]]


def _life(seen: Seen, cell: PlannedCell) -> list[BatchDraws]:
    return [draws for digest in cell.rounds for draws in seen[digest]]


def _equal(some: list[BatchDraws], others: list[BatchDraws]) -> bool:
    """Index, shift, side and hole of every image, in order."""
    pairs = itertools.zip_longest(some, others)
    return all(all(torch.equal(vars(a)[name], vars(b)[name]) for name in vars(a)) for a, b in pairs)


def _sides(draws: BatchDraws) -> torch.Tensor:
    """Which side each image shows, by its index."""
    return draws.mirrored[draws.index.argsort()]


def test_cells_of_one_seed_see_the_same_images_at_the_same_point_of_their_training(planned: Plan, seen: Seen) -> None:
    dense = _dense(planned, seen)
    whole = _life(seen, _cell(planned, "oneshot", 3))
    assert (len(dense), len(whole)) == (DENSE, 3)
    for name in ("iterative", "iterative-one-schedule", "gradual", "lr-rewind"):
        assert _equal(_life(seen, _cell(planned, name, 1)), whole), name
    # A pruned initial network begins its life with what the dense one saw, then goes on as a fine-tuned one does.
    assert _equal(_life(seen, _cell(planned, "snip", 3)), dense + whole)
    # Rewound weights are the dense network of an earlier epoch again, in each round.
    for cell in (_cell(planned, "weight-rewind", 1), _cell(planned, "lottery", DENSE - 1)):
        for digest in cell.rounds:
            assert len(seen[digest]) == cell.cell.epochs
            assert _equal(seen[digest], dense[DENSE - cell.cell.epochs :])
    assert _equal(seen[_cell(planned, "lottery-reinit", DENSE).rounds[-1]], dense)
    assert _equal(_life(seen, _cell(planned, "oneshot", 3, 0.0)), whole)


def test_every_image_shows_its_other_side_in_the_next_epoch(planned: Plan, seen: Seen) -> None:
    dense = _dense(planned, seen)
    for name, epochs in (("oneshot", 3), ("iterative", 1), ("lr-rewind", 1)):
        life = [*dense, *_life(seen, _cell(planned, name, epochs))]
        assert len(life) == DENSE + 3
        assert all(torch.equal(_sides(a), ~_sides(b)) for a, b in itertools.pairwise(life)), name


def test_no_two_epochs_of_a_life_are_alike(planned: Plan, seen: Seen) -> None:
    life = [*_dense(planned, seen), *_life(seen, _cell(planned, "iterative", 3))]
    assert len(life) == DENSE + 9
    assert not any(torch.equal(a.index, b.index) for a, b in itertools.combinations(life, 2))
