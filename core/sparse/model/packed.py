"""An inference graph as one file that holds all that is needed to run it. numpy and safetensors alone.

A safetensors file. Its metadata has the single entry `prunesweep-packed`, JSON:

- `checksum`: SHA-256 of the whole file with 64 zeros in the checksum's place, hex digits; a file of format 1 has none
- `format`: 2; 3 for a file with a node or a field that format 2 does not know
- `image_shape`: [channels, height, width]
- `nodes`: in the order in which they run, each with `op` (`conv`, `max_pool`, `global_mean`, `linear`; from format 3 on
  also `scale`, `activation`, `avg_pool`, `add`, `concat`, `flatten`, `token_linear`, `operator`) and the fields of that
  class in `prunesweep.core.sparse.model.graph`, arrays left out. `groups` and `dilation` of a convolution (format 3)
  are left out where they are 1. `constants` of an operator lists their names
- `opset`: of ONNX, which the operators are meant by (format 3)
- `packed`: the shape of each weight that is packed
- `meta`: whatever else the writer knew, e.g. `input` (how images are to be normalised) and `class_names`

The weight and bias of the node OUT are the tensors `OUT.weight` and `OUT.bias`, float32; the constant NAME of an
operator is `OUT.NAME`, of any type. Where it takes less space a
weight is `OUT.weight.mask` and `OUT.weight.values` instead, as `prunesweep.core.sparse.model.codec` says.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
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
from prunesweep.core.sparse.model.graph import (
    ACTIVATIONS,
    Activation,
    Add,
    AvgPool,
    Concat,
    Conv,
    Flatten,
    GlobalMean,
    Graph,
    Linear,
    MaxPool,
    Node,
    Operator,
    Scale,
    TokenLinear,
)
from prunesweep.core.sparse.model.shapes import map_shapes

_ENTRY = "prunesweep-packed"
_OPSET = 17
_LEAST_PACKED = 2
"""Axes of an array that is worth to be packed: biases are not."""
_RESERVED = frozenset({"op_type", "inputs", "outputs", "name", "doc_string", "domain", "overload"})
"""What an attribute cannot be called."""
_MORE, _FORMAT, _UNCHECKED = 3, 2, 1
_KEYS = {"checksum", "format", "image_shape", "nodes", "packed", "meta"}
_OPS: Mapping[str, type[Node]] = MappingProxyType(
    {"conv": Conv, "max_pool": MaxPool, "global_mean": GlobalMean, "linear": Linear}
)
_MORE_OPS: Mapping[str, type[Node]] = MappingProxyType(
    {
        "scale": Scale,
        "activation": Activation,
        "avg_pool": AvgPool,
        "add": Add,
        "concat": Concat,
        "flatten": Flatten,
        "token_linear": TokenLinear,
        "operator": Operator,
    }
)
_ARRAYS = ("weight", "bias")
_OPTIONAL: Mapping[str, Any] = MappingProxyType({"groups": 1, "dilation": (1, 1)})
"""Fields of a convolution that files of format 2 don't have."""


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
    for name, array in _arrays(graph):
        if array.dtype != np.float32 or array.ndim < _LEAST_PACKED:
            tensors[name] = array
            continue
        try:
            made = pack_weight(name, array, values=values)
        except ValueError as error:
            raise UserError("values", values, str(error)) from None
        if name not in made:
            shapes[name] = list(array.shape)
        tensors |= made
    more = any(_is_more(node) for node in graph.nodes)
    header = {
        "checksum": BLANK,  # first of all keys, and so the file's first
        "format": _MORE if more else _FORMAT,
        "image_shape": list(graph.image_shape),
        "nodes": [_plain(node) for node in graph.nodes],
        **({"opset": graph.opset} if more else {}),
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


def _arrays(graph: Graph) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the tensors' names and numbers."""
    for node in graph.nodes:
        each = node.constants if isinstance(node, Operator) else {name: getattr(node, name, None) for name in _ARRAYS}
        for name, array in each.items():
            if array is not None:
                yield f"{node.out}.{name}", np.ascontiguousarray(array).reshape(array.shape)


def _is_more(node: Node) -> bool:
    """Return True for what format 2 has no words for."""
    return type(node) not in _OPS.values() or (isinstance(node, Conv) and not node.plain)


def _header(data: bytes) -> dict[str, Any]:
    """Return the JSON in the file's metadata, if the file is what its checksum says."""
    header: dict[str, Any] = metadata_entry(data, _ENTRY)
    form = header["format"]
    if type(form) is not int or form not in (_UNCHECKED, _FORMAT, _MORE):
        raise ValueError(f"format {form!r} of another release; this one reads {_FORMAT} and {_MORE}")
    if set(header) != (_KEYS - ({"checksum"} if form == _UNCHECKED else set())) | (
        {"opset"} if form == _MORE else set()
    ):
        raise ValueError(f"its header has {', '.join(sorted(header))}")
    if form != _UNCHECKED and not seal_holds(data, header["checksum"]):
        raise ValueError("its bytes are not those that its checksum was made of: copy or export it again")
    return header


def _read(tensors: dict[str, np.ndarray], header: Mapping[str, Any]) -> tuple[Graph, dict[str, Any]]:
    shape = _sizes("image_shape", header["image_shape"], 3, least=1)
    more = header["format"] == _MORE
    nodes = tuple(_node(body, tensors, header["packed"], more) for body in header["nodes"])
    if tensors:
        raise ValueError(f"unexpected tensor {next(iter(tensors))!r}")
    opset = header.get("opset", _OPSET)
    if type(opset) is not int or not 0 < opset < 1 << 16:
        raise ValueError(f"opset is {opset!r}")
    graph = Graph((shape[0], shape[1], shape[2]), nodes, opset)
    map_shapes(graph)
    return graph, dict(header["meta"])


def _plain(node: Node) -> dict[str, Any]:
    op = next(name for name, kind in {**_OPS, **_MORE_OPS}.items() if type(node) is kind)
    body = {field.name: getattr(node, field.name) for field in fields(node) if field.name not in _ARRAYS}
    if isinstance(node, Conv):
        body = {name: value for name, value in body.items() if name not in _OPTIONAL or value != _OPTIONAL[name]}
    if isinstance(node, Operator):
        body["constants"] = list(node.constants)
    return {"op": op} | body


def _node(body: dict[str, Any], tensors: dict[str, np.ndarray], shapes: Mapping[str, Any], more: bool) -> Node:
    """Return the node; its tensors are taken out of `tensors`. more: the file may have what format 2 has not."""
    kind = ({**_OPS, **_MORE_OPS} if more else _OPS)[body["op"]]
    out = body["out"]
    if kind is Operator:
        return _operator(body, tensors, shapes)
    known = {"op", *(field.name for field in fields(kind))} - set(_ARRAYS)
    asked = known - set(_OPTIONAL)
    if not asked <= set(body) <= (known if more else asked):
        raise ValueError(f"{out}: has {', '.join(sorted(body))}, not {', '.join(sorted(asked))}")
    made: dict[str, Any] = {}
    dims = {Conv: 4, Linear: 2, TokenLinear: 2}.get(kind, 1)
    for name, hint in get_type_hints(kind).items():
        if name == "weight":
            made[name] = _weight(f"{out}.weight", tensors, shapes, dims)
        elif name == "bias":
            made[name] = _checked(f"{out}.bias", tensors.pop(f"{out}.bias"), 1)
            if len(made[name]) != len(made["weight"]):
                raise ValueError(f"{out}.bias has {len(made[name])} values for {len(made['weight'])} outputs")
        elif name in body:
            made[name] = _plain_field(f"{out}: {name}", name, hint, body[name])
    return kind(**made)


def _plain_field(what: str, name: str, hint: Any, value: Any) -> Any:
    """Return the field's value, if it is one of its type and range."""
    if hint == tuple[int, int]:
        return _sizes(what, value, 2, least=0 if name == "padding" else 1)
    if hint == tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"{what} is {value!r}")
        return tuple(value)
    bad = name == "groups" and (type(value) is not int or not 1 <= value < 1 << 16)
    bad = bad or (name == "kind" and value not in ACTIVATIONS)
    if bad or not isinstance(value, hint):
        raise ValueError(f"{what} is {value!r}")
    return value


