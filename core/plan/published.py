"""How our networks differ from those that were published under their names, and which data and widths are toys."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from prunesweep.core.plan.models import MODELS

TOY_DATASETS: Mapping[str, str] = MappingProxyType(
    {"digits": "1,797 grey images of 8×8 pixels", "fashion-mnist": "grey images of 28×28 pixels, of MNIST's kind"}
)
"""Data on which nearly every method works, and what makes it so; our list."""


@dataclass(frozen=True)
class PublishedNetwork:
    """How a built-in network differs from its publication.

    Attributes:
        source: where the network is described.
        differences: ours from that one, at its published width.
    """

    source: str
    differences: tuple[str, ...]


_STEM = "stem of 3×3 windows with stride 1 instead of 7×7 with stride 2"
_OPTION_B = "shortcuts that change shape are 1×1 convolutions with batch-norm (option B), not zero-padded (option A)"
_RESNET = "He et al. 2016, arXiv:1512.03385"

PUBLISHED: Mapping[str, PublishedNetwork] = MappingProxyType(
    {
        "resnet18": PublishedNetwork(f"{_RESNET}, table 1, as in torchvision", (f"{_STEM}, max-pool kept",)),
        "resnet18-cifar": PublishedNetwork(f"{_RESNET}, table 1, as in torchvision", (f"{_STEM}, no max-pool",)),
        "resnet20": PublishedNetwork(f"{_RESNET}, section 4.2, n = 3", (_OPTION_B,)),
        "resnet56": PublishedNetwork(f"{_RESNET}, section 4.2, n = 9", (_OPTION_B,)),
        "resnet20-a": PublishedNetwork(f"{_RESNET}, section 4.2, n = 3, shortcuts of option A", ()),
        "resnet56-a": PublishedNetwork(f"{_RESNET}, section 4.2, n = 9, shortcuts of option A", ()),
        "vgg16-bn": PublishedNetwork(
            "Simonyan & Zisserman 2015, arXiv:1409.1556, configuration D",
            (
                "batch-norm after each convolution",
                "one linear layer on the mean of the last map instead of three, no dropout",
            ),
        ),
    }
)


def slim(model: str, width: int) -> bool:
    """Return whether a network of ours has fewer channels than the published one."""
    return width < MODELS.get(model, 0)


def toys(dataset: str, model: str, width: int) -> list[str]:
    """Return what makes the setting a toy, in words; empty when nothing does."""
    found = [f"{dataset}: {TOY_DATASETS[dataset]}"] if dataset in TOY_DATASETS else []
    if slim(model, width):
        found.append(f"{model} of width {width}, published with {MODELS[model]}")
    return found
