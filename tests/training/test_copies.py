"""Copies of networks that keep something of their passes."""

from pathlib import Path

import torch
from torch import Tensor, nn

from prunesweep.core.copies import copied
from prunesweep.core.passes import Passes
from prunesweep.core.pruning.channel_groups import couple
from prunesweep.core.pruning.registry import SCORES
from prunesweep.core.pruning.subject import Subject

CORE = Path(__file__).parents[2] / "core"
IMAGE = (3, 8, 8)


class _Keeping(nn.Module):
    """Keeps its features, as for a picture of them, one by itself and all in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 5)
        self.last: Tensor | None = None
        self.all: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.last = self.conv(images)
        self.all.append(self.last.relu())
        return self.head(self.all[-1].mean((2, 3)))  # type: ignore[no-any-return]


def _trained() -> _Keeping:
    model = _Keeping()
    Passes(model, IMAGE[1], gradients=True).train()(torch.rand(2, *IMAGE)).sum().backward()
    return model


def test_a_copy_has_the_numbers_of_what_is_kept_and_none_of_its_gradients() -> None:
    model = _trained()
    copy = copied(model)
    assert isinstance(copy, _Keeping) and copy.last is not None and model.last is not None
    assert torch.equal(copy.last, model.last) and torch.equal(copy.all[-1], model.all[-1])
    assert copy.last.grad_fn is None and copy.all[0] is not model.all[0] and model.last.grad_fn is not None
    other = {id(model.head.weight): nn.Parameter(torch.zeros(5, 4))}
    assert not copied(model, other).state_dict()["head.weight"].any()
    assert torch.equal(copy.conv.weight, model.conv.weight) and copy.conv.weight is not model.conv.weight


def test_every_score_takes_a_network_that_was_trained_a_step() -> None:
    batch = torch.rand(4, *IMAGE), torch.arange(4)
    for name, score in SCORES.items():
        found = score(Subject(_trained(), batches=lambda: (batch,), image=IMAGE))
        assert all(bool(one.isfinite().all()) for one in found.values()), name
    assert couple(_trained(), IMAGE).groups


def test_networks_are_copied_in_one_place() -> None:
    """But for the skeletons of our own, which keep nothing."""
    users = {str(file.relative_to(CORE)) for file in CORE.rglob("*.py") if "deepcopy(" in file.read_text()}
    assert users == {"copies.py", "training/models.py"}
