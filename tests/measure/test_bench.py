"""`python -m prunesweep.core.jobs.bench`, as `sweep bench` runs it, and what the command makes of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from prunesweep.core.artifacts.export import write_weights
from prunesweep.core.cpus import usable_cpus
from prunesweep.core.errors import UserError
from prunesweep.core.jobs import bench
from prunesweep.core.jobs.bench import measure
from prunesweep.core.jobs.requests import Bench, read_request
from prunesweep.core.measure.any_graph import exported
from prunesweep.core.measure.contestants import FILE_ENGINES, Contestant, same_code
from prunesweep.core.measure.engines.registry import missing, registry
from prunesweep.core.measure.size import layer_sizes
from prunesweep.core.plan.engines import ENGINES
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks, prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model
from prunesweep.orchestrator.cli.app import main
from tests.orchestrator.conftest import Ran
from tests.support.jobs import answer_here

pytestmark = pytest.mark.usefixtures("short_bursts")


def _read(request: dict[str, Any]) -> Bench:
    return read_request(json.dumps(request), Bench)


@pytest.fixture
def pruned(tmp_path: Path) -> Path:
    """A resnet18 of width 4 without nine tenths of its weights."""
    model = build_model(ModelRef("resnet18", 4, 10), seed=1)
    apply_masks(model, prune(Subject(model, {}), "magnitude", "global", 0.9))
    write_weights(model.state_dict(), tmp_path / "pruned.pt", "torch")
    return tmp_path / "pruned.pt"


@pytest.fixture
def ask(pruned: Path) -> Callable[..., list[dict[str, Any]]]:
    """The events of a request, in this process."""

    def run(**changes: Any) -> list[dict[str, Any]]:
        request = {"files": [str(pruned)], "model": "resnet18", "device": "cpu", "engines": ["torch"]}
        asked = _read(request | {"threads": 1, "batches": [1], "image": 16} | changes)
        return [asdict(run) for run in measure(asked, lambda event: None)]

    return run


@pytest.fixture
def bench_here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs `sweep bench ARGUMENTS` in this process, its torch program as well."""
    answer_here(monkeypatch)

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main(["bench", *map(str, arguments)])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


