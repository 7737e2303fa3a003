"""Networks of other sources: built, pruned, counted, trained and resumed as ours are."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from prunesweep.core.artifacts.checkpoint import Checkpoint, pack, unpack
from prunesweep.core.errors import StageError
from prunesweep.core.passes import Passes
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.networks import parse_model, with_arguments
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.pruning.masks import apply_masks, computed, prunable
from prunesweep.core.pruning.positions import positions
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.scores import SCORES
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import train
from prunesweep.core.training.models import build_model, layout_of, load_model

ODD = """
import threading

import torch
from torch import nn


class Odd(nn.Module):
    def __init__(self, classes, drop):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.GroupNorm(2, 4)
        self.down = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=4)
        self.fc = nn.Linear(8 * 16, classes)
        self.tied = nn.Linear(8 * 16, classes)
        self.tied.weight = self.fc.weight
        self.drop = nn.Dropout(drop)
        self.never = nn.Linear(4, 4)
        self.register_buffer("table", torch.linspace(0, 1, 4).view(4, 1, 1), persistent=False)

    def forward(self, x):
        x = self.norm(self.conv(x)).relu() + self.table
        if x.mean() > 0.1:
            x = x * 0.5
        x = self.down(x)
        x = x.view(len(x), -1)
        return self.fc(self.drop(x)) + self.tied(x)


def net(num_classes, drop=0.2):
    return Odd(num_classes, drop)


def pair(num_classes):
    class Pair(Odd):
        def forward(self, x):
            return {"out": super().forward(x)}
    return Pair(num_classes, 0.0)


def fails(num_classes):
    raise ValueError("no such depth")


def bools(num_classes):
    made = Odd(num_classes, 0.0)
    made.register_buffer("seen", torch.zeros(3, dtype=torch.bool))
    return made


def dice(num_classes):
    made = Odd(num_classes, 0.0)
    made.extra = torch.rand(4, 1, 1)
    return made


def locked(num_classes):
    made = Odd(num_classes, 0.0)
    made.lock = threading.Lock()
    return made


def normed(num_classes):
    made = Odd(num_classes, 0.0)
    made.stem = nn.utils.weight_norm(nn.Conv2d(3, 4, 3))
    return made


def spectral(num_classes):
    made = Odd(num_classes, 0.0)
    made.stem = nn.utils.spectral_norm(nn.Conv2d(3, 4, 3))
    return made


def nothing(num_classes):
    return nn.Flatten()


def no_module(num_classes):
    return [num_classes]


def lazy(num_classes):
    return nn.LazyLinear(num_classes)
