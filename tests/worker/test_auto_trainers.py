"""`--per-device auto`: how many trainers a GPU gets. What measures is given; no GPU is needed."""

import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.broker.app import make_app
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.queries.lookup import NextTraining, next_training
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import WorkerNotes, list_workers, note, register, set_slots
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Train, decode, workload_of
from prunesweep.core.settings import load_settings, read_per_device
from prunesweep.orchestrator.status.view import said_lines, worker_lines
from prunesweep.worker.auto_trainers import AutoTrainers
from prunesweep.worker.incidents import Incidents
from prunesweep.worker.mps import Mps, start_mps
from prunesweep.worker.runtime import WorkerRuntime
from prunesweep.worker.trainer.rate import measure
from prunesweep.worker.trainer_rates import KeptChoices, NotMeasured, RateReading, TrainerChoice, TrainerRates, choose
from tests.support.few_images import FewImages

GIB = 2**30


@pytest.mark.parametrize(
    ("rates", "each", "free", "chosen", "tried", "why"),
    [
        ((100, 190, 350, 600), 1, 100, 8, 4, ""),
        ((100, 190, 199, 600), 1, 100, 2, 3, ""),
        ((100, 104, 350, 600), 1, 100, 1, 2, ""),
        ((100, 105.1, 350, 340), 1, 100, 4, 4, ""),
        ((100, 190, 350, 600), 10, 30, 2, 2, "4 do not fit into 30.0 GiB of memory"),
        ((100, 190, 350, 600), 20, 30, 1, 1, "2 do not fit into 30.0 GiB of memory"),
        ((100, 190, None, 600), 1, 100, 2, 2, "4 failed: CUDA out of memory"),
        ((100, 190, 350, 600), 0, 0, 8, 4, ""),  # a device that says nothing of its memory
    ],
)
def test_trainers_are_added_while_they_give_5_percent_more_and_fit(rates, each, free, chosen, tried, why) -> None:
    asked = []

    def read(count: int) -> RateReading:
        asked.append(count)
        rate = rates[count.bit_length() - 1]
        if rate is None:
            raise NotMeasured("CUDA out of memory")
        return RateReading(rate, each * GIB, free * GIB)

    found = choose(read)
    assert (found.count, len(found.rates), found.reason) == (chosen, tried, why)
    assert asked == [1, 2, 4, 8][: len(asked)]


def test_choices_are_kept_and_a_damaged_file_is_none(tmp_path: Path) -> None:
    kept = KeptChoices(tmp_path / "home" / "trainers.json")
    assert kept.get("a") is None
    kept.put("a", TrainerChoice(4, {"1": 1.5}, "why"))
    kept.put("b", TrainerChoice(1))
    assert KeptChoices(tmp_path / "home" / "trainers.json").get("a") == TrainerChoice(4, {"1": 1.5}, "why")
    for damage in ("[1", '{"a": {"count": 3}}', '{"a": 4}', "\0"):
        (tmp_path / "home" / "trainers.json").write_text(damage)
        assert kept.get("a") is None
    kept.put("a", TrainerChoice(2))
    assert kept.get("a") == TrainerChoice(2)


class FakeSlot:
    """Holds a stage as long as `busy`; its trainer ends at once when it is closed."""

    def __init__(self, processor: str = "H100") -> None:
        self.processor, self.busy, self.open = processor, False, True

    def set_open(self, open: bool) -> None:
        self.open = open

    @property
    def empty(self) -> bool:
        return not (self.busy or self.open)


class Room:
    """Two equal GPUs with eight slots each; `measured`: what was asked of whom."""

    def __init__(self, file: Path, choice: Callable[[], TrainerChoice] = lambda: TrainerChoice(4)) -> None:
        self.slots = {device: [FakeSlot() for _ in range(8)] for device in ("cuda:0", "cuda:1")}
        self.coming: NextTraining | None = None
        self.measured: list[tuple[str, str]] = []
        self.troubles, self._choice = Incidents(), choice
        self.go = threading.Event()
        self.auto = AutoTrainers(
            self.slots,  # type: ignore[arg-type]
            lambda: self.coming,
            self._measure,
            KeptChoices(file),
            self.troubles,
            lambda: None,
            "with MPS",
        )

    def _measure(self, device: str, spec: str, _places: object) -> TrainerChoice:
        self.measured.append((device, spec))
        assert self.go.wait(60)
        return self._choice()

    def look(self) -> list[int]:
        """Open slots of each device after a look, once a measurement under way may end."""
        self.auto._next_look = 0.0
        self.auto.look()
        return [sum(slot.open for slot in slots) for slots in self.slots.values()]

    def end(self) -> None:
        self.go.set()
        self.auto._thread.join(60)  # type: ignore[union-attr]


