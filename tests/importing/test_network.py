"""Anybody's checkpoint files."""

import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn
from torch.nn.utils import prune as torch_prune

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.errors import UserError
from prunesweep.core.importing.network import import_network, load_network
from prunesweep.core.importing.read import FileContent
from prunesweep.core.jobs import bench, evaluate
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.training.models import build_model

Weights = dict[str, torch.Tensor]


def _same(network: nn.Module, weights: Weights) -> bool:
    return all(torch.equal(tensor, weights[name]) for name, tensor in network.state_dict().items())


@pytest.fixture
def weights() -> Weights:
    return dict(build_model(ModelRef("resnet18", 4, 7), seed=5).state_dict())


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[object], str]:
    """Saves something with torch.save and gives the one line that refuses it."""

    def refuse(content: object) -> str:
        path = tmp_path / "theirs.pt"
        torch.save(content, path)
        with pytest.raises(UserError) as caught:
            load_network(path, "resnet18")
        message = str(caught.value)
        assert message.startswith("file '")
        assert "\n" not in message
        return message.partition("theirs.pt': ")[2]

    return refuse


def test_a_state_dict_at_any_width_and_number_of_classes(tmp_path: Path, weights: Weights) -> None:
    torch.save(weights, tmp_path / "a.pt")
    network = load_network(tmp_path / "a.pt", "resnet18")
    assert _same(network, weights)
    assert not network.training
    # torchvision's own classes, buffers and all, in the older file format too
    torch.save(
        build_model(ModelRef("resnet18", 4, 7), 5).state_dict(),
        tmp_path / "b.pth",
        _use_new_zipfile_serialization=False,
    )
    assert _same(load_network(tmp_path / "b.pth", "resnet18"), weights)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_network_of_ours_is_read_at_odd_widths_from_every_format(tmp_path: Path, name: str) -> None:
    ref = replace(parse_dataset("digits"), classes=7)
    weights = dict(build_model(ModelRef(name, 3, 7), seed=5).state_dict())
    write_weights(weights, tmp_path / "b.safetensors", "safetensors")
    (tmp_path / "c.safetensors").write_bytes(pack(Checkpoint(weights, {})))
    for file in ("b.safetensors", "c.safetensors"):
        assert _same(evaluate.load_for(tmp_path / file, name, ref), weights), file
    for width in (3, {"resnet20": 65, "resnet56": 17}.get(name, 1)):
        weights = dict(build_model(ModelRef(name, width, 7), seed=5).state_dict())
        write_weights(weights, tmp_path / "a.pt", "torch")
        # As `sweep bench` opens it, and as `sweep evaluate` does.
        assert _same(bench._load(tmp_path / "a.pt", bench.Bench((), name, "cpu", (), 1, (), 16)), weights), width
        assert _same(evaluate.load_for(tmp_path / "a.pt", name, ref), weights), width
    with pytest.raises(UserError, match=r"has 7 outputs, digits has 9 classes"):
        evaluate.load_for(tmp_path / "a.pt", name, replace(ref, classes=9))
    other = "vgg16-bn" if name != "vgg16-bn" else "resnet20"
    with pytest.raises(UserError, match=rf"a\.pt': holds a .*{name}.*, not a {other}; give --model (resnet|vgg)"):
        load_network(tmp_path / "a.pt", other)


def test_our_safetensors_with_masks_and_plain_ones(tmp_path: Path, weights: Weights) -> None:
    mask = torch.zeros_like(weights["conv1.weight"], dtype=torch.bool)
    weights["conv1.weight"].zero_()
    (tmp_path / "a.safetensors").write_bytes(pack(Checkpoint(weights, {"conv1.weight": mask})))
    safetensors.torch.save_file(weights, tmp_path / "b.safetensors")
    for name in "ab":
        assert _same(load_network(tmp_path / f"{name}.safetensors", "resnet18"), weights)


