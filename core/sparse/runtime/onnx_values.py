"""The values of an ONNX model while its graph is made: their shapes and types, and which node or constant each is."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from prunesweep.core.sparse.model.graph import INPUT, Node
from prunesweep.core.sparse.runtime.onnx_model import BATCHES, ObservedModel


@dataclass
class Values:
    """The nodes so far, by the names that values get: a constant's, or a node's.

    Attributes:
        nodes: in the order in which they run.
        constants: by the value's name in the file.
        names: of the nodes that make the other values.
    """

    model: ObservedModel
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def shape(self, name: str) -> tuple[int, ...] | None:
        """Return a value's shape without B, or None where its first axis is not the images'."""
        shapes, _ = self.model.values[name]
        if any(not one or one[0] != batch for one, batch in zip(shapes, BATCHES, strict=True)):
            return None
        return shapes[0][1:] if shapes[0][1:] == shapes[1][1:] else None

    def dtype(self, name: str) -> str:
        """Return a value's type."""
        return self.model.values[name][1]

    def name(self, proto: Any) -> str:
        """Return a name for a node that no other has."""
        wanted: str = (proto.name or proto.output[0]).strip("/").replace("/", ".") or proto.output[0]
        taken = {INPUT, *(node.out for node in self.nodes)}
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}#{number}"
        return name

    def source(self, name: str) -> str | None:
        """Return the value of that name, float32 with an axis of images; None for others."""
        if name not in self.names or self.shape(name) is None or self.dtype(name) != "float32":
            return None
        return self.names[name]

    def constant(self, name: str) -> np.ndarray | None:
        """Return finite numbers as float32, without −0; or None."""
        array = self.constants.get(name)
        if array is None or array.dtype not in (np.float32, np.float64, np.float16) or not np.isfinite(array).all():
            return None
        return np.ascontiguousarray(array, np.float32).reshape(array.shape) + np.float32(0)
