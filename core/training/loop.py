"""The one training loop, for dense networks and for recovery under masks."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from prunesweep.core.errors import WrongPlan
from prunesweep.core.passes import Format
from prunesweep.core.plan.recipes import Recipe
from prunesweep.core.plan.regrowth import Regrowth
from prunesweep.core.pruning.masks import Masks, apply_masks
from prunesweep.core.training.batches import BatchDraws, draw, fitting, normalise, partition, steps_in
from prunesweep.core.training.cuda_graph import CudaGraph
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.recording import Recording
from prunesweep.core.training.regrowing import MaskChange
from prunesweep.core.training.step import Step
from prunesweep.core.training.training_state import TrainingState

_VALIDATION_BATCH = 1000
_OPTIMIZER = "optimizer/"


@dataclass(frozen=True)
class EpochResult:
    """What one epoch came to.

    Attributes:
        epoch: 1-based.
        loss: mean training loss an image.
        top1: validation accuracy in [0, 1], None where the recipe holds nothing out.
        lr: learning rate of the last step.
        seconds: wall time, validation included.
        images_per_s: training images over the time spent on training alone.
    """

    epoch: int
    loss: float
    top1: float | None
    lr: float
    seconds: float
    images_per_s: float


class Training(Iterator[EpochResult]):
    """Trains a model in place, one epoch at each `next()`; the model may be read between epochs."""

    def __init__(
        self,
        model: nn.Module,
        masks: Masks,
        split: Split,
        recipe: Recipe,
        epochs: int,
        seed: int,
        first_epoch: int,
        before: int,
        after: int,
        before_step: Callable[["Training"], None],
        graph: Recording | None,
        teacher: nn.Module | None = None,
        compiled: bool = False,
        regrowth: Regrowth | None = None,
    ) -> None:
        apply_masks(model.to(split.device), masks)
        self._model, self._split, self._recipe = model, split, recipe
        self._masks = {name: mask.to(split.device) for name, mask in masks.items()}
        self._epochs, self._seed, self._first = epochs, seed, first_epoch
        self._epoch = self._step = self._seen = 0
        self._members, held_out = partition(split.labels, recipe.validation)
        self._held_out = held_out.to(split.device)
        self._steps = steps_in(len(self._members), recipe.batch)
        self._behind, self._course = before * self._steps, (before + epochs + after) * self._steps
        self._before_step = before_step
        self._regrowth = regrowth
        moves = regrowth is not None
        facts = (split, recipe, len(self._members))
        self._train = Step(model, self._masks, *facts, graph, teacher, compiled=compiled, moves=moves)
        self._ahead: dict[int, BatchDraws] = {}

    def __next__(self) -> EpochResult:
        """Train the next epoch.

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
        self._train.summed.zero_()
        if not (math.isfinite(loss) and self._weights_are_finite()):
            what = f"the loss or a weight is not finite in epoch {self._epoch}"
            raise WrongPlan(what, "lower the learning rate in a recipe of your own (--recipe FILE.toml)")
        top1 = self.validate()
        ended = time.perf_counter()
        return EpochResult(self._epoch, loss, top1, lr, ended - started, rate)

    @property
    def format(self) -> Format:
        """Device, layout and number format that its steps were resolved to."""
        return self._train.passes.format

    @property
    def masks(self) -> Masks:
        """As they are now: the given ones, unless the training moves them."""
        return self._masks if self._regrowth is None else self._train.masks

    @property
    def position(self) -> tuple[int, int]:
        """Whole epochs done, and batches done of the next one."""
        return self._epoch, self._step

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return self._steps

    def snapshot(self) -> TrainingState:
        """Return a copy of the state between two steps: call it in `before_step`, or between epochs."""
        tensors = {key: value.detach().to("cpu", copy=True).contiguous() for key, value in self._train.state().items()}
        return TrainingState(self._epoch, self._step, self._seen, tensors)

    @torch.no_grad()
    def restore(self, snapshot: TrainingState) -> None:
        """Go back (or on) to a snapshot of a training with the same arguments.

        Raises:
            ValueError: it is of another training.
        """
        if snapshot.epoch > self._epochs or snapshot.step >= self._steps:
            raise ValueError(f"epoch {snapshot.epoch}, step {snapshot.step} is beyond this training's end")
        state, kept = self._train.state(), snapshot.tensors
        missing = {key for key in state if not key.startswith("optimizer/")} - set(kept)
        if missing:
            raise ValueError(f"no {min(missing)} in it")
        self._epoch, self._step, self._seen = snapshot.epoch, snapshot.step, snapshot.seen
        for key, value in state.items():
            # In place, because a recorded step knows addresses only. Before the first step there may be no momentum.
            if key in kept:
                value.copy_(kept[key])
            else:
                value.zero_()

    def optimizer(self) -> dict[str, Tensor]:
        """Return a copy of the optimizer's state, for a training that continues from here."""
        return {key: value for key, value in self.snapshot().tensors.items() if key.startswith(_OPTIMIZER)}

    @torch.no_grad()
    def adopt(self, optimizer: Mapping[str, Tensor]) -> None:
        """Continue with what `optimizer` of another training on the same network gave.

        Raises:
            ValueError: it is of another network or optimizer.
        """
        state = {key: value for key, value in self._train.state().items() if key.startswith(_OPTIMIZER)}
        if {key: value.shape for key, value in state.items()} != {k: v.shape for k, v in optimizer.items()}:
            raise ValueError("the saved optimizer is another network's, or of another kind")
        for key, value in state.items():
            value.copy_(optimizer[key])

    def _train_epoch(self) -> tuple[float, float]:
        """Train an epoch; return (mean loss, last learning rate). Nothing waits for the device before the end."""
        self._model.train()
        done = self._behind + self._epoch * self._steps
        rates = [learning_rate(self._recipe, done + step, self._course) for step in range(self._steps)]
        draws = self._ahead.pop(self._epoch) if self._epoch in self._ahead else self._draw(self._epoch)
        self._train.begin(draws, rates, self._step, (self._seed, self._first + self._epoch))
        for step in range(self._step, self._steps):
            self._before_step(self)
            self._seen += self._train(step, self._change(done + step))
            self._step += 1
        self._train.settle()
        # Multiplying leaves −0.0 behind; this leaves +0.0.
        apply_masks(self._model, self.masks)
        if self._epoch + 1 < self._epochs:
            # Now, while a GPU still works on what it was given.
            self._ahead = {self._epoch + 1: self._draw(self._epoch + 1)}
        return float(self._train.summed) / self._seen, rates[-1]

    def _change(self, step: int) -> MaskChange | None:
        """Return what moves in a step of the whole course."""
        fraction = self._regrowth.moving(step, self._course) if self._regrowth else 0.0
        if self._regrowth is None or not fraction:
            return None
        at_random = self._regrowth.method == "set"
        return MaskChange(fraction, (self._seed, self._first + self._epoch, self._step) if at_random else None)

    def _draw(self, epoch: int) -> BatchDraws:
        return draw(self._members, self._recipe, self._seed, self._first + epoch)

    def _weights_are_finite(self) -> bool:
        """Return whether every weight is finite: the losses do not show the last step's damage yet."""
        norms = torch._foreach_norm([parameter.detach() for parameter in self._model.parameters()])
        return bool(torch.isfinite(torch.stack(norms)).all())

    @property
    def validation_images(self) -> int:
        """How many images are held out."""
        return len(self._held_out)

    @torch.no_grad()  # what a network keeps of a pass must be fit for training
    def validate(self) -> float | None:
        """Return the accuracy on the held-out images in [0, 1]; None where the recipe holds none out."""
        if not len(self._held_out):
            return None
        self._model.eval()
        split, right = self._split, torch.zeros((), dtype=torch.int64, device=self._split.device)
        for part in torch.split(self._held_out, fitting(_VALIDATION_BATCH, split.images.shape[2:])):
            output = self._train.passes(normalise(split.take(part), split.mean, split.std))
            right += (output.argmax(dim=1) == split.labels[part]).sum()
        return int(right) / len(self._held_out)


