"""CIFAR networks under their usual third-party names: read into ours they compute the same.

The little networks here have the names and the arithmetic of kuangliu/pytorch-cifar, akamaster/pytorch_resnet_cifar10
and chenyaofo/pytorch-cifar-models, at a small width.
"""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunesweep.core.errors import UserError
from prunesweep.core.importing.network import load_network
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.training.models import build_model


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, option: str, shortcut: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.option = option if stride != 1 else ""
        self.other = shortcut
        if self.option == "B":
            ways = (nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
            self.add_module(shortcut, nn.Sequential(*ways))

    def forward(self, maps: Tensor) -> Tensor:
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(maps)))))
        if self.option == "A":
            quarter = out.shape[1] // 4
            maps = F.pad(maps[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))
        elif self.option == "B":
            maps = self.get_submodule(self.other)(maps)
        return F.relu(out + maps)


class Net(nn.Module):
    def __init__(
        self, blocks: list[int], width: int, option: str = "B", shortcut: str = "shortcut", head: str = "linear"
    ):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.stages, self.head, inputs = len(blocks), head, width
        for stage, count in enumerate(blocks, 1):
            made = []
            for place in range(count):
                outputs = width * 2 ** (stage - 1)
                made.append(Block(inputs, outputs, 2 if stage > 1 and not place else 1, option, shortcut))
                inputs = outputs
            self.add_module(f"layer{stage}", nn.Sequential(*made))
        self.add_module(head, nn.Linear(inputs, 10))

    def forward(self, maps: Tensor) -> Tensor:
        maps = F.relu(self.bn1(self.conv1(maps)))
        for stage in range(1, self.stages + 1):
            maps = self.get_submodule(f"layer{stage}")(maps)
        return self.get_submodule(self.head)(maps.mean((2, 3)))


def _shaken(network: nn.Module) -> nn.Module:
    """With batch-norm statistics that are no longer 0 and 1."""
    torch.manual_seed(0)
    for tensor in network.state_dict().values():
        if tensor.is_floating_point() and tensor.dim() == 1:
            tensor.uniform_(0.5, 1.5)
    return network.eval()


@pytest.mark.parametrize(
    ("model", "theirs", "prefix"),
    [
        ("resnet18-cifar", Net([2, 2, 2, 2], 4), "module."),
        ("resnet20", Net([3, 3, 3], 4), "module."),
        ("resnet20-a", Net([3, 3, 3], 4, option="A"), "module."),
        ("resnet56-a", Net([9, 9, 9], 4, option="A"), ""),
        ("resnet20", Net([3, 3, 3], 4, shortcut="downsample", head="fc"), ""),
    ],
    ids=["kuangliu", "akamaster B", "akamaster A", "akamaster 56", "chenyaofo"],
)
def test_read_into_ours_they_compute_the_same(tmp_path: Path, model: str, theirs: Net, prefix: str) -> None:
    _shaken(theirs)
    state = {prefix + name: tensor for name, tensor in theirs.state_dict().items()}
    torch.save({"net": state, "acc": 93.0, "epoch": 199}, tmp_path / "theirs.pth")
    notes: list[str] = []
    ours = load_network(tmp_path / "theirs.pth", model, notes.append)
    images = torch.randn(2, 3, 16, 16)
    with torch.no_grad():
        torch.testing.assert_close(ours(images), theirs(images))
    renamed = [note for note in notes if note.startswith("renamed from kuangliu/pytorch-cifar")]
    assert bool(renamed) == (theirs.head == "linear")


def test_networks_that_compute_something_else_are_refused_with_the_fix(tmp_path: Path) -> None:
    file = tmp_path / "theirs.pth"

    def refused(state: object, model: str) -> str:
        torch.save(state, file)
        with pytest.raises(UserError) as caught:
            load_network(file, model)
        return str(caught.value)

    message = refused(Net([2, 2, 2, 2], 4).state_dict(), "resnet18")
    assert "that ResNet-18 has no max-pool; give --model resnet18-cifar" in message
    message = refused(Net([3, 3, 3], 4, option="A").state_dict(), "resnet20")
    assert "its shortcuts are option A (no weights, as akamaster's), those of resnet20 are option B" in message
    assert "give --model resnet20-a" in message
    vgg = dict(build_model(ModelRef("vgg16-bn", 4, 10), 0).state_dict())
    three = {name: tensor for name, tensor in vgg.items() if not name.startswith("classifier")}
    three |= {f"classifier.{place}.{part}": torch.zeros(1) for place in (0, 3, 6) for part in ("weight", "bias")}
    assert "has three linear layers (classifier.0, .3, .6), as chenyaofo's" in refused(three, "vgg16-bn")
    # kuangliu's VGG-16 has torchvision's names and one linear layer, as ours.
    torch.save({"net": {f"module.{name}": tensor for name, tensor in vgg.items()}}, file)
    assert load_network(file, "vgg16-bn") is not None
