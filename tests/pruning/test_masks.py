"""Counts are exact, masks zero what they cover and nothing else."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.algorithms import geometric
from prunesweep.core.pruning.masks import apply_masks, count_kept, count_nonzero, kept_count, prunable

RESNET18 = 11_164_352


@pytest.mark.parametrize(("sparsity", "kept"), [(0.5, 5_582_176), (0.75, 2_791_088), (0.9, 1_116_435)])
def test_the_study_counts(sparsity: float, kept: int) -> None:
    assert kept_count(RESNET18, sparsity) == kept


def test_sparsity_is_the_decimal_that_was_written() -> None:
    # As a binary fraction 0.1 is a little more than 0.1, 0.7 a little less: exact halves would fall to one side.
    assert kept_count(5, 0.1) == 5 - 0  # 0.5 → 0, half to even
    assert kept_count(15, 0.1) == 15 - 2  # 1.5 → 2
    assert kept_count(25, 0.1) == 25 - 2  # 2.5 → 2
    assert kept_count(45, 0.7) == 45 - 32  # 31.5 → 32
    assert kept_count(10**18, 0.7) == 3 * 10**17  # float64 would be off by dozens
    assert kept_count(10, 1e-06) == 10  # repr in scientific notation


@given(total=st.integers(0, 10**12), millionths=st.integers(1, 999_999))
def test_kept_is_within_half_a_weight(total: int, millionths: int) -> None:
    sparsity = millionths / 1_000_000
    kept = kept_count(total, sparsity)
    assert abs((total - kept) - Fraction(millionths, 1_000_000) * total) <= Fraction(1, 2)


@given(total=st.integers(0, 10**9), millionths=st.integers(1, 999_999), rounds=st.integers(1, 20))
def test_rounds_never_ask_for_weights_back(total: int, millionths: int, rounds: int) -> None:
    counts = [kept_count(total, sparsity) for sparsity in geometric(millionths / 1_000_000, rounds)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == kept_count(total, millionths / 1_000_000)


class _Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(4, 5))


def test_prunable_is_conv_and_linear_weights_in_state_dict_order() -> None:
    model = _Small()
    names = [name for name, _ in prunable(model)]
    assert names == ["conv.weight", "head.1.weight"]
    assert [name for name in model.state_dict() if name in names] == names
    assert count_nonzero(model) == (3 * 4 * 9 + 20, 3 * 4 * 9 + 20)


def test_apply_leaves_positive_zero_and_every_other_bit() -> None:
    model = _Small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    masks = {name: torch.rand_like(weight) < 0.5 for name, weight in prunable(model)}
    apply_masks(model, masks)
    for name, value in model.state_dict().items():
        if name in masks:
            assert torch.equal(value[masks[name]], before[name][masks[name]])
            gone = value[~masks[name]]
            assert not gone.any()
            assert not gone.signbit().any()
        else:
            assert torch.equal(value, before[name])
    assert count_nonzero(model) == count_kept(masks)


def test_masks_that_do_not_fit_are_named() -> None:
    model = _Small()
    with pytest.raises(StageError, match=r"'nope' has no weight"):
        apply_masks(model, {"nope": torch.ones(1, dtype=torch.bool)})
    with pytest.raises(StageError, match=r"'conv.weight' is torch.bool \(2,\), the weight is \(4, 3, 3, 3\)"):
        apply_masks(model, {"conv.weight": torch.ones(2, dtype=torch.bool)})
    with pytest.raises(StageError, match=r"'conv.weight' is torch.float32"):
        apply_masks(model, {"conv.weight": torch.ones(4, 3, 3, 3)})
