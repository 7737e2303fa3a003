"""One training step over memory that stays where it is, so that a GPU can record it once and play it again.

Launching a step's few hundred kernels one by one takes a CPU longer than a GPU needs to run those of a small network;
a CUDA graph launches them together. A graph knows addresses only. So whatever a step reads or writes is allocated once
and filled in place: weights, momentum, the batch-norms' statistics, the epoch's random draws and learning rates, and
the cursor that says where in the epoch we are. A replay needs nothing from the host.
"""

import logging
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from prunesweep.core.passes import Passes
from prunesweep.core.plan.recipes import Recipe
from prunesweep.core.pruning.masks import Masks, prunable
from prunesweep.core.seeds import dice
from prunesweep.core.training.batch_counters import counter_of, idly_counting, without_counters
from prunesweep.core.training.batches import BatchDraws, augmented, steps_in
from prunesweep.core.training.cuda_graph import ran_out_of_memory
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.distillation import teacher_of
from prunesweep.core.training.optimizer import build_optimizer
from prunesweep.core.training.recording import Lasting, Recording, StepMemory
from prunesweep.core.training.regrowing import MaskChange, move
from prunesweep.core.training.stream import Stream

_log = logging.getLogger(__name__)


class Step:
    """What a training does between two positions, and all the state that it changes.

    Args:
        model: moved to the split's device.
        count: training images of an epoch.
        graph: records the steps on full batches; without one every step is carried out as it comes. The last batch, if
            short, always is.
        teacher: a network whose outputs are targets beside the labels.
        compiled: compile the network for full batches.
        moves: masks change in some steps.
    """

    def __init__(
        self,
        model: nn.Module,
        masks: Masks,
        split: Split,
        recipe: Recipe,
        count: int,
        graph: Recording | None,
        teacher: nn.Module | None = None,
        *,
        compiled: bool = False,
        moves: bool = False,
    ) -> None:
        device = split.device
        self._model, self._split, self._recipe, self._count, self._graph = model, split, recipe, count, graph
        side = min(split.images.shape[2:])
        full = recipe.batch if compiled else 0
        self.passes = Passes(model, side, device, gradients=True, precision=recipe.precision, compiled=full)
        self._teacher = None if teacher is None else teacher_of(teacher, recipe, side, device)
        self._recorded = False
        self._moves = moves
        weights = dict(prunable(model))
        self._masked = [weights[name] for name in masks]
        self._mask_names = tuple(masks)
        self._factors = [torch.empty_like(weights[name]).copy_(mask) for name, mask in masks.items()]
        self._optimizer = build_optimizer(model, recipe, device)
        self._optimizer.zero_grad(set_to_none=True)
        self.summed = torch.zeros((), device=device)
        """Training loss, summed over the images of this epoch so far."""
        self._plan = _room_for_draws(count, recipe, device)
        self._stream: Stream | None = None
        self._incoming = _room_for_images(split, recipe.batch) if split.streamed else torch.empty(0)
        """Images of the batch that is next, where they are streamed: uint8 [batch, 3, H, W] on the device."""
        self._rates: Sequence[float] = ()
        self._at = (0, 0)
        self._planned_rates = torch.zeros(steps_in(count, recipe.batch), device=device)
        self._rate = torch.zeros((), device=device)
        self._cursor = torch.zeros(1, dtype=torch.int64, device=device)
        self._lanes = torch.arange(recipe.batch, device=device)
        self._counting = idly_counting(model)
        self._uncounted = 0
        """Played steps that the counters of these batch-norms do not hold yet."""
        if isinstance(graph, Lasting) and teacher is None:
            self._recorded = graph.take_over(self._memory())

    def state(self) -> dict[str, Tensor]:
        """Return the tensors themselves, by `Snapshot`'s names: whoever writes into them changes the training."""
        self.settle()
        found = {f"model/{key}": value for key, value in self._model.state_dict().items()}
        if self._moves:
            found |= {f"factor/{name}": factor for name, factor in zip(self._mask_names, self._factors, strict=True)}
        return {**found, **self._optimizer_state(), "loss": self.summed}

    @property
    def masks(self) -> dict[str, Tensor]:
        """As they are now, True = alive."""
        return {name: factor != 0 for name, factor in zip(self._mask_names, self._factors, strict=True)}

    def settle(self) -> None:
        """Bring the counters of batch-norms up to date, which played steps leave alone; nothing else reads them."""
        if self._uncounted and self._counting:
            torch._foreach_add_([counter_of(module) for module in self._counting], self._uncounted)
        self._uncounted = 0

    def _optimizer_state(self) -> dict[str, Tensor]:
        return {
            f"optimizer/{name}/{key}": value
            for name, parameter in self._model.named_parameters()
            for key, value in self._optimizer.state[parameter].items()
        }

    def _slots(self, weight: Tensor) -> list[Tensor]:
        return [value for value in self._optimizer.state[weight].values() if value.shape == weight.shape]

    def _memory(self) -> StepMemory:
        """Return all that a recorded step knows the addresses of."""
        found: dict[str, Tensor] = {**dict(self._model.named_parameters()), **dict(self._model.named_buffers())}
        found |= self._optimizer_state()
        found |= {f"plan/{name}": value for name, value in vars(self._plan).items()}
        found |= {f"factor/{number}": factor for number, factor in enumerate(self._factors)}
        own = ("summed", "_incoming", "_planned_rates", "_rate", "_cursor", "_lanes")
        found |= {f"step/{name}": vars(self)[name] for name in own}
        shapes = tuple((name, one.shape, one.stride(), one.dtype) for name, one in found.items())
        kind = (self._recipe, self._count, self._split.streamed, self.passes.format, self._mask_names, shapes)
        images, labels, mean, std = (getattr(self._split, name) for name in ("images", "labels", "mean", "std"))
        return StepMemory(found, (images, labels, mean, std), kind)

    def begin(self, draws: BatchDraws, rates: Sequence[float], first: int, epoch: tuple[int, int] = (0, 0)) -> None:
        """Make ready for an epoch: its draws (on the CPU), the learning rate of each step, the step to begin with, and
        (seed, epoch of the lineage), which the numbers that layers draw follow from, dropout's for one."""
        self._at = epoch
        _send(self._plan.index, draws.index)
        _send(self._plan.shifts, draws.shifts)
        _send(self._plan.mirrored, draws.mirrored)
        _send(self._plan.holes, draws.holes)
        _send(self._planned_rates, torch.tensor(rates))
        _send(self._plan.crops, draws.crops)
        self._rates = rates
        self._cursor.fill_(first)
        if self._split.streamed:
            self._stream = Stream(self._split.images, draws.index, self._recipe.batch, first, self._split.device)

    def __call__(self, number: int, change: MaskChange | None = None) -> int:
        """Train on the epoch's batch of that number, from 0, one after another; how many images it has. On a GPU it
        returns before they are done.

        change: the step moves masks instead of weights; it is carried out as it comes.
        """
        begin = number * self._recipe.batch
        images = min(self._recipe.batch, self._count - begin)
        if self._stream is not None:
            self._incoming[:images].copy_(self._stream.next(), non_blocking=True)
        full = images == self._recipe.batch
        whole = self._graph is not None and full and change is None
        if whole and not self._recorded:
            whole = self._record()
        with dice("step", *self._at, number, device=self._split.device):
            if self._graph is not None and whole:
                self._graph.replay()
                self._uncounted += 1
            else:
                # On the CPU a number: a tensor would round it to float32.
                rate = self._rates[number] if self._graph is None else self._rate.copy_(self._planned_rates[number])
                self._train(self._plan.rows(slice(begin, begin + images)), rate, change)
                if full and self._graph is not None:
                    self._advance()
        return images

    def _record(self) -> bool:
        """Recording takes steps; afterwards everything is put back where it lies.

        Returns:
            Whether there is a recording. If the device has too little memory for one (a graph keeps its own), steps
            are carried out one by one, this one included.
        """
        assert self._graph is not None  # noqa: S101 - whoever calls has looked
        touched = [*self.state().values(), self._cursor]
        kept = [tensor.clone() for tensor in touched]
        try:
            self._graph.capture(self._train_at_cursor)
        except RuntimeError as error:
            if not ran_out_of_memory(error):
                raise
            _log.warning("too little memory on %s to record a step; launching its kernels", self._split.device)
            self._graph = None
        torch._foreach_copy_(touched, kept)
        self._optimizer.zero_grad(set_to_none=True)
        self._recorded = self._graph is not None
        return self._recorded

    def _train_at_cursor(self) -> None:
        """Carry out the step that the cursor points to; it then points to the next full batch, after the last one to
        the first. Everything is looked up on the device: an index as a number would wait for it."""
        self._rate.copy_(self._planned_rates.index_select(0, self._cursor).squeeze(0))
        with without_counters(self._counting):
            self._train(self._plan.rows(self._cursor * self._recipe.batch + self._lanes), self._rate)
        self._advance()

    def _advance(self) -> None:
        self._cursor.add_(1).remainder_(self._count // self._recipe.batch)

    def _train(self, draws: BatchDraws, rate: float | Tensor, change: MaskChange | None = None) -> None:
        streamed = self._incoming[: len(draws.index)] if self._split.streamed else None
        images, labels = augmented(self._split, self._recipe, draws, streamed)
        logits = self.passes(images)
        loss = F.cross_entropy(logits, labels, label_smoothing=self._recipe.label_smoothing)
        if self._teacher is not None:
            loss = self._teacher.loss(loss, logits, images)
        loss.backward()  # type: ignore[no-untyped-call]
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        if change is None:
            self._optimizer.step()
        else:
            move(dict(zip(self._mask_names, self._masked, strict=True)), self._factors, self._slots, change)
        # No gradients between steps: those of a graph are its own, and a step beside it must not add to them.
        self._optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            if self._masked:
                torch._foreach_mul_(self._masked, self._factors)
            self.summed.add_(loss, alpha=len(labels))


def _send(target: Tensor, source: Tensor) -> None:
    """Fill `target` from the CPU; from pinned memory nobody waits for a GPU that is at work."""
    target.copy_(source.pin_memory() if target.is_cuda else source, non_blocking=True)


def _room_for_draws(count: int, recipe: Recipe, device: torch.device) -> BatchDraws:
    """Return the memory of an epoch's draws, of `count` images."""
    return BatchDraws(
        torch.zeros(count, dtype=torch.int64, device=device),
        torch.zeros((count, 2), dtype=torch.int64, device=device),
        torch.zeros(count, dtype=torch.bool, device=device),
        torch.zeros((count, 2), device=device),
        torch.zeros((count, 4 if recipe.crop_scale < 1 else 0), device=device),
    )


def _room_for_images(split: Split, batch: int) -> Tensor:
    """Return the memory of a batch on the split's device: uint8 [batch, 3, H, W], pixel by pixel as they lie in the
    packed file."""
    channels, *size = split.images.shape[1:]
    return torch.empty((batch, *size, channels), dtype=torch.uint8, device=split.device).permute(0, 3, 1, 2)
