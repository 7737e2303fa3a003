"""The test runner itself: a test that takes its process down, or never ends, ends the run and is named."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = """
import ctypes, os
import pytest

@pytest.mark.parametrize("number", range(4))
@pytest.mark.xdist_group("one")
def test_grouped(number):
    if number == 2:
        END

@pytest.mark.parametrize("number", range(6))
def test_other(number):
    pass
"""
ENDS = {
    "abort": "os.abort()",
    # With Python's lock held, as a loop in machine code does; but no processor is kept busy.
    "for_ever_in_machine_code": "ctypes.PyDLL(None).sleep(3600)",
}


def test_a_dead_or_stuck_test_ends_the_run_with_its_name(tmp_path: Path) -> None:
    runs = {}
    for name, end in ENDS.items():
        file = tmp_path / name / "test_it.py"
        file.parent.mkdir()
        file.write_text(TESTS.replace("END", end))
        command = [sys.executable, "-m", "pytest", "-p", "xdist", "-c", ROOT / "pyproject.toml"]
        command += ["--rootdir", file.parent, "-n", "2", "--dist", "loadgroup", "-o", "faulthandler_timeout=5", file]
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        plain["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        runs[name] = subprocess.Popen(
            command, env=plain, cwd=file.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    for run in runs.values():
        said = run.communicate(timeout=300)[0]
        assert run.returncode == 1, said
        assert "crashed while running 'test_it.py::test_grouped[2]'" in said, said
        assert 'test_it.py", line' in said, "all stacks are shown"
