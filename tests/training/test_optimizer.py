"""The optimizers are torch's own, method by method."""

import inspect
from dataclasses import replace

import pytest
import torch
from torch import nn

from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.training.optimizer import build_optimizer


@pytest.mark.parametrize(("name", "kind"), [("sgd", torch.optim.SGD), ("adamw", torch.optim.AdamW)])
def test_its_methods_are_torchs_and_a_step_leaves_no_graph(name: str, kind: type[torch.optim.Optimizer]) -> None:
    model = nn.Linear(2, 1)
    optimizer = build_optimizer(model, replace(load_recipe("digits").dense, optimizer=name), torch.device("cpu"))
    assert isinstance(optimizer, kind)
    for method in ("add_param_group", "zero_grad", "step"):
        assert inspect.unwrap(getattr(type(optimizer), method)) is inspect.unwrap(getattr(kind, method))
    before = model.weight.detach().clone()
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    assert not torch.equal(model.weight, before) and model.weight.is_leaf and torch.is_grad_enabled()
    optimizer.zero_grad()
    assert model.weight.grad is None
