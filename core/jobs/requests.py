"""What the programs of this room are asked: a frozen dataclass each, read from a JSON line, its types checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import msgspec

from prunesweep.core.errors import StageError
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.models import ModelRef

_T = TypeVar("_T")


@dataclass(frozen=True)
class Weights:
    """An artifact by its SHA-256, and where its weights go."""

    sha256: str
    path: str


@dataclass(frozen=True)
class Export:
    """See `prunesweep.core.jobs.export`.

    Attributes:
        format: torch, safetensors, packed or onnx.
        dataset, places, data: for the last two, and for compact files.
        values: of packed files, or int8 of ONNX ones.
        calibration: training images for int8.
        compact: torch and safetensors files without the channels that were pruned as a whole.
    """

    artifacts_url: str
    home: str
    format: str
    files: tuple[Weights, ...]
    dataset: DatasetRef | None = None
    places: tuple[str, ...] = ()
    data: str = ""
    values: str = "fp32"
    calibration: int = 0
    compact: bool = False


@dataclass(frozen=True)
class Count:
    """What a row of the ledger says of a network: weights that are not zero, and weights."""

    digest: str
    label: str
    nonzero: int
    total: int


@dataclass(frozen=True)
class Stored:
    """An artifact, the stage that made it, and what rows say of it.

    Attributes:
        size: bytes, None = not known.
        tensors: of imported weights, SHA-256 over their tensors; "" = a stage made it.
    """

    digest: str
    artifact: str
    size: int | None
    snapshot: bool
    counts: tuple[Count, ...]
    label: str = ""
    tensors: str = ""


@dataclass(frozen=True)
class Verify:
    """See `prunesweep.core.jobs.verify`. threads: 0 = all."""

    artifacts_url: str
    home: str
    files: tuple[Stored, ...]
    threads: int = 0


@dataclass(frozen=True)
class EvaluateFiles:
    """See `prunesweep.core.jobs.evaluate`.

    Attributes:
        batch: images a pass while latency is measured.
        threads: 0 = all.
        int8: training images that calibrate each file's network in int8, 0 = it is not quantised.
    """

    files: tuple[str, ...]
    dataset: DatasetRef
    data: str
    model: str
    device: str
    batch: int
    threads: int
    places: tuple[str, ...] = ()
    int8: int = 0


@dataclass(frozen=True)
class Sensitivity:
    """See `prunesweep.core.jobs.sensitivity`.

    Attributes:
        score: as a stage writes it.
        scores: folder of the user's own scores, "" = none.
        sparsities: of the layer that is pruned, in (0, 1), rising.
        images: validation images at most, 0 = all.
        validation: fraction of the training images that is held out.
        training_batch: images of a training step.
        threads: 0 = all.
    """

    file: str
    dataset: DatasetRef
    data: str
    model: str
    score: str
    sparsities: tuple[float, ...]
    images: int
    validation: float
    training_batch: int
    device: str
    threads: int
    scores: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pack:
    """See `prunesweep.core.jobs.pack`."""

    dataset: DatasetRef
    data: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bench:
    """See `prunesweep.core.jobs.bench`.

    Attributes:
        engines: () = all that can be used.
        image: side in pixels.
    """

    files: tuple[str, ...]
    model: str
    device: str
    engines: tuple[str, ...]
    threads: int
    batches: tuple[int, ...]
    image: int


@dataclass(frozen=True)
class Doctor:
    """See `prunesweep.worker.doctor`.

    Attributes:
        devices: as `--devices` takes them.
        dataset: to be looked for in `data`, None = none.
        about: what its line begins with.
    """

    devices: str
    dataset: DatasetRef | None = None
    data: str = ""
    about: str = ""


@dataclass(frozen=True)
class Costs:
    """See `prunesweep.core.jobs.costs`. rounds: passes of each network."""

    rounds: int


@dataclass(frozen=True)
class ImportWeights:
    """See `prunesweep.core.jobs.import_weights`.

    Attributes:
        weights: a file's path or a published name.
        into: file that the checkpoint is written to.
        head: `new` = with an initial classifier in place of its own, else `keep`.
    """

    weights: str
    model: ModelRef
    into: str
    head: str = "keep"


@dataclass(frozen=True)
class LookAtNetwork:
    """See `prunesweep.core.jobs.network`.

    Attributes:
        model: as a stage writes it.
        image: height and width in pixels.
        engines: that latency is to be measured with.
        latency: whether weights are allocated by time.
        precision: a recipe's.
        folder: of the user's own file, "" = SWEEP_NETWORKS.
        channels: names of the algorithms that take out whole channels, "" = none does.
        inputs: names of those that look at what reaches the layers, "" = none does.
    """

    model: str
    classes: int
    image: tuple[int, int]
    engines: tuple[str, ...]
    latency: bool
    precision: str
    folder: str = ""
    channels: str = ""
    inputs: str = ""


@dataclass(frozen=True)
class Reevaluate:
    """See `prunesweep.core.jobs.reevaluate`. artifacts: SHA-256 each."""

    artifacts_url: str
    home: str
    data: str
    dataset: DatasetRef
    device: str
    threads: int
    artifacts: tuple[str, ...]
    places: tuple[str, ...] = ()


def dataset_ref(body: Mapping[str, Any]) -> DatasetRef:
    """Return the dataset whose fields a stage of the ledger has.

    Raises:
        StageError: not those of a dataset; names the field.
    """
    try:
        return msgspec.convert(dict(body), DatasetRef)
    except msgspec.ValidationError as error:
        raise StageError(f"dataset: {error}") from None


def read_request(line: str, kind: type[_T]) -> _T:
    """Return the request of one line.

    Raises:
        StageError: not a request of that kind; names the field.
    """
    try:
        body = json.loads(line)
        unknown = set(body) - {field.name for field in fields(kind)}  # type: ignore[arg-type]
        if unknown:
            raise StageError(f"{kind.__name__}: unknown fields {sorted(unknown)}")
        return msgspec.convert(body, kind)
    except (ValueError, TypeError, msgspec.ValidationError) as error:
        raise StageError(f"not a request to {kind.__name__.lower()}: {error}") from None
