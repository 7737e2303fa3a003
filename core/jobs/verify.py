"""`python -m prunesweep.core.jobs.verify`: the side of `sweep verify` that needs torch.

Request and answers: `prunesweep.core.jobs.programs.VERIFY`.
"""

import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import torch

from prunesweep.core.artifacts.checkpoint import Checkpoint, unpack
from prunesweep.core.artifacts.location import PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.importing.checkpoint import check_imported
from prunesweep.core.jobs.answers import Fault, VerifiedFile
from prunesweep.core.jobs.programs import VERIFY
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import Stored, Verify
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import check_masks, count_kept, prunable
from prunesweep.core.training.models import build_model

MISSING, HASH, CONTENT, COUNT = "missing", "wrong hash", "wrong content", "wrong count"


def verify(request: Verify, say: Say) -> Iterator[VerifiedFile]:  # noqa: ARG001 - nothing but the answer to say
    """Look at the files; each answer says what is wrong with one.

    Raises:
        StoreAway: the store cannot be reached or read.
    """
    if request.threads:
        torch.set_num_threads(request.threads)
    store = ArtifactStore.open(request.artifacts_url, Path(request.home), PERSON)
    for file in request.files:
        size, findings = look(store, file)
        yield VerifiedFile(file.artifact, size, tuple(findings))


def look(store: ArtifactStore, file: Stored) -> tuple[int, list[Fault]]:
    """Return the bytes read, and what is wrong with an artifact or with what rows say of it.

    Raises:
        StoreAway: the store cannot be reached or read.
    """
    try:
        data = store.get(file.artifact)
    except StageError as error:
        what = HASH if store.exists(file.artifact) else MISSING
        return 0, [Fault(file.digest, file.label, what, str(error))]
    if file.snapshot:
        return len(data), []
    try:
        checkpoint = unpack(data)
        nonzero, total = count(checkpoint)
        _check_content(checkpoint, file, nonzero, total)
    except StageError as error:
        return len(data), [Fault(file.digest, file.label, CONTENT, str(error))]
    return len(data), list(_miscounts(file, len(data), nonzero, total))


def count(checkpoint: Checkpoint) -> tuple[int, int]:
    """Return (weights that are not 0, weights) over the prunable ones of the network that the checkpoint says it is.

    Raises:
        StageError: it is no such network.
    """
    shapes = _shapes(_model(checkpoint.meta))
    nonzero = 0
    for name, shape in shapes.items():
        weight = checkpoint.weights.get(name)
        if weight is None or weight.shape != shape:
            raise StageError(f"{name} is missing or has another shape than the network's")
        nonzero += int(weight.count_nonzero())
    return nonzero, sum(shape.numel() for shape in shapes.values())


def _check_content(checkpoint: Checkpoint, file: Stored, nonzero: int, total: int) -> None:
    """Raise StageError unless it is that stage's, and its masks and weights agree."""
    if file.tensors:
        check_imported(checkpoint, file.tensors, _model(checkpoint.meta))
    elif checkpoint.meta.get("stage") != file.digest:
        raise StageError(f"it is the checkpoint of stage {checkpoint.meta.get('stage', '')[:12] or 'none'}")
    check_masks(checkpoint.weights, checkpoint.masks)
    for name, mask in checkpoint.masks.items():
        if bool(checkpoint.weights[name][~mask].count_nonzero()):
            raise StageError(f"{name}: a masked weight is not zero")
    if checkpoint.masks:
        kept, covered = count_kept(checkpoint.masks)
        if covered != total or kept < nonzero:
            raise StageError(f"its masks keep {kept:,} of {covered:,} weights, {nonzero:,} of {total:,} are not zero")


def _miscounts(file: Stored, size: int, nonzero: int, total: int) -> Iterator[Fault]:
    """Yield one finding for each row that says something else."""
    if file.size != size:
        message = f"it has {size:,} bytes, the ledger says {file.size}"
        yield Fault(file.digest, file.label, COUNT, message)
    for row in file.counts:
        if (row.nonzero, row.total) != (nonzero, total):
            message = f"{nonzero:,} of {total:,} weights are not zero, the ledger says {row.nonzero:,} of {row.total:,}"
            yield Fault(row.digest, row.label, COUNT, message)


def _model(meta: Mapping[str, str]) -> ModelRef:
    try:
        return ModelRef(meta["model"], int(meta["width"]), int(meta["classes"]))
    except (KeyError, ValueError):
        raise StageError("it does not say which network it is") from None


@lru_cache(maxsize=16)
def _shapes(ref: ModelRef) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in prunable(build_model(ref, seed=0))}


if __name__ == "__main__":
    sys.exit(serve(VERIFY, verify))
