"""What `sweep costs` measures, and the file it leaves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prunesweep.core.jobs.answers import CostMachine, CostPoint
from prunesweep.core.jobs.costs import cost, line
from prunesweep.core.jobs.programs import Program
from prunesweep.core.jobs.requests import Costs
from prunesweep.core.plan.costs import BATCHES, MAPS, load_profile
from prunesweep.core.sparse.runtime.engine import unsupported

needs_engine = pytest.mark.skipif(unsupported() is not None, reason=str(unsupported()))


def test_what_all_densities_share_is_no_cost() -> None:
    assert line([100, 200, 400], [3 + 2 * weights for weights in (100, 200, 400)]) == pytest.approx((3, 2))


@needs_engine
def test_a_weight_of_a_large_map_costs_more() -> None:
    (small, _), (large, _) = (cost(positions, 4, rounds=7) for positions in (1, 256))
    assert 0 < small < large


def test_a_machine_that_cannot_says_so_in_one_line() -> None:
    program = (
        "import sys, prunesweep.core.jobs.costs as costs; costs.unsupported = lambda: 'no AVX-512'; "
        "code = costs.serve(costs.COSTS, costs.measure); "
        "print([n for n in ('torch', 'typer') if n in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    ran = subprocess.run([sys.executable, "-c", program], input='{"rounds": 3}\n', capture_output=True, text=True)
    assert json.loads(ran.stdout)["fix"] == "cannot be measured here: no AVX-512"
    assert (ran.returncode, ran.stderr) == (2, "[]\n")


def test_the_command_writes_a_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from prunesweep.orchestrator.cli.app import main

    asked: list[dict[str, Any]] = []

    def ask(program: Program[Costs, Any], request: Costs) -> Iterator[CostPoint | CostMachine]:
        asked.append({"module": program.module, "rounds": request.rounds})
        for batch in BATCHES:
            for positions in MAPS:
                yield CostPoint(batch, positions, positions / batch, 3.0 if positions == 256 else None)
        yield CostMachine("some processor", "2026-01-02")

    monkeypatch.setattr("prunesweep.orchestrator.cli.commands.costs.ask", ask)
    file = tmp_path / "my.toml"
    assert main(["costs", "-o", str(file), "--passes", "5"]) == 0
    assert asked == [{"module": "prunesweep.core.jobs.costs", "rounds": 5}]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "batch  1,    1 output positions: 1 ns a weight"
    assert lines[4] == "batch  1,  256 output positions: 256 ns a weight; done dense 3"
    profile = load_profile(str(file))
    assert (profile.processor, profile.date) == ("some processor", "2026-01-02")
    assert (profile.batches[64].at(256), profile.batches[64].dense) == (4.0, ((256, 3.0),))
    for wrong in (["-o", str(tmp_path / "my.txt")], ["-o", str(tmp_path / "no" / "my.toml")]):
        assert main(["costs", *wrong]) == 2
    assert main(["costs", "-o", str(file), "--passes", "1"]) == 2
