"""The laptop that submits and reads has no torch; and what is not needed is not loaded."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_PROGRAM = """
import sys
from orchestrator.cli import main
code = main(sys.argv[1:])
heavy = [name for name in ("torch", "torchvision", "celery", "kombu", "alembic", "numpy") if name in sys.modules]
print("loaded:", *heavy, file=sys.stderr)
sys.exit(code)
"""

Laptop = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def laptop(home: Path, tmp_path: Path) -> Laptop:
    """Runs `sweep ARGUMENTS` in a process of its own, in which importing torch fails."""
    for name in ("torch", "torchvision"):
        (tmp_path / "fake" / name).mkdir(parents=True)
        (tmp_path / "fake" / name / "__init__.py").write_text("raise ImportError('no torch on this laptop')\n")
    path = os.pathsep.join([str(tmp_path / "fake"), *filter(None, [os.environ.get("PYTHONPATH")])])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _PROGRAM, *arguments],
            env=os.environ | {"PYTHONPATH": path},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_a_laptop_without_torch_submits_and_reads(laptop: Laptop) -> None:
    for arguments in (
        ["--help"],
        ["submit", "--help"],
        ["submit", "--grid", "full", "--dry-run"],
        ["submit", "--grid", "full"],
        ["submit", "--grid", "full", "--dry-run"],
        ["status"],
        ["report"],
        ["report", "--format", "csv"],
        ["list"],
    ):
        ran = laptop(*arguments)
        assert (ran.returncode, arguments) == (0, arguments), ran.stderr
        loaded = ran.stderr.splitlines()[-1].removeprefix("loaded:").split()
        may = {"alembic"} if arguments == ["submit", "--grid", "full"] else set()  # it makes the ledger
        assert set(loaded) <= may, arguments


def test_the_facade_loads_nothing_by_itself(home: Path) -> None:
    program = (
        "import sys, prunesweep; print([n for n in ('torch', 'sqlalchemy', 'celery', 'typer') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"
