"""`python -m prunesweep.core.jobs.export`: the side of `sweep export` that needs torch.

Request and answers: `prunesweep.core.jobs.programs.EXPORT`.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prunesweep.core.artifacts.checkpoint import Checkpoint, unpack
from prunesweep.core.artifacts.export import FORMATS, write_weights
from prunesweep.core.artifacts.location import PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.jobs.answers import ExportedFile
from prunesweep.core.jobs.programs import EXPORT
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import Export

Write = Callable[[Checkpoint, Path], dict[str, Any]]


def convert(request: Export, say: Say) -> Iterator[ExportedFile]:  # noqa: ARG001 - nothing but the answer to say
    """Write the files; yield each.

    Raises:
        UserError, StageError: the first failure; what is written by then stays.
    """
    store = ArtifactStore.open(request.artifacts_url, Path(request.home), PERSON)
    plain = request.format not in ("packed", "onnx") and not request.compact
    write = _writer(request.format) if plain else _packer(request)
    for file in request.files:
        yield ExportedFile(file.path, **write(unpack(store.get(file.sha256)), Path(file.path)))


def _writer(form: str) -> Write:
    return lambda checkpoint, path: {"bytes": write_weights(checkpoint.weights, path, form)}


def _packer(request: Export) -> Write:
    """Read the dataset: how large images are, how they are normalised, and what the classes are called."""
    # Not for the other formats: it loads torchvision.
    from prunesweep.core.measure.inference import write_inference, write_int8, write_onnx, write_smaller
    from prunesweep.core.training.datasets import load_dataset

    ref = request.dataset
    if ref is None:
        raise StageError(f"{request.format}: the request names no dataset")
    split = load_dataset(ref, Path(request.data), "train", places=request.places)
    if request.format == "onnx" and request.values == "int8":
        return lambda checkpoint, path: asdict(write_int8(checkpoint, split, ref.name, path, request.calibration))
    if request.compact and request.format in FORMATS:

        def write(checkpoint: Checkpoint, path: Path) -> dict[str, Any]:
            size, lost = write_smaller(checkpoint, split, path, request.format)
            return {"bytes": size, "dead_channels": lost}

        return write
    if request.format == "onnx":
        return lambda checkpoint, path: asdict(write_onnx(checkpoint, split, ref.name, path))
    return lambda checkpoint, path: asdict(write_inference(checkpoint, split, ref.name, path, request.values))


if __name__ == "__main__":
    sys.exit(serve(EXPORT, convert))
