"""A torch network as the graph that the inference engine runs: batch-norm folded in, ReLU and residual sums fused.

Takes what `prunesweep.core.training.models` builds, at any width; anything else is refused by name.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional as F

from prunesweep.core.measure.folding import folded, numbers, pair
from prunesweep.core.sparse.model.graph import INPUT, Conv, GlobalMean, Graph, Linear, MaxPool, Node, sources_of
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.training.models import PaddedShortcut


def graph_of(model: nn.Module, image_shape: tuple[int, int, int]) -> Graph:
    """Return the graph of what `model` computes in evaluation mode on images of (channels, height, width).

    A node is named after its module. Weights are folded in float64 and rounded once to float32; zeros stay zero. A
    residual sum becomes part of whichever of its two convolutions is computed second.

    Raises:
        ValueError: something that the engine has no node for (groups, dilation, another operation); names the module.
    """
    try:
        traced = fx.GraphModule(model, _Tracer().trace(model))
    except Exception as error:  # whatever a network that depends on its input trips over
        reason = str(error).partition("\n")[0] or repr(error)
        raise ValueError(f"the network cannot be traced: {reason}") from error
    builder = _Builder(dict(traced.named_modules()))
    result: str | None = None
    for node in traced.graph.nodes:
        if node.op == "output":
            result = builder.value(node.args[0], "the output")
        else:
            builder.take(node)
    if not builder.nodes or builder.nodes[-1].out != result:
        raise ValueError("the network's result is not what its last layer gives")
    graph = Graph(image_shape, tuple(builder.nodes))
    map_shapes(graph)
    return graph


class _Tracer(fx.Tracer):
    """Keeps our own modules whole."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return whether the module is one node of the graph."""
        return isinstance(m, PaddedShortcut) or super().is_leaf_module(m, module_qualified_name)


