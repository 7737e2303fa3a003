"""The Python API."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

import prunesweep
from core.errors import StageError, UserError


def test_submit_wait_results(home: Path, ledger: Engine, work: Callable[..., int]) -> None:
    name = prunesweep.submit(grid="demo", name="first", sparsity=[0.5, "90%"], seeds=0)
    assert name == "first"
    with pytest.raises(TimeoutError, match="sweep first has not ended within 0 s"):
        prunesweep.wait(name, timeout=0)
    done = work()
    assert prunesweep.wait(name)["DONE"] == done
    rows = prunesweep.results(name)
    assert {row["sparsity"] for row in rows} == {0.5, 0.9}
    assert rows[0]["top1"] == 0.9
    assert prunesweep.results() == rows


def test_errors_are_the_command_lines(home: Path) -> None:
    with pytest.raises(UserError, match="sparsity '150'"):
        prunesweep.submit(sparsity=150)
    with pytest.raises(UserError, match="unknown"):
        prunesweep.submit(grid="demo", sparsty=50)
    with pytest.raises(UserError, match="no ledger yet"):
        prunesweep.results()
    assert not home.exists()


def test_load_reads_the_weights_without_the_masks(home: Path) -> None:
    import numpy
    import torch

    from core.artifacts.checkpoint import Checkpoint, pack
    from core.artifacts.store import ArtifactStore

    weights = {"conv1.weight": torch.tensor([[0.0, 1.5]]), "bn1.num_batches_tracked": torch.tensor(3)}
    packed = pack(Checkpoint(weights, {"conv1.weight": torch.tensor([[False, True]])}, {}))
    name, _ = ArtifactStore.open("", home).put(packed)
    loaded = prunesweep.load(name)
    assert sorted(loaded) == ["bn1.num_batches_tracked", "conv1.weight"]
    assert loaded["conv1.weight"].dtype == numpy.float32
    assert loaded["conv1.weight"].tolist() == [[0.0, 1.5]]
    with pytest.raises(StageError, match="is not in the store"):
        prunesweep.load("0" * 64)
