"""Every option about given weights, on each command that takes some: it acts, or it is refused in one line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.core.images.said import SaidSize
from prunesweep.core.importing.hub import Published
from prunesweep.core.jobs import import_weights
from prunesweep.core.jobs.requests import Bench, EvaluateFiles, Sensitivity
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.stages import PruneRound
from prunesweep.core.settings import load_settings
from prunesweep.core.training.models import build_model
from prunesweep.orchestrator.cli.commands import bench, evaluate, sensitivity
from prunesweep.orchestrator.run.grid_toml import grid_toml
from prunesweep.orchestrator.run.request import GridRequest
from prunesweep.orchestrator.run.submission import CheckedRequest, plan_request
from tests.orchestrator.conftest import Ran
from tests.support.jobs import answer_here

Sweep = Callable[..., Ran]
Request = EvaluateFiles | Bench | Sensitivity
Asked = Callable[..., Request | None]
GRID = ("--sparsity", "50", "--algorithm", "oneshot", "--epochs", "1", "--bench-device", "none")
OPTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # option: its value and what must be given with it, then what stands on both sides of the comparison.
    "--weights": (("own.pt",), ()),
    "--head": (("new",), ("--weights", "own.pt", "--dense-epochs", "1")),
    "--dense-epochs": (("1",), ("--weights", "own.pt")),
    "--width": (("4",), ()),
    "--model": (("resnet18-cifar",), ()),
    "--model-args": (('{"dropout": 0.5}',), ("--model", "torchvision:squeezenet1_1")),
    "--dataset": (("digits",), ()),
    "--image-size": (("8",), ()),
    "--resize": (("pad",), ("--image-size", "8")),
    "--test-share": (("0.25",), ("--dataset", "imagefolder:pile")),
    "--mean": (("0.5,0.5,0.5", "--std", "0.2,0.2,0.2"), ()),
    "--std": (("0.2,0.2,0.2", "--mean", "0.5,0.5,0.5"), ()),
}
READS = {"--model", "--model-args", "--dataset", "--image-size", "--resize", "--test-share", "--mean", "--std"}
ACTS: dict[str, set[str]] = {
    "evaluate": READS,
    "sensitivity": READS,
    "bench": {"--model", "--model-args", "--image-size"},
    "export": set(),
}
LONE = [
    ("submit", "--head", "new", "give --weights, and --dense-epochs to train it"),
    ("submit", "--resize", "pad", "give that too: --image-size"),
    ("evaluate", "--resize", "pad", "give that too: --image-size"),
    ("doctor", "--resize", "pad", "give that too: --image-size"),
    ("submit", "--resize", "crop:232", "give that too: --image-size"),
    ("evaluate", "--resize", "crop:0.95", "e.g. 235 behind the colon for images of 224"),
    ("doctor", "--resize", "pad:256", "it takes no number: pad"),
    ("evaluate", "--mean", "0.5,0.5,0.5", "give --mean and --std together"),
    ("evaluate", "--test-share", "0.2", "has its own test set: leave it out"),
    ("evaluate", "--image-size", "8", "has its own size: leave it out"),
    ("evaluate", "--model-args", '{"a": 1}', "takes no arguments"),
    ("bench", "--model-args", '{"a": 1}', "takes no arguments"),
]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights `own.pt`, an ONNX file's name, an image folder with a test set and one without; nothing needs torch."""
    monkeypatch.chdir(tmp_path)
    for place in ("divided/train", "divided/test", "pile"):
        for kind in "ab":
            Path(place, kind).mkdir(parents=True)
            for number in range(4):
                pixels = np.full((24, 24, 3), 20 * number + ord(kind) + len(place), np.uint8)
                Image.fromarray(pixels).save(Path(place, kind, f"{number}.png"))
    torch.save(dict(build_model(ModelRef("resnet18", 2, 2), 0).state_dict()), "own.pt")
    Path("own.onnx").touch()


