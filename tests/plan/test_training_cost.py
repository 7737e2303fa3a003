"""What a training costs in theory, by the rule of the RigL paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.plan.regrowth import Regrowth
from prunesweep.core.plan.training_cost import TrainingCost

PARTS = st.floats(0, 1)


def test_a_small_network_by_hand() -> None:
    """10 images, 200 multiply-adds dense and 50 under masks, 4 epochs: 3 passes an image, 6000 a dense epoch."""
    dense = 10 * 4 * (200 + 2 * 200)
    assert TrainingCost(4).dense_epochs * 10 * 3 * 200 == dense
    masked = 10 * 4 * (50 + 2 * 50)
    assert TrainingCost(4, 50 / 200).dense_epochs * 10 * 3 * 200 == masked
    # A quarter of the steps need the gradient of all weights: forward 50, of the activations 50, of the weights 200.
    grown = 10 * (3 * (50 + 2 * 50) + 1 * (2 * 50 + 200))
    assert TrainingCost(4, 50 / 200, 1 / 4).dense_epochs * 10 * 3 * 200 == grown
    assert TrainingCost(4, 50 / 200, taught=True).dense_epochs * 10 * 3 * 200 == masked + 10 * 4 * 200


@given(st.integers(0, 1000), PARTS, PARTS)
def test_masks_never_cost_more_than_the_dense_network_nor_dense_gradients_less_than_none(
    epochs: int, left: float, gradients: float
) -> None:
    sparse, grown = TrainingCost(epochs, left), TrainingCost(epochs, left, gradients)
    assert 0 <= sparse.dense_epochs <= grown.dense_epochs <= TrainingCost(epochs).dense_epochs * (1 + 1e-12)


@given(st.integers(1, 400), st.integers(1, 50), st.integers(1, 300))
def test_the_share_of_steps_that_move_is_the_count_to_within_one_step(epochs: int, steps: int, every: int) -> None:
    regrowth = Regrowth("rigl", 0.3, every)
    total = epochs * steps
    moves = sum(regrowth.moving(step, total) > 0 for step in range(total))
    assert moves <= regrowth.share(epochs) * total + 1e-6 <= moves + 1 + 2e-6


@pytest.mark.parametrize(("part", "share"), [((2, 0, 6), 0.1), ((2, 4, 2), 0.1), ((4, 4, 0), 0.05), ((2, 6, 0), 0.0)])
def test_only_the_first_three_quarters_of_a_course_move(part: tuple[int, int, int], share: float) -> None:
    assert Regrowth("rigl", 0.3, 10).share(*part) == pytest.approx(share)
    assert Regrowth("rigl", 0.3, 10).share(0) == 0
