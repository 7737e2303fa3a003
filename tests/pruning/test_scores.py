"""The scores: each against its own definition, on networks small enough to work it out."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from prunesweep.core.errors import StageError
from prunesweep.core.pruning.masks import apply_masks, count_kept, prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.scores import SCORES
from prunesweep.core.pruning.subject import Subject

IMAGE = (3, 8, 8)


def network(seed: int = 0) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(256, 5)
        )


def batches() -> list[tuple[torch.Tensor, torch.Tensor]]:
    random = torch.Generator().manual_seed(3)
    return [(torch.randn(6, *IMAGE, generator=random), torch.randint(0, 5, (6,), generator=random)) for _ in range(3)]


def subject(model: nn.Module, **changes: object) -> Subject:
    return Subject(**{"model": model, "batches": batches, "image": IMAGE, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(SCORES))
def test_a_score_reads_and_changes_nothing(name: str) -> None:
    model = network()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    scores = SCORES[name](subject(model))
    assert {key: score.shape for key, score in scores.items()} == {key: w.shape for key, w in prunable(model)}
    assert all(bool(torch.isfinite(score).all()) and bool((score >= 0).all()) for score in scores.values())
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert model.training and all(parameter.grad is None for parameter in model.parameters())
    again = SCORES[name](subject(model))
    assert all(torch.equal(scores[key], again[key]) for key in scores)
    frozen = network().requires_grad_(False)
    same = SCORES[name](subject(frozen))
    assert all(torch.equal(scores[key], same[key]) for key in scores), "frozen in training, but pruned"
    assert not any(parameter.requires_grad for parameter in frozen.parameters())


def test_snip_is_the_change_of_the_loss_when_a_weight_is_scaled() -> None:
    """|w·g| is |∂L/∂c| for a factor c on the weight: the paper's definition, here by finite differences."""
    model = network().double()
    scores = SCORES["snip"](subject(model))

    def loss(scale: float, index: int) -> float:
        other = network().double()
        with torch.no_grad():
            other[4].weight.view(-1)[index] *= scale
            return sum(F.cross_entropy(other(x.double()), y).item() for x, y in batches())

    for index in (0, 7, 100):
        slope = (loss(1 + 1e-5, index) - loss(1 - 1e-5, index)) / 2e-5
        assert scores["4.weight"].view(-1)[index].item() == pytest.approx(abs(slope), rel=1e-2, abs=1e-6)


def test_taylor_squares_each_batch_before_it_adds() -> None:
    model = network()
    one = [SCORES["snip"](subject(model, batches=lambda pair=pair: [pair])) for pair in batches()]
    expected = sum(score["4.weight"].square() for score in one)
    assert torch.allclose(SCORES["taylor"](subject(model))["4.weight"], expected)


def test_synflow_is_conserved_from_layer_to_layer() -> None:
    """Theorem 1 of the paper: without biases and batch-norm every layer's scores add up to the same."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(6, 8, bias=False), nn.ReLU(), nn.Linear(8, 7, bias=False), nn.ReLU(), nn.Linear(7, 3, bias=False)
    )
    ones = Subject(nn.Sequential(nn.Flatten(), *model), image=(6, 1, 1))
    sums = [float(score.sum()) for score in SCORES["synflow"](ones).values()]
    assert sums == pytest.approx([sums[0]] * 3, rel=1e-12)


def test_synflow_leaves_no_layer_empty_where_one_shot_magnitude_does() -> None:
    torch.manual_seed(0)
    layers = [nn.Conv2d(3 if n == 0 else 8, 8, 3, padding=1, bias=False) for n in range(5)]
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 5))
    with torch.no_grad():
        model[2].weight.mul_(1e-3)
    here = Subject(model, image=IMAGE)
    assert not prune(here, "magnitude", "global", 0.98)["2.weight"].any()
    masks = prune(here, "synflow", "global", 0.98)
    assert all(bool(mask.any()) for mask in masks.values())
    kept, total = count_kept(masks)
    assert kept == total - round(0.98 * total)


def test_the_layer_control_keeps_magnitudes_counts_and_nothing_else() -> None:
    model = network()
    plain = prune(subject(model), "magnitude", "global", 0.6)
    control = prune(subject(model), "shuffled", "global", 0.6)
    assert [int(mask.sum()) for mask in control.values()] == [int(mask.sum()) for mask in plain.values()]
    assert any(not torch.equal(control[name], plain[name]) for name in plain)
    apply_masks(model, control)
    further = prune(subject(model, masks=control), "shuffled", "global", 0.8)
    assert all(not (further[name] & ~control[name]).any() for name in control)


def test_random_masks_follow_the_seed_and_the_round() -> None:
    model = network()
    draws = [
        prune(subject(model, seed=seed, round=round), "random", "global", 0.5)
        for seed, round in ((0, 1), (0, 1), (1, 1), (0, 2))
    ]
    same = [all(torch.equal(draws[0][name], other[name]) for name in other) for other in draws]
    assert same == [True, True, False, False]


def test_a_gradient_score_without_images_is_refused() -> None:
    with pytest.raises(StageError, match="needs training images"):
        prune(Subject(network()), "snip", "global", 0.5)