@pytest.fixture
def asked(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What one of these commands asks its torch program about `own.pt` for; None where it is refused."""
    requests: list[Request] = []

    def ask(_: object, request: Request) -> Iterator[Any]:
        requests.append(request)
        return iter(())

    for command in (evaluate, bench, sensitivity):
        monkeypatch.setattr(command, "ask", ask)

    def run(command: str, *arguments: str) -> Request | None:
        requests.clear()
        sweep(command, "own.pt", *arguments, "--json")
        return requests[-1] if requests else None

    return run


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("command", ACTS)
def test_each_option_acts_or_is_refused(command: str, option: str, sweep: Sweep, asked: Asked) -> None:
    value, context = OPTIONS[option]
    if option not in ACTS[command]:
        files = ("mine", "out") if command == "export" else ("own.pt",)
        ran = sweep(command, *files, option, *value)
        assert ran.code == 2
        assert ran.complaint.startswith(
            (f"sweep: no such option: {option}", f"sweep: {command} has no {option}, but: ")
        )
        return
    context = context if command == "bench" else ("--dataset", "imagefolder:divided", *context)
    without, with_it = asked(command, *context), asked(command, *context, option, *value)
    assert with_it is not None and with_it != without


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_is_part_of_a_sweep(
    option: str, sweep: Sweep, ledger: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_here(monkeypatch)
    value, context = OPTIONS[option]
    width = () if option == "--model-args" else ("--width", "2")
    grid = ("--dataset", "imagefolder:divided", *width, *GRID, *context)
    without = sweep("submit", *grid, "--name", "without")
    with_it = sweep("submit", *grid, option, *value, "--name", "with")
    assert with_it.code == 0, with_it.err
    if without.code == 0:
        assert find_sweep(ledger, "with").grid != find_sweep(ledger, "without").grid


@pytest.mark.parametrize(("command", "option", "value", "fix"), LONE)
def test_an_option_without_effect_is_refused(
    command: str, option: str, value: str, fix: str, sweep: Sweep, home: Path
) -> None:
    files = {"submit": ("--grid", "demo"), "doctor": ()}.get(command, ("own.pt",))
    data = () if command in ("submit", "bench") else ("--dataset", "digits")
    ran = sweep(command, *files, *data, option, value)
    assert ran.code == 2
    assert fix in ran.complaint
    assert not home.exists()


def test_a_grid_that_is_submitted_again_has_the_same_images(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whether the options say it or the file beside the weights, and whether that file was there before or not."""
    answer_here(monkeypatch)
    settings = load_settings({"SWEEP_HOME": str(tmp_path / "home")})
    said = '{"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.1], "input_size": [3, 16, 16], "interpolation": "bicubic"}'
    plain = {"dataset": "imagefolder:divided", "width": "2", "algorithm": "oneshot", "weights": "own.pt"}

    def submitted(**axes: str) -> CheckedRequest:
        return plan_request(GridRequest(None, plain | axes, None), settings)

    def again(request: CheckedRequest) -> CheckedRequest:
        Path("again.toml").write_text(grid_toml(request.plan.grid))
        return plan_request(GridRequest("again.toml", {}, None), settings)

    nothing = submitted()
    Path("config.json").write_text(said)
    taken, given, chosen = submitted(), submitted(resize="crop-bicubic"), submitted(resize="crop")
    refs = [_images(one) for one in (nothing, taken, given, chosen)]
    assert [(ref.size, ref.resize, ref.mean) for ref in refs] == [
        (0, "", ""),
        (16, "crop-bicubic", "0.5,0.4,0.3"),
        (16, "crop-bicubic", "0.5,0.4,0.3"),
        (16, "crop", "0.5,0.4,0.3"),
    ]
    assert [_images(again(one)) for one in (nothing, taken, chosen)] == [refs[0], refs[1], refs[3]]
    Path("config.json").unlink()
    assert _images(again(taken)) == refs[1]


def test_published_weights_bring_their_resizing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """To the pixel at their own size, the same part at another; what no rule does is refused until one is chosen."""
    answer_here(monkeypatch)
    settings = load_settings({"SWEEP_HOME": str(tmp_path / "home")})
    state = torch.load("own.pt", weights_only=True)
    size = SaidSize(32, "crop:34")
    monkeypatch.setattr(import_weights, "download", lambda *_: Published(state, None, None, size))
    plain = {"dataset": "imagefolder:divided", "width": "2", "algorithm": "oneshot", "weights": "timm:any"}

    def submitted(**axes: str) -> CheckedRequest:
        return plan_request(GridRequest(None, plain | axes, None), settings)

    asked = ({"image_size": "32"}, {"image_size": "16"}, {"image_size": "32", "resize": "crop:37"}, {})
    requests = [submitted(**axes) for axes in asked]
    refs = [(ref.size, ref.resize) for ref in map(_images, requests)]
    assert refs == [(32, "crop:34"), (16, "crop:17"), (32, "crop"), (0, "")]
    said = "timm:any: images are resized by crop:17, as it was trained; see --resize"
    assert {said, "timm:any: its images were of 32 pixels, these are of 16; see --image-size"} <= set(requests[1].notes)
    assert "timm:any: its images were of 32 pixels; see --image-size" in requests[3].notes
    Path("again.toml").write_text(grid_toml(requests[1].plan.grid))
    assert _images(plan_request(GridRequest("again.toml", {}, None), settings)) == _images(requests[1])
    size = SaidSize(32, unlike="the lanczos filter")
    with pytest.raises(UserError, match=r"the lanczos filter.*choose one: --resize crop, stretch, pad"):
        submitted(image_size="32")
    assert _images(submitted(image_size="32", resize="stretch")).resize == "stretch"


def _images(request: CheckedRequest) -> DatasetRef:
    """Return the images of its stages."""
    stages = request.plan.whole().stages.values()
    return next(stage.dataset for stage in stages if isinstance(stage, PruneRound))


def test_what_lies_beside_the_file_is_one_thing_for_all(sweep: Sweep, asked: Asked) -> None:
    """Its image size serves accuracy and time alike; an ONNX file has its own."""
    Path("config.json").write_text('{"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.1], "input_size": [3, 24, 24]}')
    tested, timed = asked("evaluate", "--dataset", "imagefolder:divided"), asked("bench")
    assert isinstance(tested, EvaluateFiles) and isinstance(timed, Bench)
    assert (tested.dataset.mean, tested.dataset.size, timed.image) == ("0.5,0.4,0.3", 24, 24)
    smaller = asked("bench", "--image", "16")
    assert isinstance(smaller, Bench) and smaller.image == 16
    for option, value in (("--image", "16"), ("--model", "resnet20"), ("--model-args", "{}")):
        ran = sweep("bench", "own.onnx", option, value)
        assert ran.code == 2
        assert "does not apply to ONNX files" in ran.complaint or "takes no arguments" in ran.complaint


@pytest.mark.parametrize("command", ["evaluate", "bench", "sensitivity"])
def test_published_weights_are_for_sweeps(command: str, sweep: Sweep, home: Path) -> None:
    ran = sweep(command, "torchvision:ResNet18_Weights.IMAGENET1K_V1")
    assert ran.code == 2 and "published weights, which sweeps begin with (--weights)" in ran.complaint
    assert not home.exists()
