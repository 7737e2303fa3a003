"""Runs the stages that make a network: a training, or a pruning round with its recovery."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from torch import Tensor, nn

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
from prunesweep.core.artifacts.saved_state import SavedState
from prunesweep.core.errors import REPAIR, StageError
from prunesweep.core.ledger.db.doing import STEPS
from prunesweep.core.measure.flops import macs
from prunesweep.core.measure.size import zstd_bytes
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.regrowth import Regrowth, read_regrowth
from prunesweep.core.plan.shapes import prunable_shapes
from prunesweep.core.plan.stages import PruneRound, Train
from prunesweep.core.progress import CountDone
from prunesweep.core.pruning.masks import Masks, count_nonzero
from prunesweep.core.pruning.registry import prune_and_correct
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.batches import partition
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import Training, train
from prunesweep.core.training.models import build_model, load_model
from prunesweep.core.training.score_batches import score_batches
from prunesweep.core.training.training_state import TrainingState
from prunesweep.worker.protocol import Done, Epoch, Request
from prunesweep.worker.trainer.artifact_store import TrainedArtifact
from prunesweep.worker.trainer.context import TrainerContext, say
from prunesweep.worker.trainer.progress import DeviceSteps
from prunesweep.worker.trainer.ran import what_ran


def run_train(context: TrainerContext, request: Request, stage: Train) -> Done:
    """Return a dense network from its seed, or from where another training stopped."""
    if not stage.parent:
        return _train_and_store(context, request, stage, lambda: (build_model(stage.model, stage.seed), {}))
    earlier = context.checkpoint(request.inputs, stage.parent)
    if stage.before and not earlier.optimizer:
        raise StageError(f"stage {stage.parent[:12]} left no optimizer to continue with; {REPAIR}")

    def begin() -> tuple[nn.Module, Masks]:
        masks = {name: mask.to(context.device) for name, mask in earlier.masks.items()}
        return load_model(stage.model, earlier.weights), masks

    return _train_and_store(context, request, stage, begin, optimizer=earlier.optimizer)


def run_prune(context: TrainerContext, request: Request, stage: PruneRound) -> Done:
    """Prune the parent's weights further, then let the rest recover."""

    def begin() -> tuple[nn.Module, Masks]:
        parent = context.checkpoint(request.inputs, stage.pruned or stage.parent)
        # On the device: choosing among millions of weights is quick there.
        model = load_model(stage.model, parent.weights).to(context.device)
        masks = parent.masks if stage.pruned else _prune(context, request, stage, model, parent.masks)
        if stage.rewind:
            model.load_state_dict(context.checkpoint(request.inputs, stage.rewind).weights)
        return model, masks

    return _train_and_store(context, request, stage, begin)


def _prune(context: TrainerContext, request: Request, stage: PruneRound, model: nn.Module, masks: Masks) -> Masks:
    """Return the round's masks; the model gets the values that the score brings for the weights that stay."""
    split = context.split(stage.dataset, "train")
    context.use_threads(macs(model, split.image_shape).macs_dense * stage.recipe.batch)
    counts = context.checkpoint(request.inputs, stage.counts).masks if stage.counts else None
    old = {name: mask.to(context.device) for name, mask in masks.items()}
    rules = (stage.layers, counts)
    with context.at_work(split) as work, context.report.watching(model, "scoring"):

        def progress(done: int, total: int) -> None:
            work.step()
            context.report("correcting weights", done=done, total=total, unit="weights")

        subject = _subject(split, stage, model, old, progress)
        found = prune_and_correct(
            subject, stage.score, stage.allocation, stage.sparsity, context.settings.scores, *rules
        )
    model.load_state_dict(found.weights, strict=False)
    return found.masks


def _subject(split: Split, stage: PruneRound, model: nn.Module, masks: Masks, progress: CountDone) -> Subject:
    members, _ = partition(split.labels, stage.recipe.validation)

    def batches() -> Iterable[tuple[Tensor, Tensor]]:
        return score_batches(split, members, stage.seed, stage.round, stage.recipe.batch)

    return Subject(model, masks, batches, stage.seed, stage.round, split.image_shape, progress)


def _train_and_store(
    context: TrainerContext,
    request: Request,
    stage: Train | PruneRound,
    begin: Callable[[], tuple[nn.Module, Masks]],
    optimizer: Mapping[str, Tensor] = MappingProxyType({}),
) -> Done:
    """Train from what an earlier attempt saved, or from the model and masks that `begin` makes, with `optimizer` if
    there is one. Between two steps it gives way to whoever measures a latency on this host."""
    made = context.artifacts.made_before(request.digest)
    if made is not None:
        say("an earlier attempt made the artifact and could not store it: nothing is trained again")
        return _store(context, request, made)
    split = context.split(stage.dataset, "train")
    saved = context.saved_state(request)
    model, masks = begin() if saved is None else _as_saved(context, stage, saved)
    context.artifacts.await_room(_size_of(model))
    context.use_threads(macs(model, split.image_shape).macs_dense * stage.recipe.batch)
    seconds: float = saved.seconds if saved else 0.0
    top1: float | None = None
    note_step = _step_counter(context, stage.epochs)
    with context.saving(request.digest, masks, saved) as checkpointer, context.at_work(split) as work:

        def before_step(training: Training) -> None:
            work.step()
            note_step(training)
            checkpointer(training)

        course = _course(context, request, stage, (model, masks), split, saved.snapshot if saved else None, before_step)
        if optimizer and saved is None:
            _adopt(course, optimizer)
        with context.report.watching(model, "training"):
            for epoch in course:
                seconds, top1 = seconds + epoch.seconds, epoch.top1
                context.emit(Epoch(**asdict(epoch)))
            if top1 is None:  # no epoch was left to train
                top1 = course.validate()
    data, summary = _make(context, request, stage, model, course)
    if masks:
        counted = macs(model, split.image_shape)
        summary |= {"macs": counted.macs, "macs_dense": counted.macs_dense}
    context.kept.give_back()
    if top1 is not None:
        summary |= {"top1_val": top1, "val_images": course.validation_images}
    ran = what_ran(context.device, course.format, resumed=saved is not None, compiled=context.settings.compiled)
    return _store(context, request, TrainedArtifact(data, {"train_seconds": seconds, "summary": summary, "ran": ran}))


