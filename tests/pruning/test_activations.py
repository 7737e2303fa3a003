"""What reaches each layer: the columns that its weights multiply, for every kind of layer."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.errors import StageError
from prunesweep.core.pruning.activations import Activations, moments, squares
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.scores import SCORES
from prunesweep.core.pruning.subject import Subject

IMAGE = (4, 9, 7)


def subject(model: nn.Module, count: int = 1, image: tuple[int, int, int] = IMAGE) -> Subject:
    random = torch.Generator().manual_seed(5)
    given = [(torch.randn(3, *image, generator=random), torch.zeros(3, dtype=torch.int64)) for _ in range(count)]
    return Subject(model, batches=lambda: given, image=image)


class _Head(nn.Module):
    """A layer behind a change of shape, so that any layer can stand in a network of images."""

    def __init__(self, layer: nn.Module, dimensions: int) -> None:
        super().__init__()
        self.layer, self.dimensions = layer, dimensions
        self.made = torch.empty(0)

    def forward(self, images: Tensor) -> Tensor:
        shaped = {0: images.mean(dim=(2, 3)), 1: images.flatten(2), 2: images, 3: images.unsqueeze(2)}[self.dimensions]
        self.made = self.layer(shaped)
        return self.made.flatten(1)


@pytest.mark.parametrize(
    ("layer", "dimensions"),
    [
        (nn.Linear(4, 6), 0),
        (nn.Linear(4, 6, bias=False), 0),
        (nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2), 1),
        (nn.Conv2d(4, 6, 3, stride=(2, 1), padding=(1, 2), dilation=(1, 2)), 2),
        (nn.Conv2d(4, 8, (3, 2), padding="same", groups=4), 2),
        (nn.Conv2d(4, 4, 3, padding=1, groups=2, padding_mode="reflect", bias=False), 2),
        (nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular"), 2),
        (nn.Conv3d(4, 6, (1, 3, 2), padding=(0, 1, 0), groups=2), 3),
        (nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), 1),
        (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=(1, 3), dilation=(1, 2), groups=2), 2),
        (nn.ConvTranspose3d(4, 2, 2, stride=(1, 2, 1)), 3),
    ],
    ids=str,
)
def test_weights_times_columns_are_the_outputs_of_the_layer(layer: nn.Module, dimensions: int) -> None:
    model = _Head(layer, dimensions)
    here = subject(model)
    found = Activations(here).collect(lambda columns: columns)["layer.weight"]  # all of them, instead of their sum
    with torch.no_grad():
        model(here.batches()[0][0])  # type: ignore[index]
        made = model.made if layer.bias is None else model.made - layer.bias.view(-1, *[1] * dimensions)
        product = found.form.matrix(layer.weight) @ found.sums.transpose(1, 2)
    groups, outputs = product.shape[:2]
    expected = made.reshape(3, groups, outputs, -1).permute(1, 2, 0, 3).reshape(groups, outputs, -1)
    assert torch.allclose(product, expected, atol=1e-5)
    again = found.form.weight(found.form.matrix(layer.weight), layer.weight.shape)
    assert torch.equal(again, layer.weight), "there and back"


class _Mixed(nn.Module):
    """Attention, a layer used twice, one never, and one whose weight is handed to a function."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.twice = nn.Linear(4, 4)
        self.given = nn.Linear(4, 3)
        self.never = nn.Linear(4, 3)

    def forward(self, images: Tensor) -> Tensor:
        rows = self.attention(*[images.flatten(2).transpose(1, 2)] * 3)[0]
        if float(rows.detach().sum()) > 1e9:  # no trace goes beyond this
            rows = rows * 0
        rows = self.twice(self.twice(rows))
        return nn.functional.linear(rows, self.given.weight, self.given.bias).mean(dim=1)


def test_attention_and_weights_handed_to_functions_are_seen() -> None:
    model = _Mixed()
    here = subject(model, count=2)
    activations = Activations(here)
    attention = ("attention.in_proj_weight", "attention.out_proj.weight")
    assert activations.order() == (*attention, "twice.weight", "given.weight")
    found = activations.collect(moments)
    images = torch.cat([images for images, _ in here.batches()]).flatten(2).transpose(1, 2).reshape(-1, 4)
    assert torch.allclose(found["attention.in_proj_weight"].sums[0], images.T @ images, rtol=1e-4, atol=1e-4)
    seen: list[Tensor] = []
    model.twice.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach().reshape(-1, 4)))
    for batch, _ in here.batches():
        model.eval()(batch)
    inputs = torch.cat(seen)
    early = activations.collect(squares, ["twice.weight"])
    assert torch.allclose(early["twice.weight"].sums[0], inputs.square().sum(dim=0), rtol=1e-4), "both uses"
    assert list(early) == ["twice.weight"]
    assert torch.backends.mha.get_fastpath_enabled()
    for score in ("wanda", "sparsegpt"):
        assert not SCORES[score](here)["never.weight"].any()


def test_wanda_is_the_papers_product_and_compares_within_rows() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(24, 8), nn.ReLU(), nn.Linear(8, 4))
    here = subject(model, count=3, image=(4, 3, 2))
    images = torch.cat([images for images, _ in here.batches()]).flatten(1)
    with torch.no_grad():
        inputs = {"1.weight": images.numpy(), "3.weight": model[:3](images.unflatten(1, (4, 3, 2))).numpy()}
    masks = prune(here, "wanda", "rows", 0.75)
    for name, weight in prunable(model):
        metric = np.abs(weight.detach().numpy()) * np.linalg.norm(inputs[name], axis=0)
        assert np.allclose(SCORES["wanda"](here)[name].numpy(), metric, rtol=1e-5)
        worst = np.argsort(metric, axis=1)[:, : int(metric.shape[1] * 0.75)]
        expected = np.ones(metric.shape, dtype=bool)
        np.put_along_axis(expected, worst, values=False, axis=1)
        assert (masks[name].numpy() == expected).all()


class _Standardised(nn.Conv2d):
    def forward(self, inputs: Tensor) -> Tensor:
        return self._conv_forward(inputs, self.weight - self.weight.mean(), self.bias)


def test_what_cannot_be_seen_is_refused() -> None:
    with pytest.raises(StageError, match=r"'0.weight' multiplies its inputs by something computed"):
        prune(subject(nn.Sequential(_Standardised(4, 2, 3), nn.Flatten())), "wanda", "rows", 0.5)
    model = nn.Sequential(nn.Flatten(), nn.Linear(4 * 63, 2))
    with pytest.raises(StageError, match="needs training images"):
        prune(Subject(model, image=IMAGE), "wanda", "rows", 0.5)
    spoiled = [(torch.full((2, *IMAGE), torch.inf), torch.zeros(2))]
    with pytest.raises(StageError, match=r"inputs of '1.weight' are not all finite"):
        prune(Subject(model, batches=lambda: spoiled, image=IMAGE), "sparsegpt", "uniform-all", 0.5)
