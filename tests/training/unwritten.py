"""`python -m tests.training.unwritten FILL …`: a digest of the gradients of each network, in bf16 where it is safe.

Each fill, from 1 to 255, has a process of its own, forked from one that has torch. There glibc fills memory with it
when it is taken and freed (as with `MALLOC_PERTURB_`): a digest that differs means that some kernel read, or left in
its result, what lay in memory before.
"""

import ctypes
import hashlib
import os
import sys
from collections.abc import Iterator

import torch
import torch._dynamo  # a shape's way through mobilenet's activations needs it: loaded once, for all
from torch import nn

from prunesweep import build_model
from prunesweep.core.passes import Passes
from prunesweep.core.training.vision import import_torchvision

_PERTURB = -6
"""`M_PERTURB` of glibc's malloc.h."""


class Odd(nn.Module):
    """Strides that differ, a transposed convolution on a single pixel, and one along a line."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(3, 16, 3, (1, 2), 1)
        self.down = nn.Conv2d(16, 16, 5, 4, 2, groups=16)
        self.up = nn.ConvTranspose2d(16, 16, 3, 2, 1)
        self.line = nn.Conv1d(16, 4, 3, 2, 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.down(self.down(torch.relu(self.wide(images))))
        return self.line(self.up(maps).flatten(2)).mean(2)


class Plain(nn.Module):
    """Nothing that bf16 would spoil, with a map as narrow as its stride."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 16, 3, 4, 1), nn.ReLU(), nn.Conv2d(16, 8, 5, 4, 2), nn.Flatten())

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)  # type: ignore[no-any-return]


def networks() -> Iterator[tuple[str, nn.Module, int]]:
    """(name, network, side of its images in pixels) of each."""
    small = {"width_mult": 0.5}
    yield "mobilenet", build_model("torchvision:mobilenet_v3_small", classes=4, arguments=small), 16
    yield "7×7 stem", build_model("torchvision:resnet18", classes=4), 16
    yield "built-in", build_model("resnet18", classes=4, width=16), 9
    yield "odd", Odd(), 16
    yield "plain", Plain(), 16


def main(fills: list[str]) -> int:
    """Print the lines of each fill, and how many processes failed."""
    import_torchvision()
    torch.set_num_threads(1)
    failed = 0
    for fill in fills:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                assert ctypes.CDLL(None).mallopt(_PERTURB, int(fill)) == 1
                _digests(fill)
                sys.stdout.flush()
                code = 0
            finally:
                os._exit(code)
        failed += os.waitpid(child, 0)[1] != 0
    return failed


def _digests(fill: str) -> None:
    """Print a line for each network: the fill, its name, the numbers it computes in, its gradients' digest."""
    for name, network, side in networks():
        torch.manual_seed(0)
        for parameter in network.parameters():
            nn.init.normal_(parameter, std=0.1)
        passes = Passes(network, side, gradients=True, precision="bf16").train()
        total = hashlib.sha256()
        for _ in range(2):
            network.zero_grad()
            passes(torch.randn(8, 3, side, side)).square().sum().backward()
            for parameter in network.parameters():
                assert parameter.grad is not None
                total.update(parameter.grad.contiguous().numpy().tobytes())
        print(fill, name, passes.format.numbers, total.hexdigest()[:16], sep=" | ")


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
