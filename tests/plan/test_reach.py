"""What the layers do not let an algorithm reach is refused while planning, in one line."""

from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.channel_reach import ChannelGroups, ChannelKind
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.models import MODELS
from prunesweep.core.plan.shapes import Shapes

SHAPES: Shapes = {"a.weight": (6, 3, 3, 3), "b.weight": (5, 6, 3, 3), "c.weight": (10, 5)}
WITHIN: ChannelGroups = (
    (ChannelKind(6, {"a.weight": (1, 0), "b.weight": (0, 1)}),),
    (ChannelKind(5, {"b.weight": (1, 0), "c.weight": (0, 1)}, normed=False),),
)
"""Of three layers in a row; of 482 weights 27 + 9 + 10 are left when each makes one channel."""


def planned(**axes: object) -> Plan:
    small = {"epochs": "1", "iterations": "1", "bench_device": "none", "model": "resnet20", "width": "4"}
    return plan(read_axes({**small, **axes}, GRIDS["demo"]))


def foreign(channels: ChannelGroups | None, **axes: object) -> Plan:
    other = {"model": "torchvision==0.1:any", "epochs": "1", "iterations": "1", "sparsity": "50"}
    return plan(read_axes({**other, **axes}, GRIDS["demo"]), shapes=SHAPES, channels=channels)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("algorithm", ["channels", "random@channels-uniform"])
def test_the_highest_sparsity_that_is_named_can_be_planned_and_no_higher_one(model: str, algorithm: str) -> None:
    with pytest.raises(UserError) as refused:
        planned(model=model, width="2", algorithm=algorithm, sparsity="99.99")
    text = str(refused.value)
    assert text.startswith("sparsity '99.99% of ") and "leaves each layer a channel, so at most " in text
    most = text.partition("at most ")[2].partition("%")[0]
    assert planned(model=model, width="2", algorithm=algorithm, sparsity=most).cells
    with pytest.raises(UserError, match="so at most"):
        planned(model=model, width="2", algorithm=algorithm, sparsity=str(round(float(most) + 0.06, 2)))


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        (
            {"algorithm": "channels", "sparsity": "95", "layers": "layer3*=exempt"},
            "% of 4,332 counted weights': channels leaves each layer a channel, so at most ",
        ),
        (
            {"algorithm": "channels", "sparsity": "1%", "layers": "*conv2*=dense,*downsample*=dense,fc*=exempt"},
            "algorithm 'channels': no layer has channels that can be taken out with all that belongs to them",
        ),
        ({"algorithm": "network-slimming", "sparsity": "99.9"}, "network-slimming leaves each layer a channel"),
        ({"algorithm": "3:7"}, "algorithm '3:7': no layer without a rule has inputs that 7 divides"),
        ({"algorithm": "random@3:7"}, "algorithm 'random@3:7': no layer without a rule has inputs that 7"),
        ({"algorithm": "2:4", "layers": "layer*=dense,fc*=exempt"}, "inputs that 4 divides, so nothing would be"),
        ({"algorithm": "4:4"}, "algorithm '4:4': give N:M, N of every M inputs stay, 1 ≤ N < M ≤ 32, e.g. 2:4"),
        ({"algorithm": "bn-gamma@oneshot"}, "bn-gamma ranks whole channels, and another algorithm's layer counts"),
        ({"algorithm": "2:4", "layers": "first=0.5"}, "2:4 keeps 2 of every 4; make the layer dense or exempt"),
        ({"algorithm": "4:8", "layers": "first=0.5"}, "4:8 keeps 4 of every 8; make the layer dense or exempt"),
    ],
)
def test_what_layers_do_not_allow_is_one_line(axes: dict[str, object], words: str) -> None:
    with pytest.raises(UserError) as refused:
        planned(**axes)
    assert words in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({"algorithm": "2:4"}, ()),
        ({"algorithm": "2:4", "sparsity": "0"}, ()),
        ({"algorithm": "oneshot", "sparsity": "20", "layers": "layer3*=dense"}, ()),
        ({"algorithm": "16:32", "width": "8"}, ("6 of 22 layers", "so 34.1% goes, not 50%")),
        ({"algorithm": "random@2:4", "layers": "layer3*=dense"}, ("14 of 22 layers", "so 12.3% goes, not 50%")),
        ({"algorithm": "2:4", "layers": "layer3*=exempt"}, ()),
    ],
)
def test_a_pattern_that_few_layers_can_have_is_said(axes: dict[str, object], words: tuple[str, ...]) -> None:
    notes = planned(**axes).notes
    assert len(notes) == bool(words)
    assert all(word in notes[0] for word in words), notes


