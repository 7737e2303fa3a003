"""Every bad input: one clear line, exit code 2, nothing written."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Sweep = Callable[..., Any]

BAD_AXES = [
    (("--sparsity", "100"), "sweep: sparsity '100': give a sparsity from 0 to below 1"),
    (("--sparsity", "150"), "sweep: sparsity '150': give a sparsity from 0 to below 1"),
    (("--sparsity", "abc"), "sweep: sparsity 'abc': give a sparsity from 0 to below 1"),
    (("--sparsity", "50,"), "sweep: sparsity '50,': give one or more values"),
    (("--sparsity", "0,9"), "sweep: sparsity '0,9': a comma separates values; write 0.9, or 0%,9% if that is meant"),
    (("--algorithm", "iteratve"), "sweep: algorithm 'iteratve': unknown; did you mean \"iterative\"?"),
    (("--dataset", "cifar11"), "sweep: dataset 'cifar11': unknown; did you mean \"cifar10\"?"),
    (("--dataset", "parquet:"), "sweep: dataset 'parquet:': give a folder, e.g. parquet:/data/cifar10"),
    (("--model", "resnet81"), "sweep: model 'resnet81': unknown; did you mean \"resnet18\"?"),
    (("--grid", "fulll"), "sweep: grid 'fulll': unknown; did you mean \"full\"?"),
    (("--grid", "missing.toml"), "sweep: grid 'missing.toml': cannot be read: No such file or directory"),
    (("--rounds", "0"), "sweep: rounds '0': give a whole number from 1 to 1000"),
    (("--epochs", "-1"), "sweep: epochs '-1': give a whole number from 0 to 100000"),
    (("--seeds", "0-3"), "sweep: seeds '0-3': separate values by commas: 0,1,2,3"),
    (("--sparsity", "50;90"), "sweep: sparsity '50;90': separate values by commas: 50,90"),
    (("--recipe", "."), "sweep: recipe '.': is a folder; give a file in it that ends in .toml"),
    (("--weights", "."), "sweep: weights '.': is a folder; give a file in it"),
    (("--width", "wide"), "sweep: width 'wide': give a whole number from 1 to 1024"),
    (("--bench-device", "tpu"), "sweep: bench_device 'tpu': unknown"),
    (("--bench-engines", "torch,warp"), "sweep: bench_engines 'warp': unknown"),
    (("--recipe", "x"), "sweep: recipe 'x': unknown"),
    (("--name", "a b"), "sweep: name 'a b': use 1-64 letters"),
    (("--name", "../etc"), "sweep: name '../etc': use 1-64 letters"),
    ((), "sweep: grid: give --grid (full, classic, fair, demo, FILE.toml) or axes such as --sparsity 50,90"),
]


@pytest.mark.parametrize(("options", "message"), BAD_AXES)
@pytest.mark.parametrize("command", [("submit",), ("submit", "--dry-run"), ("run",)])
def test_bad_axes(sweep: Sweep, home: Path, command: tuple[str, ...], options: tuple[str, ...], message: str) -> None:
    grid = () if "--grid" in options or not options else ("--grid", "demo")
    ran = sweep(*command, *grid, *options)
    assert ran.code == 2
    assert ran.complaint.startswith(message)
    assert not home.exists()


def test_a_list_that_is_there_twice_is_told(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prunesweep.orchestrator.cli.lazy.is_terminal", lambda _: True)
    ran = sweep("submit", "--grid", "demo", "--sparsity", "50", "--sparsity=60", "--dry-run")
    assert ran.code == 0
    assert ran.err == "note: --sparsity is there 2 times, the last one counts; for all: --sparsity 50,60\n"


TOML = [
    ("sparsity = [50]\nepocs = 3\n", ":2': axis 'epocs': unknown; did you mean \"epochs\"?"),
    ('# grid\n\nepochs = "many"\n', ":3': epochs 'many': give a whole number"),
    ("width = true\n", ":1': width 'True': give a whole number"),
    ("sparsity = [50\n", "': not valid TOML: "),
    ('base = "none"\n', ":1': base 'none': unknown"),
]


@pytest.mark.parametrize(("text", "message"), TOML)
def test_bad_toml_names_file_and_line(sweep: Sweep, home: Path, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "grid.toml"
    file.write_text(text)
    ran = sweep("submit", "--grid", file)
    assert ran.code == 2
    assert ran.complaint.startswith(f"sweep: grid '{file}{message}")
    assert not home.exists()


def image_folder(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / "1.png").write_bytes(b"x")
    return root


def test_image_folders(sweep: Sweep, home: Path, tmp_path: Path) -> None:
    missing = sweep("submit", "--grid", "demo", "--dataset", f"imagefolder:{tmp_path}/none")
    assert missing.code == 2
    assert "no such folder; it must hold train/<class>/ and test/<class>/" in missing.complaint
    folder = image_folder(tmp_path / "pets", "train/cat", "train/dog", "test/cat", "test/cow")
    other = sweep("submit", "--grid", "demo", "--dataset", f"imagefolder:{folder}")
    assert other.code == 2
    assert "train/ and test/ have different classes: dog (train only), cow (test only); " in other.complaint
    assert other.complaint.endswith(
        "4 files that cannot be decoded in full, e.g. test/cat/1.png; repair or remove them"
    )
    assert {path.parent.name for path in home.rglob("*") if path.is_file()} == {"manifests"}, "what was read of them"


def test_a_name_that_is_taken(sweep: Sweep) -> None:
    assert sweep("submit", "--grid", "demo", "--name", "mine").code == 0
    before = sweep("list", "--json").out
    again = sweep("submit", "--grid", "classic", "--name", "mine")
    assert again.code == 2
    taken = "a sweep of this name has another grid; choose another name, or add to it: sweep extend mine"
    assert again.complaint == f"sweep: name 'mine': {taken}"
    assert sweep("list", "--json").out == before


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (("export", "mine", ""), "argument"),
        (("deploy", "compose", ""), "argument"),
        (("evaluate", "a.pt", ""), "argument"),
        (("report", ""), "argument"),
        (("report", "mine", "-o", ""), "-o"),
        (("report", "mine", "--plots", ""), "--plots"),
        (("report", "mine", "--plots="), "--plots"),
        (("find", "--max-drop", "1", "--export", ""), "--export"),
        (("sink", "tensorboard", "mine", "--to", ""), "--to"),
    ],
)
def test_a_variable_that_is_unset_is_not_the_current_folder(
    sweep: Sweep, home: Path, command: tuple[str, ...], field: str
) -> None:
    ran = sweep(*command)
    assert (ran.code, ran.complaint) == (2, f"sweep: {field}: is empty; is a variable unset? The current folder is .")
    assert not home.exists()


@pytest.mark.parametrize(
    "command",
    [("status",), ("report",), ("verdict",), ("audit",), ("cancel",), ("retry",), ("export",), ("status", "--watch")],
)
def test_unknown_sweep_suggests_the_nearest(sweep: Sweep, tmp_path: Path, command: tuple[str, ...]) -> None:
    sweep("submit", "--grid", "demo", "--name", "monday")
    ran = sweep(*command, "mondey", *([tmp_path] if command == ("export",) else []))
    assert ran.code == 2
    assert ran.complaint == "sweep: sweep 'mondey': unknown; did you mean \"monday\"? known: monday"


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("report",),
        ("compare", "a", "b"),
        ("verdict",),
        ("audit",),
        ("list",),
        ("cancel", "x"),
        ("retry",),
        ("logs", "ab"),
    ],
)
def test_reading_makes_no_ledger(sweep: Sweep, home: Path, command: tuple[str, ...]) -> None:
    ran = sweep(*command)
    assert ran.code == 2
    assert ran.complaint == f"sweep: ledger '{home}/ledger.sqlite3': no ledger yet; run: sweep submit"
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["submt"], "sweep: no such command 'submt'. Did you mean 'submit'?; see: sweep --help"),
        (["submit", "--sparsty", "5"], "sweep: no such option: --sparsty (Possible options: --sparsity)"),
        (
            ["run", "--dry-run"],
            "sweep: run has no --dry-run, but: sweep submit --dry-run and sweep extend --dry-run; see:",
        ),
        (["run", "-n=1"], "sweep: run has no -n, but: sweep submit -n and sweep extend -n; see: sweep run --help"),
        (["worker", "--gpus", "2"], "sweep: worker has no --gpus, but: sweep deploy compose --gpus; see: sweep worker"),
        (["deploy", "--gpus", "2"], "sweep: deploy has no --gpus, but: sweep deploy compose --gpus; see: sweep deploy"),
        (["run", "--seed", "2"], "sweep: no such option: --seed (Possible options: "),
        (["status", "--nowhere"], "sweep: no such option: --nowhere; see: sweep status --help"),
        (["report", "--format", "xml"], "sweep: format 'xml': unknown"),
        (["logs"], "sweep: missing argument 'STAGE'; see: sweep logs --help"),
        (["evaluate", "no.pt"], "sweep: file 'no.pt': no such file"),
        (["bench", "no.pt"], "sweep: file 'no.pt': no such file"),
        (["bench"], "sweep: missing argument 'FILE...'; see: sweep bench --help"),
        (["export", "x", ".", "--format", "tflite"], "sweep: format 'tflite': unknown"),
        (["export", "x", ".", "--format", "onnx", "--values", "fp16"], "sweep: values 'fp16': needs --format packed"),
        (["export", "x", ".", "--names", "y"], "sweep: names 'y': unknown"),
        (["export", "x", ".", "--format", "packed", "--values", "int8"], "sweep: values 'int8': needs --format onnx"),
        (["export", "x", ".", "--values", "int4"], "sweep: values 'int4': unknown"),
        (["export", "x", ".", "--calibration", "0"], "sweep: calibration '0': give a whole number from 1"),
        (["export", "x", ".", "--calibration", "9"], "sweep: calibration '9': is for --values int8"),
        (["export", "x", ".", "--values", "fp16"], "sweep: values 'fp16': needs --format packed"),
    ],
)
def test_bad_command_lines(sweep: Sweep, home: Path, arguments: list[str], message: str) -> None:
    ran = sweep(*arguments)
    assert ran.code == 2
    assert ran.complaint.startswith(message)
    assert not home.exists()


def test_a_setting_that_is_no_number(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEP_LEASE_SECONDS", "soon")
    ran = sweep("status")
    assert (ran.code, ran.complaint) == (2, "sweep: SWEEP_LEASE_SECONDS 'soon': give a number, at least 0.1")


def test_a_ledger_that_cannot_be_written(sweep: Sweep, home: Path) -> None:
    home.write_text("a file where the folder should be")
    ran = sweep("submit", "--grid", "demo")
    assert ran.code == 2
    assert ran.complaint.startswith(f"sweep: ledger '{home}/ledger.sqlite3': ")
    assert "SWEEP_HOME" in ran.complaint


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine at which nobody answers: bound, never listened on."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


@pytest.mark.parametrize("command", [("submit", "--grid", "demo"), ("status",), ("db", "upgrade")])
def test_unreachable_postgres(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch, closed_port: int, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SWEEP_DATABASE_URL", f"postgresql://me:s3cret@127.0.0.1:{closed_port}/db")
    ran = sweep(*command)
    assert ran.code == 2
    assert ran.complaint.startswith(
        f"sweep: SWEEP_DATABASE_URL 'postgresql+psycopg://me:***@127.0.0.1:{closed_port}/db'"
    )
    assert "s3cret" not in ran.err


def test_unreachable_redis_is_named_by_doctor(sweep: Sweep, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://:s3cret@127.0.0.1:{closed_port}/0")
    ran = sweep("doctor", "--dataset", "nothing")
    assert ran.code == 1
    line = next(line for line in ran.out.splitlines() if "broker" in line)
    assert line.startswith("FAIL")
    assert "the broker does not answer" in line
    assert "s3cret" not in ran.out + ran.err


def test_submit_needs_no_broker_but_says_so(sweep: Sweep, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("SWEEP_BROKER_URL", f"redis://:s3cret@127.0.0.1:{closed_port}/0")
    ran = sweep("submit", "--grid", "demo")
    assert ran.code == 0
    assert ran.err.startswith(f"note: SWEEP_BROKER_URL redis://:***@127.0.0.1:{closed_port}/0 takes no hints")
    assert "s3cret" not in ran.out + ran.err


@pytest.mark.parametrize("command", [("run", "--grid", "demo"), ("worker",)])
def test_cuda_that_is_absent(home: Path, command: tuple[str, ...]) -> None:
    words = [sys.executable, "-m", "prunesweep.orchestrator.cli.app", *command, "--devices", "cuda:7"]
    ran = subprocess.run(
        words, env=os.environ | {"CUDA_VISIBLE_DEVICES": ""}, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 2
    assert "--devices 'cuda:7': no such GPU" in ran.stderr.splitlines()[-1]
    assert not (home / "ledger.sqlite3").exists()