def _operator(body: dict[str, Any], tensors: dict[str, np.ndarray], shapes: Mapping[str, Any]) -> Operator:
    out, names = body["out"], body["constants"]
    if set(body) != {"op", *(field.name for field in fields(Operator))}:
        raise ValueError(f"{out}: has {', '.join(sorted(body))}")
    words = (*body["inputs"], *names, *body["attributes"], out, body["kind"], body["dtype"])
    if not all(isinstance(word, str) for word in words) or not body["kind"].isidentifier():
        raise ValueError(f"{out}: is no operator")
    if not isinstance(body["attributes"], dict) or _RESERVED & set(body["attributes"]):
        raise ValueError(f"{out}: attributes are {sorted(body['attributes'])}")
    shape = body["shape"]
    if shape is not None:
        shape = _sizes(f"{out}: shape", shape, len(shape), least=0)
    constants = {name: _constant(f"{out}.{name}", tensors, shapes) for name in names}
    return Operator(
        out, body["kind"], tuple(body["inputs"]), body["attributes"], constants, shape, np.dtype(body["dtype"]).name
    )


def _constant(name: str, tensors: dict[str, np.ndarray], shapes: Mapping[str, Any]) -> np.ndarray:
    if name not in shapes:
        return tensors.pop(name)
    parts = {key: tensors.pop(key) for key in (name + MASK, name + VALUES) if key in tensors}
    return unpack_weight(name, parts, shapes[name])[0]


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
