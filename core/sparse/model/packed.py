"""An inference graph as one file that holds all that is needed to run it. numpy and safetensors alone.

A safetensors file. Its metadata has the single entry `prunesweep-packed`, JSON:

- `checksum`: SHA-256 of the whole file with 64 zeros in the checksum's place, hex digits; a file of format 1 has none
- `format`: 2
- `image_shape`: [channels, height, width]
- `nodes`: in the order in which they run, each with `op` (`conv`, `max_pool`, `global_mean`, `linear`) and the fields
  of that class in `prunesweep.core.sparse.model.graph`, arrays left out
- `packed`: the shape of each weight that is packed
- `meta`: whatever else the writer knew, e.g. `input` (how images are to be normalised) and `class_names`

The weight and bias of the node OUT are the tensors `OUT.weight` and `OUT.bias`, float32. Where it takes less space a
weight is `OUT.weight.mask` and `OUT.weight.values` instead, as `prunesweep.core.sparse.model.codec` says.
"""

import json
import warnings
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints

import numpy as np
import safetensors.numpy

from prunesweep.core.errors import UncheckedFile, UserError
from prunesweep.core.io import written_whole
from prunesweep.core.sparse.model.codec import MASK, TYPES, VALUES, pack_weight, unpack_weight
from prunesweep.core.sparse.model.files import BLANK, metadata_entry, seal_holds, sealed
from prunesweep.core.sparse.model.graph import Conv, GlobalMean, Graph, Linear, MaxPool, Node, map_shapes

_ENTRY = "prunesweep-packed"
_FORMAT, _UNCHECKED = 2, 1
_KEYS = {"checksum", "format", "image_shape", "nodes", "packed", "meta"}
_OPS: Mapping[str, type[Node]] = MappingProxyType(
    {"conv": Conv, "max_pool": MaxPool, "global_mean": GlobalMean, "linear": Linear}
)
_ARRAYS = ("weight", "bias")


def write_packed(graph: Graph, path: Path, meta: Mapping[str, Any], values: str = "fp32") -> int:
    """Write the graph to `path`, whole or not at all; return the size in bytes. Equal input makes equal bytes.

    Args:
        meta: what JSON can hold.
        values: `fp32`, exact to the bit, or `fp16`, rounded, for the packed weights.

    Raises:
        UserError: unknown values, weights too large for fp16, or a file that cannot be written.
    """
    if values not in TYPES:
        raise UserError("values", values, f"known: {', '.join(TYPES)}")
    tensors: dict[str, np.ndarray] = {}
    shapes: dict[str, list[int]] = {}
    for node in graph.nodes:
        if not isinstance(node, Conv | Linear):
            continue
        name = f"{node.out}.weight"
        try:
            made = pack_weight(name, np.ascontiguousarray(node.weight), values=values)
        except ValueError as error:
            raise UserError("values", values, str(error)) from None
        if name not in made:
            shapes[name] = list(node.weight.shape)
        tensors |= made | {f"{node.out}.bias": np.ascontiguousarray(node.bias)}
    header = {
        "checksum": BLANK,  # first of all keys, and so the file's first
        "format": _FORMAT,
        "image_shape": list(graph.image_shape),
        "nodes": [_plain(node) for node in graph.nodes],
    }
    text = json.dumps({**header, "packed": shapes, "meta": dict(meta)}, sort_keys=True)
    data = sealed(safetensors.numpy.save(tensors, {_ENTRY: text}))
    with written_whole(path) as file:
        file.write(data)
    return len(data)


def read_packed(path: Path) -> tuple[Graph, dict[str, Any]]:
    """Return the graph that `write_packed` wrote, its weights dense float32 again, and the meta.

    Warns:
        UncheckedFile: a file of an earlier release, which has no checksum: damage to its numbers is not noticed.

    Raises:
        UserError: no such file, or one that is damaged or something else; one line says what.
    """
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError("file", path, f"cannot be read: {reason}") from None
    try:
        header = _header(data)
        found = _read(safetensors.numpy.load(data), header)
    except Exception as error:  # whatever a damaged file makes the readers trip over
        reason = str(error).partition("\n")[0] or repr(error)
        raise UserError("file", path, f"is not a packed network: {reason[:200]}") from None
    if header["format"] == _UNCHECKED:
        words = f"{path} was written by an earlier release and has no checksum; export it again to be sure of its bytes"
        warnings.warn(words, UncheckedFile, stacklevel=2)
    return found


