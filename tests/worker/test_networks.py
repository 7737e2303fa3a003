"""Networks of other sources through a whole sweep: submitted, trained, pruned, evaluated, reported, exported."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from prunesweep import build_model
from prunesweep.core.errors import UserError
from tests.orchestrator.conftest import home, sweep
from tests.support.jobs import answer_here
from tests.training.test_sources import ODD
from tests.worker.test_remedies import Bench, Sweep, bench, data

__all__ = ["bench", "data", "home", "sweep"]
SMALL = ("--grid", "demo", "--sparsity", "90", "--algorithm", "oneshot", "--epochs", "0", "--dense-epochs", "1")
WIDE = ODD.replace("8 * 16", "8 * 64")
"""For images of 16×16."""


@pytest.fixture(autouse=True)
def _torch_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the torch processes would say, without the seconds that it takes to import torch."""

    answer_here(monkeypatch)


def _done(bench: Bench, sweep: Sweep, name: str) -> dict[str, Any]:
    bench.work()
    assert bench.states() == {"DONE"}, sweep("status", name).out
    (row,) = json.loads(sweep("report", name, "--format", "json").out)
    return row


def test_a_file_whose_forward_cannot_be_traced(
    bench: Bench, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd.py").write_text(WIDE)
    grid = (
        *SMALL,
        "--model",
        f"{tmp_path}/odd.py:net",
        "--model-args",
        '{"drop": 0.5}',
        "--bench-engines",
        "torch,sparse",
    )
    rules = ("--layers", "first=dense,depthwise=exempt")
    dry = sweep("submit", *grid, *rules, "--dry-run")
    assert dry.code == 0 and "without the engine sparse: the network cannot be traced" in dry.err
    assert "no image meets never.weight" in dry.err and "exempt    down.weight" in dry.out
    bad = sweep("submit", *grid, "--layers", "nowhere=dense")
    assert bad.code == 2 and "matches no layer of odd.net-" in bad.complaint
    assert sweep("submit", *grid, *rules, "--name", "odd").code == 0
    bench.work()
    assert "set SWEEP_NETWORKS to the folder of odd.py" in sweep("status").out
    monkeypatch.setenv("SWEEP_NETWORKS", str(tmp_path))
    sweep("retry", "odd")
    row = _done(bench, sweep, "odd")
    assert row["model"].startswith("odd.net-") and row["width"] == 0
    assert row["latency_engine"] == "torch" and 0 < row["top1"] <= 1
    assert row["total"] == 108 + 72 + 5120 + 16 and row["total_counted"] == row["total"] - 72
    assert sweep("export", "odd", tmp_path / "out").code == 0
    card = next((tmp_path / "out").glob("odd.net-*_prune_90perc_oneshot0.md")).read_text()
    code = card.split("```python\n")[1].split("```")[0]
    assert "from odd import net" in code and "num_classes=10, drop=0.5" in code
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.syspath_prepend(str(tmp_path))
    made: dict[str, Any] = {}
    exec(code, made)
    stored = build_model(f"{tmp_path}/odd.py:net", classes=10, arguments={"drop": 0.5}, weights=made["weights"])
    assert torch.equal(made["network"](torch.ones(1, 3, 16, 16)), stored(torch.ones(1, 3, 16, 16)))


def test_torchvisions_mobilenet_from_random_weights(bench: Bench, sweep: Sweep) -> None:
    grid = (
        *SMALL,
        "--model",
        "torchvision:mobilenet_v3_small",
        "--model-args",
        '{"width_mult": 0.5}',
        "--bench-device",
        "none",
    )
    assert sweep("submit", *grid, "--layers", "first=dense", "--name", "mobile").code == 0
    row = _done(bench, sweep, "mobile")
    assert row["sparsity_achieved"] == pytest.approx(0.9, abs=1e-4) and row["total"] > 300_000
    assert "mobilenet_v3_small-" in sweep("report", "mobile").out
    assert sweep("audit", "mobile").code in (0, 1)


@pytest.mark.skipif(find_spec("timm") is None, reason="timm is not installed: pip install 'prunesweep[timm]'")
def test_timms_vit_is_pruned_in_its_linear_layers(bench: Bench, sweep: Sweep) -> None:
    arguments = json.dumps({"img_size": 16, "patch_size": 4, "depth": 2, "embed_dim": 48, "num_heads": 3})
    grid = (*SMALL, "--model", "timm:vit_tiny_patch16_224", "--model-args", arguments, "--bench-device", "none")
    assert sweep("submit", *grid, "--layers", "*attn*=80%", "--name", "vit").code == 0
    row = _done(bench, sweep, "vit")
    assert row["sparsity_achieved"] == pytest.approx(0.9, abs=1e-3)


CHANNELS = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, num_classes, normed, by_values):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8) if normed else nn.Identity()
        self.head, self.by_values = nn.Linear(8, num_classes), by_values

    def forward(self, images):
        maps = self.norm(self.conv(-images if self.by_values and images.mean() > 0 else images))
        return self.head(maps.relu().mean((2, 3)))


