"""Small networks and a small split: 8×8 noise, two classes."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.models import build_model
from tests.support.bursts import in_short_bursts
from tests.support.one_thread import one_thread

__all__ = ["one_thread"]


@pytest.fixture
def tiny() -> nn.Module:
    """resnet18 at width 4, 10 classes, from seed 0, in evaluation mode."""
    return build_model(ModelRef("resnet18", 4, 10), seed=0).eval()


@pytest.fixture
def split() -> Split:
    """37 random images of 16×16 with 10 classes."""
    random = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (37, 3, 16, 16), generator=random, dtype=torch.uint8)
    labels = torch.randint(0, 10, (37,), generator=random)
    mean, std = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.25, 0.3])
    return Split(images, labels, tuple("0123456789"), mean, std)


@pytest.fixture
def short_bursts() -> Iterator[None]:
    """The same for a whole test."""
    with in_short_bursts():
        yield