def test_a_gpu_runs_dry_is_measured_once_and_opened(tmp_path: Path) -> None:
    room = Room(tmp_path / "trainers.json")
    assert room.look() == [1, 1], "nothing waits"
    room.coming = NextTraining("digits/resnet18/2/8", "spec")
    room.slots["cuda:0"][0].busy = True
    assert room.look() == [0, 1] and room.measured == [], "a stage runs there, which is not disturbed"
    room.slots["cuda:0"][0].busy = False
    assert room.look() == [0, 1] and room.look() == [0, 1], "measured now; the other GPU works on"
    room.end()
    assert room.look() == [4, 4], "what holds for one H100 holds for the other"
    assert room.measured == [("cuda:0", "spec")]
    assert room.troubles.said()["trainers on cuda:1"].startswith("4 ") and room.troubles.now() == {}
    again = Room(tmp_path / "trainers.json")
    again.coming = room.coming
    assert again.look() == [4, 4] and again.measured == [], "kept"
    again.coming = NextTraining("digits/resnet20/2/8", "other")
    assert again.look() == [0, 4], "another network is measured for itself"
    again.end()


def test_a_gpu_that_cannot_be_measured_keeps_one_trainer(tmp_path: Path) -> None:
    def fails() -> TrainerChoice:
        raise NotMeasured("no kernel image")

    room = Room(tmp_path / "trainers.json", fails)
    room.coming = NextTraining("digits/resnet18/2/8", "spec")
    room.look()
    room.end()
    assert room.look() == [1, 1] and room.look() == [1, 1]
    assert len(room.measured) == 1 and not (tmp_path / "trainers.json").exists()
    assert room.troubles.said()["trainers on cuda:0"].startswith("1, because it cannot be measured (no kernel image)")


def test_the_ledger_says_which_training_comes_next(ledger) -> None:
    assert next_training(ledger) is None
    add_sweep(ledger, plan(read_axes({"seeds": "0"}, GRIDS["demo"])), None, "0")
    found = next_training(ledger)
    assert found is not None and found.workload == workload_of(decode(found.spec)) and found.places == ()


def test_status_says_how_many_and_why(ledger) -> None:
    register(ledger, "w", "h", 1, ["cuda:0"], "0")
    note(
        ledger, "w", WorkerNotes({}, (), {"trainers on cuda:0": str(TrainerChoice(2, {"1": 1500.0, "2": 2900.4}, ""))})
    )
    set_slots(ledger, "w", ["cuda:0", "cuda:0"])
    workers = list_workers(ledger, 60.0)
    assert workers[0].slots == ("cuda:0", "cuda:0") and worker_lines(workers) == []
    assert said_lines(workers) == ["worker w: trainers on cuda:0: 2 (images/s by trainers: 1: 1,500, 2: 2,900)"]


def test_a_training_is_measured_as_it_would_run(settings, monkeypatch) -> None:
    stage = Train(parse_dataset("digits"), ModelRef("resnet18", 2, 10), load_recipe("digits").dense, 1, 0)
    context = FewImages(torch.device("cpu"), settings, ArtifactStore.open("", settings.home), lambda _: None, cores=1)
    begun = []
    monkeypatch.setattr("prunesweep.worker.trainer.rate.WARM_STEPS", 2)
    assert measure(context, stage, lambda: begun.append(True), seconds=0.01) > 0
    assert begun == [True]


def test_all_trainers_begin_when_the_last_is_warm(tmp_path: Path, monkeypatch) -> None:
    """Programs that speak the protocol; the second is warm only once the first is."""
    program = tmp_path / "trainer"
    program.write_text(
        f"""#!/bin/sh
read request
if mkdir {tmp_path}/first; then free=9; else free=7; fi
echo "{{\\"free\\": $free}}"
read go
test -d {tmp_path}/first && echo '{{"images_per_s": 5.5, "bytes": 3}}'
"""
    )
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program))
    read = TrainerRates()._read("{}", 2)
    assert (read.images_per_s, read.bytes) == (11.0, 3) and read.free in (7, 9)
    program.write_text("#!/bin/sh\necho torch.OutOfMemoryError: CUDA out of memory >&2\n")
    with pytest.raises(NotMeasured, match="CUDA out of memory"):
        TrainerRates()._read("{}", 2)