def test_a_damaged_checkpoint_of_ours_is_refused_in_one_line(tmp_path: Path, weights: Weights) -> None:
    mask = weights["conv1.weight"] != 0
    data = pack(Checkpoint(weights, {"conv1.weight": mask})).replace(b"[4, 3, 3, 3]", b"[4, 9, 3, 3]")
    (tmp_path / "a.safetensors").write_bytes(data)
    with pytest.raises(
        UserError, match=r"a\.safetensors': is not a checkpoint: conv1\.weight: a mask has the wrong size"
    ):
        load_network(tmp_path / "a.safetensors", "resnet18")


def test_half_precision_is_widened(tmp_path: Path, weights: Weights) -> None:
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    torch.save(halves, tmp_path / "a.pt")
    network = load_network(tmp_path / "a.pt", "resnet18")
    assert network.get_parameter("conv1.weight").dtype == torch.float32
    assert torch.equal(network.get_parameter("conv1.weight"), halves["conv1.weight"].float())


def test_torch_prunes_pairs_are_multiplied(tmp_path: Path, weights: Weights) -> None:
    model = build_model(ModelRef("resnet18", 4, 7), seed=5)
    layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    torch_prune.global_unstructured([(layer, "weight") for layer in layers], torch_prune.L1Unstructured, amount=0.8)
    torch.save(model.state_dict(), tmp_path / "a.pt")
    network = load_network(tmp_path / "a.pt", "resnet18")
    for layer in layers:
        torch_prune.remove(layer, "weight")
    assert _same(network, dict(model.state_dict()))


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    witness = tmp_path / "executed"

    class Evil:
        def __reduce__(self) -> object:
            return os.system, (f"touch {witness}",)

    for save in (torch.save, lambda content, path: path.write_bytes(pickle.dumps(content, protocol=2))):
        path = tmp_path / "evil.pt"
        save({"conv1.weight": Evil()}, path)
        with pytest.raises(UserError, match=r"holds more than tensors.*never executed") as caught:
            load_network(path, "resnet18")
        assert "\n" not in str(caught.value)
        assert not witness.exists()


def test_a_whole_network_is_refused_by_name(refused: Callable[[object], str]) -> None:
    model = build_model(ModelRef("resnet18", 4, 7), seed=5)
    message = refused(model)
    assert "holds more than tensors (torchvision.models.resnet.ResNet)" in message
    assert "save it with torch.save(model.state_dict(), FILE)" in message


def test_wrong_keys_are_named(refused: Callable[[object], str], weights: Weights) -> None:
    assert "holds several networks ('actor', 'critic')" in refused({"actor": weights, "critic": weights})
    assert "holds a list, not a state_dict" in refused([1, 2])
    assert "holds a Tensor, not a state_dict" in refused(torch.ones(3))
    assert "has no conv1.weight: not a state_dict of resnet18; it has a.weight, b.weight" in refused(
        {"a.weight": torch.ones(2), "b.weight": torch.ones(2)}
    )
    assert "holds no tensor (its keys: epoch)" in refused({"epoch": 3})
    assert "key 'conv1' holds a list, not a tensor" in refused({**weights, "conv1": [1]})
    renamed = {name.replace("layer2.0.conv1", "layer2.0.convA"): tensor for name, tensor in weights.items()}
    assert "has no layer2.0.conv1.weight; expected a resnet18 of width 4 with 7 classes" in refused(renamed)
    assert "has the unknown extra; expected" in refused({**weights, "extra": torch.ones(1)})
    without = {name: tensor for name, tensor in weights.items() if "layer3" not in name}
    assert "has no layer3.0.conv1.weight, layer3.0.bn1.weight, layer3.0.bn1.bias and 27 more" in refused(without)


