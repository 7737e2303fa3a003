"""Follows a network's channels through one pass, operator by operator, wherever torch computes: modules, functions,
transformers' permuted maps. No graph of the network is needed, so whatever runs can be followed.

Every tensor has *tags*: for an axis that holds channels, the places (`prunesweep.core.pruning.ties`) of each. Weights
begin with tags of their own axes. A product with a weight ties what it reads to the weight's input axis, and what it
makes has the places of its output axis; sums tie their parts, joins put them one after the other. An operator that is
not known, or that mixes channels (a layer norm, attention, an output), fixes what it reads: those channels stay.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from prunesweep.core.operators import OperatorMode
from prunesweep.core.pruning.channel_operators import OPERATORS, pointwise
from prunesweep.core.pruning.channel_tags import ChannelTags, tensors_of

_VALUES = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal")
"""Operators by which a program looks at numbers."""


class ChannelTracer(OperatorMode):  # type: ignore[no-untyped-call]
    """Ties channels while a network computes.

    Attributes:
        tags: what is known so far.
        by_values: the network asked for numbers that it computed.
    """

    def __init__(self, tensors: Mapping[str, Tensor], weights: frozenset[str]) -> None:
        """tensors: parameters and buffers as they take part; weights: names of the prunable ones."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.tags = ChannelTags(tensors, weights)
        self.by_values = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        del types
        given = kwargs or {}
        result = func(*args, **given)
        inputs = tensors_of((args, given))
        name = func.overloadpacket.__name__
        self.by_values |= name in _VALUES and any(one.is_floating_point() or one.dtype == torch.bool for one in inputs)
        if not any(self.tags.tag_of(one).axes for one in inputs):
            return result
        plain = name.rstrip("_")
        if plain in OPERATORS:
            OPERATORS[plain](self.tags, args, given, result)
        elif torch.Tag.pointwise in func.tags:
            pointwise(self.tags, inputs, given, result)
        else:
            self.tags.unknown(args, given, result)
        return result
