"""What `sweep evaluate --int8` says of a machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prunesweep.orchestrator.cli.int8_table import int8_lines


def _result(
    name: str, engine: tuple[float, float, float], int8: tuple[float, float, float], lost: int
) -> dict[str, Any]:
    speeds = ("speedup", "speedup_low", "speedup_high")
    made = {"top1": 0.9 - lost / 1000, "lost": lost, "gained": 0, "calibration": 500, "version": "onnxruntime 1"}
    made |= {"ms_per_image": 1 / int8[0], "p": 0.0005} | dict(zip(speeds, int8, strict=True))
    found = {"path": name, "top1": 0.9, "images": 1000, "ms_per_image_dense": 1.0, "ms_per_image": 1 / engine[0]}
    return found | dict(zip(speeds, engine, strict=True)) | {"int8": made}


def test_each_machine_gets_its_own_answer() -> None:
    results = [
        _result("dense.pt", (0.5, 0.4, 0.6), (2.0, 1.9, 2.1), 1),
        _result("mild.pt", (1.9, 1.8, 2.0), (2.0, 1.9, 2.1), 2),
        _result("sparse.pt", (4.0, 3.5, 4.5), (0.8, 0.7, 0.9), 40),
    ]
    lines = int8_lines(results, 140)
    assert lines[2].split()[-1] == "int8" and lines[3].endswith("engine or int8") and lines[4].split()[-1] == "engine"
    assert "+4.00*" in lines[4] and "+0.20*" not in lines[3]
    assert "2.00×" in lines[2] and "0.80×" in lines[4]


@pytest.mark.parametrize(
    "options, complaint",
    [
        (["--int8", "many"], "int8 'many': give a whole number from 0 to 100000"),
        (["--int8", "500", "--device", "cuda"], "int8 '500': runs on the CPU"),
    ],
)
def test_bad_input_is_one_line(sweep: Callable[..., Any], tmp_path: Path, options: list[str], complaint: str) -> None:
    (tmp_path / "m.pt").touch()
    ran = sweep("evaluate", tmp_path / "m.pt", "--dataset", "digits", *options)
    assert ran.code == 2 and complaint in ran.complaint
