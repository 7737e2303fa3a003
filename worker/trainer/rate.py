"""`python -m prunesweep.worker.trainer.rate`: one of several trainers on a device, whose images a second are measured.

One line of JSON on stdin (`device`, `spec`: a stage that trains, `places` of its image folder), one on stdout once it
is warm (`free`: bytes of the device that were free), any line on stdin to begin, and one on stdout at the end
(`images_per_s`, `bytes` of the device that it held at most). It trains what the stage would, and keeps nothing.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from typing import IO, Any

import torch

from prunesweep.core.measure.flops import macs
from prunesweep.core.plan.stages import PruneRound, Train, decode
from prunesweep.core.training.loop import Training, train
from prunesweep.core.training.models import build_model
from prunesweep.worker.orphans import die_with_parent
from prunesweep.worker.trainer.context import TrainerContext, open_context

WARM_STEPS = 30
"""A step is recorded and cuDNN has chosen its kernels by then."""
SECONDS = 4.0
_CONTEXT_BYTES = 700 * 2**20
"""What CUDA itself takes of a GPU for a process, about; torch does not count it."""
_EPOCHS = 1_000_000


class _Enough(Exception):
    """All that was to be measured has been."""


def measure(
    context: TrainerContext, stage: Train | PruneRound, begin: Callable[[], None], seconds: float = SECONDS
) -> float:
    """Return images a second of the stage's training. begin: is called once it is warm, returns when all are."""
    split = context.split(stage.dataset, "train")
    model = build_model(stage.model, stage.seed)
    context.use_threads(macs(model, split.image_shape).macs_dense * stage.recipe.batch)
    steps, ended, started = 0, 0.0, 0.0

    def before_step(_: Training) -> None:
        nonlocal steps, started, ended
        if steps == WARM_STEPS:
            _wait_for(context.device)
            begin()
            started = time.perf_counter()
        if steps > WARM_STEPS and time.perf_counter() - started >= seconds:
            _wait_for(context.device)
            ended = time.perf_counter()
            raise _Enough
        steps += 1

    course = train(
        model, {}, split, stage.recipe, _EPOCHS, stage.seed, stage.first_epoch, context.device, before_step=before_step
    )
    try:
        for _ in course:
            pass
    except _Enough:
        pass
    return (steps - WARM_STEPS) * stage.recipe.batch / (ended - started)


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _free(device: torch.device) -> int:
    return torch.cuda.mem_get_info(device)[0] + _CONTEXT_BYTES if device.type == "cuda" else 0


def _held(device: torch.device) -> int:
    return torch.cuda.max_memory_reserved(device) + _CONTEXT_BYTES if device.type == "cuda" else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="prunesweep.worker.trainer.rate")
    parser.add_argument("--parent", type=int, required=True)
    die_with_parent(parser.parse_args().parent)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print
    asked = json.loads(sys.stdin.readline())
    context = open_context(asked["device"], lambda _: None)
    context.look_in(asked["places"])
    stage, free = decode(asked["spec"]), _free(context.device)
    if not isinstance(stage, Train | PruneRound):
        raise TypeError(f"a {stage.kind} stage does not train")

    def begin() -> None:
        _say(answers, free=free)
        sys.stdin.readline()

    _say(answers, images_per_s=measure(context, stage, begin), bytes=_held(context.device))
    return 0


def _say(answers: IO[str], **facts: Any) -> None:
    answers.write(json.dumps(facts) + "\n")
    answers.flush()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)
