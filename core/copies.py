"""Copies of a network, whatever it keeps of its passes."""

import copy
from collections.abc import Mapping
from types import MappingProxyType

from torch import Tensor, nn
from torch.utils._pytree import tree_leaves


def copied(model: nn.Module, others: Mapping[int, Tensor] = MappingProxyType({})) -> nn.Module:
    """Return a copy of the network. Of features that it keeps of a training pass the copy has the numbers only:
    `copy.deepcopy` refuses tensors that gradients go through.

    Args:
        others: tensors in place of its own, by the `id` of those.
    """
    found = (one for module in model.modules() for one in tree_leaves(vars(module)) if isinstance(one, Tensor))
    kept = {id(one): one.detach().clone() for one in found if not one.is_leaf}
    return copy.deepcopy(model, {**kept, **others})
