"""One layer pruned at a time: exactly what pruning it by hand gives, and nothing else changes."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.jobs import sensitivity
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.measure.sensitivity import readings
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning import registry
from prunesweep.core.pruning.masks import apply_masks, kept_count, prunable
from prunesweep.core.pruning.registry import prune, score_named
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.batches import partition, some_of
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.models import build_model
from tests.support.digits import put_digits
from tests.support.examples import THOROUGH
from tests.support.jobs import answer

CPU = torch.device("cpu")
DIGITS = parse_dataset("digits")


def _by_hand(split: Split, score: str, layer: str, sparsity: float) -> torch.Tensor:
    """Which images are right after a one-shot round that exempts every other layer."""
    network = build_model(ModelRef("resnet20", 4, 10), seed=0)
    rules = ",".join(f"{name}=exempt" for name, _ in prunable(network) if name != layer)
    apply_masks(network, prune(Subject(network, image=split.image_shape), score, "global", sparsity, layers=rules))
    return evaluate(network, split, CPU).right


@pytest.mark.parametrize(("score", "places"), [("magnitude", (1, 12, -1)), ("synflow", (12,))])
def test_a_reading_is_what_pruning_that_layer_by_hand_gives(
    split: Split, score: str, places: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not THOROUGH:  # the whole hundred are taken in tests of pruning
        monkeypatch.setattr(registry, "STEPS", {"synflow": 10})
    network = build_model(ModelRef("resnet20", 4, 10), seed=0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    scores = score_named(score, None)(Subject(network, image=split.image_shape))
    found = list(readings(network, split, scores, (0.5, 0.97), CPU))
    names = [name for name, _ in prunable(network)]
    assert [(each.layer, each.sparsity) for each in found[1:]] == [(name, s) for name in names for s in (0.5, 0.97)]
    assert all(each.kept == kept_count(each.total, each.sparsity) for each in found[1:])
    assert torch.equal(found[0].right, evaluate(network, split, CPU).right)
    for each in (found[place] for place in places):
        assert torch.equal(each.right, _by_hand(split, score, each.layer, each.sparsity)), each.layer
    assert all(torch.equal(network.state_dict()[name], tensor) for name, tensor in before.items())
    assert any(not torch.equal(each.right, found[0].right) for each in found), "something changes, so this says much"


def test_the_order_of_the_images_does_not_matter(tiny: nn.Module, split: Split) -> None:
    order = torch.randperm(len(split), generator=torch.Generator().manual_seed(1))
    turned = replace(split, images=split.images[order], labels=split.labels[order])
    scores = score_named("magnitude", None)(Subject(tiny))
    for one, other in zip(
        readings(tiny, split, scores, (0.9,), CPU), readings(tiny, turned, scores, (0.9,), CPU), strict=True
    ):
        assert torch.equal(one.right[order], other.right)


def test_a_layer_that_is_sparser_already_stays_as_it_is(tiny: nn.Module, split: Split) -> None:
    masks = prune(Subject(tiny), "magnitude", "uniform-all", 0.9)
    apply_masks(tiny, masks)
    scores = score_named("random", None)(Subject(tiny, masks))
    first, *others = readings(tiny, split, scores, (0.5, 0.95), CPU)
    for each in others:
        wanted = kept_count(each.total, max(each.sparsity, 0.9))
        assert abs(each.kept - wanted) <= 1 and (each.sparsity > 0.5 or torch.equal(each.right, first.right))


def test_some_of_the_images_are_a_share_of_each_class() -> None:
    labels = torch.arange(1000) % 7
    _, held_out = partition(labels, 0.5)
    some = some_of(labels, held_out, 70)
    assert len(some) == 70 and set(some.tolist()) <= set(held_out.tolist())
    assert torch.bincount(labels[some]).tolist() == [10] * 7
    assert torch.equal(some, some_of(labels, held_out, 70))
    assert torch.equal(held_out, some_of(labels, held_out, 10_000))


def test_the_program_looks_at_validation_images_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_digits(tmp_path)
    write_weights(build_model(ModelRef("resnet20", 2, 10), 1).state_dict(), tmp_path / "m.pt", "torch")
    request: dict[str, Any] = {
        "file": str(tmp_path / "m.pt"),
        "dataset": asdict(DIGITS),
        "data": str(tmp_path / "data"),
    }
    request |= {"model": "resnet20", "score": "taylor", "sparsities": [0.9], "images": 50, "validation": 0.1}
    request |= {"training_batch": 128, "device": "cpu", "threads": 1}
    read: list[str] = []

    def load(ref: Any, data: Path, split: str, *rest: Any) -> Split:
        read.append(split)
        return load_dataset(ref, data, split, *rest)

    monkeypatch.setattr(sensitivity, "load_dataset", load)
    code, events = answer("prunesweep.core.jobs.sensitivity", request)
    told = [event for event in events if event["event"] != "progress"]
    assert code == 0 and read == ["train"]
    assert (told[0]["event"], told[0]["images"], told[0]["held_out"]) == ("as-it-is", 50, 144)
    assert {event["event"] for event in told[1:]} == {"layer"} and len(told) == 1 + 22
    assert all(event["lost"] <= told[0]["right"] and event["gained"] <= 50 - told[0]["right"] for event in told[1:])
    again = [event for event in answer("prunesweep.core.jobs.sensitivity", request)[1] if event["event"] != "progress"]
    assert again == told
