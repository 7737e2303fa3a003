"""Static quantisation to int8 by onnxruntime, as it recommends for CPUs: optimised first, QDQ nodes, weights symmetric
and per channel, activations by their range (min, max) over calibration images.

Symmetric weights have the zero point 0, so a weight of 0 stays 0: a pruned network is as sparse in int8.

Source: Jacob et al. 2018, arXiv:1712.05877 (affine quantisation); Nagel et al. 2021, arXiv:2106.08295, sections 2.2 and
2.4 (symmetric weights, per channel).
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from prunesweep.core.errors import UserError
from prunesweep.core.extras import install
from prunesweep.core.measure.any_graph import any_graph_of
from prunesweep.core.sparse.model.graph import INPUT, Graph
from prunesweep.core.sparse.runtime.dense_runtimes import session_of
from prunesweep.core.sparse.runtime.onnx_writer import onnx_bytes
from prunesweep.core.training.batches import fitting, normalise, some_of
from prunesweep.core.training.datasets import Split

BATCH = 64
"""Most images a pass."""
Logits = Callable[[Tensor], Tensor]


def quantised(file: bytes, batches: Iterable[np.ndarray], taken: str = INPUT) -> bytes:
    """Return an ONNX file in int8.

    Args:
        batches: calibration images as the network takes them, float32 [B, 3, H, W]; at least one.
        taken: the name of the file's input.
    """
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Given(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._left = iter(batches)

        def get_next(self) -> dict[str, np.ndarray] | None:
            batch = next(self._left, None)
            return None if batch is None else {taken: batch}

    with tempfile.TemporaryDirectory() as folder:
        prepared, target = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(onnx.load_from_string(file), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            Given(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"WeightSymmetric": True},
        )
        return target.read_bytes()


def calibration(split: Split, count: int) -> Iterator[np.ndarray]:
    """Yield `count` training images, each class by its share, the same each time, as a network takes them.

    split: training images, on the CPU.
    """
    members = some_of(split.labels, torch.arange(len(split)), count)
    for part in torch.split(members, fitting(BATCH, split.images.shape[2:])):
        yield np.ascontiguousarray(normalise(split.take(part), split.mean, split.std).numpy())


def graph_for(network: nn.Module, split: Split, count: int) -> Graph:
    """Return the graph of a network that is to be quantised, for the split's images.

    Raises:
        UserError: no ONNX file can be made of it; names `count`, which asked for int8.
    """
    try:
        return any_graph_of(network, split.image_shape)
    except ValueError as error:
        raise UserError("int8", count, f"needs the network as an ONNX file: {error}") from None


def int8_graph(graph: Graph, training: Split, count: int, meta: Mapping[str, str] | None = None) -> bytes:
    """Return a graph as an ONNX file in int8 for any batch, calibrated with `count` training images.

    meta: goes into the file's `metadata_props`, with what calibrated it.

    Raises:
        UserError: onnx or onnxruntime is not installed.
    """
    file = onnx_bytes(graph)
    if file is None:
        raise UserError("int8", count, f"needs onnx and onnxruntime: {install('bench')}")
    import onnx

    made = onnx.load_from_string(quantised(file, calibration(training, count)))
    how = {"values": "int8", "calibration_images": str(min(count, len(training))), "quantised_by": quantiser()}
    onnx.helper.set_model_props(made, {**(meta or {}), **how})
    return bytes(made.SerializeToString())


def int8_logits(file: bytes, threads: int) -> Logits:
    """Return what gives the logits [B, classes] of an int8 file for normalised images [B, C, H, W] on the CPU."""
    session: Any = session_of(file, threads)

    def run(images: Tensor) -> Tensor:
        found: np.ndarray = session.run(None, {INPUT: np.ascontiguousarray(images.numpy())})[0]
        return torch.from_numpy(found)

    return run


def quantiser() -> str:
    """Return the package that quantises, and its version."""
    return f"onnxruntime {version('onnxruntime')}"
