"""`python -m prunesweep.core.jobs.sensitivity`: the side of `sweep sensitivity` that needs torch.

Request and answers: `prunesweep.core.jobs.programs.SENSITIVITY`.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from prunesweep.core.errors import UserError
from prunesweep.core.jobs.answers import PrunedLayer, UnprunedNetwork
from prunesweep.core.jobs.evaluate import load_for, noter
from prunesweep.core.jobs.machine import device_of, threads_of
from prunesweep.core.jobs.programs import SENSITIVITY
from prunesweep.core.jobs.protocol import Say, reporter, serve
from prunesweep.core.jobs.requests import Sensitivity
from prunesweep.core.measure.machine import processor_name
from prunesweep.core.measure.sensitivity import LayerReading, readings
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.registry import score_named
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.batches import partition, some_of
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.score_batches import score_batches


def measure(request: Sensitivity, say: Say) -> Iterator[UnprunedNetwork | PrunedLayer]:
    """Yield the network as it is, then each layer at each sparsity. The test set is not read.

    Raises:
        UserError, StageError: a file, a score, a device or a dataset that cannot be used.
    """
    device = device_of(request.device)
    torch.set_num_threads(threads_of(request.threads))
    path, ref = Path(request.file), request.dataset
    network = load_for(path, request.model, ref, noter(say, path)).to(device)
    progress = reporter(say, ref.label)
    training = load_dataset(ref, Path(request.data), "train", progress, request.places).placed(device)
    members, held_out = partition(training.labels, request.validation)
    chosen = some_of(training.labels, held_out, request.images or len(held_out))
    if not len(chosen):
        raise UserError("recipe", request.validation, f"of {len(training):,} training images holds out none to look at")
    scores = _scores(network, request, training, members)
    report = reporter(say, path.name)
    found = readings(network, _only(training, chosen), scores, request.sparsities, device, report)
    before = next(found)
    yield UnprunedNetwork(
        images=len(chosen),
        held_out=len(held_out),
        right=int(before.right.count_nonzero()),
        nonzero=before.kept,
        total=before.total,
        processor=processor_name(device),
    )
    shapes = {name: tuple(weight.shape) for name, weight in prunable(network)}
    already = {name: int(weight.count_nonzero()) for name, weight in prunable(network)}
    for reading in found:
        yield _against(before, reading, shapes[reading.layer], already[reading.layer])


def _scores(network: nn.Module, request: Sensitivity, split: Split, members: Tensor) -> dict[str, Tensor]:
    """Return the scores that the first round of a sweep with seed 0 would take."""

    def batches() -> Iterable[tuple[Tensor, Tensor]]:
        return score_batches(split, members, 0, 1, request.training_batch)

    alive = {name: weight.detach() != 0 for name, weight in prunable(network)}
    rank = score_named(request.score, Path(request.scores) if request.scores else None)
    return rank(Subject(network, alive, batches, seed=0, round=1, image=split.image_shape))


def _only(split: Split, members: Tensor) -> Split:
    """Return some of a split's images, in that order."""
    at = members.to(split.images.device)
    return replace(split, images=split.images[at], labels=split.labels[members.to(split.device)])


def _against(before: LayerReading, after: LayerReading, shape: tuple[int, ...], already: int) -> PrunedLayer:
    return PrunedLayer(
        layer=after.layer,
        shape=shape,
        sparsity=after.sparsity,
        kept=after.kept,
        already=already,
        lost=int((before.right & ~after.right).count_nonzero()),
        gained=int((after.right & ~before.right).count_nonzero()),
    )


if __name__ == "__main__":
    sys.exit(serve(SENSITIVITY, measure))
