"""The wheel alone: installed into a fresh environment, run from another folder, it makes a ledger and plans a sweep."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_wheel_carries_all_it_needs(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    environ = {**os.environ, "SWEEP_HOME": str(tmp_path / "home")}
    built = subprocess.run(
        [*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, ROOT], capture_output=True, text=True, env=environ
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("prunesweep-*.whl")
    fresh = tmp_path / "venv"
    venv.create(fresh, with_pip=False)
    python = fresh / "bin" / "python"
    paths = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    site = Path(paths.stdout.strip())
    install = [*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    installed = subprocess.run(install, capture_output=True, text=True, env=environ)
    assert installed.returncode == 0, installed.stderr
    # Third parties come from the environment of the tests; ours must come from the wheel, which stands first.
    (site / "third-parties.pth").write_text(sysconfig.get_path("purelib"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def run(*words: str) -> str:
        ran = subprocess.run(words, capture_output=True, text=True, cwd=elsewhere, env=environ)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    where = run(str(python), "-c", "import migrations, orchestrator; print(migrations.__file__, orchestrator.__file__)")
    assert all(str(fresh) in path for path in where.split()), where
    sweep = str(fresh / "bin" / "sweep")
    run(sweep, "--help")
    run(sweep, "submit", "--grid", "demo", "--name", "first")
    assert "first" in run(sweep, "status", "first")
    assert len(run(sweep, "report", "first", "--format", "csv").splitlines()) == 19
    run(sweep, "report", "first", "-o", "first.html")
    assert "Sweep first" in (elsewhere / "first.html").read_text()
