"""`python -m tests.training.unwritten`: a digest of the gradients of each network, in bf16 where it is safe.

Run under two values of glibc's `MALLOC_PERTURB_`, which fills memory when it is taken and freed: a digest that differs
means that some kernel read, or left in its result, what lay in memory before.
"""

import hashlib
from collections.abc import Iterator

import torch
from torch import nn

from prunesweep import build_model
from prunesweep.core.passes import Passes


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


def main() -> None:
    """Print a line for each network: its name, the numbers it computes in, its gradients' digest."""
    torch.set_num_threads(1)
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
        print(name, passes.format.numbers, total.hexdigest()[:16], sep=" | ")


if __name__ == "__main__":
    main()
