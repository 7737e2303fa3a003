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
from prunesweep.core.pruning.reconstruction import pattern_of, solve
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
    mask, values = solve(weight[None], hessian[None], alive, kept, *pattern_of(allocation, MatrixForm()))
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


def layer(seed: int, rows: int = 6, columns: int = 24) -> tuple[Tensor, Tensor]:
    """A weight [1, R, C] and the damped H [C, C] of correlated inputs, as the solver uses it."""
    random = torch.Generator().manual_seed(seed)
    weight = torch.randn(1, rows, columns, generator=random, dtype=torch.float64)
    inputs = torch.randn(3 * columns, columns, generator=random, dtype=torch.float64)
    inputs += 0.7 * inputs.roll(1, dims=1) - 0.4 * inputs.roll(5, dims=1)
    return weight, inputs.T @ inputs


def damped(hessian: Tensor) -> Tensor:
    return hessian + 0.01 * hessian.diagonal().mean() * torch.eye(len(hessian), dtype=torch.float64)


def error(change: Tensor, hessian: Tensor) -> Tensor:
    """Of each row: what it changes of the layer's outputs, [R]."""
    return torch.einsum("ri,ij,rj->r", change, hessian, change)


def obs_one_by_one(row: Tensor, hessian: Tensor, gone: list[int]) -> Tensor:
    """Optimal Brain Surgeon in closed form, H inverted anew before each weight goes (Frantar & Alistarh 2022,
    eq. 2)."""
    row = row.clone()
    left = list(range(len(row)))
    for one in gone:
        inverse, place = torch.linalg.inv(hessian[left][:, left]), left.index(one)
        row[left] -= row[one] / inverse[place, place] * inverse[:, place]
        row[one] = 0.0
        left.remove(one)
    return row


@pytest.mark.parametrize("column", [0, 1, 11, 23])
def test_one_weight_goes_as_optimal_brain_surgeon_takes_it_out(column: int) -> None:
    """Where both are defined: all weights right of it make up for it, those left of it are decided already."""
    weight, hessian = layer(column)
    kept = torch.ones_like(weight, dtype=torch.bool)
    kept[..., column] = False
    _, values = solve(weight, hessian[None], torch.ones_like(kept), kept, None)
    wanted = [obs_one_by_one(row[column:], damped(hessian)[column:, column:], [0]) for row in weight[0]]
    assert torch.allclose(values[0, :, column:], torch.stack(wanted), rtol=1e-9, atol=1e-12)
    assert torch.equal(values[..., :column], weight[..., :column])


def test_weights_that_go_from_the_left_go_as_optimal_brain_surgeon_says() -> None:
    weight, hessian = layer(7)
    kept = torch.arange(24).expand_as(weight) >= torch.tensor([0, 1, 3, 8, 16, 24])[None, :, None]
    _, values = solve(weight, hessian[None], torch.ones_like(kept), kept, None, block=5)
    for row, mask, found in zip(weight[0], kept[0], values[0], strict=True):
        wanted = obs_one_by_one(row, damped(hessian), (~mask).nonzero().flatten().tolist())
        assert torch.allclose(found, wanted, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("allocation", ["uniform-all", "rows", "2:4", "1:4"])
def test_what_stays_lies_between_the_least_squares_solution_and_no_correction(allocation: str) -> None:
    """Of the mask that was chosen: no row is better than regression on what stays, whose solution greedy Optimal Brain
    Surgeon ends on in any order. Without any correction the layer's outputs change more; a single row's may change
    less, because what was decided left of a weight no longer makes up for it."""
    weight, hessian = layer(20, rows=40)
    kept = torch.ones_like(weight, dtype=torch.bool)
    kept[..., ::2] = False  # only its count matters
    mask, values = solve(weight, hessian[None], torch.ones_like(kept), kept, *pattern_of(allocation, MatrixForm()))
    full, best = damped(hessian), torch.zeros_like(weight[0])
    for number, (row, stays) in enumerate(zip(weight[0], mask[0], strict=True)):
        at = stays.nonzero().flatten()
        best[number, at] = torch.linalg.solve(full[at][:, at], full[at] @ row)
        order = (~stays).nonzero().flatten().tolist()[::-1]
        assert torch.allclose(best[number], obs_one_by_one(row, full, order), rtol=1e-6, atol=1e-9)
    least, found = error(best - weight[0], full), error(values[0] - weight[0], full)
    without = error(weight[0].masked_fill(~mask[0], 0.0) - weight[0], full)
    assert (least <= found * (1 + 1e-9)).all() and found.sum() < without.sum()


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
            for mask in found.masks.values() if pattern else ():
                whole = not pattern.covers(tuple(mask.shape))
                assert whole or mask.movedim(1, -1).reshape(-1, pattern.of).sum(1).eq(pattern.keep).all()
            assert all(not (found.masks[name] & ~mask).any() for name, mask in masks.items())
            assert all(not value[~found.masks[name]].any() for name, value in found.weights.items())
            apply_masks(model, found.masks)
            masked = float((model(images()[0][0]) - outputs).norm())
            model.load_state_dict(found.weights, strict=False)
            assert float((model(images()[0][0]) - outputs).norm()) < masked
            masks = found.masks
    assert {name for name, _ in prunable(model)} == set(masks)
