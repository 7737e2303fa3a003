"""`sweep verify`: damage is found and named, and repaired by running stages again. Real checkpoints, untrained."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy import Engine, delete, update

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.ledger.db.schema import results, stages
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.plan.stages import Evaluate, PruneRound, Train, decode
from prunesweep.core.pruning.masks import apply_masks, count_nonzero
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model
from tests.support.jobs import answer_here

Sweep = Callable[..., Any]
GRID = ("--grid", "demo", "--sparsity", "50", "--algorithm", "oneshot", "--epochs", "1", "--width", "2")


@dataclass
class Floor:
    """Does stages as a worker would, without the training. seed: of the weights, to have others."""

    ledger: Engine
    store: ArtifactStore
    home: Path
    seed: int = 0

    def work(self) -> int:
        done = 0
        while ready := due(self.ledger, "cpu", 100, 0.0):
            for digest in ready:
                self._do(digest)
                done += 1
        return done

    def _do(self, digest: str) -> None:
        held = claim(self.ledger, digest, "host:1", "cpu", "cpu", 60.0)
        assert held is not None
        stage = decode(held.spec)
        artifact, size, result = "", 0, {}
        model = build_model(stage.model, self.seed)
        sparsity = stage.sparsity if isinstance(stage, PruneRound) else 0.5
        pruned = isinstance(stage, PruneRound) or (isinstance(stage, Evaluate) and stage.before)
        masks = prune(Subject(model, {}), "magnitude", "global", sparsity) if pruned else {}
        apply_masks(model, masks)
        nonzero, total = count_nonzero(model)
        if isinstance(stage, Train | PruneRound):
            meta = {"stage": digest, "model": "resnet18", "width": str(stage.model.width)}
            meta["classes"] = str(stage.model.classes)
            artifact, size = self.store.put(pack(Checkpoint(model.state_dict(), masks, meta)))
        else:
            facts: dict[str, Any] = {
                "top1": 0.9,
                "top1_before": None,
                "top1_bn": None,
                "collapsed": 0,
                "majority": 0.1,
                "loss": 0.1,
                "images": 9,
                "macs": 1,
                "macs_dense": 2,
            }
            counts = {"nonzero_counted": nonzero, "total_counted": total, "params_nonzero": nonzero, "params": total}
            facts |= {"top5": None, "layers": [], "device": "cpu"}
            result = {**facts, **counts, "nonzero": nonzero, "total": total}
        complete(
            self.ledger,
            digest,
            held.attempt,
            artifact=artifact,
            artifact_bytes=size,
            train_seconds=1.0,
            summary={"nonzero": nonzero, "total": total} if artifact else {},
            result=result,
            log="",
        )

    def artifacts(self) -> dict[str, tuple[str, Path]]:
        """Kind → (digest, file) of the one stage of that kind."""
        with self.ledger.connect() as connection:
            rows = connection.execute(
                stages.select().where(stages.c.artifact.is_not(None), stages.c.state == "DONE")
            ).all()
        folder = self.home / "artifacts" / "sha256"
        return {row.kind: (row.digest, folder / row.artifact[:2] / row.artifact) for row in rows}

    def states(self) -> dict[str, list[str]]:
        with self.ledger.connect() as connection:
            rows = connection.execute(stages.select().order_by(stages.c.kind, stages.c.state)).all()
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row.kind, []).append(row.state)
        return found


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_here(monkeypatch)


ALL_DONE = {"evaluate": ["DONE", "DONE"], "prune": ["DONE"], "train": ["DONE"]}


@pytest.fixture
def floor(sweep: Sweep, ledger: Engine, home: Path, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """A sweep of one cell, done."""
    monkeypatch.setenv("SWEEP_THREADS", "1")
    torch.set_num_threads(1)
    floor = Floor(ledger, ArtifactStore.open("", home), home)
    assert sweep("submit", *GRID, "--bench-device", "none", "--name", "mine").code == 0
    assert floor.work() == 4
    assert floor.states() == ALL_DONE
    return floor


def test_all_well_is_said(here: None, sweep: Sweep, floor: Floor) -> None:
    sizes = sum(file.stat().st_size for _, file in floor.artifacts().values())
    ran = sweep("verify", "mine")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"2 artifacts and 0 saved states, {sizes / 1000:.1f} kB: all well\n"


def test_json(here: None, sweep: Sweep, floor: Floor) -> None:
    found = json.loads(sweep("verify", "--json").out)
    sizes = sum(file.stat().st_size for _, file in floor.artifacts().values())
    assert found == {"artifacts": 2, "snapshots": 0, "bytes": sizes, "findings": [], "rules": [], "repair": None}


def test_damage_is_named_and_repaired(here: None, sweep: Sweep, floor: Floor) -> None:
    before = floor.artifacts()
    (train, dense), (prune_, pruned) = before["train"], before["prune"]
    dense.unlink()
    pruned.write_bytes(pruned.read_bytes()[:-1] + b"?")
    ran = sweep("verify")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0].startswith(
        f"{train[:12]}  train · 10 epochs · seed 0: missing: artifact {dense.name[:12]} is not in"
    )
    assert lines[1].startswith(f"{prune_[:12]}  prune 1 → 50 % · 1 epoch · seed 0: wrong hash: artifact ")
    assert lines[2].endswith(": 2 wrong")
    assert lines[3] == "run them again: sweep verify --repair"
    assert floor.states() == ALL_DONE

    ran = sweep("verify", "mine", "--repair")
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "2 stages run again, 1 ready now"
    assert floor.states() == {"evaluate": ["DONE", "DONE"], "prune": ["PENDING"], "train": ["READY"]}
    assert floor.work() == 2
    assert floor.artifacts() == before
    assert sweep("verify").code == 0


def test_another_network_is_evaluated_again(here: None, sweep: Sweep, floor: Floor) -> None:
    floor.artifacts()["train"][1].unlink()
    body = json.loads(sweep("verify", "--repair", "--json").out)
    assert [finding["what"] for finding in body["findings"]] == ["missing"]
    assert len(body["repair"]["ready"]) == 1
    floor.seed = 1
    assert floor.work() == 4
    assert floor.states() == ALL_DONE
    assert sweep("verify").code == 0


def test_rows_that_say_something_else(here: None, sweep: Sweep, floor: Floor) -> None:
    """The artifact is sound: its own stage writes its row again, an evaluation is made again."""
    with floor.ledger.begin() as connection:
        wrong = update(stages).where(stages.c.kind == "train").values(summary={"nonzero": 1, "total": 2})
        connection.execute(wrong)
        connection.execute(update(results).values(nonzero=results.c.nonzero - 1))
    ran = sweep("verify", "--repair")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0].endswith("weights are not zero, the ledger says 1 of 2")
    assert [": wrong count: " in line for line in lines[:3]] == [True] * 3
    assert [line.split()[1] for line in lines[:3]] == ["train", "evaluate", "evaluate"]
    assert lines[-1] == "3 stages run again, 1 ready now"
    assert floor.work() == 3
    assert sweep("verify").code == 0


def test_a_ledger_that_breaks_its_own_rules(here: None, sweep: Sweep, floor: Floor) -> None:
    """Somebody deleted rows; the artifacts are sound."""
    with floor.ledger.begin() as connection:
        connection.execute(delete(results))
    ran = sweep("verify", "mine")
    assert ran.code == 1
    told, artifacts = ran.out.splitlines()
    assert told.startswith("ledger breaks its rule: a DONE stage has its result: ")
    assert told.endswith("sweep verify --repair runs them again")
    assert artifacts.endswith(": all well")
    (rule,) = json.loads(sweep("verify", "--json").out)["rules"]
    assert [digest[:12] in told for digest in rule["digests"]] == [True] * 2
    assert sweep("verify", "--repair").out.splitlines()[-1] == "2 stages run again, 2 ready now"
    assert floor.work() == 2
    assert (sweep("verify").code, floor.states()) == (0, ALL_DONE)


def test_saved_states_are_looked_at_and_forgotten_when_bad(here: None, sweep: Sweep, floor: Floor) -> None:
    sweep("submit", *GRID, "--seeds", "1", "--bench-device", "none", "--name", "second")
    [digest] = due(floor.ledger, "cpu", 1, 0.0)
    held = claim(floor.ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    name, size = floor.store.put(b"a saved state")
    where = {"artifact": name, "artifact_bytes": size, "epoch": 1, "step": 0}
    record_snapshot(floor.ledger, digest, held.attempt, **where)
    assert sweep("verify", "second").out == "0 artifacts and 1 saved state, 13 B: all well\n"
    (floor.home / "artifacts" / "sha256" / name[:2] / name).write_bytes(b"a shaved state")
    ran = sweep("verify", "--repair")
    assert ran.code == 1
    assert ran.out.startswith(f"saved state {digest[:12]}  train · 10 epochs · seed 1: wrong hash: ")
    assert ran.out.endswith("1 saved state forgotten: its stage starts at the beginning\n")
    assert sweep("verify", "second").out == "0 artifacts and 0 saved states, 0 B: all well\n"


def test_unknown_sweep_and_store_that_cannot_be_used(
    here: None, sweep: Sweep, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweep("verify", "mien").complaint.startswith("sweep: sweep 'mien': unknown; did you mean \"mine\"?")
    monkeypatch.setenv("SWEEP_ARTIFACTS_URL", "ftp://host/x")
    ran = sweep("verify", "mine")
    assert ran.code == 2
    assert ran.complaint.startswith("sweep: SWEEP_ARTIFACTS_URL 'ftp://host/x': use file:///FOLDER")


def test_an_export_that_fails_leaves_no_folder(here: None, sweep: Sweep, floor: Floor, tmp_path: Path) -> None:
    for _, file in floor.artifacts().values():
        file.write_bytes(b"damaged")
    ran = sweep("export", "mine", tmp_path / "new" / "models")
    assert ran.code == 1
    assert "has a wrong hash" in ran.err
    assert not (tmp_path / "new").exists()
    (tmp_path / "there").mkdir()
    sweep("export", "mine", tmp_path / "there")
    assert (tmp_path / "there").exists()
