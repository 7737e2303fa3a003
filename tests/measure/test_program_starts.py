"""Every program that the command line asks, started as `python -m` starts it: answers on stdout, nothing on stderr."""

import json
import subprocess
import sys
from pathlib import Path

from prunesweep.core.jobs import programs

_EACH = """
import os, runpy, sys
from prunesweep.core.training.vision import import_torchvision
import_torchvision()
sys.stdout.flush()
for name in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        asks, question = os.pipe()
        os.write(question, b"[]\\n")
        os.close(question)
        os.dup2(asks, 0)
        for number, ending in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{sys.argv[1]}/{name}.{ending}", os.O_WRONLY | os.O_CREAT), number)
        code = 1
        try:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = end.code
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    print(name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Each is forked from one process that has torch, which would take every other two to five seconds."""


_MODULES = [one.module for one in vars(programs).values() if isinstance(one, programs.Program)]


def test_each_refuses_what_is_no_request_with_one_answer(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _EACH, str(tmp_path), *_MODULES]
    ran = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
    assert len(_MODULES) >= 10
    for module in _MODULES:
        assert (tmp_path / f"{module}.err").read_text() == "", module
        (line,) = (tmp_path / f"{module}.out").read_text().splitlines()
        assert json.loads(line)["event"] == "error", module
    assert ran.stdout.split() == [word for module in _MODULES for word in (module, "2")], ran.stderr
