"""What the programs of this room answer: a frozen dataclass each, one JSON line each, types checked when it is read."""

from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, ClassVar, TypeVar

import msgspec

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.latency import LatencyRun
from prunesweep.core.plan.channel_reach import ChannelGroups


@dataclass(frozen=True)
class Answer:
    """One line. event: the kind of line, by which the reader chooses the class."""

    event: ClassVar[str] = ""


_A = TypeVar("_A", bound=Answer)


@dataclass(frozen=True)
class JobFailed(Answer):
    """The last line of a program that failed. field, value, fix: where the user can put it right."""

    event: ClassVar[str] = "error"
    message: str
    field: str = ""
    value: str = ""
    fix: str | None = None

    @property
    def error(self) -> UserError | StageError:
        """The error to raise where the program was asked."""
        return StageError(self.message) if self.fix is None else UserError(self.field, self.value, self.fix)


@dataclass(frozen=True)
class JobProgress(Answer):
    """How far it is. what: the file, dataset or artifact that is worked on, or what is waited for."""

    event: ClassVar[str] = "progress"
    what: str
    done: int
    total: int


@dataclass(frozen=True)
class Note(Answer):
    """What was unwrapped, renamed, cast or ignored in a file. path: of the file, "" where only one was asked for."""

    event: ClassVar[str] = "note"
    text: str
    path: str = ""


@dataclass(frozen=True)
class BenchResult(Answer):
    """A file at one batch size.

    Attributes:
        sparsity: zeros among the `total` prunable weights.
        weights_ratio, macs_ratio: what a dense network has over what is left (multiply-adds for one image), None when
            nothing is.
        disturbed: of the race.
        seconds: spent on this run.
    """

    event: ClassVar[str] = "run"
    path: str
    device: str
    image: int
    sparsity: float
    nonzero: int
    total: int
    weights_ratio: float | None
    macs: int
    macs_dense: int
    macs_ratio: float | None
    race: LatencyRun
    disturbed: bool
    seconds: float


@dataclass(frozen=True)
class Int8Result:
    """A file's network quantised to int8.

    Attributes:
        top1: test accuracy in [0, 1]; lost, gained: test images that are right in fp32 only, and in int8 only.
        calibration: training images that it was calibrated with.
        ms_per_image, speedup, speedup_low, speedup_high, p: of the int8 network, as those of `FileResult`, against the
            same first file in fp32 in the same run; None where its engine did not run.
        version: of the package that quantised it.
    """

    top1: float
    lost: int
    gained: int
    calibration: int
    ms_per_image: float | None
    speedup: float | None
    speedup_low: float | None
    speedup_high: float | None
    p: float | None
    version: str


@dataclass(frozen=True)
class FileResult(Answer):
    """The result for one file.

    Attributes:
        top1: test accuracy in [0, 1].
        drop_vs_first: the first file's top1 minus this one's.
        sparsity: zeros among the `total` prunable weights.
        ms_per_image_dense, ms_per_image: of the first file (before) and of this one (after), measured in turns.
        speedup, speedup_low, speedup_high: before / after with its 99 % interval; the first file is measured against
            itself.
        p: of the speed-up being 1 (sign test).
        speedup_zeros, speedup_zeros_low, speedup_zeros_high: the first file in the code that ran this one / this one,
            what the zeros alone bring.
        code: what really ran it where the engine chooses.
        disturbed: two copies of one network differed during the run, so the speed-up cannot be trusted.
        engine_dense, engine: what ran the first file (the fastest dense one) and this one.
        accuracy_engine: what computed top1: the fastest whose logits are torch's, or torch.
        seconds: spent on this file.
        int8: the same network in int8, None = it was not asked for.
    """

    event: ClassVar[str] = "file"
    path: str
    top1: float
    drop_vs_first: float
    images: int
    sparsity: float
    nonzero: int
    total: int
    ms_per_image_dense: float
    ms_per_image: float
    speedup: float
    speedup_low: float
    speedup_high: float
    p: float
    speedup_zeros: float | None
    speedup_zeros_low: float | None
    speedup_zeros_high: float | None
    code: str
    disturbed: bool
    engine_dense: str
    engine: str
    batch: int
    threads: int
    processor: str
    accuracy_engine: str
    seconds: float
    int8: Int8Result | None = None


@dataclass(frozen=True)
class UnprunedNetwork(Answer):
    """A network before a layer of it is pruned.

    Attributes:
        images, held_out: validation images that were looked at, and all.
        right: of the `images`.
    """

    event: ClassVar[str] = "as-it-is"
    images: int
    held_out: int
    right: int
    nonzero: int
    total: int
    processor: str


