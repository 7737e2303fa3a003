"""Runs a stage, by its kind, with the core's rooms: of the science, only the order of the calls is here."""

import time

from prunesweep.core.artifacts.checkpoint import unpack
from prunesweep.core.errors import RENAME, RETRY, StageError
from prunesweep.core.importing.checkpoint import check_imported
from prunesweep.core.plan.stages import Benchmark, Evaluate, Import, PruneRound, Sleep, Train, decode
from prunesweep.core.pruning.masks import count_nonzero
from prunesweep.core.training.models import load_model
from prunesweep.worker.protocol import Done, Request
from prunesweep.worker.trainer.context import TrainerContext
from prunesweep.worker.trainer.evaluation import run_benchmark, run_evaluate
from prunesweep.worker.trainer.training import run_prune, run_train

_NOTHING = Done("", 0, 0.0, {}, {})


def run_stage(context: TrainerContext, request: Request) -> Done:
    """Run the requested stage to its end.

    Raises:
        StageError: it cannot succeed however often it is tried; a spec of another release is such.
        OSError: the store or the disk is away.
    """
    try:
        stage = decode(request.spec)
    except (ValueError, TypeError) as error:
        what = f"{error}; start a worker of the release that it was submitted with, {RETRY}"
        raise StageError(f"{what}; or update that program and {RENAME}") from None
    context.look_in(request.places)
    match stage:
        case Import():
            return run_import(context, stage)
        case Train():
            return run_train(context, request, stage)
        case PruneRound():
            return run_prune(context, request, stage)
        case Evaluate():
            with context.at_work():
                return run_evaluate(context, request, stage)
        case Benchmark():
            return run_benchmark(context, request, stage)
        case Sleep():
            return run_sleep(context, stage)


def run_sleep(context: TrainerContext, stage: Sleep) -> Done:
    """Do nothing for the stage's seconds."""
    until = time.monotonic() + stage.seconds
    while (left := until - time.monotonic()) > 0:
        context.report("sleeping")
        time.sleep(min(left, 0.5))
    return _NOTHING


def run_import(context: TrainerContext, stage: Import) -> Done:
    """Look at the checkpoint that was stored when the sweep was submitted; it is this stage's artifact."""
    context.report("reading a checkpoint")
    try:
        data = context.artifacts.get(stage.artifact)
        checkpoint = unpack(data)
        check_imported(checkpoint, stage.tensors, stage.model)
    except StageError as error:
        raise StageError(f"{error}; submit the sweep again with its --weights") from None
    nonzero, total = count_nonzero(load_model(stage.model, checkpoint.weights))
    summary: dict[str, float] = {"nonzero": nonzero, "total": total, "sparsity": 1 - nonzero / total}
    return Done(stage.artifact, len(data), 0.0, summary, {})
