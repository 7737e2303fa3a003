"""What `sweep evaluate --int8` says of a machine."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prunesweep.core.extras import install
from prunesweep.core.jobs.answers import Answer, FileResult, Int8Result
from prunesweep.core.jobs.requests import EvaluateFiles
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
        (["--int8", "-1"], "int8 '-1': give a whole number from 0 to 100000"),
        (["--int8", "1.5"], "int8 '1.5': give a whole number from 0 to 100000"),
        (["--int8", "100001"], "int8 '100001': give a whole number from 0 to 100000"),
        (["--int8", "500", "--device", "cuda"], "int8 '500': runs on the CPU"),
    ],
)
def test_bad_input_is_one_line(sweep: Callable[..., Any], tmp_path: Path, options: list[str], complaint: str) -> None:
    (tmp_path / "m.pt").touch()
    ran = sweep("evaluate", tmp_path / "m.pt", "--dataset", "digits", *options)
    assert ran.code == 2 and complaint in ran.complaint


@pytest.mark.parametrize("name", ["m.onnx", "m.int8.ONNX", "m.packed"])
def test_a_file_for_inference_only_is_refused_before_anything_starts(
    sweep: Callable[..., Any], home: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    ran = sweep("evaluate", tmp_path / name, "--dataset", "digits")
    assert ran.code == 2 and "give the .pt or .safetensors file that it was made from, and --int8 N" in ran.complaint
    assert ("sweep bench times this one" in ran.complaint) == (not name.endswith("packed")) and not home.exists()


def test_without_onnxruntime_int8_is_refused_before_anything_is_read(
    sweep: Callable[..., Any], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m.pt").touch()
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else real(name))
    ran = sweep("evaluate", tmp_path / "m.pt", "--dataset", "digits", "--int8", "9")
    assert (ran.code, ran.complaint) == (2, f"sweep: int8 '9': needs onnxruntime: {install('bench')}")
    assert not home.exists()


def test_json_has_each_files_int8_and_nothing_where_it_was_not_asked_for(
    sweep: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The torch side has tests of its own; here it is what it would say. 0 asks for nothing."""
    (tmp_path / "m.pt").touch()
    names = ("images", "nonzero", "total", "batch", "threads")
    texts = ("code", "engine_dense", "engine", "processor", "accuracy_engine")
    fact: dict[str, Any] = dict.fromkeys((one for one in FileResult.__annotations__ if one != "event"), 1.0)
    fact |= dict.fromkeys(names, 1) | dict.fromkeys(texts, "x") | {"path": "m.pt", "disturbed": False}
    asked: list[int] = []

    def ask(program: Any, request: EvaluateFiles) -> Iterator[Answer]:
        asked.append(request.int8)
        int8 = Int8Result(0.9, 3, 1, request.int8, 1.0, 2.0, 1.9, 2.1, 0.001, "onnxruntime 1") if request.int8 else None
        yield FileResult(**{**fact, "int8": int8})

    monkeypatch.setattr("prunesweep.orchestrator.cli.commands.evaluate.ask", ask)
    file = ("evaluate", tmp_path / "m.pt", "--dataset", "digits")
    (row,) = json.loads(sweep(*file, "--int8", "200", "--json").out)
    told = {"lost": 3, "gained": 1, "calibration": 200, "speedup": 2.0, "speedup_low": 1.9, "speedup_high": 2.1}
    assert row["int8"].items() >= told.items() and row["int8"]["version"] == "onnxruntime 1"
    (plain,) = json.loads(sweep(*file, "--int8", "0", "--json").out)
    assert plain["int8"] is None and "in int8" not in sweep(*file).out and asked == [200, 0, 0]
