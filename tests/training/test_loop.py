"""The loop trains, agrees with a plain PyTorch loop, keeps masked weights at zero, and repeats itself bit for bit."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.batches import partition
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import Training, learning_rate, train
from prunesweep.core.training.models import build_model
from tests.training.epochs import epoch_batches

RECIPE = replace(load_recipe("digits").dense, batch=16, validation=0.2, precision="fp32")
MakeSplit = Callable[..., Split]


def _model(seed: int = 0, classes: int = 3) -> nn.Module:
    return build_model(ModelRef("resnet18", 2, classes), seed)


def _weights(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_it_learns(make_split: MakeSplit) -> None:
    model = build_model(ModelRef("resnet18", 4, 3), seed=0)
    facts = list(train(model, {}, make_split(120), RECIPE, 8, 0, 0, "cpu"))
    assert [fact.epoch for fact in facts] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert facts[-1].loss < facts[0].loss / 2
    assert facts[-1].top1 is not None
    assert facts[-1].top1 > 0.8
    assert facts[-1].lr == pytest.approx(RECIPE.lr / (48 - int(48 * RECIPE.warmup)))
    assert all(fact.seconds > 0 and fact.images_per_s > 0 for fact in facts)


@pytest.mark.parametrize("masked", [False, True])
def test_agrees_with_a_plain_loop(make_split: MakeSplit, masked: bool) -> None:
    """SGD written out by hand, in contiguous memory and without a fused kernel."""
    split, recipe, epochs = make_split(50), replace(RECIPE, label_smoothing=0.1), 2
    ours, plain = _model(), _model()
    masks = prune(Subject(plain, {}), "magnitude", "global", 0.5) if masked else {}
    list(train(ours, masks, split, recipe, epochs, 7, 1, "cpu"))

    parameters = dict(plain.named_parameters())
    velocity: dict[str, Tensor] = {}
    with torch.no_grad():
        for name, mask in masks.items():
            parameters[name].mul_(mask)
    members, _ = partition(split.labels, recipe.validation)
    plain.train()
    for step, (images, labels) in enumerate(
        batch for epoch in range(epochs) for batch in epoch_batches(split, members, recipe, 7, 1 + epoch)
    ):
        loss = F.cross_entropy(plain(images.contiguous()), labels, label_smoothing=0.1)
        gradients = torch.autograd.grad(loss, list(parameters.values()))
        rate = learning_rate(recipe, step, 3 * epochs)
        with torch.no_grad():
            for name, raw in zip(parameters, gradients, strict=True):
                gradient = raw + recipe.weight_decay * parameters[name]
                velocity[name] = recipe.momentum * velocity[name] + gradient if name in velocity else gradient
                parameters[name].sub_(rate * (gradient + recipe.momentum * velocity[name]))
                if name in masks:
                    parameters[name].mul_(masks[name])
    for name, value in ours.state_dict().items():
        assert torch.allclose(value, plain.state_dict()[name], rtol=1e-3, atol=1e-4), name


def test_same_arguments_same_bits(make_split: MakeSplit) -> None:
    split = make_split(60)
    results = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        model = _model()
        losses = [fact.loss for fact in train(model, {}, split, RECIPE, 2, 0, 0, "cpu")]
        results.append((_weights(model), losses))
    assert _same(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]
    for seed, first_epoch in ((1, 0), (0, 1)):
        model = _model()
        list(train(model, {}, split, RECIPE, 2, seed, first_epoch, "cpu"))
        assert not _same(_weights(model), results[0][0])


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_masked_weights_are_zero_after_every_step(make_split: MakeSplit, precision: str, optimizer: str) -> None:
    model = _model()
    masks = prune(Subject(model, {}), "magnitude", "global", 0.75)
    weights = dict(prunable(model))
    seen: list[int] = []

    def look(images: Tensor, *rest: object) -> None:
        """Before every forward pass: what the step before has left."""
        seen.append(sum(int(weights[name][~mask].count_nonzero()) for name, mask in masks.items()))

    model.register_forward_pre_hook(lambda module, inputs: look(*inputs))
    recipe = replace(RECIPE, precision=precision, weight_decay=0.01, optimizer=optimizer)
    for _ in train(model, masks, make_split(60), recipe, 2, 0, 1, "cpu"):
        for name, mask in masks.items():
            gone = weights[name].detach()[~mask]
            assert not gone.any()
            assert not gone.signbit().any()
            assert weights[name].detach()[mask].any()
    assert len(seen) == 2 * (3 + 1)
    assert set(seen) == {0}


def test_the_first_epochs_of_a_schedule_are_those_of_the_whole(make_split: MakeSplit) -> None:
    """What weight rewinding goes back to: the dense network as it was on its way."""
    split, whole, kept = make_split(60), _model(), []

    def look(training: Training) -> None:
        if training.position == (2, 0):
            kept.append(_weights(whole))

    rates = [fact.lr for fact in train(whole, {}, split, RECIPE, 3, 0, 0, "cpu", before_step=look)]
    part = _model()
    early = [fact.lr for fact in train(part, {}, split, RECIPE, 2, 0, 0, "cpu", after=1)]
    assert early == rates[:2]
    assert _same(_weights(part), kept[0])
    late = [fact.lr for fact in train(_model(), {}, split, RECIPE, 1, 0, 1, "cpu", before=2)]
    assert late == rates[2:]


@pytest.mark.parametrize("decay_all", [True, False])
def test_weight_decay_spares_biases_and_batch_norm_when_asked(make_split: MakeSplit, decay_all: bool) -> None:
    changed = []
    for decay in (0.0, 0.1):
        model = _model()
        recipe = replace(RECIPE, weight_decay=decay, decay_all=decay_all, batch=60, validation=0.0, warmup=0.0)
        list(train(model, {}, make_split(60), recipe, 1, 0, 0, "cpu"))
        changed.append(_weights(model))
    # One step from the same weights: the gradient is the same, so what differs is the decay's.
    parameters = dict(_model().named_parameters())
    differs = {name for name in parameters if not torch.equal(changed[0][name], changed[1][name])}
    flat = {name for name, parameter in parameters.items() if parameter.ndim <= 1 and bool(parameter.any())}
    assert differs & flat == (flat if decay_all else set())
    assert {name for name, parameter in parameters.items() if parameter.ndim > 1} <= differs


def test_the_rates_of_the_schedules() -> None:
    cosine = replace(RECIPE, schedule="cosine", warmup=0.0, lr=1.0)
    assert [learning_rate(cosine, step, 4) for step in range(4)] == pytest.approx(
        [1.0, 0.853553, 0.5, 0.146447], abs=1e-6
    )
    triangle = replace(RECIPE, schedule="triangle", warmup=0.5, lr=1.0)
    assert [learning_rate(triangle, step, 4) for step in range(4)] == pytest.approx([0.5, 1.0, 1.0, 0.5])


def test_no_epochs_only_applies_the_masks(make_split: MakeSplit) -> None:
    model = _model()
    masks = prune(Subject(model, {}), "magnitude", "global", 0.5)
    before = _weights(model)
    assert list(train(model, masks, make_split(20), RECIPE, 0, 0, 1, "cpu")) == []
    for name, value in _weights(model).items():
        assert torch.equal(value, before[name] * masks[name] if name in masks else before[name])


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_training_goes_on_from_between_any_two_steps_to_the_same_bits(make_split: MakeSplit, optimizer: str) -> None:
    split, recipe = make_split(60), replace(RECIPE, precision="auto", optimizer=optimizer, decay_all=False)
    whole, kept = _model(), {}
    masks = prune(Subject(whole, {}), "magnitude", "global", 0.5)

    def look(training: Training) -> None:
        if training.position in ((0, 0), (0, 2), (1, 0), (1, 1), (2, 2)):
            kept[training.position] = training.snapshot()

    expected = list(train(whole, masks, split, recipe, 3, 0, 1, "cpu", before_step=look))
    assert len(kept) == 5
    for (epoch, _), snapshot in kept.items():
        other = _model(seed=99)
        rest = list(train(other, masks, split, recipe, 3, 0, 1, "cpu", start=snapshot))
        assert _same(_weights(other), _weights(whole))
        assert [(fact.epoch, fact.loss, fact.top1, fact.lr) for fact in rest] == [
            (fact.epoch, fact.loss, fact.top1, fact.lr) for fact in expected[epoch:]
        ]


@pytest.mark.parametrize("change", [{"epoch": 4}, {"step": 99}, {"tensors": {}}])
def test_a_snapshot_of_another_training_is_refused(make_split: MakeSplit, change: dict[str, object]) -> None:
    snapshot = train(_model(), {}, make_split(60), RECIPE, 3, 0, 1, "cpu").snapshot()
    with pytest.raises(ValueError):
        train(_model(), {}, make_split(60), RECIPE, 3, 0, 1, "cpu", start=replace(snapshot, **change))


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_resumed_training_ends_on_the_same_bits(make_split: MakeSplit, stop: int) -> None:
    split, recipe = make_split(60), replace(RECIPE, precision="auto")
    whole = _model()
    masks = prune(Subject(whole, {}), "magnitude", "global", 0.5)
    expected = list(train(whole, masks, split, recipe, 3, 0, 1, "cpu"))

    first = train(_model(), masks, split, recipe, 3, 0, 1, "cpu")
    for _ in range(stop):
        next(first)
    snapshot = first.snapshot()
    list(first)  # what happens afterwards must not reach into the snapshot
    other = _model(seed=99)
    rest = list(train(other, masks, split, recipe, 3, 0, 1, "cpu", start=snapshot))
    assert _same(_weights(other), _weights(whole))
    assert [(fact.epoch, fact.loss, fact.top1, fact.lr) for fact in rest] == [
        (fact.epoch, fact.loss, fact.top1, fact.lr) for fact in expected[stop:]
    ]


def test_validation_images_are_never_trained_on(make_split: MakeSplit) -> None:
    split = make_split(50)
    _, held_out = partition(split.labels, RECIPE.validation)
    poisoned = split.images.clone()
    poisoned[held_out] = 255 - poisoned[held_out]
    results = []
    for images in (split.images, poisoned):
        model = _model()
        facts = list(train(model, {}, replace(split, images=images), RECIPE, 2, 0, 0, "cpu"))
        results.append((_weights(model), [fact.loss for fact in facts]))
    assert _same(results[0][0], results[1][0])
    assert results[0][1] == results[1][1]


def test_what_a_network_keeps_of_a_validation_can_be_trained_with(make_split: MakeSplit) -> None:
    class Grid(nn.Sequential):
        kept: Tensor | None = None

        def forward(self, images: Tensor) -> Tensor:
            self.kept = torch.linspace(0, 1, 3, device=images.device) if self.kept is None else self.kept
            for layer in self:
                images = layer(images)
            return images * self.kept

    model = Grid(nn.Conv2d(3, 3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    course = train(model, {}, make_split(40), RECIPE, 1, 0, 0, "cpu")
    model.kept = None
    assert course.validate() is not None
    assert len(list(course)) == 1


def test_nothing_held_out_means_no_validation_accuracy(make_split: MakeSplit) -> None:
    (fact,) = train(_model(), {}, make_split(20), replace(RECIPE, validation=0.0), 1, 0, 0, "cpu")
    assert fact.top1 is None


def test_a_loss_that_explodes_is_said(make_split: MakeSplit) -> None:
    with pytest.raises(StageError, match="the loss or a weight is not finite in epoch 1; lower the learning rate"):
        list(train(_model(), {}, make_split(60), replace(RECIPE, lr=1e18), 3, 0, 0, "cpu"))


def test_too_few_images(make_split: MakeSplit) -> None:
    with pytest.raises(StageError, match="1 training images in batches of 16: at least 2 are needed"):
        list(train(_model(), {}, make_split(1), RECIPE, 1, 0, 0, "cpu"))


def test_learning_rate_climbs_then_falls_to_almost_nothing() -> None:
    recipe = replace(RECIPE, lr=1.0, warmup=0.2)
    rates = [learning_rate(recipe, step, 10) for step in range(10)]
    assert rates == pytest.approx([0.5, 1.0, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125])
    assert [learning_rate(replace(recipe, warmup=0.0), step, 4) for step in range(4)] == [1.0, 0.75, 0.5, 0.25]


@given(total=st.integers(1, 10_000), warmup=st.floats(0, 0.999), lr=st.floats(1e-6, 10), data=st.data())
def test_learning_rate_is_positive_and_never_above_the_peak(
    total: int, warmup: float, lr: float, data: st.DataObject
) -> None:
    step = data.draw(st.integers(0, total - 1))
    rate = learning_rate(replace(RECIPE, lr=lr, warmup=warmup), step, total)
    assert 0 < rate <= lr * (1 + 1e-12)
    assert math.isfinite(rate)