def _header(data: bytes) -> dict[str, Any]:
    """Return the JSON in the file's metadata, if the file is what its checksum says."""
    header: dict[str, Any] = metadata_entry(data, _ENTRY)
    form = header["format"]
    if type(form) is not int or form not in (_UNCHECKED, _FORMAT):
        raise ValueError(f"format {form!r} of another release; this one reads {_FORMAT}")
    if set(header) != _KEYS - ({"checksum"} if form == _UNCHECKED else set()):
        raise ValueError(f"its header has {', '.join(sorted(header))}")
    if form == _FORMAT and not seal_holds(data, header["checksum"]):
        raise ValueError("its bytes are not those that its checksum was made of: copy or export it again")
    return header


def _read(tensors: dict[str, np.ndarray], header: Mapping[str, Any]) -> tuple[Graph, dict[str, Any]]:
    shape = _sizes("image_shape", header["image_shape"], 3, least=1)
    nodes = tuple(_node(body, tensors, header["packed"]) for body in header["nodes"])
    if tensors:
        raise ValueError(f"unexpected tensor {next(iter(tensors))!r}")
    graph = Graph((shape[0], shape[1], shape[2]), nodes)
    map_shapes(graph)
    return graph, dict(header["meta"])


def _plain(node: Node) -> dict[str, Any]:
    op = next(name for name, kind in _OPS.items() if type(node) is kind)
    return {"op": op} | {field.name: getattr(node, field.name) for field in fields(node) if field.name not in _ARRAYS}


def _node(body: dict[str, Any], tensors: dict[str, np.ndarray], shapes: Mapping[str, Any]) -> Node:
    """Return the node; its tensors are taken out of `tensors`."""
    kind = _OPS[body["op"]]
    out = body["out"]
    known = {"op", *(field.name for field in fields(kind))} - set(_ARRAYS)
    if set(body) != known:
        raise ValueError(f"{out}: has {', '.join(sorted(body))}, not {', '.join(sorted(known))}")
    made: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if name == "weight":
            made[name] = _weight(f"{out}.weight", tensors, shapes, 4 if kind is Conv else 2)
        elif name == "bias":
            made[name] = _checked(f"{out}.bias", tensors.pop(f"{out}.bias"), 1)
            if len(made[name]) != len(made["weight"]):
                raise ValueError(f"{out}.bias has {len(made[name])} values for {len(made['weight'])} outputs")
        elif hint == tuple[int, int]:
            made[name] = _sizes(f"{out}: {name}", body[name], 2, least=0 if name == "padding" else 1)
        elif isinstance(body[name], hint):
            made[name] = body[name]
        else:
            raise ValueError(f"{out}: {name} is {body[name]!r}")
    return kind(**made)


def _weight(name: str, tensors: dict[str, np.ndarray], shapes: Mapping[str, Any], dims: int) -> np.ndarray:
    if name not in shapes:
        return _checked(name, tensors.pop(name), dims)
    parts = {key: tensors.pop(key) for key in (name + MASK, name + VALUES) if key in tensors}
    return _checked(name, unpack_weight(name, parts, shapes[name])[0], dims)


def _checked(name: str, array: np.ndarray, dims: int) -> np.ndarray:
    if array.dtype != np.float32 or array.ndim != dims or not array.size or not np.isfinite(array).all():
        raise ValueError(f"{name} is {array.dtype} {list(array.shape)}, empty or not finite")
    return array


def _sizes(what: str, value: Any, count: int, least: int) -> tuple[int, ...]:
    good = isinstance(value, list) and len(value) == count
    if not good or not all(type(size) is int and least <= size < 1 << 16 for size in value):
        raise ValueError(f"{what} is {value!r}")
    return tuple(value)
