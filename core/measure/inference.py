"""A checkpoint as a file that runs without torch and without this program's datasets:
`prunesweep.core.sparse.model.packed`, or ONNX."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from prunesweep.core.artifacts.checkpoint import Checkpoint
from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.extras import install
from prunesweep.core.io import written_whole
from prunesweep.core.measure.any_graph import any_graph_of
from prunesweep.core.measure.int8 import calibration as calibration_images
from prunesweep.core.measure.int8 import int8_graph
from prunesweep.core.measure.size import zstd_bytes
from prunesweep.core.measure.smaller import smaller
from prunesweep.core.measure.torch_reference import TOLERANCE, difference, run_graph
from prunesweep.core.passes import Passes
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.sparse.model.dead_channels import drop_dead_channels
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.model.packed import write_packed
from prunesweep.core.sparse.runtime.dense_runtimes import file_run
from prunesweep.core.sparse.runtime.onnx_writer import onnx_bytes
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.models import build_model

_IMAGES = 2


@dataclass(frozen=True)
class PackedFile:
    """A packed file that was written.

    Attributes:
        bytes: the file's size; zstd_bytes: that after zstd.
        dead_channels: how many output channels each layer lost.
    """

    bytes: int
    zstd_bytes: int
    dead_channels: dict[str, int]


@dataclass(frozen=True)
class OnnxFile:
    """An ONNX file that was written.

    Attributes:
        bytes: the file's size.
        dead_channels: how many output channels each layer lost.
        difference: the largest difference from the network's own outputs, relative to the largest.
    """

    bytes: int
    dead_channels: dict[str, int]
    difference: float


@dataclass(frozen=True)
class Int8File:
    """An ONNX file in int8 that was written.

    Attributes:
        bytes: the file's size.
        dead_channels: how many output channels each layer lost.
        agreeing: part of the calibration images for which it names the same class as in fp32.
    """

    bytes: int
    dead_channels: dict[str, int]
    agreeing: float


def write_inference(checkpoint: Checkpoint, split: Split, dataset: str, path: Path, values: str) -> PackedFile:
    """Write the checkpoint's network, batch-norm folded in, without dead channels, whole or not at all.

    Args:
        split: of the dataset that it was trained on; tells size and normalisation of its images and the classes' names.
        dataset: its name.
        values: `fp32` or `fp16`.

    Raises:
        StageError: it does not say which network it is, or is another.
        UserError: values that are unknown or cannot hold the weights, or a file that cannot be written.
    """
    graph, dead = _smallest(_network(checkpoint), checkpoint, split)
    size = write_packed(graph, path, _meta(checkpoint, split, dataset, dead) | {"values": values}, values)
    return PackedFile(size, zstd_bytes(path.read_bytes()), dead)


def write_onnx(checkpoint: Checkpoint, split: Split, dataset: str, path: Path) -> OnnxFile:
    """Write the same network as an ONNX file for any batch. It takes its name only when onnxruntime has loaded it from
    the disk and gave what the network gives (`TOLERANCE`). What a packed file has as `meta` is in its
    `metadata_props`, words as they are and all else as JSON.

    Raises:
        StageError: as `write_inference`; or the file computes something else.
        UserError: onnx or onnxruntime is not installed, or the file cannot be written.
    """
    model = _network(checkpoint)
    graph, dead = _smallest(model, checkpoint, split)
    data = onnx_bytes(graph, meta=_words(_meta(checkpoint, split, dataset, dead)))
    if data is None:
        raise UserError("format", "onnx", f"needs onnx and onnxruntime: {install('bench')}")
    with written_whole(path) as file:
        file.write(data)
        file.flush()
        found = _checked(Path(file.name), model, graph.image_shape)
    return OnnxFile(len(data), dead, found)


def write_int8(checkpoint: Checkpoint, split: Split, dataset: str, path: Path, calibration: int) -> Int8File:
    """Write the same as an ONNX file in int8, calibrated with that many of the split's images (training images). It
    takes its name only when onnxruntime has loaded it from the disk and named classes for the calibration images.

    Raises:
        StageError, UserError: as `write_onnx`.
    """
    model = _network(checkpoint)
    graph, dead = _smallest(model, checkpoint, split)
    meta = _words(_meta(checkpoint, split, dataset, dead))
    data = int8_graph(graph, split, calibration, meta)
    with written_whole(path) as file:
        file.write(data)
        file.flush()
        agreeing = _agreeing(Path(file.name), model, split, calibration)
    return Int8File(len(data), dead, agreeing)


@torch.inference_mode()
def _agreeing(path: Path, model: torch.nn.Module, split: Split, calibration: int) -> float:
    """Return for what part of the calibration images the file names the network's class.

    Raises:
        StageError: its outputs are not finite.
    """
    run, passes, same, count = file_run(path), Passes(model, min(split.image_shape[1:])).eval(), 0, 0
    assert run is not None  # noqa: S101 - it has quantised the file
    for batch in calibration_images(split, calibration):
        logits = torch.from_numpy(np.array(run(batch), np.float32))
        if not bool(logits.isfinite().all()):
            raise StageError("the network's outputs in int8 are not finite")
        same += int((logits.argmax(1) == passes(torch.from_numpy(batch)).argmax(1)).sum())
        count += len(batch)
    return same / count


@torch.inference_mode()
def _checked(path: Path, model: torch.nn.Module, image_shape: tuple[int, int, int]) -> float:
    """Return the difference between the file and the network, for one image and for more.

    Raises:
        StageError: larger than `TOLERANCE`.
        UserError: onnxruntime is not installed.
    """
    run = file_run(path)
    if run is None:
        raise UserError("format", "onnx", f"needs onnx and onnxruntime: {install('bench')}")
    images = torch.randn(_IMAGES + 1, *image_shape, generator=torch.Generator().manual_seed(0))
    # In float64: what differs then is the file's rounding alone.
    wanted = Passes(model.double(), min(image_shape[1:]))(images.double())
    both = [(run(some.numpy()), right) for some, right in ((images[:1], wanted[:1]), (images, wanted))]
    found = max(difference(torch.from_numpy(ours), right) for ours, right in both)
    if not found <= TOLERANCE:
        raise StageError(f"the ONNX file is not the network: its outputs differ by {found:.1e} of the largest")
    return found


def _meta(checkpoint: Checkpoint, split: Split, dataset: str, dead: Mapping[str, int]) -> dict[str, Any]:
    """Return what a file tells of its network besides the graph."""
    return {
        **checkpoint.meta,
        "dataset": dataset,
        "class_names": list(split.classes),
        "input": {
            "layout": "BCHW, RGB, float32",
            "normalised": True,
            "formula": "(byte / 255 - mean) / std",
            "mean": split.mean.tolist(),
            "std": split.std.tolist(),
        },
        "dead_channels": dict(dead),
    }


def _words(meta: Mapping[str, Any]) -> dict[str, str]:
    """Return what goes into `metadata_props`: words as they are, and all else as JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in meta.items()}


