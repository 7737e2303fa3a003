"""Exact pruning (OBC): against greedy Optimal Brain Surgeon with H inverted anew, and against least squares."""

from collections.abc import Callable
from types import MappingProxyType

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.progress import unwatched
from prunesweep.core.pruning import obc
from prunesweep.core.pruning.allocation import rows
from prunesweep.core.pruning.columns import MatrixForm
from prunesweep.core.pruning.corrections import Layer
from prunesweep.core.pruning.masks import Masks, prunable
from prunesweep.core.pruning.ranking import top
from prunesweep.core.pruning.registry import prune_and_correct
from prunesweep.core.pruning.subject import Subject


def inputs(seed: int, columns: int) -> Tensor:
    """Correlated inputs [N, C]."""
    random = torch.Generator().manual_seed(seed)
    found = torch.randn(3 * columns, columns, generator=random, dtype=torch.float64)
    return found + 0.7 * found.roll(1, dims=1) - 0.4 * found.roll(5, dims=1)


def weights(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(100 + seed), dtype=torch.float64)


def layer(weight: Tensor, hessian: Tensor, kept: int | Tensor, alive: Tensor | None = None) -> Layer:
    """weight [R, C], hessian [C, C]; kept: how many weights stay, or which."""
    alive = torch.ones_like(weight, dtype=torch.bool) if alive is None else alive
    if isinstance(kept, int):
        kept = top(alive.flatten().double(), kept).view(alive.shape)
    return Layer(weight[None], hessian[None], alive[None], kept[None], MatrixForm(), lambda _: None)


def solve(layer: Layer, pool: int | None) -> tuple[Tensor, Tensor]:
    mask, values = obc.solve(layer, pool)
    return mask[0], values[0]


def damped(hessian: Tensor) -> Tensor:
    return hessian + 0.01 * hessian.diagonal().mean() * torch.eye(len(hessian), dtype=torch.float64)


def one_by_one(weight: Tensor, hessian: Tensor, gone: int, may: Callable[[Tensor, int, int], bool]) -> Tensor:
    """Optimal Brain Surgeon over a whole layer: each time the weight goes whose going costs least, of all rows; the
    others of its row make up for it; H is inverted anew for what is left of the row.

    Args:
        weight: [R, C].
        hessian: damped, [C, C].
        may: of what is left [R, C], the row and the column, whether that weight may go.
    """
    weight, stays = weight.clone(), torch.ones_like(weight, dtype=torch.bool)
    for _ in range(gone):
        best: tuple[float, int, Tensor] = (torch.inf, 0, weight[0])
        for row, left in enumerate(stays):
            at = left.nonzero().flatten()
            inverse = torch.linalg.inv(hessian[at][:, at])
            for place, column in enumerate(at.tolist()):
                cost = float(weight[row, column] ** 2 / inverse[place, place])
                if cost < best[0] and may(stays, row, column):
                    moved = weight[row].clone()
                    moved[at] -= weight[row, column] / inverse[place, place] * inverse[:, place]
                    moved[column] = 0.0
                    best = (cost, row, moved)
        cost, row, moved = best
        weight[row] = moved
        stays[row] &= moved != 0
    return weight


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kept", [40, 17, 5])
def test_a_layer_goes_as_optimal_brain_surgeon_over_all_its_rows_does(seed: int, kept: int) -> None:
    x, weight = inputs(seed, 12), weights(seed, 4, 12)
    mask, values = solve(layer(weight, x.T @ x, kept), None)
    expected = one_by_one(weight, damped(x.T @ x), 48 - kept, lambda *_: True)
    assert torch.equal(mask, expected != 0) and int(mask.sum()) == kept
    assert torch.allclose(values, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("pool", "stay"), [(0, 7), (4, 2), (4, 1), (2, 1), (6, 5)])