def train(
    model: nn.Module,
    masks: Masks,
    split: Split,
    recipe: Recipe,
    epochs: int,
    seed: int,
    first_epoch: int,
    device: torch.device | str,
    *,
    before: int = 0,
    after: int = 0,
    start: TrainingState | None = None,
    before_step: Callable[[Training], None] = lambda _: None,
    graph: Callable[[torch.device], Recording | None] = lambda device: (
        CudaGraph(device) if device.type == "cuda" else None
    ),
    teacher: nn.Module | None = None,
    compiled: bool = False,
    regrowth: Regrowth | None = None,
) -> Training:
    """Train `model` in place on `device`; iterate over the result, one `EpochResult` an epoch.

    SGD with Nesterov momentum; the rate climbs over the warm-up, then falls to 0 as the recipe says. Weights under a
    mask are exactly +0.0 from the start, after every epoch, and zero after every step.
    The last epoch's weights are the outcome; nothing is chosen by validation accuracy.

    Args:
        masks: empty for a dense network.
        split: the training split (moved to `device` if it isn't there).
        seed, first_epoch: select order and augmentation; the latter is how many epochs these weights were trained
            before.
        before, after: epochs of the learning rate's schedule that lie before and after these.
        start: continue from this snapshot.
        before_step: called before each step, when the state is whole; what it raises ends the training.
        graph: makes what records and plays the steps on that device.
        teacher: the network whose outputs are targets, as the recipe says.
        compiled: compile the network (`torch.compile`) for full batches. The bits are then other ones.
        regrowth: how masks move.

    On the CPU the same arguments and thread count give the same bits.

    Raises:
        StageError: too few images, masks that don't fit, or (while iterating) a loss that is not finite.
        ValueError: `start` is of another training.
    """
    split = split.to(device)
    schedule = (epochs, seed, first_epoch, before, after)
    how = (before_step, graph(split.device), teacher, compiled, regrowth)
    training = Training(model, masks, split, recipe, *schedule, *how)
    if start is not None:
        training.restore(start)
    return training


def learning_rate(recipe: Recipe, step: int, total: int) -> float:
    """Return rate of a step (0-based) out of `total`: up to `lr` over the warm-up, then down towards 0."""
    warm = int(recipe.warmup * total)
    if step < warm:
        return recipe.lr * (step + 1) / warm
    done = (step - warm) / (total - warm)
    if recipe.schedule == "cosine":
        return recipe.lr * (1 + math.cos(math.pi * done)) / 2
    return recipe.lr * (1 - done)
