"""Layout and precision: never a combination that oneDNN is known to get wrong."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from core.plan.models import ModelRef
from core.plan.recipes import load_recipe
from core.training.datasets import Split
from core.training.kernels import autocast, layout_for
from core.training.loop import train
from core.training.models import build_model

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("width", "layout"),
    [(4, torch.contiguous_format), (24, torch.contiguous_format), (16, torch.channels_last), (32, torch.channels_last)],
)
def test_channels_last_only_where_blocks_are_full(width: int, layout: torch.memory_format) -> None:
    model = build_model(ModelRef("resnet18", width, 3), seed=0)
    assert layout_for(model, CPU) == layout
    assert layout_for(model, torch.device("cuda")) == torch.channels_last


def _bf16(precision: str, device: torch.device, side: int) -> bool:
    with autocast(precision, device, side):
        return torch.is_autocast_enabled("cpu")


def test_bf16_is_used_where_asked_but_never_for_tiny_images() -> None:
    assert _bf16("bf16", CPU, 32)
    assert not _bf16("fp32", CPU, 32)
    assert not _bf16("bf16", CPU, 8)
    assert not _bf16("auto", CPU, 8)


@pytest.mark.parametrize("side", [8, 9, 16])
@pytest.mark.parametrize("width", [4, 16])
def test_bf16_gradients_are_close_to_those_of_fp32(make_split: Callable[..., Split], side: int, width: int) -> None:
    """One step from the same start, with memory that held NaN just before: no weight may run away."""
    split = make_split(16, size=side)
    recipe = replace(load_recipe("digits").dense, batch=16, validation=0.0, warmup=0.0, lr=0.01, weight_decay=0.0)
    moved = []
    for precision in ("fp32", "bf16"):
        model = build_model(ModelRef("resnet18", width, 3), seed=0)
        before = torch.cat([p.detach().flatten().clone() for p in model.parameters()])
        poison = [
            torch.full((4**n,), float("nan"), dtype=kind) for n in range(4, 11) for kind in (None, torch.bfloat16)
        ]
        del poison
        list(train(model, {}, split, replace(recipe, precision=precision), 1, 0, 0, "cpu"))
        moved.append(torch.cat([p.detach().flatten() for p in model.parameters()]) - before)
    assert torch.nn.functional.cosine_similarity(moved[0], moved[1], dim=0) > 0.85
    assert moved[1].abs().max() < 2 * moved[0].abs().max()
