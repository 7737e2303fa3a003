"""Global magnitude pruning: exact, nested, ties by index, and the same choice as torch's where there is one."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils import prune as torch_prune

from prunesweep.core.errors import StageError
from prunesweep.core.plan import allocations
from prunesweep.core.plan.algorithms import ALGORITHMS, geometric
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.allocation import ALLOCATIONS, over_all
from prunesweep.core.pruning.masks import apply_masks, count_kept, kept_count, prunable
from prunesweep.core.pruning.norms import CHANNEL_SCORES
from prunesweep.core.pruning.ranking import top
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.scores import SCORES
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model
from tests.support.examples import examples


class _Net(nn.Module):
    def __init__(self, weights: list[Tensor]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(w.shape[1], w.shape[0], bias=False) for w in weights)
        for layer, weight in zip(self.layers, weights, strict=True):
            layer.weight = nn.Parameter(weight)


def _flat(masks: dict[str, Tensor]) -> Tensor:
    return torch.cat([mask.flatten() for mask in masks.values()])


# Few distinct values make many ties; both signs and both zeros are in.
_value = st.sampled_from([-2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0]) | st.floats(-3, 3, width=32)
_layer = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(_value, min_size=columns, max_size=columns), min_size=1, max_size=5)
)
_net = st.lists(_layer, min_size=1, max_size=3).map(lambda layers: _Net([torch.tensor(w) for w in layers]))
_sparsity = st.integers(1, 999).map(lambda thousandths: thousandths / 1000)


@given(net=_net, sparsity=_sparsity)
def test_keeps_exactly_the_stable_top(net: _Net, sparsity: float) -> None:
    masks = prune(Subject(net, {}), "magnitude", "global", sparsity)
    magnitudes = [abs(x) for _, weight in prunable(net) for x in weight.flatten().tolist()]
    kept = kept_count(len(magnitudes), sparsity)
    # The definition, written the slow way: by magnitude, then by position.
    best = sorted(range(len(magnitudes)), key=lambda index: (-magnitudes[index], index))[:kept]
    assert _flat(masks).nonzero().flatten().tolist() == sorted(best)
    assert {name: mask.shape for name, mask in masks.items()} == {name: w.shape for name, w in prunable(net)}


@given(net=_net, sparsity=_sparsity, rounds=st.integers(1, 5), data=st.data())
@settings(max_examples=examples(50))
def test_masks_nest_even_when_weights_move_between_rounds(
    net: _Net, sparsity: float, rounds: int, data: st.DataObject
) -> None:
    masks: dict[str, Tensor] = {}
    total = sum(weight.numel() for _, weight in prunable(net))
    for step in geometric(sparsity, rounds):
        new = prune(Subject(net, masks), "magnitude", "global", step)
        assert count_kept(new) == (kept_count(total, step), total)
        if masks:
            assert not (_flat(new) & ~_flat(masks)).any()
        masks = new
        apply_masks(net, masks)
        # Recovery moves the living weights; one of them may well become zero and then ties with the dead.
        with torch.no_grad():
            for name, weight in prunable(net):
                weight.add_(masks[name] * data.draw(st.sampled_from([-1.0, 0.25, 1.0])))


def test_agrees_with_torch_where_there_are_no_ties() -> None:
    torch.manual_seed(3)
    net = _Net([torch.randn(40, 30), torch.randn(20, 40), torch.randn(10, 20)])
    for sparsity in (0.5, 0.75, 0.9):
        ours = prune(Subject(net, {}), "magnitude", "global", sparsity)
        rival = _Net([weight.detach().clone() for _, weight in prunable(net)])
        torch_prune.global_unstructured(
            [(layer, "weight") for layer in rival.layers],
            pruning_method=torch_prune.L1Unstructured,
            amount=sparsity,
        )
        theirs = torch.cat([layer.weight_mask.flatten() for layer in rival.layers]).bool()
        assert torch.equal(_flat(ours), theirs)


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, -7.5])
def test_all_equal_weights_keep_the_first(value: float) -> None:
    net = _Net([torch.full((3, 4), value), torch.full((2, 4), value)])
    kept = _flat(prune(Subject(net, {}), "magnitude", "global", 0.75))
    assert kept.tolist() == [True] * 5 + [False] * 15


def test_a_layer_may_vanish_and_the_weights_stay_as_they_are() -> None:
    net = _Net([torch.full((4, 4), 0.001), torch.ones(4, 4)])
    masks = prune(Subject(net, {}), "magnitude", "global", 0.5)
    assert [int(mask.sum()) for mask in masks.values()] == [0, 16]
    assert torch.equal(net.layers[0].weight, torch.full((4, 4), 0.001))


def test_sparsity_so_high_that_nothing_stays() -> None:
    net = _Net([torch.ones(2, 2)])
    assert not _flat(prune(Subject(net, {}), "magnitude", "global", 0.999999)).any()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_no_numbers_are_refused_by_name(bad: float) -> None:
    net = _Net([torch.ones(2, 2), torch.tensor([[1.0, bad]])])
    with pytest.raises(StageError, match=r"'layers.1.weight' are not all finite"):
        prune(Subject(net, {}), "magnitude", "global", 0.5)


def test_dead_weights_never_come_back() -> None:
    net = _Net([torch.tensor([[1.0, 9.0, 2.0, 3.0]])])
    masks = {"layers.0.weight": torch.tensor([[True, False, True, True]])}
    assert prune(Subject(net, masks), "magnitude", "global", 0.5)["layers.0.weight"].tolist() == [
        [False, False, True, True]
    ]
    with pytest.raises(StageError, match="keeps 4 weights, but only 3 are left"):
        prune(Subject(net, masks), "magnitude", "global", 0.1)


def test_what_does_not_fit_is_refused() -> None:
    net = _Net([torch.ones(2, 2), torch.ones(1, 2)])
    one = {"layers.0.weight": torch.ones(2, 2, dtype=torch.bool)}
    with pytest.raises(StageError, match=r"missing for \['layers.1.weight'\]"):
        prune(Subject(net, one), "magnitude", "global", 0.5)
    with pytest.raises(StageError, match="unknown score 'guess'"):
        prune(Subject(net, {}), "guess", "global", 0.5)
    with pytest.raises(StageError, match="unknown score 'magnitude' or allocation 'local'"):
        prune(Subject(net, {}), "magnitude", "local", 0.5)
    with pytest.raises(StageError, match="nothing to prune"):
        prune(Subject(nn.BatchNorm2d(3)), "magnitude", "global", 0.5)


def test_more_weights_than_float32_can_count() -> None:
    # 2^24 + 6 weights, nearly all equal: a float32 sum of the mask, or a float32 k, would be off by some.
    size = 2**24 + 6
    values = torch.ones(size)
    values[-3:] = 2.0
    chosen = top(values, size - 5)
    assert int(chosen.count_nonzero()) == size - 5
    assert bool(chosen[-3:].all())
    assert (~chosen).nonzero().flatten().tolist() == list(range(size - 8, size - 3))


@pytest.mark.slow
def test_full_size_network_has_the_exact_counts() -> None:
    model = build_model(ModelRef("resnet18", 64, 10), seed=0)
    masks: dict[str, Tensor] = {}
    for sparsity, kept in ((0.5, 5_582_176), (0.9, 1_116_435)):
        masks = prune(Subject(model, masks), "magnitude", "global", sparsity)
        assert count_kept(masks) == (kept, 11_164_352)


def test_scores_in_half_precision_rank_the_same() -> None:
    weights = {"w": torch.tensor([0.25, 0.5, 1.0, 2.0], dtype=torch.bfloat16)}
    assert over_all(weights, {}, 0.5)["w"].tolist() == [False, False, True, True]


def test_every_algorithm_of_the_plan_can_be_run() -> None:
    for algorithm in ALGORITHMS.values():
        assert algorithm.score in {**SCORES, **CHANNEL_SCORES}
        assert allocations.parse_allocation(algorithm.allocation).name in ALLOCATIONS
    assert set(allocations.ALLOCATIONS) == set(ALLOCATIONS)
