"""The laptop that submits and reads has no torch; and what is not needed is not loaded."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_PROGRAM = """
import sys
from prunesweep.orchestrator.cli.app import main
codes = [main(line.split()) for line in sys.argv[1:]]
names = "torch torchvision celery kombu alembic numpy altair vl_convert pyarrow starlette uvicorn jinja2".split()
heavy = [name for name in names if name in sys.modules]
print("codes:", codes, "loaded:", heavy, file=sys.stderr)
"""

Laptop = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def laptop(home: Path, tmp_path: Path) -> Laptop:
    """Runs lines of arguments to `sweep` in a process of their own, in which importing torch fails."""
    for name in ("torch", "torchvision"):
        (tmp_path / "fake" / name).mkdir(parents=True)
        (tmp_path / "fake" / name / "__init__.py").write_text("raise ImportError('no torch on this laptop')\n")
    path = os.pathsep.join([str(tmp_path / "fake"), *filter(None, [os.environ.get("PYTHONPATH")])])

    def run(*lines: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _PROGRAM, *lines],
            env=os.environ | {"PYTHONPATH": path},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_a_laptop_without_torch_submits_and_reads(laptop: Laptop) -> None:
    light = laptop("--help", "submit --help", "submit --grid full --dry-run")
    assert light.stderr.splitlines() == ["codes: [0, 0, 0] loaded: []"]
    submit = laptop("submit --grid full")
    assert submit.stderr.splitlines() == ["codes: [0] loaded: []"], "it makes the ledger"
    read = laptop(
        "status", "report", "report --format csv", "list", "submit --grid full --dry-run", "submit --grid full"
    )
    assert read.stderr.splitlines() == ["codes: [0, 0, 0, 0, 0, 0] loaded: []"]
    judged = laptop("compare :algorithm=oneshot :algorithm=iterative,iterations=3", "verdict", "audit --json")
    assert judged.stderr.splitlines()[-1] == "codes: [2, 1, 1] loaded: []", "nothing has been run yet"


def test_sinks_need_no_torch_either(laptop: Laptop) -> None:
    copied = laptop("submit --grid demo", "sink tensorboard --to tb", "sink mlflow --to sqlite:///mlflow.db")
    codes, _, loaded = copied.stderr.splitlines()[-1].partition(" loaded: ")
    assert codes == "codes: [0, 0, 0]", copied.stderr
    assert "torch" not in loaded


def test_the_facade_loads_nothing_by_itself(home: Path) -> None:
    program = (
        "import sys, prunesweep; print([n for n in ('torch', 'sqlalchemy', 'celery', 'typer') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert ran.stdout.strip() == "[]"