@dataclass
class _Builder:
    """The nodes so far. Each fx value is a node's name and how much was fused into that node when it was made: what
    is fused in later changes the node's value, so that the value before no longer exists."""

    modules: Mapping[str, nn.Module]
    nodes: list[Node] = field(default_factory=list)
    _values: dict[fx.Node, tuple[str, int]] = field(default_factory=dict)
    _fused: dict[str, int] = field(default_factory=dict)

    def take(self, node: fx.Node) -> None:
        """Add a node of the fx graph, or fuses it into the one it follows."""
        where = _where(node)
        if node.op == "placeholder":
            if self._values:
                raise ValueError(f"{where}: a network with more than one input")
            self._fused[INPUT] = 0
            self._values[node] = (INPUT, 0)
            return
        out = self._apply(node, where)
        self._values[node] = (out, self._fused[out])

    def value(self, node: object, where: str) -> str:
        """Return the name of an fx value.

        Raises:
            ValueError: it is no value of the graph, or something was fused into it since.
        """
        if not isinstance(node, fx.Node) or node not in self._values:
            raise ValueError(f"{where}: takes something that is no layer's result")
        name, fused = self._values[node]
        if self._fused[name] != fused:
            raise ValueError(f"{where}: reads {name!r} before its batch-norm, sum or ReLU, which are fused into it")
        return name

    def _apply(self, node: fx.Node, where: str) -> str:
        if node.op == "call_module":
            module = self.modules[str(node.target)]
            source = self.value(node.args[0], where)
            for kind, method in _MODULES.items():
                if isinstance(module, kind):
                    return method(self, where, module, source)
            raise ValueError(f"{where}: {type(module).__name__} is not supported")
        if node.target in _SUMS and len(node.args) == 2 and not node.kwargs:
            return self._add(where, *(self.value(arg, where) for arg in node.args))
        if node.target in _FLATTENS and (*node.args[1:], *node.kwargs.values()) == (1,):
            return self._flatten(where, None, self.value(node.args[0], where))
        if node.target in _RELUS:
            return self._relu(where, None, self.value(node.args[0], where))
        raise ValueError(f"{where}: {getattr(node.target, '__name__', node.target)} is not supported")

    def _new(self, node: Node) -> str:
        self.nodes.append(node)
        self._fused[node.out] = 0
        return node.out

    def _name(self, where: str) -> str:
        """Return the module's name, numbered if it is used more than once."""
        count = sum(node.out.partition("#")[0] == where for node in self.nodes)
        return f"{where}#{count + 1}" if count else where

    def _fuse(self, where: str, source: str, **changes: Any) -> str:
        """Return the node that makes `source`, changed; nothing may have read it yet, and no ReLU come after it."""
        index = next((i for i, made in enumerate(self.nodes) if made.out == source), None)
        made = None if index is None else self.nodes[index]
        if index is None or not isinstance(made, Conv | Linear) or made.relu:
            raise ValueError(f"{where}: does not follow a layer that it can be fused into, but {source!r}")
        if any(source in sources_of(other) for other in self.nodes):
            raise ValueError(f"{where}: {source!r} is read before it, too")
        self.nodes[index] = replace(made, **changes)
        self._fused[source] += 1
        return source

    def _conv(self, where: str, module: nn.Conv2d, source: str) -> str:
        if module.groups != 1 or pair(module.dilation) != (1, 1):
            raise ValueError(f"{where}: a convolution with groups or dilation is not supported")
        if isinstance(module.padding, str) or module.padding_mode != "zeros":
            raise ValueError(f"{where}: padding {module.padding!r} ({module.padding_mode}) is not supported")
        weight, bias = numbers(where, module.weight, module.bias)
        shape = (pair(module.stride), pair(module.padding))
        return self._new(Conv(self._name(where), source, weight, bias, *shape, relu=False))

    def _shortcut(self, where: str, module: PaddedShortcut, source: str) -> str:
        """Return the shortcut as a 1×1 convolution of stride 2 that takes each channel once: the engine leaves out its
        zeros."""
        del module
        made = next((node for node in self.nodes if node.out == source), None)
        channels = len(made.weight) if isinstance(made, Conv) else 0
        if not channels:
            raise ValueError(f"{where}: a shortcut that does not follow a convolution is not supported")
        weight = np.zeros((2 * channels, channels, 1, 1), np.float32)
        places = np.arange(channels)
        weight[places + channels // 2, places] = 1
        bias = np.zeros(2 * channels, np.float32)
        return self._new(Conv(self._name(where), source, weight, bias, (2, 2), (0, 0), relu=False))

    def _norm(self, where: str, module: nn.BatchNorm2d, source: str) -> str:
        conv = next((node for node in self.nodes if node.out == source), None)
        if not isinstance(conv, Conv) or conv.add is not None:
            raise ValueError(f"{where}: a batch-norm that does not follow a convolution is not supported")
        weight, bias = folded(where, conv.weight, conv.bias, module)
        return self._fuse(where, source, weight=weight, bias=bias)

    def _linear(self, where: str, module: nn.Linear, source: str) -> str:
        weight, bias = numbers(where, module.weight, module.bias)
        return self._new(Linear(self._name(where), source, weight, bias, relu=False))

    def _relu(self, where: str, module: nn.Module | None, source: str) -> str:
        del module
        return self._fuse(where, source, relu=True)

    def _add(self, where: str, left: str, right: str) -> str:
        places = {node.out: index for index, node in enumerate(self.nodes)}
        first, second = sorted((left, right), key=lambda name: places.get(name, -1))
        made = self.nodes[places[second]] if second in places else None
        if first == second or not isinstance(made, Conv) or made.add is not None:
            raise ValueError(f"{where}: a sum whose second part is not a convolution is not supported")
        return self._fuse(where, second, add=first)

    def _max_pool(self, where: str, module: nn.MaxPool2d, source: str) -> str:
        if pair(module.dilation) != (1, 1) or module.return_indices:
            raise ValueError(f"{where}: a max-pool with dilation or indices is not supported")
        edges = (pair(module.kernel_size), pair(module.stride), pair(module.padding))
        return self._new(MaxPool(self._name(where), source, *edges, ceil=module.ceil_mode))

    def _mean(self, where: str, module: nn.AdaptiveAvgPool2d, source: str) -> str:
        if module.output_size not in (1, (1, 1)):
            raise ValueError(f"{where}: an average to {module.output_size} is not supported, to 1 is")
        return self._new(GlobalMean(self._name(where), source))

    def _flatten(self, where: str, module: nn.Flatten | None, source: str) -> str:
        made = next((node for node in self.nodes if node.out == source), None)
        whole = module is None or (module.start_dim == 1 and module.end_dim in (-1, 3))
        if not isinstance(made, GlobalMean | Linear) or not whole:
            raise ValueError(f"{where}: only the mean over height and width can be flattened")
        return source

    def _same(self, where: str, module: nn.Module, source: str) -> str:
        del where, module
        return source


_MODULES: Mapping[type[nn.Module], Callable[..., str]] = MappingProxyType(
    {
        nn.Conv2d: _Builder._conv,
        PaddedShortcut: _Builder._shortcut,
        nn.BatchNorm2d: _Builder._norm,
        nn.Linear: _Builder._linear,
        nn.ReLU: _Builder._relu,
        nn.MaxPool2d: _Builder._max_pool,
        nn.AdaptiveAvgPool2d: _Builder._mean,
        nn.Flatten: _Builder._flatten,
        nn.Identity: _Builder._same,
        nn.Dropout: _Builder._same,
    }
)
_SUMS = (operator.add, operator.iadd, torch.add)
_FLATTENS = (torch.flatten, "flatten")
_RELUS = (torch.relu, F.relu, "relu")


def _where(node: fx.Node) -> str:
    """Return what to call it: the module's name, or the fx node's."""
    return str(node.target) if node.op == "call_module" else node.name
