"""`--compile`: full batches of a training run compiled, with the results of the others; what is missing is said."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from prunesweep.core.errors import UserError
from prunesweep.core.jobs.programs import DOCTOR
from prunesweep.core.jobs.protocol import respond
from prunesweep.worker import doctor
from prunesweep.worker.__main__ import check_devices
from tests.support.examples import THOROUGH

_PROGRAM = """
from dataclasses import replace
from pathlib import Path
import sys
import torch
from torch import nn
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.settings import load_settings
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import train
from prunesweep.worker.trainer.compiler import try_compiler

torch.set_num_threads(1)
try_compiler(torch.device("cpu"), load_settings())
assert any(Path(sys.argv[1], "compiled").iterdir()), "nothing was kept"
from torch._dynamo.utils import counters
counters.clear()
pixels = torch.randint(0, 256, (70, 8, 8, 3), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
split = Split(pixels.permute(0, 3, 1, 2), torch.arange(70) % 3, ("a", "b", "c"), torch.full((3,), 0.5), torch.ones(3))
# 56 images to train on: three full batches of 16, then one of 8.
recipe = replace(load_recipe("digits").dense, batch=16, validation=0.2, precision="fp32")

def network():
    torch.manual_seed(0)
    parts = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(256, 3)
    return nn.Sequential(*parts)

masks = {"0.weight": torch.rand(4, 3, 3, 3) > 0.5}
def outcome(compiled, start=None, keep=None):
    kept = []
    def look(training):
        if keep is not None and training.position == keep:
            kept.append(training.snapshot())
    made = network()
    course = train(made, masks, split, recipe, 3, 0, 1, "cpu", compiled=compiled, start=start, before_step=look)
    return [one.loss for one in course], made.state_dict(), kept

eager, compiled = outcome(False), outcome(True, keep=(1, 2))
torch.testing.assert_close(compiled[0], eager[0], rtol=1e-4, atol=1e-5)
assert not compiled[1]["0.weight"][~masks["0.weight"]].any()
resumed = outcome(True, start=compiled[2][0])
assert all(torch.equal(one, resumed[1][name]) for name, one in compiled[1].items())
assert counters["stats"]["unique_graphs"] == 1, counters["stats"]  # none for short batches or a second training
assert not counters["graph_break"]
"""


def _run(program: str, home: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "SWEEP_HOME": str(home), "SWEEP_COMPILE": "yes", **environ}
    command = [sys.executable, "-c", program, str(home), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="TEST_THOROUGH=1: a compiler takes half a minute for a few layers")
def test_compiled_steps_train_as_others_do_and_resume_to_the_same_bits(tmp_path: Path) -> None:
    ran = _run(_PROGRAM, tmp_path)
    assert ran.returncode == 0, ran.stderr


def test_a_missing_compiler_is_said_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked as a starting worker asks, but in this process: importing the compiler takes seconds."""

    def no_compiler(*_: object, **__: object) -> None:
        raise RuntimeError("InvalidCxxCompiler: No working C++ compiler found\nmore")

    def here(_: object, *, input: bytes, **__: object) -> "subprocess.CompletedProcess[bytes]":
        said: list[str] = []
        respond(input.decode(), DOCTOR, doctor.checks, lambda answer: said.append(json.dumps(answer)))
        return subprocess.CompletedProcess([], 0, "\n".join(said).encode())

    for name in ("TORCHINDUCTOR_CACHE_DIR", "TORCHINDUCTOR_COMPILE_THREADS"):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)
    monkeypatch.setenv("SWEEP_HOME", str(tmp_path))
    monkeypatch.setenv("SWEEP_COMPILE", "yes")
    monkeypatch.setattr(torch, "compile", no_compiler)
    monkeypatch.setattr(subprocess, "run", here)
    with pytest.raises(UserError) as caught:
        check_devices("cpu")
    line = str(caught.value)
    assert line.startswith(
        "SWEEP_COMPILE 'yes': no compiler that works: InvalidCxxCompiler: No working C++ compiler found;"
    )
    assert line.endswith("or leave --compile and SWEEP_COMPILE out") and "\n" not in line
