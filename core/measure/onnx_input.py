"""ONNX files of other programs, to be measured."""

from pathlib import Path

import numpy as np

from prunesweep.core.errors import UserError
from prunesweep.core.extras import install
from prunesweep.core.sparse.model.graph import Conv, Graph, Linear, TokenLinear
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.sparse.runtime.onnx_reader import graph_of_onnx


def read_onnx(path: Path) -> Graph:
    """Return the file's graph.

    Raises:
        UserError: it is none that can be run, holds no weights, or onnx is not installed.
    """
    try:
        graph = graph_of_onnx(path)
    except ImportError:
        raise UserError("file", path, f"needs onnx and onnxruntime: {install('bench')}") from None
    except Exception as error:  # whatever a damaged file makes the readers trip over is about the file
        reason = str(error).strip().partition("\n")[0] or repr(error)
        raise UserError("file", path, f"cannot be read as a network: {reason[:300]}") from None
    if not graph_counts(graph)[0]:
        raise UserError("file", path, "has no layer with weights other than zero")
    return graph


def graph_counts(graph: Graph) -> tuple[int, int, int, int]:
    """Return weights that are not zero, all of them, and multiply-adds for one image without and with zeros.

    Counted are convolutions and linear layers, biases left out; an `Operator` counts as nothing.
    """
    shapes = map_shapes(graph)
    nonzero = total = macs = macs_dense = 0
    for node in graph.nodes:
        if not isinstance(node, Conv | Linear | TokenLinear):
            continue
        kept, size = int(np.count_nonzero(node.weight)), node.weight.size
        places = int(np.prod(shapes[node.out])) // len(node.weight)
        nonzero, total = nonzero + kept, total + size
        macs, macs_dense = macs + kept * places, macs_dense + size * places
    return nonzero, total, macs, macs_dense