def test_wrong_shapes_are_named(refused: Callable[[object], str], weights: Weights) -> None:
    message = refused({**weights, "conv1.weight": torch.zeros(4, 3, 7, 7)})
    assert "another shape in conv1.weight (4×3×7×7 instead of 4×3×3×3)" in message
    message = refused({**weights, "layer1.0.bn1.bias": torch.zeros(9), "fc.bias": torch.zeros(2)})
    assert "layer1.0.bn1.bias (9 instead of 4), fc.bias (2 instead of 7)" in message
    assert "conv1.weight is 4: not a resnet18" in refused({**weights, "conv1.weight": torch.zeros(4)})
    assert "conv1.weight is 0×3×3×3" in refused({**weights, "conv1.weight": torch.zeros(0, 3, 3, 3)})
    assert "fc.weight_mask is 2, fc.weight_orig is 7×32" in refused(
        {**weights, "fc.weight_orig": weights["fc.weight"], "fc.weight_mask": torch.zeros(2)}
    )


def test_a_file_without_some_channels_is_told_for_what_it_is(tmp_path: Path, weights: Weights) -> None:
    for name in ("conv1.weight", "bn1.weight", "layer2.0.conv1.weight"):
        weights[name] = weights[name][:2]
    torch.save(weights, tmp_path / "compact.pt")
    content = FileContent(weights, ours=False)
    for read in (
        lambda: load_network(tmp_path / "compact.pt", "resnet18"),
        lambda: import_network(tmp_path / "compact.pt", content, ModelRef("resnet18", 4, 7)),
    ):
        with pytest.raises(UserError, match="without --compact") as caught:
            read()
        assert "give --width" not in str(caught.value), "no width has these shapes"


def test_numbers_that_are_none(refused: Callable[[object], str], weights: Weights) -> None:
    weights["layer1.0.conv1.weight"][0] = float("nan")
    assert "holds NaN or infinity in layer1.0.conv1.weight" in refused(weights)


@pytest.mark.parametrize("name", ["x.pt", "x.safetensors"])
@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + b"\0" * 50, bytes(range(256)) * 9])
def test_files_of_another_kind(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=rf"file '.*{name}': (is not a |holds more)") as caught:
        load_network(tmp_path / name, "resnet18")
    assert "\n" not in str(caught.value)


def test_a_cut_off_file(tmp_path: Path, weights: Weights) -> None:
    torch.save(weights, tmp_path / "x.pt")
    whole = (tmp_path / "x.pt").read_bytes()
    (tmp_path / "x.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"is not a file that torch\.save wrote"):
        load_network(tmp_path / "x.pt", "resnet18")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: "):
        load_network(tmp_path / "none.pt", "resnet18")


@pytest.mark.parametrize("suffix", ["packed", "onnx", "ONNX"])
def test_a_file_for_inference_is_told_for_what_it_is(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"resnet18.{suffix}"
    file.write_bytes(b"whatever")
    with pytest.raises(UserError, match=r"is for inference only.*give the \.pt"):
        load_network(file, "resnet18")


def test_a_new_head_takes_the_place_of_the_old_one_and_nothing_else_changes(weights: Weights) -> None:
    ref, content = ModelRef("resnet18", 4, 3), FileContent({"state_dict": weights})
    with pytest.raises(UserError, match="the file has 7 classes: give a dataset of as many, or to a sweep --head new"):
        import_network(Path("theirs.pt"), content, ref)
    network, read = import_network(Path("theirs.pt"), content, ref, new_head=True)
    found, fresh = network.state_dict(), build_model(ref, 0).state_dict()
    heads = {"fc.weight", "fc.bias"}
    assert all(torch.equal(found[name], fresh[name]) for name in heads)
    assert all(torch.equal(tensor, found[name]) for name, tensor in weights.items() if name not in heads)
    assert "replaced fc.weight 7×32 by an initial one of 3×32 (--head new), to be trained" in read.notes
    with pytest.raises(UserError, match=r"has no fc\.weight that a new classifier could replace"):
        import_network(Path("theirs.pt"), FileContent({"conv1.weight": weights["conv1.weight"]}), ref, new_head=True)