def test_networks_of_other_sources_as_far_as_they_are_known() -> None:
    assert foreign(None, algorithm="channels", sparsity="99.9").cells, "not looked at here"
    assert foreign(WITHIN, algorithm="channels", sparsity="90.4").cells
    with pytest.raises(UserError, match=r"sparsity '91% of 482 counted weights': .*so at most 90\.45% can go"):
        foreign(WITHIN, algorithm="channels", sparsity="91")
    with pytest.raises(UserError, match="algorithm 'channels': no layer has channels that can be taken out"):
        foreign((), algorithm="channels")
    with pytest.raises(UserError, match="no batch-norm scales channels that can be taken out; choose another score"):
        foreign(WITHIN[1:], algorithm="network-slimming")
    # Of 482 weights 135 + 225 go with channels that have a batch-norm.
    with pytest.raises(UserError, match=r"so at most 74\.68% can go"):
        foreign(WITHIN, algorithm="network-slimming", sparsity="75")
    with pytest.raises(UserError, match="no layer has channels"):
        foreign(WITHIN, algorithm="channels", layers="b.weight=dense", sparsity="1%")


def test_of_channels_of_two_kinds_the_smaller_one_may_stay() -> None:
    """Five channels of a, of which b reads one: no choice takes more."""
    mixed = ((ChannelKind(4, {"a.weight": (1, 0)}), ChannelKind(1, {"a.weight": (1, 0), "b.weight": (0, 1)})),)
    with pytest.raises(UserError, match=r"so at most 31\.74% can go"):  # 4 · 27 of a, 45 of b
        foreign(mixed, algorithm="channels", sparsity="90")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ('allocation = "2:4"\nschedule = "cubic"', "algorithm 'mine': keeps 2 of every 4 from the first round on"),
        ('score = "bn-gamma"', "algorithms.mine.score 'bn-gamma': ranks whole channels, not weights; give it"),
        ('allocation = "0:4"', "algorithms.mine.allocation '0:4': give N:M"),
        ('allocation = "16:33"', "algorithms.mine.allocation '16:33': give N:M"),
        ('allocation = "4:8"\nregrow = "set:0.3@100"\nstart = "initial"\nrecovery = "retrain"', "breaks its pattern"),
    ],
)
def test_parts_that_do_not_go_together(tmp_path: Path, parts: str, words: str) -> None:
    (file := tmp_path / "grid.toml").write_text(f'base = "demo"\nalgorithm = ["mine"]\n[algorithms.mine]\n{parts}\n')
    with pytest.raises(UserError) as refused:
        plan(load_grid(str(file)))
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_a_pattern_is_an_algorithm_that_reaches_one_sparsity() -> None:
    made = planned(algorithm="2:4,4:8,1:3,random@1:3", sparsity="50,90", width="12")
    found = {cell.cell.algorithm: cell.cell.sparsity for cell in made.cells}
    assert found == {"2:4": 0.5, "4:8": 0.5, "1:3": 0.666667, "random@1:3": 0.666667} and len(made.cells) == 4
    assert {stage.allocation for stage in made.stages.values() if stage.kind == "prune"} == {  # type: ignore[union-attr]
        "2:4",
        "4:8",
        "1:3",
        "counts-of",
    }
