"""`python -m prunesweep.core.jobs.reevaluate`: the side of `sweep audit --verify` that reads test images once more.

One JSON line on stdin: {"artifacts_url", "home", "data": folders, "dataset": {fields of DatasetRef}, "places",
"device", "threads": 0 = all, "artifacts": [SHA-256, …]}. JSON lines on stdout: {"event": "progress", "artifact",
"done", "total"} while images are read; {"event": "file", "artifact", "top1", "images", "error"} for each, with an error
instead of the figures where the artifact cannot be used; {"event": "error", …} as `prunesweep.core.jobs.evaluate`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from prunesweep.core.artifacts.checkpoint import unpack
from prunesweep.core.artifacts.location import PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.jobs.machine import device_of
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import Reevaluate
from prunesweep.core.measure.accuracy import Accuracy, evaluate
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.models import load_model


def measure(request: Reevaluate, say: Say) -> Iterator[dict[str, Any]]:
    """Yield the accuracy of each artifact on the test images, as events. The dataset is opened first.

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
        say({"event": "progress", "artifact": artifact, "done": 0, "total": len(split)})
        facts: dict[str, Any] = {"top1": None, "images": 0, "error": ""}
        try:
            found = accuracy(store.get(artifact), split, device)
            facts |= {"top1": found.top1, "images": found.images}
        except StageError as error:
            facts["error"] = str(error)
        yield {"event": "file", "artifact": artifact, **facts}


def accuracy(data: bytes, split: Split, device: torch.device) -> Accuracy:
    """Of the network that a checkpoint's bytes hold.

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
    sys.exit(serve(Reevaluate, measure))