@dataclass(frozen=True)
class PrunedLayer(Answer):
    """A network with one layer pruned, against itself as it was, on the same images.

    Attributes:
        layer: its weight's name.
        shape: of the weight.
        sparsity: asked for of this layer.
        kept, already: its weights that are not 0 then, and before.
        lost, gained: images that were right before and are not any more, and the other way round.
    """

    event: ClassVar[str] = "layer"
    layer: str
    shape: tuple[int, ...]
    sparsity: float
    kept: int
    already: int
    lost: int
    gained: int


@dataclass(frozen=True)
class ExportedFile(Answer):
    """A file that was written.

    Attributes:
        dead_channels: of packed, ONNX and compact files, how many output channels each layer lost.
        zstd_bytes: of packed files, the size after zstd.
        difference: of ONNX files, the largest from the network's outputs, relative to the largest output.
        agreeing: of those in int8, the part of the calibration images for which they name the same class as in fp32.
    """

    event: ClassVar[str] = "file"
    path: str
    bytes: int
    dead_channels: dict[str, int] | None = None
    zstd_bytes: int | None = None
    difference: float | None = None
    agreeing: float | None = None


@dataclass(frozen=True)
class DatasetPacked(Answer):
    """A dataset that was packed. dataset: its label."""

    event: ClassVar[str] = "packed"
    dataset: str


@dataclass(frozen=True)
class CostPoint(Answer):
    """What a weight costs at one batch and map size.

    Attributes:
        ns: nanoseconds an image that one more weight adds.
        dense_ns: those of each weight of a full layer, None where a dense layer saves nothing.
    """

    event: ClassVar[str] = "point"
    batch: int
    positions: int
    ns: float
    dense_ns: float | None


@dataclass(frozen=True)
class CostMachine(Answer):
    """Where and when costs were measured."""

    event: ClassVar[str] = "machine"
    processor: str
    date: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with an artifact or with a row about it. digest, label: the stage whose row or artifact it is."""

    digest: str
    label: str
    what: str
    message: str


@dataclass(frozen=True)
class VerifiedFile(Answer):
    """An artifact that was looked at. bytes: read; findings: () if it is sound."""

    event: ClassVar[str] = "file"
    artifact: str
    bytes: int
    findings: tuple[Fault, ...]


@dataclass(frozen=True)
class ReevaluatedFile(Answer):
    """Test accuracy of an artifact. top1: in [0, 1], None and an `error` where it cannot be used."""

    event: ClassVar[str] = "file"
    artifact: str
    top1: float | None
    images: int
    error: str


@dataclass(frozen=True)
class NetworkAbilities(Answer):
    """What a network can do.

    Attributes:
        shapes: of its prunable weights.
        notes: what it cannot do, one line each.
        channels: those that can be taken out, None = not asked for.
    """

    event: ClassVar[str] = "network"
    shapes: dict[str, tuple[int, ...]]
    parameters: int
    notes: tuple[str, ...]
    channels: ChannelGroups | None = None


@dataclass(frozen=True)
class Imported(Answer):
    """Weights that became a checkpoint (see `prunesweep.core.plan.weights`). mean, std: as published, or None; side,
    resize, unlike: how their images became squares, as `prunesweep.core.images.said.SaidSize` has it."""

    event: ClassVar[str] = "imported"
    tensors: str
    artifact: str
    size: int
    kept: int
    total: int
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    side: int = 0
    resize: str = ""
    unlike: str = ""


@dataclass(frozen=True)
class CheckedHere(Answer):
    """What a check of this machine found."""

    event: ClassVar[str] = "check"
    name: str
    ok: bool
    message: str


def encode(answer: Answer) -> dict[str, Any]:
    """Return the answer as JSON has it; what has its default is left out."""
    usual = {field.name: field.default for field in fields(answer) if field.default is not MISSING}
    body = {name: value for name, value in asdict(answer).items() if name not in usual or value != usual[name]}
    return {"event": answer.event, **body}


def decode(body: Any, kinds: tuple[type[_A], ...]) -> _A:
    """Return the answer that one line's JSON is.

    Raises:
        UserError, StageError: the program failed, and said why; or it is none of those kinds, or a field is wrong.
    """
    event = body.pop("event", None) if isinstance(body, dict) else None
    if event == JobFailed.event:
        raise msgspec.convert(body, JobFailed).error
    for kind in kinds:
        if kind.event == event:
            if unknown := set(body) - {field.name for field in fields(kind)}:
                raise StageError(f"answer {event}: unknown fields {sorted(unknown)}")
            try:
                return msgspec.convert(body, kind)
            except msgspec.ValidationError as error:
                raise StageError(f"answer {event}: {error}") from None
    raise StageError(f"{event!r} is no answer to this request")