def net(num_classes, normed=True, by_values=False):
    return Net(num_classes, normed, by_values)


class Standardised(nn.Linear):
    def forward(self, rows):
        return nn.functional.linear(rows, self.weight - self.weight.mean(1, keepdim=True), self.bias)


def standard(num_classes):
    return nn.Sequential(nn.Flatten(), Standardised(3 * 16 * 16, num_classes))


def plain(num_classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, num_classes))
"""
"""296 weights, of which 7 of 8 channels can go."""


@pytest.mark.parametrize(
    ("command", "axes", "words"),
    [
        ("submit", ("channels", "88"), "sparsity '88% of 296 counted weights': channels leaves each layer a channel"),
        ("submit --dry-run", ("random@channels-uniform", "88"), "so at most 87.5% can go; ask for that or less"),
        ("run", ("channels", "50", "--model", "own.py:plain"), "algorithm 'channels': no layer has channels that can"),
        ("find --max-drop 1", ("channels", "88,90"), "'88% of 296 counted weights': channels leaves each layer a"),
        (
            "find --max-drop 1",
            ("channels", "50", "--model-args", '{"by_values": true}'),
            "algorithm 'channels': takes out whole channels, but its forward decides by the images' values",
        ),
        (
            "submit",
            ("wanda@oneshot", "50", "--model", "own.py:standard"),
            "'1.weight' multiplies its inputs by something computed from its weights; choose a score that",
        ),
        (
            "submit",
            ("network-slimming", "50", "--model-args", '{"normed": false}'),
            "no batch-norm scales channels that can be taken out; choose another score, e.g. magnitude",
        ),
    ],
)
def test_what_its_layers_do_not_allow_is_refused_before_anything_is_trained(
    sweep: Sweep,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    axes: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(CHANNELS)
    monkeypatch.setenv("SWEEP_NETWORKS", str(tmp_path))
    chosen = ("--algorithm", axes[0], "--sparsity", axes[1], *axes[2:])
    told = sweep(*command.split(), *SMALL, "--model", "own.py:net", *chosen)
    assert told.code == 2 and words in told.complaint, told.err
    assert not home.exists()


def test_an_extension_asks_the_layers_as_the_submission_did(
    sweep: Sweep, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.py").write_text(CHANNELS)
    grid = (*SMALL, "--model", f"{tmp_path}/own.py:net", "--algorithm", "channels", "--sparsity", "50")
    assert sweep("submit", *grid, "--name", "mine").code == 0
    blind = sweep("extend", "mine", "--sparsity", "88", "--dry-run")
    assert blind.code == 0 and "net of own.py was not looked at, the workers will: own network" in blind.err
    monkeypatch.setenv("SWEEP_NETWORKS", str(tmp_path))
    before = sweep("show", "mine").out
    for more in ((), ("--dry-run",)):
        told = sweep("extend", "mine", "--sparsity", "88", *more)
        assert told.code == 2 and "so at most 87.5% can go; ask for that or less" in told.complaint
    assert sweep("show", "mine").out == before
    assert sweep("extend", "mine", "--sparsity", "60", "--algorithm", "oneshot").code == 0
    monkeypatch.setattr("prunesweep.orchestrator.networks.ask", None)  # more seeds ask nothing of the layers
    assert sweep("extend", "mine", "--seeds", "1").code == 0


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        (("--model", "torchvision:resnet19"), "has no classifier 'resnet19'"),
        (("--model", "torchvision:resnet18", "--model-args", '{"depth": 3}'), "cannot be made: TypeError"),
        (("--model", "torchvision:googlenet"), "GoogLeNetOutputs instead of one tensor of logits"),
        (("--model", "torchvision:vit_b_32"), "Wrong image height"),
        (("--model", "odd.py:pair"), "cannot be read"),
    ],
)
def test_what_cannot_be_trained_is_one_line_and_nothing_is_written(
    sweep: Sweep, home: Path, axes: tuple[str, ...], words: str
) -> None:
    told = sweep("submit", *SMALL, *axes)
    assert told.code == 2 and words in told.complaint, told.err
    assert not home.exists()


def test_another_version_is_said_by_submit_and_refused_by_run(sweep: Sweep, home: Path) -> None:
    grid = (*SMALL, "--model", "torchvision==0.1:resnet18", "--bench-device", "none")
    dry = sweep("submit", *grid, "--dry-run")
    assert (
        dry.code == 0 and "was not looked at, the workers will" in dry.err and "pip install torchvision==0.1" in dry.err
    )
    from prunesweep.core.settings import load_settings
    from prunesweep.orchestrator.networks import check_here

    with pytest.raises(UserError, match="this machine has torchvision"):
        check_here("torchvision==0.1:resnet18", load_settings())
