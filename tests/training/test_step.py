"""Steps that are recorded and played again: the same bits as steps one by one, and nothing ever moves.

Without a GPU a stand-in plays the graph: it carries the recorded work out anew. What it cannot show, that a graph's
kernels read and write the addresses that they were recorded with, follows from addresses that never change.
"""

import gc
import inspect
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.training import step
from prunesweep.core.training.batches import draw
from prunesweep.core.training.cuda_graph import CudaGraph
from prunesweep.core.training.loop import Training, train
from tests.training.played_steps import (
    FULL,
    IMAGES,
    RECIPE,
    RECIPES,
    MakeSplit,
    Player,
    assert_same,
    masks_of,
    outcome_of,
    small_network,
)
from tests.training.played_steps import rates_of_a_gpu as rates_of_a_gpu


def _addresses(training: Training, model: nn.Module) -> dict[str, int]:
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers()), **training._train.state()}
    fixed = training._train
    own = {name: value for name, value in vars(fixed).items() if isinstance(value, Tensor)}
    plan = {f"plan.{name}": value for name, value in vars(fixed._plan).items()}
    factors = {f"factor {number}": value for number, value in enumerate(fixed._factors)}
    return {name: value.data_ptr() for name, value in {**tensors, **own, **plan, **factors}.items()}


@pytest.mark.parametrize(("name", "masked"), [("sgd", False), *((name, True) for name in RECIPES)])
def test_played_steps_end_on_the_bits_of_steps_one_by_one(make_split: MakeSplit, name: str, masked: bool) -> None:
    split, recipe, player = make_split(IMAGES), RECIPES[name], Player(torch.device("cpu"))
    masks = masks_of(small_network()) if masked else {}
    plain = outcome_of(train(small_network(), masks, split, recipe, 3, 0, 1, "cpu"))
    assert_same(outcome_of(train(small_network(), masks, split, recipe, 3, 0, 1, "cpu", graph=lambda _: player)), plain)
    assert (player.captures, player.replays) == (1, 3 * FULL)


@pytest.mark.parametrize("name", ["sgd", "adamw"])
def test_nothing_that_a_graph_knows_ever_moves(make_split: MakeSplit, name: str) -> None:
    model, split, recipe = small_network(), make_split(IMAGES), RECIPES[name]
    seen: list[dict[str, int]] = []

    def look(training: Training) -> None:
        assert all(parameter.grad is None for parameter in model.parameters())
        seen.append(_addresses(training, model))

    course = train(model, masks_of(model), split, recipe, 2, 0, 1, "cpu", before_step=look, graph=Player)
    seen.append(_addresses(course, model))
    start = course.snapshot()
    first = outcome_of(course)
    course.restore(start)
    seen.append(_addresses(course, model))
    assert_same(outcome_of(course), first)
    seen.append(_addresses(course, model))
    assert len(seen) == 3 + 2 * 2 * (FULL + 1)
    slots = {"sgd": 1, "adamw": 3}[name]
    assert sum(key.startswith("optimizer/") for key in seen[0]) == slots * len(list(model.parameters()))
    assert all(addresses == seen[0] for addresses in seen)


_FIRST_LAST = [(0, 2), (1, FULL)]
_STOPS = dict.fromkeys(RECIPES, _FIRST_LAST) | {"sgd": [(0, 0), (0, 2), (0, FULL), (1, 0), (1, 1), (1, FULL)]}


@pytest.mark.parametrize("name", RECIPES)
def test_a_snapshot_leads_to_the_same_bits_on_either_way(make_split: MakeSplit, name: str) -> None:
    """(1, 3) is before a short batch: that epoch has nothing to play."""
    split, recipe, masks, kept = make_split(IMAGES), RECIPES[name], masks_of(small_network()), {}

    def look(training: Training) -> None:
        if training.position in _STOPS[name]:
            kept[training.position] = training.snapshot()

    whole = outcome_of(train(small_network(), masks, split, recipe, 2, 0, 1, "cpu", before_step=look, graph=Player))
    assert list(kept) == _STOPS[name]
    for (epoch, _), snapshot in kept.items():
        for graph in (Player, lambda _: None):
            rest = train(small_network(seed=99), masks, split, recipe, 2, 0, 1, "cpu", start=snapshot, graph=graph)
            assert_same(outcome_of(rest), (whole[0][epoch:], whole[1]))


def test_states_saved_before_the_first_step_may_lack_momentum(make_split: MakeSplit) -> None:
    """Earlier releases made the optimizer's state in the first step."""
    split = make_split(IMAGES)
    course = train(small_network(), {}, split, RECIPE, 2, 0, 1, "cpu", graph=Player)
    start = course.snapshot()
    bare = {key: value for key, value in start.tensors.items() if not key.startswith("optimizer/")}
    whole = outcome_of(course)
    course.restore(replace(start, tensors=bare))
    assert_same(outcome_of(course), whole)


class Still(torch.optim.Optimizer):
    """Does nothing: the optimizers' kernels do not exist on the meta device."""

    add_param_group = inspect.unwrap(torch.optim.Optimizer.add_param_group)  # without loading torch's compiler
    zero_grad = inspect.unwrap(torch.optim.Optimizer.zero_grad)

    def __init__(self, model: nn.Module, *_: object) -> None:
        super().__init__(model.parameters(), {})

    def step(self, closure: None = None) -> None: ...