def write_smaller(checkpoint: Checkpoint, split: Split, path: Path, form: str) -> tuple[int, dict[str, int]]:
    """Write the `state_dict` of the network without its pruned channels, whole or not at all; all of it where other
    weights were pruned.

    form: as for `prunesweep.core.artifacts.export.write_weights`.

    Returns:
        The size in bytes, and how many output channels each layer lost.

    Raises:
        StageError: it does not say which network it is, or is another.
        UserError: a file that cannot be written.
    """
    found = smaller(_network(checkpoint), checkpoint.masks, split.image_shape)
    weights = found.model.state_dict() if found.lost else checkpoint.weights
    return write_weights(weights, path, form), found.lost


def _smallest(model: torch.nn.Module, checkpoint: Checkpoint, split: Split) -> tuple[Graph, dict[str, int]]:
    """Return the network's graph without pruned and other dead channels, and how many each layer lost."""
    found = smaller(model, checkpoint.masks, split.image_shape)
    graph, dead = without_dead_channels(_graph(found.model, split))
    return graph, {name: found.lost.get(name, 0) + dead.get(name, 0) for name in (*found.lost, *dead)}


def without_dead_channels(graph: Graph) -> tuple[Graph, dict[str, int]]:
    """Return the graph as `drop_dead_channels` does, but only if the outputs for random images stay the same (see
    `TOLERANCE`)."""
    small, dead = drop_dead_channels(graph)
    # In float64: whatever differs then is not rounding.
    random = torch.Generator().manual_seed(0)
    images = torch.randn(_IMAGES, *graph.image_shape, generator=random, dtype=torch.float64)
    if dead and not difference(run_graph(small, images), run_graph(graph, images)) <= TOLERANCE:
        return graph, {}
    return small, dead


def _network(checkpoint: Checkpoint) -> torch.nn.Module:
    meta = checkpoint.meta
    try:
        model = build_model(ModelRef(meta["model"], int(meta["width"]), int(meta["classes"])), seed=0)
        model.load_state_dict(checkpoint.weights)
        return model.eval()
    except (KeyError, ValueError, RuntimeError) as error:
        raise _unfit(error) from None


def _graph(model: torch.nn.Module, split: Split) -> Graph:
    try:
        return any_graph_of(model, split.image_shape)
    except ValueError as error:
        raise _unfit(error) from None


def _unfit(error: Exception) -> StageError:
    reason = str(error).partition("\n")[0]
    return StageError(f"the checkpoint cannot be made a file for inference: {reason}")
