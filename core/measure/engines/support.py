"""What can run a network fast, known before anything is trained or measured."""

from dataclasses import dataclass

from torch import nn

from prunesweep.core.measure.any_graph import any_graph_of
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.runtime.hybrid import parts_of
from prunesweep.core.sparse.runtime.limits import unsuited


@dataclass(frozen=True)
class Support:
    """What the sparse engine makes of a network.

    kind: `engine`: its own code can run all of it; `hybrid`: some of it, and onnxruntime the rest; `onnxruntime`:
    nothing of it; `none`: no graph can be made of it, and torch alone runs it. reason: why it is not `engine`, one
    line that names the layer or operation; empty for `engine`."""

    kind: str
    reason: str


def support_of(model: nn.Module, image: tuple[int, int, int]) -> Support:
    """Return what can run `model` on images of (channels, height, width). Its weights do not matter, and nothing is
    measured: with few zeros a dense library may still be faster."""
    try:
        return graph_support(any_graph_of(model, image))
    except ValueError as error:
        return Support("none", str(error))


def graph_support(graph: Graph) -> Support:
    """Return the same for a graph."""
    reason = unsuited(graph)
    if reason is None:
        return Support("engine", "")
    return Support("hybrid" if parts_of(graph) else "onnxruntime", reason)