def test_a_step_asks_nothing_back_from_its_device(make_split: MakeSplit, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the meta device, where nothing has a value, whatever a host would wait for is an error."""
    monkeypatch.setattr(step, "build_optimizer", Still)
    split, recipe = make_split(IMAGES), RECIPES["bf16, cutout, alternating"]
    model, masks = (
        small_network().to("meta"),
        {name: mask.to("meta") for name, mask in masks_of(small_network()).items()},
    )
    there = split.to("meta")
    fixed = step.Step(model, masks, there, replace(recipe, precision="fp32"), IMAGES, Player(there.device))
    fixed.begin(draw(torch.arange(IMAGES), recipe, 0, 0), [0.1] * 5, 0)
    assert [fixed(number) for number in range(5)] == [16, 16, 16, 16, 6]
    with pytest.raises(RuntimeError):
        float(fixed.summed)


@pytest.mark.parametrize(("images", "captures"), [(24, 1), (15, 0)])
def test_one_full_batch_is_enough_to_record_and_none_is_not(make_split: MakeSplit, images: int, captures: int) -> None:
    split, recipe, player = make_split(images), replace(RECIPE, validation=0.0), Player(torch.device("cpu"))
    plain = outcome_of(train(small_network(), {}, split, recipe, 2, 0, 0, "cpu"))
    assert_same(outcome_of(train(small_network(), {}, split, recipe, 2, 0, 0, "cpu", graph=lambda _: player)), plain)
    assert player.captures == captures


class TooSmall(Player):
    """A device without room for a recording: some of the work is done, then memory is out."""

    def __init__(self, error: Exception) -> None:
        super().__init__(torch.device("cpu"))
        self._error = error

    def capture(self, work: Callable[[], None]) -> None:
        self.captures += 1
        work()
        try:
            raise self._error
        except torch.OutOfMemoryError:
            # As torch does when it ends a capture that an allocation has spoiled.
            raise RuntimeError("CUDA error: operation failed due to a previous error during capture")  # noqa: B904


def test_a_step_that_there_is_no_memory_to_record_is_carried_out_all_the_same(make_split: MakeSplit) -> None:
    split, masks, player = (
        make_split(IMAGES),
        masks_of(small_network()),
        TooSmall(torch.OutOfMemoryError("CUDA out of memory")),
    )
    plain = outcome_of(train(small_network(), masks, split, RECIPE, 2, 0, 1, "cpu"))
    assert_same(outcome_of(train(small_network(), masks, split, RECIPE, 2, 0, 1, "cpu", graph=lambda _: player)), plain)
    assert (player.captures, player.replays) == (1, 0), "it is not tried again"


def test_any_other_error_of_a_recording_ends_the_training(make_split: MakeSplit) -> None:
    player = TooSmall(RuntimeError("CUDA error: an illegal memory access was encountered"))
    with pytest.raises(RuntimeError, match="illegal memory access"):
        list(train(small_network(), {}, make_split(IMAGES), RECIPE, 1, 0, 0, "cpu", graph=lambda _: player))


def test_a_training_that_is_over_is_gone_at_once(make_split: MakeSplit) -> None:
    """With it goes its graph, and the memory of the device: the next training needs it, or another process."""
    course = train(small_network(), {}, make_split(IMAGES), RECIPE, 1, 0, 0, "cpu")
    list(course)
    there = weakref.ref(course._train)
    gc.disable()
    try:
        del course
        assert there() is None
    finally:
        gc.enable()


cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@cuda
@pytest.mark.parametrize("name", RECIPES)
def test_a_cuda_graph_trains_as_steps_one_by_one_do(make_split: MakeSplit, name: str) -> None:
    """Not bit by bit: some of the GPU's kernels add up in whatever order, and the graph's were chosen by trying."""
    split, recipe = make_split(IMAGES, size=16), RECIPES[name]
    courses = []
    for graph in (CudaGraph, Player):
        model = small_network()
        course = train(model, masks_of(model), split, recipe, 2, 0, 1, "cuda", graph=graph)
        courses.append(([(fact.loss, fact.lr) for fact in course], {k: v.cpu() for k, v in model.state_dict().items()}))
    (recorded, ours), (plain, theirs) = courses
    assert [lr for _, lr in recorded] == [lr for _, lr in plain]
    assert [loss for loss, _ in recorded] == pytest.approx([loss for loss, _ in plain], rel=0.1)
    for key, value in ours.items():
        if value.dim() > 1:
            assert torch.nn.functional.cosine_similarity(value.flatten(), theirs[key].flatten(), dim=0) > 0.9, key
    for key, mask in masks_of(small_network()).items():
        assert not ours[key][~mask].any()
    assert int(ours["bn1.num_batches_tracked"]) == 2 * (FULL + 1)


@cuda
def test_a_cuda_graph_goes_back_to_a_snapshot_in_place(make_split: MakeSplit) -> None:
    model, split = small_network(), make_split(IMAGES, size=16)
    course = train(model, masks_of(model), split, RECIPE, 2, 0, 1, "cuda")
    start = course.snapshot()
    first = [fact.loss for fact in course]
    course.restore(start)
    seen = _addresses(course, model)
    assert [fact.loss for fact in course] == pytest.approx(first, rel=0.1)
    assert _addresses(course, model) == seen


@cuda
@pytest.mark.filterwarnings("ignore:Synchronization debug mode")
def test_an_epoch_waits_for_the_gpu_only_at_its_end(make_split: MakeSplit) -> None:
    split, recipe = make_split(64, size=16), replace(RECIPE, validation=0.0)

    def look(training: Training) -> None:
        # The first step records. From the second on, whatever waits for the device is an error.
        torch.cuda.set_sync_debug_mode("error" if training.position[1] else "default")

    course = train(small_network(), {}, split, recipe, 1, 0, 0, "cuda", before_step=look)
    try:
        with pytest.raises(RuntimeError, match="synchroniz"):
            next(course)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert course.position == (0, 4), "all four steps were on their way by then"
