"""How allocations are written, and cost profiles: one canonical text, one line for every mistake."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan.allocations import ALLOCATIONS, AllocationSpec, parse_allocation, read_choice
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.costs import BATCHES, MAPS, CostProfile, load_profile, make_costs, parse_points
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import PruneRound

POINTS = "1=0.3,16=0.35,64=0.8"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("global", "global"),
        ("2:4", "2:4"),
        ("channels-uniform", "channels-uniform"),
        ("1:2", "1:2"),
        ("31:32", "31:32"),
        ("flops", "flops:0.5"),
        ("flops:0.50", "flops:0.5"),
        ("flops:.3", "flops:0.3"),
        ("flops:0", "flops:0"),
        ("flops:1.0", "flops:1"),
        ("flops:0.000001", "flops:0.000001"),
        ("latency", "latency:0.8"),
        ("latency:0.60@64", "latency:0.6"),
        ("latency:0.8@1", "latency:0.8@1"),
    ],
)
def test_every_spelling_has_one_canonical_text(written: str, canonical: str) -> None:
    assert str(parse_allocation(written)) == canonical
    assert parse_allocation(canonical) == parse_allocation(written)


@pytest.mark.parametrize(
    "written",
    [
        *("flops:", "flops:1.1", "flops:-0.5", "flops:1e-1", "flops:50%", "flops:0,5", "flops:0.5@1", "flops:nan"),
        *("flops:٠.٥", "flops: 0.5", "flops:0.5 ", "flops:0.1234567", "flops:0.5 1=0.3"),
    ],
)
def test_a_bad_alpha_is_one_line(written: str) -> None:
    with pytest.raises(UserError, match=r"^allocation 'flops:.*: give flops:ALPHA, a decimal number from 0 .* to 1"):
        parse_allocation(written)


@pytest.mark.parametrize(
    "written", ["latency:", "latency:0", "latency:0.0", "latency:2", "latency:0.5@", "latency:0.5@2", "latency@64"]
)
def test_a_bad_fraction_is_one_line(written: str) -> None:
    with pytest.raises(UserError, match=r"give latency:FRACTION|unknown; did you mean"):
        parse_allocation(written)


@pytest.mark.parametrize("written", ["erk:0.5", "flop", "", "2-4", 3, None, ["erk"]])
def test_unknown_allocations_are_refused(written: object) -> None:
    with pytest.raises(UserError, match="unknown;"):
        parse_allocation(written)


@pytest.mark.parametrize("written", ["4:2", "4:4", "0:4", "1:33", "02:4", "2:04", "100:200"])
def test_a_bad_pattern_is_one_line(written: str) -> None:
    with pytest.raises(UserError, match=rf"^allocation '{written}': give N:M, N of every M inputs stay, 1 ≤"):
        parse_allocation(written)


@given(st.sampled_from(("flops", "latency")), st.integers(1, 10**6), st.sampled_from(BATCHES))
def test_what_was_chosen_survives_its_text(name: str, millionths: int, batch: int) -> None:
    choice = AllocationSpec(name, millionths / 10**6, batch if name == "latency" else 0)
    assert parse_allocation(str(choice)) == choice


def test_a_stage_carries_the_costs() -> None:
    choice = read_choice(f"latency:0.5 {POINTS}")
    assert choice.costs == parse_points(POINTS)
    assert str(choice) == f"latency:0.5 {POINTS}"
    both = read_choice(f"latency:0.5 {POINTS};16=0.1,64=0.3")
    assert str(both) == f"latency:0.5 {POINTS};16=0.1,64=0.3"
    assert both.costs is not None
    assert [both.costs.dense_at(positions) for positions in (16, 17, 64)] == [0.1, float("inf"), 0.3]
    assert [read_choice(name) for name in ALLOCATIONS[:5]] == [AllocationSpec(name) for name in ALLOCATIONS[:5]]
    for bad in (
        "latency:0.5",
        "latency:0.5 x",
        f"erk {POINTS}",
        "latency:0.5 16=1,1=2",
        "latency:0.5 1=0",
        "latency:0.5 1=1;",
        "latency:0.5 1=1;2",
        "latency:0.5 1=1;2=1;3=1",
        "local",
    ):
        with pytest.raises(ValueError, match=r"no|not|unknown|cost|give"):
            read_choice(bad)


def test_costs_between_the_points() -> None:
    costs = make_costs([(1, 0.3), (4, 0.3), (16, 1.2), (64, 4.8)])
    assert [costs.at(n) for n in (1, 2, 4, 16, 64)] == [0.3, 0.3, 0.3, 1.2, 4.8]
    assert costs.at(8) == pytest.approx(0.6)
    assert costs.at(256) == pytest.approx(19.2), "in proportion beyond the last point"
    assert costs.at(32) == pytest.approx(2.4)


def test_the_profile_that_comes_with_the_program() -> None:
    profile = load_profile("avx512")
    assert profile.processor and profile.date
    for batch in BATCHES:
        assert [positions for positions, _ in profile.batches[batch].points] == list(MAPS)
        assert profile.batches[batch].at(256) > profile.batches[batch].at(16)


def test_a_profile_survives_its_file(tmp_path: Path) -> None:
    profile = CostProfile(
        'a "processor"\\', "2026-01-02", {1: make_costs([(1, 0.31)]), 64: make_costs([(4, 2.0), (9, 1e5)], [(9, 0.25)])}
    )
    (file := tmp_path / "mine.toml").write_text(profile.toml())
    read = load_profile(str(file))
    assert (read.processor, read.date, read.batches) == ("a processor", profile.date, profile.batches)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = ", "not valid TOML"),
        ("x = 1", r"lacks 'batch-1'"),
        ('processor = "p"\ndate = "d"\nx = 1\n[batch-1]\n1 = 1\n[batch-64]\n1 = 1', "unknown key 'x'|unknown"),
        ('processor = 1\ndate = "d"\n[batch-1]\n1 = 1\n[batch-64]\n1 = 1', "texts in quotes"),
        ('processor = "p"\ndate = "d"\n[batch-1]\n1 = 0\n[batch-64]\n1 = 1', r"\[batch-1\].*above 0"),
        ('processor = "p"\ndate = "d"\n[batch-1]\n1 = 1\n[batch-64]\n', r"\[batch-64\].*give 1 to 32"),
        ('processor = "p"\ndate = "d"\n[batch-1]\nx = 1\n[batch-64]\n1 = 1', "write one line for each"),
        ('processor = "p"\ndate = "d"\n[batch-1]\n1 = 1\ndense = 3\n[batch-64]\n1 = 1', "write one line for each"),
        ('processor = "p"\ndate = "d"\n[batch-1]\n1 = 1\n[batch-1.dense]\n4 = 0\n[batch-64]\n1 = 1', "above 0"),
        ('processor = "p"\ndate = "d"\n[batch-1]\n1 = nan\n[batch-64]\n1 = 1', "above 0"),
    ],
)
def test_a_bad_profile_is_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    (file := tmp_path / "bad.toml").write_text(text)
    with pytest.raises(UserError, match=complaint) as caught:
        read_axes({"costs": str(file)}, GRIDS["full"])
    assert str(file) in str(caught.value) and "\n" not in str(caught.value)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(UserError, match='did you mean "avx512"'):
        read_axes({"costs": "avx51"}, GRIDS["full"])
    with pytest.raises(UserError, match="No such file"):
        read_axes({"costs": "/nowhere/x.toml"}, GRIDS["full"])


def allocations(made: Plan) -> set[str]:
    return {stage.allocation for stage in made.stages.values() if isinstance(stage, PruneRound)}


def test_the_numbers_of_a_profile_are_in_the_digest_and_its_path_is_not(tmp_path: Path) -> None:
    profile = load_profile("avx512")
    paths = [tmp_path / "one.toml", tmp_path / "two.toml"]
    for path in paths:
        path.write_text(profile.toml())
    shipped, one, two = (
        plan(read_axes({"algorithm": "latency", "costs": costs}, GRIDS["demo"]))
        for costs in ("avx512", *map(str, paths))
    )
    assert set(shipped.stages) == set(one.stages) == set(two.stages)
    assert allocations(shipped) == {f"latency:0.8 {profile.batches[64]}"}
    paths[0].write_text(profile.toml().replace("\n1 = ", "\n1 = 9"))
    other = plan(read_axes({"algorithm": "latency", "costs": str(paths[0])}, GRIDS["demo"]))
    assert len(set(other.stages) & set(one.stages)) == 2, "only the dense network and its evaluation are shared"
    same = plan(read_axes({"algorithm": "erk,flops", "costs": str(paths[0])}, GRIDS["demo"]))
    assert set(same.stages) == set(plan(read_axes({"algorithm": "erk,flops"}, GRIDS["demo"])).stages)


def test_compositions_take_a_number(tmp_path: Path) -> None:
    (file := tmp_path / "grid.toml").write_text(
        'base = "demo"\nalgorithm = ["flops", "a", "b", "c"]\n[algorithms.a]\nallocation = "flops:0.50"\n'
        '[algorithms.b]\nallocation = "flops:0.3"\n[algorithms.c]\nallocation = "latency:0.8@1"\n'
    )
    grid = load_grid(str(file))
    assert [own.allocation for own in grid.algorithms] == ["flops:0.5", "flops:0.3", "latency:0.8@1"]
    assert allocations(plan(grid)) == {
        "flops:0.5",
        "flops:0.3",
        f"latency:0.8 {load_profile('avx512').batches[1]}",
    }
    file.write_text('base = "demo"\n[algorithms.a]\nallocation = "flops:2"\n')
    with pytest.raises(UserError, match=r"grid.toml:2.*algorithms.a.allocation 'flops:2': give flops:ALPHA"):
        load_grid(str(file))


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("oneshot", "b63928b054eee555cbbf33274c0e7a20318d936ade7de17acaa16de5ff008a74"),
        ("erk", "9a48e68b62caa13d79628157c3304fb09bbffef93ac2630bdf2cb4d8f8accd9b"),
        ("2:4", "52e74ef5068ee73a13786bfa6e82b549969ba20500370e97e57a1b752abefbb3"),
        ("synflow", "ca2573fc0b8e77ad3f9f5fa4b92dacbe77d7226c8a726bd9c7d13417d6d2f71f"),
    ],
)
def test_stages_of_other_algorithms_are_what_they_were(name: str, digest: str) -> None:
    """Digests of this release: a change here would train everything again."""
    axes = {"algorithm": name, "sparsity": "50", "epochs": "1", "iterations": "1", "dataset": "cifar10"}
    made = plan(read_axes(axes, GRIDS["demo"]))
    assert [cell.rounds[-1] for cell in made.cells] == [digest]
