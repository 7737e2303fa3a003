"""Every kind of failure: what is said of it works when it is followed to the letter."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.plan.recipes import recipe_names
from prunesweep.core.plan.stages import Train
from prunesweep.core.settings import load_settings
from prunesweep.worker.trainer.context import TrainerContext
from tests.images.conftest import make_folder
from tests.orchestrator.conftest import Ran, home, sweep
from tests.support.few_images import FewImages
from tests.support.jobs import answer_here
from tests.support.worker_here import work_here

__all__ = ["home", "make_folder", "sweep"]
Sweep = Callable[..., Ran]
SMALL = ("--sparsity", "50", "--algorithm", "oneshot", "--epochs", "0", "--dense-epochs", "1", "--width", "1")
GRID = (*SMALL, "--grid", "demo", "--bench-device", "none")
SCORE = "def score(weight):\n    return weight.abs()\n"


@dataclass
class Bench:
    """A worker without its processes: claims what is ready and runs it with the trainer's own code."""

    engine: Engine
    epochs: list[object] = field(default_factory=list)
    kind: type[TrainerContext] = FewImages

    def work(self) -> None:
        work_here(self.engine, load_settings(), self.epochs.append, self.kind)

    def states(self) -> set[str]:
        with self.engine.connect() as connection:
            return set(connection.execute(select(stages.c.state)).scalars())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: packing the digits takes longer than training on them."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def bench(home: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    home.mkdir()
    monkeypatch.setenv("SWEEP_DATA_DIR", str(data))
    return Bench(open_ledger(load_settings()))


def _swap_byte(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def _failed(sweep: Sweep, *words: str) -> str:
    """The status of a sweep with failures; it says these words."""
    status = sweep("status")
    for word in words:
        assert word in status.out, status.out
    return status.out


def test_a_folder_that_changed_is_put_back_or_submitted_under_another_name(
    bench: Bench, sweep: Sweep, make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_folder()
    grid = (*GRID, "--dataset", f"imagefolder:{folder}")
    assert sweep("submit", *grid, "--name", "first").code == 0
    shutil.copytree(folder, tmp_path / "kept")
    _swap_byte(folder / "train" / "cat" / "0.bmp")
    bench.work()
    _failed(sweep, "sweep retry first", "holds other images")
    other = sweep("submit", *grid, "--name", "first")
    assert other.complaint.endswith("choose another name: what both need is done once")
    assert sweep("submit", *grid, "--name", "second").code == 0
    bench.work()
    assert "second: done" in sweep("status", "second").out
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "kept", folder)
    assert sweep("retry", "first").err == ""
    bench.work()
    assert bench.states() == {"DONE"}


def test_images_that_are_not_on_this_machine_are_named_and_nothing_is_trained_twice(
    bench: Bench, sweep: Sweep, make_folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder(seed=1)  # not yet packed by another test
    grid = (*GRID, "--dataset", f"imagefolder:{folder}", "--name", "first")
    sweep("submit", *grid)
    (tmp_path / "mnt").mkdir()
    folder.rename(tmp_path / "mnt" / "flowers")
    bench.work()
    _failed(sweep, "is not there", "sweep retry first")
    monkeypatch.setenv("SWEEP_IMAGEFOLDERS", str(tmp_path / "mnt"))
    sweep("retry", "first")
    bench.work()
    assert bench.states() == {"DONE"}
    moved = sweep("submit", *GRID, "--dataset", f"imagefolder:{tmp_path}/mnt/flowers", "--name", "first")
    assert "(0 new, 4 done already)" in moved.out
    assert f"imagefolder:{tmp_path}/mnt/flowers" in sweep("report", "first", "--format", "csv").out


def test_an_own_score_that_is_missing_is_put_there(
    bench: Bench, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = tmp_path / "scores"
    scores.mkdir()
    (scores / "mine.py").write_text(SCORE)
    grid = tmp_path / "grid.toml"
    grid.write_text(f'base = "demo"\nalgorithm = "own"\n[algorithms.own]\nscore = "{scores}/mine.py"\n')
    axes = ("--sparsity", "50", "--epochs", "0", "--dense-epochs", "1", "--width", "1", "--bench-device", "none")
    assert sweep("submit", "--grid", grid, *axes, "--name", "own").code == 0
    bench.work()
    _failed(sweep, "set SWEEP_SCORES to the folder of mine.py", "sweep retry own")
    monkeypatch.setenv("SWEEP_SCORES", str(scores))
    sweep("retry")
    bench.work()
    assert bench.states() == {"DONE"}


def test_a_damaged_artifact_is_repaired(
    bench: Bench, sweep: Sweep, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_here(monkeypatch)
    sweep("submit", *GRID, "--name", "one")
    bench.work()
    assert bench.states() == {"DONE"}
    for file in (home / "artifacts" / "sha256").glob("*/*"):
        file.unlink()
    sweep("submit", *GRID, "--sparsity", "75", "--name", "two")
    bench.work()
    _failed(sweep, "is not in the store", "sweep verify --repair two")
    told = sweep("retry", "two")
    assert "note: a retry alone does not help 1 stage" in told.err
    assert "sweep verify --repair two" in told.err
    bench.work()
    assert sweep("verify", "--repair", "two").code in (0, 1)
    bench.work()
    assert "two: done" in sweep("status", "two").out


def test_a_loss_that_is_not_finite_needs_another_recipe(bench: Bench, sweep: Sweep, tmp_path: Path) -> None:
    import prunesweep.core.plan.recipes

    assert "digits" in recipe_names()
    text = (Path(prunesweep.core.plan.recipes.__file__).parent / "recipe_files" / "digits.toml").read_text()
    lines = ["lr = 1000" if line.startswith("lr =") else line for line in text.splitlines()]
    (tmp_path / "hot.toml").write_text("\n".join(lines))
    (tmp_path / "mild.toml").write_text(text)
    bench.kind = TrainerContext  # few images are one batch, after which no loss is taken
    sweep("submit", *GRID, "--recipe", tmp_path / "hot.toml", "--name", "hot")
    bench.work()
    _failed(sweep, "is not finite", "submit it under another name (--name)")
    assert "it would fail again" in sweep("retry", "hot").err
    assert sweep("submit", *GRID, "--recipe", tmp_path / "mild.toml", "--name", "mild").code == 0
    bench.work()
    assert "mild: done" in sweep("status", "mild").out


def test_a_stage_of_another_release_is_submitted_under_another_name(
    bench: Bench, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(Train, "code", 1)
        sweep("submit", *GRID, "--name", "old")
    bench.work()
    _failed(sweep, "a train stage of another code version")
    again = sweep("submit", *GRID, "--name", "old")
    assert again.complaint.endswith("choose another name: what both need is done once")
    assert sweep("submit", *GRID, "--name", "new").code == 0
    bench.work()
    assert "new: done" in sweep("status", "new").out


@pytest.mark.parametrize("error", [MemoryError("too little"), OSError("the store is away")])
def test_what_was_quarantined_goes_on_once_its_cause_is_gone(
    bench: Bench, sweep: Sweep, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object) -> object:
        raise error

    sweep("submit", *GRID, "--name", "poor")
    with monkeypatch.context() as poor:
        poor.setattr("prunesweep.worker.trainer.stages.run_train", broken)
        bench.work()
    _failed(sweep, "quarantined", "the log shows how it ended; fix the cause, then: sweep retry poor")
    sweep("retry", "poor")
    bench.work()
    assert bench.states() == {"DONE"}
