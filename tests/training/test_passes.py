"""The one door to a network's arithmetic: never a layout or a number format that oneDNN is known to get wrong."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from prunesweep.core.measure.flops import macs
from prunesweep.core.passes import Format, Passes, laid_out, trace
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.pruning.channel_groups import couple
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import train
from prunesweep.core.training.models import build_model
from tests.support.examples import THOROUGH

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[2]
DOOR = ROOT / "core" / "passes.py"


@pytest.mark.parametrize("width", [1, 4, 16, 24, 32])
def test_gradients_are_in_contiguous_memory_unless_blocks_are_full(width: int) -> None:
    model = build_model(ModelRef("resnet18", width, 3), seed=0)
    assert Passes(model, 32).format == Format("cpu", "channels_last", "fp32")
    layout = "channels_last" if width % 16 == 0 else "contiguous"
    passes = Passes(model, 32, gradients=True)
    assert passes.format == Format("cpu", layout, "fp32")
    memory = torch.channels_last if width % 16 == 0 else torch.contiguous_format
    weights = [parameter for parameter in model.parameters() if parameter.dim() == 4]
    # 1×1 weights included, which were channels_last and would go on looking so.
    assert all(w.stride() == torch.empty(w.shape, memory_format=memory).stride() for w in weights)
    for images in (torch.rand(1, 3, 8, 8), torch.rand(2, 3, 1, 1), torch.rand(2, 1, 5, 5)):
        for given in (images, images.contiguous(memory_format=torch.channels_last)):
            assert passes.images(given).stride() == torch.empty(images.shape, memory_format=memory).stride()
            assert torch.equal(passes.images(given), images)


@pytest.mark.parametrize("quick", [True, False])
def test_a_trace_meets_what_a_pass_meets(quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With shapes alone batch-norm is not calculated: its shape, and what does not fit it, come out all the same."""
    if not quick:
        monkeypatch.setattr("prunesweep.core.passes._QUICK_WEIGHTS", 0)
    shapes: list[tuple[str, torch.Size]] = []
    model = build_model(ModelRef("resnet18", 2, 3), seed=0)
    for name, module in model.named_modules():
        module.register_forward_hook(lambda _, __, out, name=name: shapes.append((name, out.shape)))
    trace(model, (3, 16, 16))
    traced = [*shapes]
    shapes.clear()
    model.eval()(torch.rand(1, 3, 16, 16))
    assert traced == shapes and len(traced) > 50
    with pytest.raises(RuntimeError):
        trace(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(5)), (3, 8, 8))


