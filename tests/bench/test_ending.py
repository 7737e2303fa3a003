"""A bench that is told to end leaves nothing running."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

BENCH = Path(__file__).parents[2] / "bench"
SCRIPT = """
import signal, subprocess, sys
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and stays so
from contextlib import contextmanager
from ending import end_in_order

@contextmanager
def served():
    try:
        yield
    finally:
        print("server stopped", flush=True)

end_in_order()
with served():
    child = subprocess.Popen(["sleep", "600"])
    print(child.pid, flush=True)
    child.wait()
"""


def _starts_processes(text: str) -> bool:
    return "subprocess.Popen" in text or "subprocess.run" in text or " started(" in text


@pytest.mark.parametrize("file", sorted(BENCH.glob("*.py")), ids=lambda file: file.stem)
def test_every_program_that_starts_others_ends_in_order(file: Path) -> None:
    text = file.read_text()
    if not _starts_processes(text) or '__name__ == "__main__"' not in text:
        return
    (main,) = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == "main")
    assert "end_in_order()" in [ast.unparse(node) for node in main.body]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_its_servers_and_children_end_with_it(number: int) -> None:
    with subprocess.Popen([sys.executable, "-c", SCRIPT, str(BENCH)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        os.kill(process.pid, number)
        assert process.stdout.read() == "server stopped\n"
    assert process.returncode == 128 + number
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)
