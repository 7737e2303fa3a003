"""A grid written as TOML is read as the same grid."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.orchestrator.run.grid_toml import grid_toml

_OWN = {
    "mine": {"score": "snip", "allocation": "latency:0.9", "schedule": "cubic"},
    "late": {"recovery": "ticket", "rewind": 3},
}


@settings(max_examples=40, deadline=None)
@given(
    base=st.sampled_from(sorted(GRIDS)),
    values=st.fixed_dictionaries(
        {},
        optional={
            "sparsity": st.lists(st.sampled_from([0.0, 0.5, 0.123456789, 0.999]), min_size=1, unique=True),
            "algorithm": st.just(["mine", "oneshot", "late"]),
            "seeds": st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=3, unique=True),
            "layers": st.just({"first": "dense", "*downsample*": "exempt", "fc.weight": 0.25}),
            "fair": st.booleans(),
            "bench_engines": st.just(["torch", "sparse"]),
            "dataset": st.sampled_from(["digits", 'imagefolder:/a "quoted" \\ path/é']),
            "width": st.integers(1, 64),
            "looked": st.just([0]),
        },
    ),
)
def test_what_is_written_is_read_as_the_same(
    tmp_path_factory: pytest.TempPathFactory, base: str, values: dict[str, object]
) -> None:
    own = {"algorithms": _OWN} if "algorithm" in values else {}
    grid = read_axes({**own, **values}, GRIDS[base])
    file: Path = tmp_path_factory.mktemp("grid") / "grid.toml"
    file.write_text(grid_toml(grid), encoding="utf-8")
    assert load_grid(str(file)) == grid