class _Twice(nn.Module):
    """Modules of two names, and two modules of one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.body = nn.Sequential(self.first, nn.BatchNorm2d(8), nn.ReLU())
        self.tied, self.other = nn.Conv2d(8, 8, 1), nn.Conv2d(8, 8, 1)
        self.other.weight = self.tied.weight
        self.head = self.classifier = nn.Linear(8, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.other(self.tied(self.body(images))).mean((2, 3)))  # type: ignore[no-any-return]


def test_a_module_of_two_names_keeps_its_parameters() -> None:
    made = _Twice()
    before = {name: (one, one.clone()) for name, one in made.named_parameters(remove_duplicate=False)}
    trace(made, (3, 16, 16))
    assert macs(made, (3, 16, 16)).macs_dense == 256 * (3 * 8 * 9 + 2 * 64) + 40
    Passes(made, 16, "cpu", gradients=True)
    after = dict(made.named_parameters(remove_duplicate=False))
    assert after.keys() == before.keys() and all(after[name] is one for name, (one, _) in before.items())
    assert all(torch.equal(one, values) for one, values in before.values())
    assert couple(made, (3, 16, 16)).groups


class _Grid(nn.Module):
    """Keeps what it makes in its first pass."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 8, 3, padding=1), nn.Linear(8, 5)
        self.grid: torch.Tensor | None = None

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if self.grid is None:
            self.grid = torch.linspace(0, 1, images.shape[-1], device=images.device)
        return self.head(self.conv(images * self.grid).mean((2, 3)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("side", [32, 96])
def test_what_a_network_keeps_of_a_trace_has_numbers(side: int) -> None:
    """The larger one is traced by shapes alone."""
    model = _Grid()
    assert macs(model, (3, side, side)).macs_dense == side * side * 3 * 8 * 9 + 40
    assert couple(model, (3, side, side)).groups
    assert Passes(model, side, gradients=True)(torch.rand(2, 3, side, side)).isfinite().all()


def test_a_network_that_refuses_black_is_traced_by_shapes() -> None:
    class Choosy(nn.Conv2d):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            assert images.is_meta or images.any(), "black"
            return super().forward(images)

    assert macs(nn.Sequential(Choosy(3, 2, 1), nn.Flatten()), (3, 4, 4)).macs_dense == 96


def test_a_network_keeps_its_numbers_and_its_parameters_in_any_layout() -> None:
    model = build_model(ModelRef("resnet18", 3, 3), seed=0)
    parameters, before = list(model.parameters()), [p.detach().clone() for p in model.parameters()]
    with torch.inference_mode():
        Passes(model, 32)
    Passes(model, 32, gradients=True).eval()
    assert not model.training
    for found, parameter, value in zip(model.parameters(), parameters, before, strict=True):
        assert found is parameter and torch.equal(found, value) and not found.is_inference()
    assert laid_out(before[0], torch.contiguous_format) is before[0]


def test_bf16_is_used_where_asked_but_never_for_tiny_images() -> None:
    model = build_model(ModelRef("resnet18", 2, 3), seed=0)

    def numbers(precision: str, side: int, gradients: bool = True) -> str:
        return Passes(model, side, gradients=gradients, precision=precision).format.numbers

    assert numbers("bf16", 32) == "bf16"
    assert [numbers("fp32", 32), numbers("bf16", 8), numbers("auto", 8), numbers("bf16", 32, False)] == ["fp32"] * 4
    model.double()
    assert numbers("bf16", 32) == "fp64"


def test_no_gradient_holds_what_lay_in_memory_before() -> None:
    """oneDNN in bf16 leaves some weight gradients unwritten: harmless zeros, until memory is used again. A program of
    its own: where the heap is checked, as in `tests.training.matrix`, memory is not filled."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.training.unwritten", "1", "85"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, list[str]] = {"1": [], "85": []}
    for fill, _, line in (line.partition(" | ") for line in ran.stdout.splitlines()):
        told[fill].append(line)
    assert told["1"] == told["85"]
    numbers = dict(line.split(" | ")[:2] for line in told["1"])
    # Those that would be spoiled compute in fp32, and only those.
    assert numbers == {"mobilenet": "fp32", "7×7 stem": "fp32", "built-in": "bf16", "odd": "fp32", "plain": "bf16"}


def test_a_training_says_what_its_steps_are_computed_in(make_split: Callable[..., Split]) -> None:
    recipe = replace(load_recipe("digits").dense, precision="bf16")
    model = build_model(ModelRef("resnet18", 2, 3), seed=0)
    course = train(model, {}, make_split(8, size=16), recipe, 1, 0, 0, "cpu")
    assert course.format == Format("cpu", "contiguous", "bf16")


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


CASES = {
    "": ("resnet18:3", "resnet20:12"),
    "AVX2": ("resnet18:3", "vgg16-bn:8", *(("resnet20:12", "resnet18-cifar:1") if THOROUGH else ())),
}
"""Networks and widths, by the instructions that oneDNN is held to."""


@pytest.mark.slow
@pytest.mark.parametrize("instructions", CASES)
def test_no_pass_writes_past_a_buffer_and_all_are_those_of_float64(instructions: str) -> None:
    """Some networks and widths; `make test-avx2` runs them all. oneDNN reads its variable when it starts: held to AVX2
    on a processor that has bf16, its convolutions took twelve times as long in it as in fp32, so none is used."""
    limited = {"ONEDNN_MAX_CPU_ISA": instructions} if instructions else {}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.training.matrix", *CASES[instructions]],
        cwd=ROOT,
        env=os.environ | limited,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_layout_and_number_format_are_decided_in_one_file() -> None:
    """Whoever calls a network, or asks for a layout, goes through the door. (`.to(dtype)` of a copy is no pass.)"""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for room in ("core", "worker", "prunesweep")
        for path in sorted((ROOT / room).rglob("*.py"))
        if path != DOOR and "torch" in path.read_text()
        for line, what in _strays(ast.parse(path.read_text()))
    ]
    assert found == []


_DECIDES = {"memory_format", "channels_last", "contiguous_format", "autocast", "set_float32_matmul_precision"}


def _strays(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _DECIDES:
            yield node.lineno, node.attr
        if isinstance(node, ast.keyword) and node.arg in _DECIDES:
            yield node.value.lineno, str(node.arg)
        if isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Name) and node.func.id in ("model", "network", "net"))
            or (isinstance(node.func, ast.Attribute) and node.func.attr in ("model", "_model", "network", "_network"))
            or (isinstance(node.func, ast.Call) and _name(node.func.func) in ("eval", "train", "double", "float"))
        ):
            yield node.lineno, ast.unparse(node)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def test_the_search_for_strays_finds_them() -> None:
    for line in ("model(images)", "self._model(x)", "net.eval()(x)", "x.contiguous(memory_format=f)", "torch.autocast"):
        assert list(_strays(ast.parse(line))), line
    assert isinstance(nn.Identity(), nn.Module) and not list(_strays(ast.parse("passes(images)")))
