"""The Python API."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import prunesweep
from prunesweep import StageError, UserError
from prunesweep.core.extras import install


def test_submit_wait_results(home: Path, ledger: Engine, work: Callable[..., int]) -> None:
    name = prunesweep.submit(grid="demo", name="first", sparsity=[0.5, "90%"], seeds=0)
    assert name == "first"
    with pytest.raises(TimeoutError, match="sweep first has not ended within 0 s"):
        prunesweep.wait(name, timeout=0)
    done = work()
    assert prunesweep.wait(name)["DONE"] == done
    rows = prunesweep.results(name)
    assert {row["sparsity"] for row in rows} == {0.5, 0.9}
    assert rows[0]["top1"] == 0.9
    assert prunesweep.results() == rows == prunesweep.results(1)


def test_errors_are_the_command_lines(home: Path) -> None:
    with pytest.raises(UserError, match="sparsity '150'"):
        prunesweep.submit(sparsity=150)
    with pytest.raises(UserError, match="unknown"):
        prunesweep.submit(grid="demo", sparsty=50)
    with pytest.raises(UserError, match="no ledger yet"):
        prunesweep.results()
    assert not home.exists()


def test_a_frame_is_the_report(home: Path, ledger: Engine, work: Callable[..., int]) -> None:
    pytest.importorskip("pandas")
    prunesweep.submit(grid="demo", name="first", sparsity=0.5, epochs=1)
    work()
    table = prunesweep.frame("first")
    rows = prunesweep.results("first")
    assert list(table.columns) == list(rows[0])
    assert list(table["iterations"]) == [1, 2, 3]
    assert list(table["top1"]) == [row["top1"] for row in rows]


def test_a_frame_needs_pandas(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError, match=re.escape(f"frame: needs pandas: {install('notebook')}")):
        prunesweep.frame()


def test_run_refuses_what_the_command_refuses(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="sparsty"):
        prunesweep.run("demo", sparsty=0.5)
    with pytest.raises(UserError, match="devices 'tpu'"):
        prunesweep.run("demo", devices="tpu")
    assert not home.exists()


def test_a_run_whose_worker_ends_says_so_and_can_go_on(
    home: Path, ledger: Engine, work: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from prunesweep.orchestrator.run.local_run import LocalRun
    from prunesweep.orchestrator.run.local_worker import WorkerEnded

    def end(here: LocalRun, view: object) -> int:
        raise WorkerEnded("the worker ended (exit code 1): no memory")

    monkeypatch.setattr("prunesweep.orchestrator.run.local_run.LocalWorker", _NoWorker)
    monkeypatch.setattr(LocalRun, "follow", end)
    with pytest.raises(StageError, match="no memory"):
        prunesweep.run("demo", name="first", devices="cpu")
    monkeypatch.setattr(LocalRun, "follow", lambda here, view: 1)
    with pytest.raises(StageError, match="sweep first ended with failures; see: sweep status first"):
        prunesweep.run("demo", name="first", devices="cpu")
    monkeypatch.setattr(LocalRun, "follow", lambda here, view: 0)
    assert prunesweep.run("demo", name="first", devices="cpu") == "first"
    assert _NoWorker.stopped == 3


class _NoWorker:
    stopped = 0

    def __init__(self, *_: object) -> None:
        pass

    def stop(self) -> None:
        _NoWorker.stopped += 1


def test_load_reads_the_weights_without_the_masks(home: Path) -> None:
    import numpy
    import torch

    from prunesweep.core.artifacts.checkpoint import Checkpoint, pack
    from prunesweep.core.artifacts.store import ArtifactStore

    weights = {"conv1.weight": torch.tensor([[0.0, 1.5]]), "bn1.num_batches_tracked": torch.tensor(3)}
    packed = pack(Checkpoint(weights, {"conv1.weight": torch.tensor([[False, True]])}, {}))
    name, _ = ArtifactStore.open("", home).put(packed)
    loaded = prunesweep.load(name)
    assert sorted(loaded) == ["bn1.num_batches_tracked", "conv1.weight"]
    assert loaded["conv1.weight"].dtype == numpy.float32
    assert loaded["conv1.weight"].tolist() == [[0.0, 1.5]]
    with pytest.raises(StageError, match="is not in the store"):
        prunesweep.load("0" * 64)


def test_everything_public_is_there() -> None:
    assert {name for name in prunesweep.__all__ if getattr(prunesweep, name) is None} == set()
    assert prunesweep.__version__.split(".")[0].isdigit()
    with pytest.raises(AttributeError, match="has no attribute 'prune'"):
        prunesweep.prune  # noqa: B018


def test_build_model_takes_what_load_gives() -> None:
    import torch

    made = prunesweep.build_model("resnet20", width=2, classes=3, seed=1)
    weights = {key: value.numpy() for key, value in made.state_dict().items()}
    again = prunesweep.build_model("resnet20", width=2, classes=3, weights=weights)
    images = torch.zeros(2, 3, 32, 32)
    assert torch.equal(made.eval()(images), again(images))
    for wrong, field in (({"width": 0}, "width '0'"), ({"classes": 1}, "classes '1'"), ({"width": 2.0}, "width '2.0'")):
        with pytest.raises(UserError, match=field):
            prunesweep.build_model("resnet20", **{"classes": 3, **wrong})
    with pytest.raises(UserError, match='did you mean "resnet20"'):
        prunesweep.build_model("resnet2", classes=3)
    with pytest.raises(StageError, match="is not a resnet20 of width 4"):
        prunesweep.build_model("resnet20", width=4, classes=3, weights=weights)


@pytest.mark.parametrize("name", ["resnet18", "resnet18-cifar", "resnet20"])
def test_a_cards_code_makes_the_network(name: str) -> None:
    from prunesweep.core.plan.models import MODELS
    from prunesweep.orchestrator.export.load_snippets import how_to_load

    made = prunesweep.build_model(name, classes=3)
    model = {"name": name, "width": MODELS[name], "classes": 3}
    code = "\n".join(how_to_load("a", [".pt"], model, "as given")).split("```")[1].removeprefix("python\n")
    code = code.replace('torch.load("a.pt", weights_only=True)', "given")
    assert ("prunesweep" in code.replace("nothing of prunesweep", "")) == (name == "resnet20")
    scope: dict[str, object] = {"given": made.state_dict()}
    exec(code, scope)
    network = scope["network"]
    import torch

    images = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(made.eval()(images), network(images))  # type: ignore[operator]


@pytest.mark.parametrize(
    "rule", ["crop", "crop-bicubic:70", "crop:50", "stretch-bicubic", "stretch:81", "pad", "pad-bicubic"]
)
def test_a_cards_code_resizes_images_as_they_were(rule: str) -> None:
    import numpy as np
    from PIL import Image

    from prunesweep.core.images.resizing import resized
    from prunesweep.orchestrator.export.load_snippets import how_to_load

    lines = how_to_load("a", [".onnx"], {}, "as given", squares=(rule, 64))
    code = "\n".join(lines).split("```")[1].removeprefix("python\n")
    scope: dict[str, Any] = {}
    exec(code, scope)
    for width, height in ((61, 40), (37, 190), (64, 64), (5, 90)):
        pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
        image = Image.fromarray(pixels)
        assert scope["square"](image).tobytes() == resized(image, 64, rule).tobytes(), (width, height)


@pytest.mark.parametrize("name", ["resnet20", "torchvision:mobilenet_v3_small"])
def test_a_cards_code_makes_the_network_without_its_channels(name: str) -> None:
    """The second has depthwise convolutions, whose number of groups shrinks."""
    import torch

    from prunesweep.core.plan.networks import parse_model
    from prunesweep.core.pruning.compaction import compacted
    from prunesweep.core.pruning.registry import prune
    from prunesweep.core.pruning.subject import Subject
    from prunesweep.orchestrator.export.load_snippets import how_to_load

    made = prunesweep.build_model(name, classes=3).eval()
    masks = prune(Subject(made, {}), "magnitude", "channels", 0.4)
    small = compacted(made, masks, (3, 32, 32))
    assert small is not None
    with pytest.raises(prunesweep.StageError, match=r"\(and \d+ more\); weights of .* need smaller=True$"):
        prunesweep.build_model(name, classes=3, weights=small.state_dict())
    model = {"name": parse_model(name, "model"), "width": 64 if name == "resnet20" else 0, "classes": 3}
    lines = how_to_load("a", [".pt"], model, "as given", channels=True)
    code = "\n".join(lines).split("```")[1].removeprefix("python\n")
    scope: dict[str, Any] = {"given": small.state_dict()}
    exec(code.replace('torch.load("a.pt", weights_only=True)', "given"), scope)
    images = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(small(images), scope["network"](images))
