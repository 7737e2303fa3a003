"""A network as an ONNX file in memory: what ONNX Runtime and OpenVINO read."""

import io
import warnings
from typing import Any

import torch
from torch import nn

from prunesweep.core.measure.engines.base import UnsupportedNetwork
from prunesweep.core.measure.torch_graph import graph_of
from prunesweep.core.sparse.model.graph import INPUT
from prunesweep.core.sparse.runtime import onnx_writer


def onnx_bytes(model: nn.Module, images: torch.Tensor) -> bytes:
    """Return the network for batches of just this shape, so that an engine can plan its memory; batch-norm is folded.

    The file is made as `sweep export` makes it, unless the network has what our graph has no node for.
    """
    batch, channels, height, width = images.shape
    try:
        made = onnx_writer.onnx_bytes(graph_of(model.eval(), (channels, height, width)), batch)
    except ValueError:
        made = None
    return _exported(model, images) if made is None else made


def _exported(model: nn.Module, images: torch.Tensor) -> bytes:
    """Export by torch's older exporter: the newer one needs two more packages (onnxscript, onnx-ir) for the same
    file."""
    file: Any = io.BytesIO()  # which its type says it does not take
    with warnings.catch_warnings():
        # That it is the older one, and that a function inside it will go with it.
        warnings.filterwarnings("ignore", "You are using the legacy TorchScript-based ONNX export", DeprecationWarning)
        warnings.filterwarnings("ignore", "The feature will be removed", DeprecationWarning)
        # Numbers that become constants: results are compared.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        try:
            torch.onnx.export(
                model.eval(),
                (images.cpu().contiguous(),),
                file,
                dynamo=False,
                input_names=[INPUT],
                output_names=[onnx_writer.OUTPUT],
            )
        except Exception as error:  # an operation that the exporter does not know, among much else
            reason = str(error).partition("\n")[0] or repr(error)
            raise UnsupportedNetwork(f"no ONNX file can be made of it: {reason}") from error
    return bytes(file.getvalue())
