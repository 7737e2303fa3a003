"""A checkpoint as a file that runs without torch and without this program's datasets: `core.sparse.packed`."""

from dataclasses import dataclass
from pathlib import Path

import torch

from core.artifacts.checkpoint import Checkpoint
from core.errors import StageError
from core.measure.graphs import graph_of
from core.measure.reference import TOLERANCE, difference, run_graph
from core.measure.size import zstd_bytes
from core.plan.models import ModelRef
from core.sparse.dead import drop_dead_channels
from core.sparse.graph import Graph
from core.sparse.packed import write_packed
from core.training.datasets import Split
from core.training.models import build_model

_IMAGES = 2


@dataclass(frozen=True)
class PackedFile:
    """bytes: the file's size; zstd_bytes: that after zstd · dead_channels: how many output channels each layer lost."""

    bytes: int
    zstd_bytes: int
    dead_channels: dict[str, int]


def write_inference(checkpoint: Checkpoint, split: Split, dataset: str, path: Path, values: str) -> PackedFile:
    """Writes the checkpoint's network, batch-norm folded in, without dead channels, whole or not at all.

    split: of the dataset that it was trained on; tells size and normalisation of its images and the classes' names ·
    dataset: its name · values: `fp32` or `fp16`.

    Raises:
        StageError: it does not say which network it is, or is another.
        UserError: values that are unknown or cannot hold the weights, or a file that cannot be written.
    """
    channels, height, width = split.images.shape[1:]
    graph, dead = without_dead_channels(_graph(checkpoint, (channels, height, width)))
    meta = {
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
        "dead_channels": dead,
        "values": values,
    }
    size = write_packed(graph, path, meta, values)
    return PackedFile(size, zstd_bytes(path.read_bytes()), dead)


def without_dead_channels(graph: Graph) -> tuple[Graph, dict[str, int]]:
    """As `drop_dead_channels`, but only if the outputs for random images stay the same (see `TOLERANCE`)."""
    small, dead = drop_dead_channels(graph)
    # In float64: whatever differs then is not rounding.
    random = torch.Generator().manual_seed(0)
    images = torch.randn(_IMAGES, *graph.image_shape, generator=random, dtype=torch.float64)
    if dead and not difference(run_graph(small, images), run_graph(graph, images)) <= TOLERANCE:
        return graph, {}
    return small, dead


def _graph(checkpoint: Checkpoint, image_shape: tuple[int, int, int]) -> Graph:
    meta = checkpoint.meta
    try:
        model = build_model(ModelRef(meta["model"], int(meta["width"]), int(meta["classes"])), seed=0)
        model.load_state_dict(checkpoint.weights)
        return graph_of(model.eval(), image_shape)
    except (KeyError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise StageError(f"the checkpoint cannot be a packed network: {reason}") from None
