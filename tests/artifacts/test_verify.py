"""What an artifact is checked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
from prunesweep.core.artifacts.location import RetryLimits
from prunesweep.core.artifacts.store import ArtifactStore, StoreAway
from prunesweep.core.artifacts.tensors import pack_tensors, to_bits
from prunesweep.core.jobs.answers import Fault
from prunesweep.core.jobs.requests import Stored
from prunesweep.core.jobs.verify import look
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks, count_nonzero
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model

STAGE = "5" * 64
META = {"stage": STAGE, "model": "resnet18", "width": "2", "classes": "10"}


@pytest.fixture(scope="module")
def pruned() -> Checkpoint:
    model = build_model(ModelRef("resnet18", 2, 10), seed=0)
    masks = prune(Subject(model, {}), "magnitude", "global", 0.5)
    apply_masks(model, masks)
    return Checkpoint(model.state_dict(), masks, META)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore.open("", tmp_path)


def counts(checkpoint: Checkpoint, less: int = 0) -> dict[str, Any]:
    model = build_model(ModelRef("resnet18", 2, 10), seed=0)
    model.load_state_dict(checkpoint.weights)
    nonzero, total = count_nonzero(model)
    return {"digest": STAGE, "label": "", "nonzero": nonzero - less, "total": total}


def ask(store: ArtifactStore, data: bytes, *rows: dict[str, Any], **more: Any) -> list[Fault]:
    name, size = store.put(data)
    file = {"digest": STAGE, "label": "prune", "artifact": name, "size": size, "snapshot": False, "counts": rows}
    read, findings = look(store, msgspec.convert(file | more, Stored))
    assert read == size
    return findings


def test_a_sound_one(store: ArtifactStore, pruned: Checkpoint) -> None:
    assert ask(store, pack(pruned), counts(pruned), counts(pruned)) == []


def test_a_kept_weight_may_be_zero(store: ArtifactStore, pruned: Checkpoint) -> None:
    weights = dict(pruned.weights)
    weights["conv1.weight"] = torch.zeros_like(weights["conv1.weight"])
    checkpoint = Checkpoint(weights, pruned.masks, META)
    assert ask(store, pack(checkpoint), counts(checkpoint)) == []


def test_one_finding_for_each_row_that_says_something_else(store: ArtifactStore, pruned: Checkpoint) -> None:
    other = {**counts(pruned, less=1), "digest": "6" * 64, "label": "evaluate"}
    findings = ask(store, pack(pruned), counts(pruned), other, size=7)
    assert [(one.digest, one.what) for one in findings] == [(STAGE, "wrong count"), ("6" * 64, "wrong count")]
    assert findings[0].message.endswith("bytes, the ledger says 7")
    assert findings[1].label == "evaluate"


def test_a_saved_state_is_read_only_for_its_hash(store: ArtifactStore) -> None:
    assert ask(store, b"a saved state", snapshot=True) == []


def test_missing_and_damaged(store: ArtifactStore, tmp_path: Path) -> None:
    name, size = store.put(b"x")
    file = tmp_path / "artifacts" / "sha256" / name[:2] / name
    asked = {"digest": STAGE, "label": "", "artifact": name, "size": size, "snapshot": False, "counts": []}
    file.write_bytes(b"y")
    assert [one.what for one in look(store, msgspec.convert(asked, Stored))[1]] == ["wrong hash"]
    file.unlink()
    assert [one.what for one in look(store, msgspec.convert(asked, Stored))[1]] == ["missing"]


def test_a_store_that_is_away_says_nothing_of_the_artifact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    url = "s3://bucket/x?endpoint=http://127.0.0.1:1&region=us-east-1"
    away = ArtifactStore.open(url, tmp_path, RetryLimits(connect=1, request=1, total=0))
    asked = {"digest": STAGE, "label": "", "artifact": "a" * 64, "size": 1, "snapshot": True, "counts": []}
    with pytest.raises(StoreAway, match="cannot read the artifact store s3://bucket/x"):
        look(away, msgspec.convert(asked, Stored))


Change = Callable[[dict[str, Any], dict[str, Any], dict[str, str]], object]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda weights, masks, meta: weights.update({"conv1.weight": torch.ones(2, 3, 3, 3)}),
            "conv1.weight: a masked weight is not zero",
        ),
        (lambda weights, masks, meta: meta.update(stage="6" * 64), "it is the checkpoint of stage 666666666666"),
        (
            lambda weights, masks, meta: (weights.update({"fc.weight": torch.zeros(5, 16)}), masks.pop("fc.weight")),
            "fc.weight is missing or has another shape than the network's",
        ),
        (lambda weights, masks, meta: meta.pop("width"), "it does not say which network it is"),
        (lambda weights, masks, meta: meta.update(model="vgg"), "unknown model 'vgg'"),
        (lambda weights, masks, meta: masks.pop("fc.weight"), "its masks keep "),
    ],
    ids=["mask", "stage", "shape", "network", "model", "masks"],
)
def test_sound_bytes_that_are_not_that_stages_network(
    store: ArtifactStore, pruned: Checkpoint, change: Change, words: str
) -> None:
    """As a bug, or another version of the program, might have stored them."""
    weights, masks, meta = dict(pruned.weights), dict(pruned.masks), dict(META)
    change(weights, masks, meta)
    bits = {f"mask/{name}": to_bits(mask) for name, mask in masks.items()}
    [finding] = ask(store, pack_tensors({**weights, **bits}, {"meta": meta, "order": list(weights)}))
    assert finding.what == "wrong content"
    assert finding.message.startswith(words)


def test_no_checkpoint_at_all(store: ArtifactStore) -> None:
    [finding] = ask(store, b"?")
    assert (finding.what, finding.message[:18]) == ("wrong content", "not a checkpoint: ")