def test_rows_and_patterns_keep_their_counts(pool: int, stay: int) -> None:
    """Of each row, or of every M side by side: greedily within a row, as long as its group can spare one."""
    x, weight = inputs(7, 12), weights(7, 3, 12)
    width = pool or 12
    kept = (torch.arange(12) % width < stay).expand(3, -1)  # only its counts matter

    def may(stays: Tensor, row: int, column: int) -> bool:
        begin = column - column % width
        return int(stays[row, begin : begin + width].sum()) > stay

    mask, values = solve(layer(weight, x.T @ x, kept), pool)
    expected = one_by_one(weight, damped(x.T @ x), int((~kept).sum()), may)
    assert torch.equal(mask, expected != 0)
    assert (mask.view(-1, width).sum(dim=1) == stay).all()
    assert torch.allclose(values, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("pool", [None, 0, 3, 1])
def test_what_stays_is_the_least_squares_solution_on_the_mask(pool: int | None) -> None:
    x, weight = inputs(9, 15), weights(9, 6, 15)
    kept = rows({"": weight.abs()}, {}, 0.6)[""] if pool != 3 else (torch.arange(15) % 3 == 1).expand(6, -1)
    mask, values = solve(layer(weight, x.T @ x, kept), pool)
    damping = 0.01 * (x.T @ x).diagonal().mean()
    more = torch.cat([x, damping.sqrt() * torch.eye(15, dtype=torch.float64)])
    for row, stays, found in zip(weight, mask, values, strict=True):
        best = torch.linalg.lstsq(more[:, stays], more @ row).solution
        assert torch.allclose(found[stays], best, rtol=1e-9, atol=1e-11) and not found[~stays].any()
    assert pool != 1 or torch.equal(mask, kept), "these very weights"


def test_a_row_may_lose_a_second_weight_for_less_than_its_first() -> None:
    """Two inputs that nearly cancel: with the first weight gone the second makes up for nothing, and is worth less. It
    goes next, before another row's weight whose loss lies between the two."""
    x = torch.zeros(4, 3, dtype=torch.float64)
    x[0, 0], x[1, 0], x[0, 1], x[1, 1], x[2, 2] = 1.0, 0.1, -1.0, 0.1, 1.0
    weight = torch.tensor([[1.0, 1.0, 3.0], [3.0, 3.0, 0.15]], dtype=torch.float64)
    for kept in range(6):
        mask, _ = solve(layer(weight, x.T @ x, kept), None)
        expected = one_by_one(weight, damped(x.T @ x), 6 - kept, lambda *_: True)
        assert torch.equal(mask, expected != 0)
    full = damped(x.T @ x)
    first = 1 / torch.linalg.inv(full)[0, 0]
    alone = one_by_one(weight[:1], full, 1, lambda *_: True)[0]
    assert (alone.square() * full.diagonal())[:2].sum() < first, "the case that this is about"


def test_of_equal_losses_the_last_weight_goes_and_inputs_that_touch_nothing_are_ranked_by_size() -> None:
    hessian = 4.0 * torch.eye(6, dtype=torch.float64)
    equal = torch.ones(3, 6, dtype=torch.float64)
    for kept in (17, 9, 1):
        mask, values = solve(layer(equal, hessian, kept), None)
        assert torch.equal(mask, torch.arange(18).view(3, 6) < kept)
        assert torch.allclose(values, mask.double())
    row, _ = solve(layer(equal, hessian, (torch.arange(6) > 1).expand(3, -1)), 0)
    group, _ = solve(layer(equal, hessian, (torch.arange(6) % 3 > 0).expand(3, -1)), 3)
    assert torch.equal(row, (torch.arange(6) < 4).expand(3, -1))
    assert torch.equal(group, (torch.arange(6) % 3 < 2).expand(3, -1))
    weight = weights(3, 5, 6)
    mask, _ = solve(layer(weight, hessian, 11), None)
    assert torch.equal(mask, top(weight.abs().flatten(), 11).view(5, 6))


@pytest.mark.parametrize("pool", [None, 0])
def test_dead_weights_and_inputs_that_are_always_0_go_first_and_change_nothing(pool: int | None) -> None:
    x, weight = inputs(4, 10), weights(4, 4, 10)
    x[:, [2, 8]] = 0.0
    alive = torch.ones_like(weight, dtype=torch.bool)
    alive[:, 5] = False
    others = [0, 1, 3, 4, 6, 7, 9]
    stay = torch.isin(torch.arange(10), torch.tensor([0, 3, 7, 9])).expand(4, -1)
    mask, values = solve(layer(weight * alive, x.T @ x, stay, alive), pool)
    # Their mean is that of the inputs which are not always 0, so the smaller layer is damped as the whole one is.
    hessian = x.T @ x
    lent = hessian.diagonal().sum() / 8 * 0.01 * torch.eye(7, dtype=torch.float64)
    may = (lambda stays, row, _: int(stays[row].sum()) > 4) if pool == 0 else (lambda *_: True)
    less = one_by_one(weight[:, others], hessian[others][:, others] + lent, 12, may)
    assert not mask[:, [2, 5, 8]].any()
    assert torch.equal(mask[:, others], less != 0)
    assert torch.allclose(values[:, others], less, rtol=1e-9, atol=1e-12)
    full, same = solve(layer(weight, x.T @ x, 40), None)
    assert full.all() and torch.equal(same, weight), "where nothing goes, nothing moves"
    nothing, left = solve(layer(weight, torch.zeros_like(hessian), 7), None)
    assert int(nothing.sum()) == 7 and torch.isfinite(left).all()


def test_groups_of_a_convolution_compete_and_are_solved_by_their_own_inputs() -> None:
    """Two groups at once are one layer of both, whose inputs do not meet."""
    first, second = inputs(5, 8), 2.0 * inputs(6, 8)
    hessians, weight = torch.stack([one.T @ one for one in (first, second)]), weights(5, 2, 3, 8)
    kept = top(torch.ones(48), 20).view(2, 3, 8)
    here = Layer(weight, hessians, torch.ones_like(kept), kept, MatrixForm(groups=2), lambda _: None)
    mask, values = obc.solve(here, None)
    assert int(mask.sum()) == 20 and mask.flatten(1).any(dim=1).all()
    for group in range(2):
        count = int(mask[group].sum())
        alone, best = solve(layer(weight[group], hessians[group], count), None)
        assert torch.equal(mask[group], alone) and torch.allclose(values[group], best)


def test_rows_in_chunks_come_out_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x, weight = inputs(8, 16), weights(8, 11, 16)
    mask, values = solve(layer(weight, x.T @ x, 60), None)
    for rows_each in (1, 4):
        monkeypatch.setattr(obc, "_CPU_BYTES", rows_each * 16 * 16 * 8)
        again, same = solve(layer(weight, x.T @ x, 60), None)
        assert torch.equal(again, mask) and torch.allclose(same, values)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("sparsity", [0.5, 0.8])
def test_outputs_change_less_than_by_magnitude(seed: int, sparsity: float) -> None:
    """Of random layers, with the same count: no theorem, but what the method is for."""
    x, weight = inputs(seed, 20), weights(seed, 8, 20)
    count = round(160 * (1 - sparsity))
    _, values = solve(layer(weight, x.T @ x, count), None)
    plain = weight * top(weight.abs().flatten(), count).view(8, 20)
    change = [float(((found - weight) @ x.T).square().sum()) for found in (values, plain)]
    assert change[0] < change[1]


def network() -> nn.Module:
    torch.manual_seed(4)
    return nn.Sequential(
        nn.Conv2d(4, 8, 3, padding=1, groups=2), nn.ReLU(), nn.ConvTranspose2d(8, 4, 2), nn.Flatten(), nn.Linear(100, 5)
    ).eval()


def images() -> list[tuple[Tensor, Tensor]]:
    random = torch.Generator().manual_seed(3)
    return [(torch.randn(40, 4, 4, 4, generator=random), torch.zeros(40, dtype=torch.int64)) for _ in range(2)]


def subject(
    model: nn.Module, masks: Masks = MappingProxyType({}), told: Callable[[int, int], None] = unwatched
) -> Subject:
    return Subject(model, masks, images, image=(4, 4, 4), progress=told)


@pytest.mark.parametrize("score", ["obc", "sparsegpt"])
def test_progress_is_told_of_all_weights_that_are_to_be_dealt_with(score: str) -> None:
    model, told = network(), list[tuple[int, int]]()
    prune_and_correct(subject(model, told=lambda done, of: told.append((done, of))), score, "uniform-all", 0.7)
    total = sum(weight.numel() for _, weight in prunable(model))
    assert told == sorted(told) and told[-1] == (total, total) and {of for _, of in told} == {total}
    assert len(told) >= (100 if score == "obc" else 3), "well within each layer, where that takes long"


def test_every_layer_is_pruned_by_its_inputs_in_the_network_as_it_is() -> None:
    model = network()
    found = prune_and_correct(subject(model), "obc", "uniform-all", 0.7)
    last = dict(prunable(model))["4.weight"].detach().double()
    with torch.no_grad():
        x = torch.cat([model[:4](batch) for batch, _ in images()]).double()
    mask, values = solve(layer(last, x.T @ x, int(found.masks["4.weight"].sum())), None)
    assert torch.equal(mask, found.masks["4.weight"])
    assert torch.allclose(values.float(), found.weights["4.weight"], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("allocation", ["uniform-all", "global", "rows", "erk", "2:4", "channels"])
def test_counts_are_the_allocations_masks_nest_and_a_second_run_gives_the_same_bytes(allocation: str) -> None:
    model, masks = network(), dict[str, Tensor]()
    for sparsity in (0.5, 0.7) if allocation != "2:4" else (0.5,):
        here = subject(model, masks)
        chosen, found, again = (
            prune_and_correct(here, score, allocation, sparsity) for score in ("sparsegpt", "obc", "obc")
        )
        counts = [{name: int(mask.sum()) for name, mask in made.masks.items()} for made in (chosen, found)]
        assert counts[0] == counts[1]
        if allocation == "rows":
            names = ("0.weight", "4.weight")
            assert all(torch.equal(*(made.masks[name].flatten(1).sum(1) for made in (chosen, found))) for name in names)
        if allocation == "2:4":
            assert (found.masks["4.weight"].view(-1, 4).sum(dim=1) == 2).all() and found.masks["0.weight"].all()
        if allocation == "channels":
            assert all(torch.equal(mask, chosen.masks[name]) for name, mask in found.masks.items())
        assert all(not (mask & ~masks[name]).any() for name, mask in found.masks.items() if name in masks)
        assert all(not value[~found.masks[name]].any() for name, value in found.weights.items())
        for one, other in ((found.masks, again.masks), (found.weights, again.weights)):
            assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())
        masks = found.masks
        model.load_state_dict(found.weights, strict=False)


@pytest.mark.parametrize("allocation", ["rows", "2:4", "channels", "counts-of"])
def test_only_what_lies_along_the_inputs_is_chosen_anew(allocation: str) -> None:
    transposed = MatrixForm(transposed=True)
    ways = {"rows": (1, 0), "2:4": (1, 4), "channels": (1, 1), "counts-of": (None, None)}
    assert (obc._pool(allocation, transposed), obc._pool(allocation, MatrixForm())) == ways[allocation]
