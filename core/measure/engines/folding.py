"""Batch-norm folded into the convolutions before it, as every inference engine does: without it, eager PyTorch would be
a slower rival than it need be."""

import torch
from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from prunesweep.core.copies import copied
from prunesweep.core.passes import Passes


def folded(model: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode in which each batch-norm that alone follows a convolution is part of it. A
    network that torch.fx cannot trace is copied as it is."""
    own = copied(model).eval()
    try:
        graph = fx.Tracer().trace(own)
    except Exception:  # whatever a network whose way depends on numbers trips over
        return own
    traced = fx.GraphModule(own, graph)
    modules = dict(traced.named_modules())
    for node in list(traced.graph.nodes):
        source = node.args[0] if node.op == "call_module" and node.args else None
        if not isinstance(source, fx.Node) or source.op != "call_module" or len(source.users) != 1:
            continue
        conv, norm = modules[str(source.target)], modules[str(node.target)]
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            fused = fuse_conv_bn_eval(conv, norm)
            traced.set_submodule(str(source.target), fused)
            modules[str(source.target)] = fused
            node.replace_all_uses_with(source)
            traced.graph.erase_node(node)
    traced.delete_all_unused_submodules()
    traced.recompile()
    return traced


def without_gradients(model: nn.Module, images: torch.Tensor, dtype: torch.dtype) -> tuple[nn.Module, torch.Tensor]:
    """Return the folded copy, and the images [B, C, H, W] for it: on the images' device, in `dtype`, laid out for
    passes."""
    ready = folded(model).requires_grad_(False).to(images.device, dtype)
    passes = Passes(ready, min(images.shape[2:]))
    return ready, passes.images(images.to(dtype))
