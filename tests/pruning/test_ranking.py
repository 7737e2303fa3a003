"""The choice of the highest scores: a GPU's way gives the masks of the CPU's."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.pruning import ranking

VALUES = st.lists(st.sampled_from((0.0, -0.0, 1.0, 1.5, -2.0, 1e-45, 3e38, float("-inf"))), min_size=1, max_size=40)


@given(VALUES, st.data(), st.sampled_from((torch.float32, torch.float64)))
def test_both_ways_give_equal_masks(values: list[float], data: st.DataObject, dtype: torch.dtype) -> None:
    scores = torch.tensor(values, dtype=dtype)
    count = data.draw(st.integers(1, len(values)))
    ours, theirs = ranking.by_topk(scores, count), ranking.by_kthvalue(scores, count)
    assert bool(ours == theirs)
    with pytest.MonkeyPatch.context() as patch:
        plain = ranking.top(scores, count)
        patch.setattr(ranking, "by_kthvalue", ranking.by_topk)
        assert torch.equal(ranking.top(scores, count), plain)
    assert int(plain.count_nonzero()) == count
    falling = sorted(range(len(values)), key=lambda index: (-float(scores[index]), index))
    assert sorted(falling[:count]) == plain.nonzero().flatten().tolist()


def test_many_scores_with_ties_across_the_threshold() -> None:
    scores = torch.randn(200_000, generator=torch.Generator().manual_seed(0)).abs().mul(50).round()
    for count in (1, 70_000, 100_001, 180_000, 200_000):
        assert bool(ranking.by_topk(scores, count) == ranking.by_kthvalue(scores, count))
