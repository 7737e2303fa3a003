"""SparseGPT: the published algorithm, exact counts, and masks that nest."""

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.costs import parse_points
from prunesweep.core.plan.patterns import Pattern, read_pattern
from prunesweep.core.pruning.allocation import ALLOCATIONS
from prunesweep.core.pruning.columns import MatrixForm
from prunesweep.core.pruning.masks import apply_masks, count_kept, kept_count, prunable
from prunesweep.core.pruning.reconstruction import _pattern, solve
from prunesweep.core.pruning.registry import prune_and_correct
from prunesweep.core.pruning.subject import Subject

IMAGE = (3, 6, 6)


def published(weight: Tensor, hessian: Tensor, sparsity: float, pattern: Pattern | None, block: int = 128) -> Tensor:
    """The loop of the paper's own code (fasterprune), in float64: W [R, C], H [C, C] → what it leaves of W."""
    weight, hessian = weight.double().clone(), hessian.double().clone()
    hessian += 0.01 * hessian.diagonal().mean() * torch.eye(len(hessian), dtype=torch.float64)
    inverse = torch.linalg.cholesky(torch.linalg.inv(hessian), upper=True)
    for begin in range(0, weight.shape[1], block):
        end = min(begin + block, weight.shape[1])
        part, own = weight[:, begin:end].clone(), inverse[begin:end, begin:end]
        left, errors = torch.zeros_like(part), torch.zeros_like(part)
        mask = torch.zeros_like(part, dtype=torch.bool)
        if pattern is None:
            worth = part**2 / own.diagonal() ** 2
            mask = worth <= worth.flatten().sort().values[int(worth.numel() * sparsity) - 1]
        for i in range(end - begin):
            if pattern is not None and i % pattern.of == 0:
                worth = part[:, i : i + pattern.of] ** 2 / own.diagonal()[i : i + pattern.of] ** 2
                out = worth.topk(pattern.of - pattern.keep, dim=1, largest=False)
                mask.scatter_(1, i + out.indices, value=True)
            left[:, i] = torch.where(mask[:, i], 0.0, part[:, i])
            errors[:, i] = (part[:, i] - left[:, i]) / own[i, i]
            part[:, i:] -= errors[:, i, None] @ own[i : i + 1, i:]
        weight[:, begin:end] = left
        weight[:, end:] -= errors @ inverse[begin:end, end:]
    return weight


@pytest.mark.parametrize("allocation", ["uniform-all", "2:4", "4:8", "1:2"])
def test_one_layer_is_pruned_as_the_published_code_does(allocation: str) -> None:
    torch.manual_seed(1)
    weight, inputs = torch.randn(12, 256, dtype=torch.float64), torch.randn(400, 256, dtype=torch.float64)
    mixed = inputs + 0.5 * inputs.roll(1, dims=1) - 0.3 * inputs.roll(7, dims=1)
    hessian = mixed.T @ mixed
    alive = torch.ones(1, 12, 256, dtype=torch.bool)
    kept = alive.clone()
    kept[..., ::2] = False  # only its count matters
    mask, values = solve(weight[None], hessian[None], alive, kept, *_pattern(allocation, MatrixForm()))
    expected = published(weight, hessian, 0.5, read_pattern(allocation))
    assert torch.equal(mask[0], expected != 0)
    assert torch.allclose(values[0], expected, rtol=1e-9, atol=1e-12)


def test_weights_right_of_those_that_go_are_the_least_squares_solution() -> None:
    """Where the first inputs go, nothing is left behind: the rest is what regression on the remaining inputs gives."""
    torch.manual_seed(2)
    weight, inputs = torch.randn(1, 3, 20, dtype=torch.float64), torch.randn(60, 20, dtype=torch.float64)
    hessian = inputs.T @ inputs
    kept = torch.ones_like(weight, dtype=torch.bool)
    kept[..., :7] = False
    _, values = solve(weight, hessian[None], torch.ones_like(kept), kept, None)
    damped = hessian + 0.01 * hessian.diagonal().mean() * torch.eye(20, dtype=torch.float64)
    closed = torch.linalg.solve(damped[7:, 7:], damped[7:] @ weight[0].T).T
    assert torch.allclose(values[0, :, 7:], closed) and not values[0, :, :7].any()


def network() -> nn.Module:
    torch.manual_seed(4)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, padding=1, groups=2),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 4, 2, stride=2),
        nn.Flatten(),
        nn.Linear(576, 5),
    ).eval()


def images() -> list[tuple[Tensor, Tensor]]:
    random = torch.Generator().manual_seed(3)
    base = [torch.randn(40, 3, 2, 2, generator=random) for _ in range(3)]
    grown = [nn.functional.interpolate(one, size=IMAGE[1:], mode="bilinear") for one in base]
    return [(one, torch.zeros(40, dtype=torch.int64)) for one in grown]


def _whole(mask: Tensor) -> bool:
    """Return whether a mask keeps all that lies between some outputs and some inputs."""
    outputs, inputs = mask.flatten(1).any(1), mask.transpose(0, 1).flatten(1).any(1)
    both = outputs[:, None] & inputs[None]
    return torch.equal(mask, both.view(*both.shape, *(1,) * (mask.dim() - 2)).expand_as(mask))


@pytest.mark.parametrize("allocation", [*sorted(ALLOCATIONS), "1:4"])
def test_counts_are_exact_masks_nest_and_outputs_change_less(allocation: str) -> None:
    pattern = read_pattern(allocation)
    model, steps = network(), (0.5, 0.75) if pattern is None else (pattern.sparsity,)
    latency = f"latency:0.9 {parse_points('1=0.3,36=0.4')}"
    written = {"flops": "flops:0.5", "latency": latency}.get(allocation, allocation)
    masks: dict[str, Tensor] = {}
    with torch.no_grad():
        outputs = model(images()[0][0])
        for step in steps:
            before = {name: weight.clone() for name, weight in model.state_dict().items()}
            here = Subject(model, masks, images, image=IMAGE)
            found = prune_and_correct(here, "sparsegpt", written, step)
            again = prune_and_correct(here, "sparsegpt", written, step)
            assert all(torch.equal(value, again.weights[name]) for name, value in found.weights.items())
            assert all(torch.equal(value, model.state_dict()[name]) for name, value in before.items()), "only read"
            kept, total = count_kept(found.masks)
            if allocation in CHANNELS:  # as many as whole channels allow, and the very ones that were chosen
                assert kept >= kept_count(total, step)
                assert all(_whole(mask) for mask in found.masks.values())
            else:
                assert kept == kept_count(total, step) or (pattern and kept > kept_count(total, step))
            assert all(not (found.masks[name] & ~mask).any() for name, mask in masks.items())
            assert all(not value[~found.masks[name]].any() for name, value in found.weights.items())
            apply_masks(model, found.masks)
            masked = float((model(images()[0][0]) - outputs).norm())
            model.load_state_dict(found.weights, strict=False)
            assert float((model(images()[0][0]) - outputs).norm()) < masked
            masks = found.masks
    assert {name for name, _ in prunable(model)} == set(masks)
