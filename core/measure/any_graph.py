"""Any torch network as a graph: by `torch.fx` where it has the engine's layers only, else by way of ONNX."""

import io
import warnings
from typing import Any

import torch
from torch import nn

from prunesweep.core.copies import copied
from prunesweep.core.extras import install
from prunesweep.core.measure.torch_graph import graph_of
from prunesweep.core.sparse.model.graph import INPUT, Graph
from prunesweep.core.sparse.runtime.onnx_reader import graph_of_onnx
from prunesweep.core.sparse.runtime.onnx_writer import OUTPUT

_OPSET = 20
_SAMPLES = 2
_ASKED = ("meta tensor", "meta device type", "data-independent")
"""In what torch says when a tensor without data is asked for some."""


def any_graph_of(model: nn.Module, image_shape: tuple[int, int, int]) -> Graph:
    """Return the graph of what `model` computes in evaluation mode on images of (channels, height, width).

    Raises:
        ValueError: it cannot be traced, exported or read; one line says why and names the operation.
    """
    try:
        return graph_of(model, image_shape)
    except ValueError as error:
        first = str(error)
    if _looks_at_values(model, image_shape):
        raise ValueError(f"{first}; its forward decides by the images' values, which no file can hold")
    try:
        return graph_of_onnx(exported(model, image_shape))
    except ImportError:
        raise ValueError(f"{first}; with onnx and onnxruntime more can be read: {install('bench')}") from None
    except Exception as error:  # whatever the exporter trips over in a network
        reason = str(error).strip().partition("\n")[0] or repr(error)
        raise ValueError(f"{first}; as ONNX: {reason[:300]}") from None


def _looks_at_values(model: nn.Module, image_shape: tuple[int, int, int]) -> bool:
    """Return whether the forward pass asks for numbers that it computed, e.g. in an `if`: an export would keep the way
    that one image took. Tensors without data (torch's meta device) cannot answer."""
    try:
        own = copied(model).float().eval().to("meta")
        with torch.no_grad(), torch.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            own(torch.zeros(_SAMPLES, *image_shape))
    except (RuntimeError, NotImplementedError, TypeError) as error:
        return any(words in str(error).lower() for words in _ASKED)
    except Exception:  # it cannot run without data for another reason: the export will say which, or its check
        return False
    return False


def exported(model: nn.Module, image_shape: tuple[int, int, int], batch: int | None = None) -> bytes:
    """Return the network as an ONNX file, by torch's older exporter: the newer one needs two more packages (onnxscript,
    onnx-ir) for the same file.

    batch: for batches of just this size; None = any.
    """
    file: Any = io.BytesIO()  # which its type says it does not take
    own = copied(model).cpu().float().eval()
    images = torch.zeros(_SAMPLES if batch is None else batch, *image_shape)
    axes = {INPUT: {0: "batch"}, OUTPUT: {0: "batch"}} if batch is None else None
    with warnings.catch_warnings():
        # That it is the older one, that a function inside it will go with it, and what tracing makes a constant: the
        # result is compared with the network's.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            own, (images,), file, dynamo=False, input_names=[INPUT], output_names=[OUTPUT], dynamic_axes=axes,
            opset_version=_OPSET,
        )  # fmt: skip
    return bytes(file.getvalue())
