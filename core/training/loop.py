"""The one training loop, for dense networks and for recovery under masks."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.errors import StageError
from core.plan.recipes import Recipe
from core.pruning.masks import Masks, apply_masks, prunable
from core.training.batches import epoch_batches, normalise, partition, steps_in
from core.training.datasets import Split
from core.training.kernels import autocast, layout_for
from core.training.snapshot import Snapshot

_VALIDATION_BATCH = 1000


@dataclass(frozen=True)
class EpochFacts:
    """What one epoch came to.

    epoch: 1-based · loss: mean training loss an image · top1: validation accuracy in [0, 1], None where the recipe
    holds nothing out · lr: learning rate of the last step · seconds: wall time, validation included ·
    images_per_s: training images over the time spent on training alone.
    """

    epoch: int
    loss: float
    top1: float | None
    lr: float
    seconds: float
    images_per_s: float


class Training(Iterator[EpochFacts]):
    """Trains a model in place, one epoch at each `next()`; the model may be read between epochs."""

    def __init__(
        self,
        model: nn.Module,
        masks: Masks,
        split: Split,
        recipe: Recipe,
        epochs: int,
        seed: int,
        round: int,
        before: int,
        after: int,
        before_step: Callable[["Training"], None],
    ) -> None:
        self._before_step = before_step
        self._layout = layout_for(model, split.device)
        self._model = model.to(split.device).to(memory_format=self._layout)  # type: ignore[call-overload]
        self._masks, self._split, self._recipe = masks, split, recipe
        self._epochs, self._seed, self._round = epochs, seed, round
        self._epoch = self._step = self._seen = 0
        self._summed = torch.zeros((), device=split.device)
        self._members, self._held_out = partition(len(split), recipe.validation)
        self._steps = steps_in(len(self._members), recipe.batch)
        self._behind, self._course = before * self._steps, (before + epochs + after) * self._steps
        self._optimizer = _optimizer(model, recipe)
        apply_masks(model, masks)
        weights = dict(prunable(model))
        self._masked = [weights[name] for name in masks]
        self._factors = [torch.empty_like(weights[name]).copy_(mask) for name, mask in masks.items()]

    def __next__(self) -> EpochFacts:
        """Trains the next epoch.

        Raises:
            StageError: the loss stopped being a finite number.
        """
        if self._epoch == self._epochs:
            raise StopIteration
        started, already = time.perf_counter(), self._seen
        loss, lr = self._train_epoch()
        trained = time.perf_counter()
        rate = (self._seen - already) / (trained - started)
        self._epoch, self._step, self._seen = self._epoch + 1, 0, 0
        self._summed.zero_()
        if not (math.isfinite(loss) and self._weights_are_finite()):
            raise StageError(f"the loss or a weight is not finite in epoch {self._epoch}; lower the learning rate")
        top1 = self._validate()
        ended = time.perf_counter()
        return EpochFacts(self._epoch, loss, top1, lr, ended - started, rate)

    @property
    def position(self) -> tuple[int, int]:
        """Whole epochs done, and batches done of the next one."""
        return self._epoch, self._step

    def snapshot(self) -> Snapshot:
        """A copy of the state between two steps: call it in `before_step`, or between epochs."""
        tensors = {f"model/{key}": _copied(value) for key, value in self._model.state_dict().items()}
        for name, parameter in self._model.named_parameters():
            for key, value in self._optimizer.state[parameter].items():
                tensors[f"optimizer/{name}/{key}"] = _copied(value)
        return Snapshot(self._epoch, self._step, self._seen, {**tensors, "loss": _copied(self._summed)})

    @torch.no_grad()
    def restore(self, snapshot: Snapshot) -> None:
        """Goes back (or on) to a snapshot of a training with the same arguments.

        Raises:
            ValueError: it is of another training.
        """
        if snapshot.epoch > self._epochs or snapshot.step >= self._steps:
            raise ValueError(f"epoch {snapshot.epoch}, step {snapshot.step} is beyond this training's end")
        missing = {f"model/{key}" for key in self._model.state_dict()} - set(snapshot.tensors)
        if missing or "loss" not in snapshot.tensors:
            raise ValueError(f"no {min(missing, default='loss')} in it")
        self._epoch, self._step, self._seen = snapshot.epoch, snapshot.step, snapshot.seen
        for key, value in self._model.state_dict().items():
            value.copy_(snapshot.tensors[f"model/{key}"])
        parameters = dict(self._model.named_parameters())
        for key, value in snapshot.tensors.items():
            kind, _, rest = key.partition("/")
            name, _, slot = rest.rpartition("/")
            if kind == "optimizer":
                like = parameters[name]
                # The fused kernel walks both in memory order: a buffer must be laid out as its parameter is.
                buffer = (
                    torch.empty_like(like) if value.shape == like.shape else torch.empty_like(value, device=like.device)
                )
                self._optimizer.state[like][slot] = buffer.copy_(value)
        self._summed.copy_(snapshot.tensors["loss"])

    def _train_epoch(self) -> tuple[float, float]:
        """(mean loss, last learning rate). Nothing waits for the device before the end."""
        self._model.train()
        recipe, lr = self._recipe, self._recipe.lr
        place = (self._seed, self._round, self._epoch, self._step)
        for images, labels in epoch_batches(self._split, self._members, recipe, *place):
            self._before_step(self)
            lr = learning_rate(recipe, self._behind + self._epoch * self._steps + self._step, self._course)
            for group in self._optimizer.param_groups:
                group["lr"] = lr
            loss = F.cross_entropy(self._forward(images), labels, label_smoothing=recipe.label_smoothing)
            self._optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            if self._masked:
                with torch.no_grad():
                    torch._foreach_mul_(self._masked, self._factors)
            self._summed.add_(loss.detach(), alpha=len(labels))
            self._seen += len(labels)
            self._step += 1
        # Multiplying leaves −0.0 behind; this leaves +0.0.
        apply_masks(self._model, self._masks)
        return float(self._summed) / self._seen, lr

    def _weights_are_finite(self) -> bool:
        """The last step's damage is not in the losses yet."""
        norms = torch._foreach_norm([parameter.detach() for parameter in self._model.parameters()])
        return bool(torch.isfinite(torch.stack(norms)).all())

    def _forward(self, images: Tensor) -> Tensor:
        """float32 logits [B, classes]."""
        with autocast(self._recipe.precision, images.device, min(images.shape[2:])):
            output: Tensor = self._model(images.contiguous(memory_format=self._layout))
        return output.float()

    @torch.inference_mode()
    def _validate(self) -> float | None:
        if not len(self._held_out):
            return None
        self._model.eval()
        split, right = self._split, torch.zeros((), dtype=torch.int64, device=self._split.device)
        for part in torch.split(self._held_out.to(split.device), _VALIDATION_BATCH):
            output = self._forward(normalise(split.images[part], split.mean, split.std))
            right += (output.argmax(dim=1) == split.labels[part]).sum()
        return int(right) / len(self._held_out)