def sweep_bench(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error", "-m", "prunesweep.orchestrator.cli.app", "bench", *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


def test_a_run_says_what_is_left_and_what_it_brings(ask: Callable[..., list[dict[str, Any]]], pruned: Path) -> None:
    first, second = ask(batches=[1, 2])
    sizes = layer_sizes(dict(prunable(bench.load_network(pruned, "resnet18"))))
    assert first["nonzero"] == sum(size.nonzero for size in sizes)
    assert first["total"] == sum(size.total for size in sizes)
    assert first["weights_ratio"] == first["total"] / first["nonzero"] == pytest.approx(10, rel=0.01)
    assert 1 < first["macs_ratio"] == first["macs_dense"] / first["macs"]
    assert (first["race"]["batch"], second["race"]["batch"]) == (1, 2)
    assert [time["engine"] for time in first["race"]["times"]] == ["torch"], "its twin is the null test"
    assert first["disturbed"] is not (first["race"]["null_low"] <= 1 <= first["race"]["null_high"])


def test_what_cannot_be_is_refused_before_anything_is_measured(
    ask: Callable[..., list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "compete", lambda *facts: pytest.fail("it measures"))
    zeros = build_model(ModelRef("resnet18", 4, 10), seed=1)
    write_weights({key: value * 0 for key, value in zeros.state_dict().items()}, tmp_path / "zeros.pt", "torch")

    def refusal(**changes: Any) -> str:
        with pytest.raises(UserError) as caught:
            ask(**changes)
        return str(caught.value)

    usable = usable_cpus()
    assert refusal(threads=10_000) == f"threads '10000': this process may use {usable} CPUs; give at most as many"
    assert refusal(engines=["torch", "torch-2:4"]) == "engines 'torch-2:4': does not run on cpu"
    assert refusal(device="tpu") == "device 'tpu': use cpu, cuda or cuda:NUMBER"
    if not torch.cuda.is_available():
        assert refusal(device="cuda").startswith("device 'cuda': this machine has 0 CUDA devices")
    assert refusal(files=[str(tmp_path / "zeros.pt")]).endswith("holds zeros only")


def test_the_command_prints_a_table(pruned: Path, bench_here: Callable[..., Ran]) -> None:
    ran = bench_here(pruned, "--engines", "torch,onnxruntime", "--threads", "1", "--batch", "1,2", "--image", "16")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0].startswith("pruned.pt: 90.00 % zeros · weights left ")
    assert "multiply-adds left" in lines[0]
    rows = [line.split() for line in lines if line.startswith(("torch ", "onnxruntime "))]
    assert [row[:4] for row in rows] == [
        [engine, "fp32", "1", batch] for batch in ("1", "2") for engine in ("torch", "onnxruntime")
    ]
    assert sum(line.endswith("best dense") for line in lines) == 2 + 1, "one for each batch, and the title"
    assert any(line.startswith("1 thread, batch 2: 24 repeats, load ") and " null " in line for line in lines)


def test_the_command_prints_one_json_document(pruned: Path, bench_here: Callable[..., Ran]) -> None:
    ran = bench_here(pruned, pruned, "--engines", "torch", "--image", "16", "--json")
    assert ran.code == 0, ran.err
    assert [run["path"] for run in json.loads(ran.out)] == [str(pruned)] * 2


def test_the_command_asks_a_program_of_its_own(pruned: Path) -> None:
    ran = sweep_bench(pruned, "--engines", "torch", "--image", "8", "--json")
    assert ran.returncode == 0, ran.stderr
    runs = json.loads(ran.stdout)
    assert [run["path"] for run in runs] == [str(pruned)]
    assert {"processor", "host", "load", "busy", "null_low", "null_high", "threads"} <= set(runs[0]["race"])
    assert {"version", "dtype", "ms", "ratio", "ratio_low", "ratio_high"} <= set(runs[0]["race"]["times"][0])


def test_many_ratios_are_judged_together() -> None:
    """Of nine at p = 0.006 none is borne out; and a network that a library runs says which."""
    from prunesweep.orchestrator.cli.commands.bench import adjust, table_row

    time = {"engine": "sparse", "code": "OpenVINO", "dtype": "fp32", "pruned": True, "ms": 1.0, "p": 0.006}
    time |= {"ratio": 1.3, "ratio_low": 1.2, "ratio_high": 1.4}
    for count, words in ((8, "1.30× faster"), (9, "(1.30× faster)")):
        runs = [{"race": {"best": "torch", "threads": 1, "batch": 1, "times": [dict(time)]}} for _ in range(count)]
        adjust(runs)
        row = table_row(runs[0]["race"], runs[0]["race"]["times"][0])
        assert (row[0], row[-1]) == ("sparse (OpenVINO)", words)


def test_a_bad_value_is_one_line(pruned: Path, tmp_path: Path, bench_here: Callable[..., Ran]) -> None:
    for arguments, message in (
        (["--engines", "warp"], "sweep: engines 'warp': unknown; known: "),
        (["--threads", "0"], "sweep: threads '0': give a whole number from 1 to 1024"),
        (["--batch", "1,x"], "sweep: batch 'x': give a whole number from 1 to 65536"),
        (["--image", "0"], "sweep: image '0': give a whole number from 1 to 4096"),
        (["--threads", "1024"], "sweep: threads '1024': this process may use "),
    ):
        ran = bench_here(pruned, *arguments)
        assert ran.code == 2
        assert ran.complaint.startswith(message)
    assert bench_here(tmp_path / "no.pt").err == f"sweep: file '{tmp_path / 'no.pt'}': no such file\n"


def test_an_onnx_file_made_elsewhere_is_measured(
    tmp_path: Path, bench_here: Callable[..., Ran], ask: Callable[..., list[dict[str, Any]]]
) -> None:
    pytest.importorskip("onnxruntime")
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, groups=1), nn.Hardswish(), nn.Flatten(), nn.Linear(8 * 36, 5)).eval()
    with torch.no_grad():
        model[0].weight[:4] = 0
    path = tmp_path / "a.onnx"
    path.write_bytes(exported(model, (1, 8, 8)))
    (run,) = ask(files=[str(path)], engines=[])
    assert (run["nonzero"], run["total"]) == (36 + 1440, 72 + 1440)
    assert (run["macs"], run["macs_dense"]) == (36 * 36 + 1440, 72 * 36 + 1440)
    times = {time["engine"]: time for time in run["race"]["times"]}
    usable = {name for name in FILE_ENGINES if missing(name, torch.device("cpu")) is None}
    assert set(times) == usable, "those of a .pt file, without torch"
    assert [name for name, time in times.items() if time["pruned"]] == ["sparse"]
    assert max(time["error"] for time in times.values() if time["dtype"] == "fp32") < 1e-5
    left = {name for name in ENGINES if "cpu" in ENGINES[name].devices} - usable
    assert set(run["race"]["left_out"]) == left and run["race"]["left_out"]["torch"] == "does not run ONNX files"
    path.write_bytes(path.read_bytes()[:-40])
    ran = bench_here(path, "--engines", "onnxruntime")
    assert ran.code == 2
    assert "cannot be read as a network" in ran.err


def test_a_code_that_needs_zeros_has_no_dense_twin() -> None:
    """A network that runs by parts (mobilenet) in the engine's own code: without zeros that code has no part of it."""

    class ByParts:
        def __call__(self) -> Any:
            return lambda: None

        def code(self) -> str:
            return "own"

        def same(self, model: nn.Module) -> Any:
            def make() -> Any:
                raise ValueError("the sparse engine does not run here: no part of the network has enough zeros")

            return make

    engine, network = registry()["sparse"], nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    field = [Contestant(engine, True, ByParts(), 0.0)]
    assert same_code(field, network, torch.zeros(1, 3, 2, 2)) == []
