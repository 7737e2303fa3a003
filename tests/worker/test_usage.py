"""What a slot says that it uses. The GPU is played: torch's answers, and what it raises without the library."""

import os
import subprocess
import sys
from types import SimpleNamespace

import torch

from prunesweep.core.ledger.queue.workers import SlotUsage
from prunesweep.worker.incidents import Incidents
from prunesweep.worker.protocol import Progress
from prunesweep.worker.slot import Slot
from prunesweep.worker.trainer.gpu_usage import GpuMeter, GpuUsage
from prunesweep.worker.trainer.progress import Reporter
from prunesweep.worker.usage import ProcessMeter, ProcessUsage


def test_a_process_that_works_one_that_changes_and_one_that_is_gone():
    meter = ProcessMeter()
    first = meter.look(os.getpid())
    assert first.cpu_percent is None and first.memory_bytes > 1_000_000
    until = os.times().user + 0.2
    while os.times().user < until:
        pass
    assert meter.look(os.getpid()).cpu_percent > 0
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert meter.look(other.pid).cpu_percent is None, "another process counts from its own first look"
        other.communicate(b"\n")
    assert meter.look(other.pid) == ProcessUsage()
    assert meter.look(None) == ProcessUsage()


def test_a_slot_forgets_the_figures_of_a_trainer_that_is_gone():
    slot = Slot("cuda:0", SimpleNamespace(settings=SimpleNamespace(lease=60.0), troubles=Incidents()))
    assert slot.usage() == SlotUsage()
    slot._trainer.process = SimpleNamespace(alive=True, pid=os.getpid())
    slot._trainer.last_progress = Progress("training", gpu_percent=87.0, gpu_bytes=5_000_000)
    found = slot.usage()
    assert (found.gpu_percent, found.gpu_bytes) == (87.0, 5_000_000) and found.memory_bytes
    slot._trainer.process = SimpleNamespace(alive=False, pid=os.getpid())
    assert slot.usage() == SlotUsage(), "it has died"
    slot._trainer._keeper.shutdown()


def test_a_gpu_is_asked_now_and_then_and_may_not_answer(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 4_000_000)
    monkeypatch.setattr(torch.cuda, "utilization", lambda device: asked.append(device) or 93)
    gpu, cpu = torch.device("cuda:0"), torch.device("cpu")
    said = []
    report = Reporter(said.append, GpuMeter(gpu))
    report("training")
    report("saving")
    assert said == [Progress(phase, gpu_percent=93.0, gpu_bytes=4_000_000) for phase in ("training", "saving")]
    assert asked == [gpu]
    assert GpuMeter(cpu)() == GpuUsage() and asked == [gpu], "a CPU has no such figures"

    def refuses(device):
        asked.append(device)
        raise ModuleNotFoundError("nvidia-ml-py does not seem to be installed")

    monkeypatch.setattr(torch.cuda, "utilization", refuses)
    meter = GpuMeter(gpu)
    for _ in range(2):
        meter._next = 0.0
        assert meter() == GpuUsage(None, 4_000_000)
    assert len(asked) == 2, "asked once, then never again"
    assert "nvidia-ml-py" in capsys.readouterr().err
