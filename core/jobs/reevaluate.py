"""`python -m prunesweep.core.jobs.reevaluate`: the side of `sweep audit --verify` that reads test images once more.

Request and answers: `prunesweep.core.jobs.programs.REEVALUATE`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from prunesweep.core.artifacts.checkpoint import unpack
from prunesweep.core.artifacts.location import PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.jobs.answers import JobProgress, ReevaluatedFile
from prunesweep.core.jobs.machine import device_of
from prunesweep.core.jobs.programs import REEVALUATE
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import Reevaluate
from prunesweep.core.measure.accuracy import Accuracy, evaluate
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.models import load_model


def measure(request: Reevaluate, say: Say) -> Iterator[ReevaluatedFile]:
    """Yield the accuracy of each artifact on the test images. The dataset is opened first.

    Raises:
        UserError, StageError: a device or a dataset that cannot be used.
    """
    device = device_of(request.device)
    if request.threads:
        torch.set_num_threads(request.threads)
    store = ArtifactStore.open(request.artifacts_url, Path(request.home), PERSON)
    ref, data = request.dataset, Path(request.data)
    split = load_dataset(ref, data, "test", places=request.places).to(device)
    for artifact in request.artifacts:
        say(JobProgress(artifact, 0, len(split)))
        try:
            found = accuracy(store.get(artifact), split, device)
        except StageError as error:
            yield ReevaluatedFile(artifact, None, 0, str(error))
        else:
            yield ReevaluatedFile(artifact, found.top1, found.images, "")


def accuracy(data: bytes, split: Split, device: torch.device) -> Accuracy:
    """Return the accuracy of the network that a checkpoint's bytes hold.

    Raises:
        StageError: no such bytes, or not the network that they say they are.
    """
    checkpoint = unpack(data)
    meta = checkpoint.meta
    try:
        model = load_model(ModelRef(meta["model"], int(meta["width"]), int(meta["classes"])), checkpoint.weights)
    except (KeyError, ValueError):
        raise StageError("it does not say which network it is") from None
    return evaluate(model, split, device)


if __name__ == "__main__":
    sys.exit(serve(REEVALUATE, measure))
