"""What is suggested for `[layers]` is what a plan takes, and prunes every layer to what it tolerates."""

from math import prod
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prunesweep.core.plan.counts import kept_count
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.layer_rules import EXEMPT, parse_rules, resolved, share
from prunesweep.core.plan.layer_suggestion import suggest
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.round_rules import RoundRules
from prunesweep.core.plan.shapes import prunable_shapes
from prunesweep.core.plan.toml_files import parse_toml
from tests.support.examples import examples

LEVELS = st.sampled_from([0.0, 0.0001, 0.5, 0.75, 0.9, 0.95, 0.999])
SHAPES = prunable_shapes(ModelRef("resnet18", 4, 10)) or {}


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.integers(1, 200), st.integers(1, 200), LEVELS), min_size=1, max_size=8))
@example([(1, 127, 0.5), (51, 100, 0.0001)])  # three decimals would leave the layer without a rule more than it has
def test_every_layer_gets_what_it_tolerates(layers: list[tuple[int, int, float]]) -> None:
    shapes = {f"l{place}.weight": (out, into) for place, (out, into, _) in enumerate(layers)}
    tolerated = {f"l{place}.weight": level for place, (_, _, level) in enumerate(layers)}
    kept = {name: kept_count(prod(shape), tolerated[name]) for name, shape in shapes.items()}
    found = suggest(shapes, tolerated)
    if found is None:
        sizes = {name: prod(shape) for name, shape in shapes.items()}
        lost = sum(sizes.values()) - sum(kept.values())
        nothing_left = not any(0 < kept[name] < size for name, size in sizes.items())
        assert nothing_left or lost <= 0.01 * sum(sizes.values()), "there was something to suggest"
        return
    values, _ = parse_toml(found.toml().encode(), "grid", "suggested")
    rules = resolved(parse_rules(values["layers"]), shapes, "network")
    counts = share(shapes, rules, values["sparsity"][0])
    assert counts.free == (found.free,)
    assert {name: counts.fixed[name] for name in shapes if name != found.free} == {
        name: kept[name] for name in shapes if name != found.free
    }
    more = counts.kept - kept[found.free]
    assert -0.02 * kept[found.free] <= more <= 0.01 * prod(shapes[found.free])


def test_a_grid_file_with_it_is_planned(tmp_path: Path) -> None:
    tolerated = dict.fromkeys(SHAPES, 0.9) | {"conv1.weight": 0.0, "fc.weight": 0.5, "layer4.1.conv2.weight": 0.95}
    found = suggest(SHAPES, tolerated)
    assert found is not None and found.free == "layer4.1.conv2.weight"
    file = tmp_path / "suggested.toml"
    file.write_text(f'base = "demo"\nalgorithm = ["oneshot", "iterative", "uniform"]\nwidth = 4\n{found.toml()}')
    grid = load_grid(str(file))
    rules = resolved(grid.layers, SHAPES, "resnet18")
    RoundRules(grid, SHAPES, rules).check(grid.cells())
    assert {rule.pattern for rule in rules if rule.value == EXEMPT} == {"conv1.weight"}


@pytest.mark.parametrize("tolerated", [{"a": 0.0, "b": 0.0}, {"a*": 0.5, "ab": 0.9}])
def test_there_is_none_where_nothing_can_go_or_no_rule_could_say_it(tolerated: dict[str, float]) -> None:
    assert suggest(dict.fromkeys(tolerated, (10, 10)), tolerated) is None
