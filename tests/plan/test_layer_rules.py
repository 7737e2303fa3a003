"""Layer rules: how they are written, what they come to, and what is refused before anything is written."""

from math import prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.counts import kept_count
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.layer_rules import (
    LayerRule,
    decode_rules,
    encode_rules,
    overview,
    parse_rules,
    resolved,
    share,
)
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.shapes import prunable_shapes
from prunesweep.core.plan.stages import PruneRound

SHAPES = {
    "conv1.weight": (4, 3, 3, 3),
    "dw.weight": (8, 1, 3, 3),
    "downsample.0.weight": (8, 4, 1, 1),
    "fc.weight": (5, 8),
}


def planned(**axes: object) -> Plan:
    small = {"epochs": "1", "iterations": "2", "bench_device": "none", "sparsity": "90"}
    return plan(read_axes({**small, **axes}, GRIDS["demo"]))


def rounds(made: Plan) -> list[PruneRound]:
    return [stage for stage in made.stages.values() if isinstance(stage, PruneRound)]


def test_one_meaning_however_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('base = "demo"\n[layers]\nfirst = "dense"\n"*downsample*" = "exempt"\nfc.weight = "50%"\n')
    grid = load_grid(str(file))
    assert grid.layers == parse_rules("fc.weight=0.5, *downsample*=exempt ,first=dense")
    assert grid.layers == parse_rules([{"pattern": rule.pattern, "value": rule.value} for rule in grid.layers])
    assert decode_rules(encode_rules(grid.layers)) == grid.layers
    assert parse_rules("") == parse_rules({}) == ()


def test_patterns_go_by_name_place_and_shape() -> None:
    rules = parse_rules("first=dense,last=0.25,shortcuts=exempt,depthwise=dense")
    assert encode_rules(resolved(rules, SHAPES, "it")) == (
        "conv1.weight=dense,dw.weight=dense,downsample.0.weight=exempt,fc.weight=0.25"
    )


def test_the_digest_knows_layers_not_patterns() -> None:
    """Rules that come to the same are the same work; without rules nothing of them is in the stage."""
    one, other = planned(layers="first=dense"), planned(layers="conv1*=dense")
    assert one.stages.keys() == other.stages.keys()
    assert {stage.layers for stage in rounds(planned())} == {""}
    assert one.stages.keys() != planned().stages.keys()
    assert len({planned(layers=f"first={value}").cells[0].evaluate for value in ("dense", "exempt", "0.5")}) == 3


def test_a_layers_own_sparsity_follows_the_schedule() -> None:
    made = planned(algorithm="iterative", layers="fc.weight=50%,first=dense")
    assert [stage.layers for stage in rounds(made)] == [
        "conv1.weight=dense,fc.weight=0.292893218813",
        "conv1.weight=dense,fc.weight=0.5",
    ]


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        (
            {"layers": "nope*=dense"},
            "layers 'nope*': matches no layer of resnet18 of width 16; its layers: conv1.weight,",
        ),
        ({"layers": "conv1*=dense,first=exempt"}, "conv1.weight would be dense by 'conv1*' and exempt by 'first'"),
        ({"layers": "layer*=dense"}, "at most 0.2449% can go; ask for less, or exempt some"),
        ({"layers": "layer*=95%,first=0.2"}, "own sparsities take more, 94.78%; ask for that or more, or lower theirs"),
        ({"layers": "*=0.5"}, "every layer has a rule; leave one without"),
        ({"layers": "depthwise=dense"}, "layers 'depthwise': matches no layer of resnet18"),
        ({"layers": "first=0.5", "algorithm": "oneshot,2:4"}, "2:4 keeps 2 of every 4; make the layer dense or exempt"),
        ({"layers": "first=0.5", "algorithm": "random@2:4"}, "keeps 2 of every 4"),
        ({"layers": "fc.weight=0.5", "algorithm": "channels"}, "channels takes out channels, which belong to several"),
        ({"layers": "layer*=dense", "algorithm": "channels-uniform"}, "at most 0.2449% can go; ask for less"),
        ({"layers": "first"}, "write PATTERN=VALUE"),
        ({"layers": "first=most"}, "layers.first 'most': write PATTERN ="),
        ({"layers": "a b=dense"}, "layers 'a b': give a weight's name, a glob"),
        ({"layers": "first=dense,first=exempt"}, "layers 'first': has two rules, dense and exempt"),
        ({"layers": 3}, "layers '3': write PATTERN ="),
        # In the first round 70 % of fc stay of 30 % in all, so that the others would have to come back in the second.
        (
            {"layers": "layer4*=1%,layer3*=99%", "sparsity": "26", "algorithm": "iterative", "iterations": "3"},
            "layers' own sparsities take more",
        ),
    ],
)
def test_what_cannot_be_is_refused_while_planning(axes: dict[str, object], words: str) -> None:
    with pytest.raises(UserError) as caught:
        planned(**axes)
    assert words in str(caught.value) and "\n" not in str(caught.value)


_sizes = st.lists(st.integers(1, 400), min_size=2, max_size=6)
_value = st.sampled_from(["", "dense", "exempt", "0.5", "0.9", "0.123456"])


@given(sizes=_sizes, data=st.data(), thousandths=st.integers(1, 999))
def test_shares_add_up_exactly_or_are_refused(sizes: list[int], data: st.DataObject, thousandths: int) -> None:
    shapes = {f"l{number}": (size,) for number, size in enumerate(sizes)}
    values = {name: data.draw(_value) for name in shapes}
    rules = tuple(LayerRule(name, value) for name, value in values.items() if value)
    sparsity = thousandths / 1000
    counted = sum(prod(shapes[name]) for name, value in values.items() if value != "exempt")
    try:
        found = share(shapes, rules, sparsity)
    except UserError:
        sure = sum(
            kept_count(shapes[rule.pattern][0], rule.sparsity or 0.0) for rule in rules if rule.value != "exempt"
        )
        room = sum(shapes[name][0] for name, value in values.items() if not value)
        assert not room or not sure <= kept_count(counted, sparsity) <= sure + room
        return
    assert found.counted == counted
    all_fixed = sum(count for name, count in found.fixed.items() if values[name] != "exempt")
    assert all_fixed + found.kept == kept_count(counted, sparsity)
    for name, count in found.fixed.items():
        own = 0.0 if values[name] in ("dense", "exempt") else float(values[name])
        assert count == kept_count(shapes[name][0], own)


def test_both_counts_of_the_published_resnet18() -> None:
    shapes = prunable_shapes(ModelRef("resnet18", 64, 10)) or {}
    found = overview(parse_rules("shortcuts=exempt,first=dense"), shapes, "resnet18", [0.9])
    assert (found.total, found.counted) == (11_164_352, 11_164_352 - 172_032)
    assert [(kept.counted, kept.all) for kept in found.kept] == [(1_099_232, 1_271_264)]