def train(
    model: nn.Module,
    masks: Masks,
    split: Split,
    recipe: Recipe,
    epochs: int,
    seed: int,
    round: int,
    device: torch.device | str,
    *,
    before: int = 0,
    after: int = 0,
    start: Snapshot | None = None,
    before_step: Callable[[Training], None] = lambda _: None,
) -> Training:
    """Trains `model` in place on `device`; iterate over the result, one `EpochFacts` an epoch.

    SGD with Nesterov momentum; the rate climbs over the warm-up, then falls to 0 as the recipe says. Weights under a
    mask are exactly +0.0 from the start, after every epoch, and zero after every step.
    The last epoch's weights are the outcome; nothing is chosen by validation accuracy.

    masks: empty for a dense network · split: the training split (moved to `device` if it isn't there) ·
    seed, round: select order and augmentation · before, after: epochs of the learning rate's schedule that lie before
    and after these · start: go on from this snapshot · before_step: called before each step, when the state is whole;
    what it raises ends the training.
    On the CPU the same arguments and thread count give the same bits.

    Raises:
        StageError: too few images, masks that don't fit, or (while iterating) a loss that is not finite.
        ValueError: `start` is of another training.
    """
    training = Training(model, masks, split.to(device), recipe, epochs, seed, round, before, after, before_step)
    if start is not None:
        training.restore(start)
    return training


def learning_rate(recipe: Recipe, step: int, total: int) -> float:
    """Rate of a step (0-based) out of `total`: up to `lr` over the warm-up, then down towards 0."""
    warm = int(recipe.warmup * total)
    if step < warm:
        return recipe.lr * (step + 1) / warm
    done = (step - warm) / (total - warm)
    if recipe.schedule == "cosine":
        return recipe.lr * (1 + math.cos(math.pi * done)) / 2
    return recipe.lr * (1 - done)


def _optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Weight decay on everything, or on weights of two dimensions and more: not on batch-norm and biases."""
    parameters = list(model.parameters())
    decayed = [parameter for parameter in parameters if recipe.decay_all or parameter.ndim > 1]
    rest = [parameter for parameter in parameters if not recipe.decay_all and parameter.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=recipe.lr, betas=(recipe.momentum, 0.999), fused=True)
    nesterov = recipe.momentum > 0
    return torch.optim.SGD(groups, lr=recipe.lr, momentum=recipe.momentum, nesterov=nesterov, fused=True)


def _copied(value: Tensor) -> Tensor:
    return value.detach().to("cpu", copy=True).contiguous()