def _as_saved(context: TrainerContext, stage: Train | PruneRound, saved: SavedState) -> tuple[nn.Module, Masks]:
    """Return the model, whose weights the training takes from the saved state, and the masks of an earlier attempt."""
    return build_model(stage.model, stage.seed), {name: mask.to(context.device) for name, mask in saved.masks.items()}


def _step_counter(context: TrainerContext, epochs: int) -> Callable[[Training], None]:
    """Return what reports a training's steps as the device does them."""
    at = [0, 0]
    steps = DeviceSteps(context.device, lambda: context.report("training", done=at[0], total=at[1], unit=STEPS))

    def note_step(training: Training) -> None:
        epoch, step = training.position
        at[:] = epoch * training.steps + step, epochs * training.steps
        steps.step()

    return note_step


def _course(
    context: TrainerContext,
    request: Request,
    stage: Train | PruneRound,
    network: tuple[nn.Module, Masks],
    split: Split,
    start: TrainingState | None,
    before_step: Callable[[Training], None],
) -> Training:
    """Return the stage's training of a network, not begun. start: where an earlier attempt got to."""
    model, masks = network
    facts = (stage.epochs, stage.seed, stage.first_epoch, context.device)
    return train(
        model,
        masks,
        split,
        stage.recipe,
        *facts,
        before=stage.before,
        after=stage.after,
        start=start,
        before_step=before_step,
        teacher=_teacher(context, request, stage),
        compiled=context.settings.compiled,
        regrowth=_regrowth(stage),
        # Networks of others may hold tensors that are neither parameters nor buffers.
        graph=context.kept.begin(stage.model if prunable_shapes(stage.model) is not None else None),
    )


def _teacher(context: TrainerContext, request: Request, stage: Train | PruneRound) -> nn.Module | None:
    """Return the dense network that the recovery learns from, if it does."""
    if not isinstance(stage, PruneRound) or not stage.teacher:
        return None
    return load_model(stage.model, context.checkpoint(request.inputs, stage.teacher).weights)


def _regrowth(stage: Train | PruneRound) -> Regrowth | None:
    """Return how the stage's masks move, if they do.

    Raises:
        StageError: the stage says it as no plan does.
    """
    try:
        return read_regrowth(stage.regrow) if isinstance(stage, PruneRound) else None
    except ValueError as error:
        raise StageError(str(error)) from None


def _adopt(course: Training, optimizer: Mapping[str, Tensor]) -> None:
    """Continue with the state that an earlier stage left."""
    try:
        course.adopt(optimizer)
    except ValueError as error:
        raise StageError(f"{error}; {REPAIR}") from None


def _make(
    context: TrainerContext, request: Request, stage: Train | PruneRound, model: nn.Module, course: Training
) -> tuple[bytes, dict[str, float]]:
    """Return the trained network as an artifact's bytes, with what is said of it; the optimizer's state is in it only
    if another training continues from there."""
    optimizer = course.optimizer() if isinstance(stage, Train) and stage.epochs and stage.after else {}
    masks = course.masks
    context.report("packing")
    nonzero, total = count_nonzero(model)
    weights = {name: tensor.detach().cpu() for name, tensor in model.state_dict().items()}
    kept = {name: mask.cpu() for name, mask in masks.items()}
    layers = stage.layers if isinstance(stage, PruneRound) else ""
    data = pack(Checkpoint(weights, kept, _meta(request.digest, stage.model, layers), optimizer))
    summary: dict[str, float] = {"nonzero": nonzero, "total": total, "sparsity": 1 - nonzero / total}
    if kept:  # of a dense network it would take seconds, and say little
        context.report("measuring its size")
        summary["zstd_bytes"] = zstd_bytes(data)
    return data, summary


def _store(context: TrainerContext, request: Request, made: TrainedArtifact) -> Done:
    sha, size = context.artifacts.put(request.digest, made)
    return Done(sha, size, **made.facts, result={})


def _size_of(model: nn.Module) -> int:
    """Return the bytes of its tensors, an upper bound of its artifact's: a checkpoint has a header, and a bit for each
    weight."""
    size: int = sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values())
    return size + size // 16 + 2**16


def _meta(digest: str, ref: ModelRef, layers: str) -> dict[str, str]:
    """Return what a checkpoint says of itself. layers: the rules that it was pruned by, left out where there are
    none."""
    of = {"stage": digest, "model": ref.name, "width": str(ref.width), "classes": str(ref.classes)}
    return of | ({"layers": layers} if layers else {})