def test_a_worker_opens_the_slots_that_are_worth_it(settings, monkeypatch) -> None:
    """Devices are names, trainers do without torch, and the broker is away."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1] / "support" / "torchless"))
    monkeypatch.setattr(TrainerRates, "__call__", lambda *_: TrainerChoice(2))
    settings = replace(settings, broker_url="redis://127.0.0.1:1/0", heartbeat=0.05)
    engine, app = open_ledger(settings), make_app(settings)
    stopped = []
    mps = Mps(False, "without MPS", {}, lambda: stopped.append(True))
    runtime = WorkerRuntime(settings, app, ["cuda:0"] * 8, mps=mps)
    try:
        runtime.start()
        assert [row.slots for row in list_workers(engine, 60.0)] == [("cuda:0",)]
        add_sweep(engine, plan(read_axes({"seeds": "0"}, GRIDS["demo"])), None, "0")
        deadline = time.monotonic() + 120
        while len(list_workers(engine, 60.0)[0].slots) != 2 or not runtime.has_room(("one",)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert not runtime.has_room(("one", "two"))
        assert (settings.home / "trainers.json").exists()
    finally:
        runtime.stop()
        engine.dispose()
        app.close()
    assert stopped == [True]


def test_trainers_that_fail_say_why_and_leave_no_process(settings, monkeypatch) -> None:
    """The real program, which cannot read this stage."""
    monkeypatch.setenv("SWEEP_HOME", str(settings.home))
    rates = TrainerRates()
    with pytest.raises(NotMeasured, match="not a stage"):
        rates("cpu", "{}", ())
    assert rates._running == []
    rates.close()
    with pytest.raises(NotMeasured, match="stops"):
        rates("cpu", "{}", ())


class Daemon:
    """Stands for nvidia-cuda-mps-control. code: of starting it."""

    def __init__(self, code: int = 0) -> None:
        self.up, self.code, self.environs = False, code, []

    def __call__(self, command, env, input="", **_):
        self.environs.append(env)
        if command[1:] == ["-d"]:
            self.up = self.code == 0
            return subprocess.CompletedProcess(command, self.code, "", "an instance is not allowed here\n")
        was, self.up = self.up, self.up and input != "quit\n"
        return subprocess.CompletedProcess(command, 0 if was else 1, "", "")


def test_one_mps_daemon_serves_all_workers_and_ends_with_the_last(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: "/usr/bin/nvidia-cuda-mps-control")
    daemon = Daemon()
    one, other = (start_mps(tmp_path, {"CUDA_VISIBLE_DEVICES": "3"}, daemon) for _ in range(2))
    assert one.used and daemon.up and one.environ == other.environ == dict.fromkeys(one.environ, str(tmp_path / "mps"))
    assert not any("CUDA_VISIBLE_DEVICES" in environ for environ in daemon.environs), "it would number GPUs anew"
    one.stop()
    assert daemon.up
    other.stop()
    assert not daemon.up
    refused = start_mps(tmp_path, {}, Daemon(1))
    assert not refused.used and "not allowed here" in refused.words and not refused.environ
    assert not start_mps(tmp_path, {"CUDA_VISIBLE_DEVICES": "MIG-1"}, daemon).used
    theirs = start_mps(tmp_path, {"CUDA_MPS_PIPE_DIRECTORY": "/x"}, daemon)
    assert theirs.used and not theirs.environ
    theirs.stop()


def test_without_mps_that_is_said(tmp_path: Path) -> None:
    found = start_mps(tmp_path, {"PATH": str(tmp_path)})
    assert not found.used and "not installed" in found.words


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "", "1e3", "99999999999", "²"])
def test_per_device_is_a_number_or_auto(text: str) -> None:
    with pytest.raises(UserError, match="or auto"):
        read_per_device(text, "--per-device")


def test_per_device_may_be_set(tmp_path: Path) -> None:
    found = [load_settings({"SWEEP_HOME": str(tmp_path), "SWEEP_PER_DEVICE": text}) for text in ("auto", " 4 ", "")]
    assert [(one.per_device, one.per_device_text) for one in found] == [(None, "auto"), (4, "4"), (1, "1")]