"""
IMAGES = 40


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "odd.py"
    path.write_text(ODD)
    monkeypatch.setenv("SWEEP_NETWORKS", str(tmp_path))
    return path


def split() -> Split:
    random = torch.Generator().manual_seed(0)
    images = torch.randint(256, (IMAGES, 3, 8, 8), generator=random, dtype=torch.uint8)
    labels = torch.arange(IMAGES) % 4
    return Split(images, labels, tuple("abcd"), torch.full((3,), 0.5), torch.full((3,), 0.25))


def test_a_file_of_the_users_own_is_built_from_its_seed_and_its_weights(odd: Path) -> None:
    ref = ModelRef(parse_model(f"{odd}:net"), 0, 4)
    before = torch.get_rng_state()
    first, again, other = (build_model(ref, seed) for seed in (0, 0, 1))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(first.state_dict().values(), again.state_dict().values(), strict=True))
    assert not torch.equal(first.fc.weight, other.fc.weight)
    assert [name for name, _ in prunable(first)] == ["conv.weight", "down.weight", "fc.weight", "never.weight"]
    loaded = load_model(ref, unpack(pack(Checkpoint(first.state_dict()))).weights)
    images = torch.rand(2, 3, 8, 8)
    assert torch.equal(loaded.eval()(images), build_model(ref, 0).eval()(images)), "what no checkpoint has is there too"
    assert loaded.tied.weight is loaded.fc.weight
    assert layout_of(ref.name).head == "never.weight" or layout_of(ref.name).head.endswith(("fc.weight", "tied.weight"))


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("fails", "cannot be made: ValueError: no such depth"),
        ("bools", r"seen is torch.bool on cpu; .*persistent=False"),
        ("dice", "extra is random; no checkpoint holds it"),
        ("normed", r"stem.weight is random; a hook computes it; use the same of torch.nn.utils.parametrizations"),
        ("spectral", r"stem.weight is random; a hook computes it"),
        ("locked", "locked of odd.py cannot be copied: TypeError: cannot pickle '_thread.lock' object"),
        ("nothing", "nothing to prune"),
        ("no_module", "gave a list"),
        ("lazy", "whose shapes its first image decides"),
    ],
)
def test_what_cannot_be_used_says_why(odd: Path, function: str, words: str) -> None:
    with pytest.raises(StageError, match=words):
        build_model(ModelRef(parse_model(f"{odd}:{function}"), 0, 4), 0)


def test_a_machine_with_another_file_or_version_refuses_and_runs_nothing(odd: Path, tmp_path: Path) -> None:
    ref = ModelRef(parse_model(f"{odd}:net"), 0, 4)
    odd.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n{ODD}")
    with pytest.raises(StageError, match=r"is another one .*then: sweep retry"):
        build_model(ref, 0)
    assert not (tmp_path / "ran").exists()
    for name in ("torchvision==0.1:resnet18", "timm==0.1:resnet18"):
        with pytest.raises(StageError, match=r"was submitted with \w+ 0.1, this machine .*then: sweep retry"):
            build_model(ModelRef(name, 0, 4), 0)
    with pytest.raises(StageError, match=r"has no classifier 'resnet19'.*did you mean"):
        build_model(ModelRef(parse_model("torchvision:resnet19"), 0, 4), 0)
    wrong = with_arguments(parse_model("torchvision:resnet18"), {"depth": 3})
    with pytest.raises(StageError, match="cannot be made: TypeError"):
        build_model(ModelRef(wrong, 0, 4), 0)


def test_outputs_that_are_no_logits_are_refused_by_the_door(odd: Path) -> None:
    made = build_model(ModelRef(parse_model(f"{odd}:pair"), 0, 4), 0)
    with pytest.raises(StageError, match="gives a dict instead of one tensor of logits"):
        Passes(made, 8)(torch.rand(2, 3, 8, 8))


@pytest.mark.parametrize("score", sorted(SCORES))
def test_every_score_prunes_a_network_whose_way_depends_on_numbers(odd: Path, score: str) -> None:
    data = split()

    def batches() -> list[tuple[Tensor, Tensor]]:
        return [(data.images.float() / 255, data.labels)]

    made = [build_model(ModelRef(parse_model(f"{odd}:net"), 0, 4), 0) for _ in range(2)]
    first, again = (prune(Subject(model, batches=batches, image=(3, 8, 8)), score, "global", 0.5) for model in made)
    assert all(torch.equal(first[name], again[name]) for name in first), "dropout draws the same"
    total = sum(mask.numel() for mask in first.values())
    assert sum(int(mask.sum()) for mask in first.values()) == total - total // 2
    apply_masks(made[0], first)
    assert int(made[0].tied.weight.count_nonzero()) <= int(first["fc.weight"].sum()), "shared weights are masked once"


def test_dropout_follows_from_seed_and_epoch_and_resumes_to_the_bit(odd: Path) -> None:
    ref, recipe = ModelRef(parse_model(f"{odd}:net"), 0, 4), load_recipe("digits").dense
    whole, cut, other = (build_model(ref, 0) for _ in range(3))
    saved = []

    def keep(training) -> None:
        if training.position == (1, 0):
            saved.append(training.snapshot())

    list(train(whole, {}, split(), recipe, 2, 0, 0, "cpu", before_step=keep))
    torch.manual_seed(99)
    list(train(cut, {}, split(), recipe, 2, 0, 0, "cpu", start=saved[0]))
    list(train(other, {}, split(), recipe, 2, 1, 0, "cpu"))
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), cut.state_dict().values(), strict=True))
    assert not torch.equal(whole.fc.weight, other.fc.weight)
    assert torch.equal(whole.tied.weight, whole.fc.weight)


class Kinds(nn.Module):
    """Every kind of layer with weights."""

    def __init__(self, branches: bool = False) -> None:
        super().__init__()
        self.branches = branches
        self.line = nn.Conv1d(3, 4, 3, padding=1)
        self.up = nn.ConvTranspose2d(4, 6, 2, stride=2, groups=2)
        self.plane = nn.Conv2d(6, 6, 3, padding=1, groups=6)
        self.cube = nn.Conv3d(6, 4, (1, 3, 3), padding=(0, 1, 1))
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.apart = nn.MultiheadAttention(4, 2, kdim=3, vdim=3, batch_first=True)
        self.by_hand = nn.Linear(4, 4)
        self.norm = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))
        self.fc = nn.Linear(4, 5)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[2]
        x = self.line(x.flatten(2)).unflatten(2, (size, size))  # [B, 4, S, S]
        x = -x if self.branches and x.sum() > 9 else x
        x = self.plane(self.up(x))  # [B, 6, 2S, 2S]
        x = self.cube(x[:, :, None])[:, :, 0]
        tokens = x.flatten(2).mT  # [B, 4·S·S, 4]
        tokens = self.attention(tokens, tokens, tokens)[0]
        tokens = self.apart(tokens, tokens[..., :3], tokens[..., :3])[0]
        return self.fc(self.norm(F.linear(tokens, self.by_hand.weight)).mean(1))


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("branches", [False, True])
def test_every_kind_of_weight_is_pruned_and_its_multiplications_counted(
    branches: bool, quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether shapes alone go through the network or, where it is small or its way depends on them, numbers."""
    if not quick:
        monkeypatch.setattr("prunesweep.core.passes._QUICK_VALUES", 0)
    model, side = Kinds(branches), 4
    found = positions(model, (3, side, side))
    pixels, tokens = side * side, 4 * side * side
    assert found == {
        "line.weight": pixels,
        "up.weight": pixels,
        "plane.weight": tokens,
        "cube.weight": tokens,
        "attention.in_proj_weight": tokens,
        "attention.out_proj.weight": tokens,
        "apart.q_proj_weight": tokens,
        "apart.k_proj_weight": tokens,
        "apart.v_proj_weight": tokens,
        "apart.out_proj.weight": tokens,
        "by_hand.weight": tokens,
        "fc.weight": 1,
    }
    assert list(found) == [name for name, _ in prunable(model)] and computed(model) == ["norm"]


@pytest.mark.parametrize(("view", "layout"), [("x.view(len(x), -1)", "contiguous"), ("x.flatten(1)", "channels_last")])
def test_a_network_that_cannot_be_channels_last_is_not(tmp_path, monkeypatch, view: str, layout: str) -> None:
    source = ODD.replace("x = x.view(len(x), -1)", f"x = {view}").replace("if x.mean() > 0.1:", "if len(x) > 99:")
    (tmp_path / "odd.py").write_text(source)
    monkeypatch.setenv("SWEEP_NETWORKS", str(tmp_path))
    made = build_model(ModelRef(parse_model(f"{tmp_path / 'odd.py'}:net"), 0, 4), 0)
    passes = Passes(made, 8, gradients=True)
    assert passes.format.layout == layout and passes(torch.rand(2, 3, 8, 8)).shape == (2, 4)
