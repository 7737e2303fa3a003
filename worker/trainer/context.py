"""What a trainer keeps warm between stages: its device, the store, and the dataset that it used last."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import psutil
import torch

from prunesweep.core.affinity import Sidestep
from prunesweep.core.artifacts.checkpoint import Checkpoint, unpack
from prunesweep.core.artifacts.saved_state import SavedState, pack_state, unpack_state
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.cpus import capped
from prunesweep.core.errors import REPAIR, DownloadAway, StageError
from prunesweep.core.hostlock import TrainingHold, working
from prunesweep.core.images.folders import candidates
from prunesweep.core.ledger.db.doing import BYTES
from prunesweep.core.measure.machine import processor_name
from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.pruning.masks import Masks
from prunesweep.core.settings import Settings, load_settings
from prunesweep.core.training.builtin import download_bytes
from prunesweep.core.training.cuda_graph import CudaGraph
from prunesweep.core.training.dataset_cache import Checked
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.kept_step import KeptStep
from prunesweep.core.training.recording import Recording
from prunesweep.core.training.training_state import TrainingState
from prunesweep.worker.protocol import Event, Ready, Request, Saved
from prunesweep.worker.trainer.artifact_store import SPOOL, TrainerStore, tidy
from prunesweep.worker.trainer.checkpointer import Checkpointer
from prunesweep.worker.trainer.compiler import try_compiler
from prunesweep.worker.trainer.device import try_device
from prunesweep.worker.trainer.gpu_usage import GpuMeter
from prunesweep.worker.trainer.progress import ReportedRecording, Reporter
from prunesweep.worker.trainer.signals import Termination
from prunesweep.worker.trainer.waiting import OutageWait

_REPORT_SECONDS = 5.0

_WORK_PER_THREAD = 250_000_000
"""Multiply-adds of a forward pass that keep one more CPU thread busy. With less, threads mostly wait for each other
after every layer: a small network gains nothing, and stands still when the machine has other work (measured with
width 16 on 3×16×16 images, batch 64, two cores and a busy neighbour: 32 images/s with two threads, 2,300 with one)."""


@dataclass
class TrainerContext:
    """emit: sends an event to the slot."""

    device: torch.device
    settings: Settings
    store: ArtifactStore
    emit: Callable[[Event], None]
    cores: int
    ending: Termination = field(default_factory=Termination)
    report: Reporter = field(init=False)
    waiting: OutageWait = field(init=False)
    kept: KeptStep = field(init=False)
    artifacts: TrainerStore = field(init=False)
    _baseline: int | None = None
    _dataset: DatasetRef | None = None
    _places: tuple[str, ...] = ()
    _splits: dict[str, Split] = field(default_factory=dict)
    _checked: Checked = field(default_factory=Checked)

    def __post_init__(self) -> None:
        self.report = Reporter(self.emit, GpuMeter(self.device))
        self.waiting = OutageWait(self.report, self.ending)
        self.kept = KeptStep(self._recording)
        self.artifacts = TrainerStore(self.store, self.settings.home / SPOOL, self.waiting, self.report)

    def _recording(self, device: torch.device) -> Recording | None:
        """Return what records the steps of a training, where they can be recorded."""
        return ReportedRecording(CudaGraph(device), self.report) if device.type == "cuda" else None

    def ready(self) -> Ready:
        """Return the trainer's first event."""
        return Ready(str(self.device), processor_name(self.device), torch.__version__)

    def use_threads(self, work: int) -> None:
        """Set the CPU threads for forward passes of `work` multiply-adds each; SWEEP_THREADS, if given, decides.

        They follow from the work and the machine alone, so that a stage that is run again gets the same bits.
        """
        torch.set_num_threads(self.settings.threads or max(1, min(self.cores, work // _WORK_PER_THREAD)))

    def look_in(self, places: Sequence[str]) -> None:
        """Look for image folders in these places from now on, then where SWEEP_IMAGEFOLDERS says."""
        self._places = candidates(places, self.settings.image_folders)

    def split(self, ref: DatasetRef, name: str) -> Split:
        """Return `train` or `test`, resident on the device; one dataset at a time is kept. Waits for one that has to be
        downloaded and cannot be."""
        if ref != self._dataset:
            self._splits.clear()
            self.kept.drop()  # it was recorded on those images
            self._dataset = ref
            self._baseline = None
        if name not in self._splits:
            progress = _Progress(ref.label, self.report, download_bytes(ref.name))
            load = lambda: load_dataset(ref, self.settings.data, name, progress, self._places, self._checked)  # noqa: E731
            loaded = self.waiting.until(load, "loading images", "the download", DownloadAway)
            self._splits[name] = placed = loaded.placed(self.device, self.settings.images)
            if placed.streamed:
                where = f"{name} images of {ref.label} ({placed.images.nbytes / 1e9:.1f} GB) streamed from disk"
                print(f"{where}; SWEEP_IMAGES=resident keeps them in memory", file=sys.stderr, flush=True)
        return self._splits[name]

    def checkpoint(self, inputs: dict[str, str], parent: str) -> Checkpoint:
        """Return the artifact of a parent stage, verified.

        Raises:
            StageError: the parent made none, or it is damaged or gone.
        """
        sha = inputs.get(parent, "")
        if not sha:
            raise StageError(f"stage {parent[:12]} left no artifact; {REPAIR}")
        self.report("reading a checkpoint")
        try:
            return unpack(self.artifacts.get(sha))
        except StageError as error:
            raise StageError(f"{error}; {REPAIR}") from None

    def saved_state(self, request: Request) -> SavedState | None:
        """Return where an earlier attempt got to; None if it left nothing that can be used."""
        if not request.snapshot:
            return None
        try:
            found = unpack_state(self.artifacts.get(request.snapshot), request.digest)
        except StageError as error:
            print(f"begins again: {error}", file=sys.stderr, flush=True)
            return None
        place = found.snapshot
        print(f"resumed after epoch {place.epoch}, step {place.step}", file=sys.stderr, flush=True)
        return found

    @contextmanager
    def saving(self, stage: str, masks: Masks, start: SavedState | None) -> Iterator[Checkpointer]:
        """Return what keeps a training's state in the store; the end of this process waits for it from now on, until
        the stage's last word was said."""
        began, before = time.monotonic(), start.seconds if start else 0.0
        # On the host before any other thread gets them: while a GPU records a step, no other thread may touch it.
        kept = {name: mask.detach().to("cpu", copy=True) for name, mask in masks.items()}

        def keep(snapshot: TrainingState) -> Saved:
            state = SavedState(snapshot, kept, before + time.monotonic() - began)
            started = time.monotonic()
            sha, size = self.store.put(pack_state(stage, state))
            return Saved(sha, size, snapshot.epoch, snapshot.step, time.monotonic() - started)

        position = (start.snapshot.epoch, start.snapshot.step) if start else (0, 0)
        checkpointer = Checkpointer(keep, self.emit, self.settings.snapshot, position, self.ending)
        self.ending.hold()
        try:
            yield checkpointer
        finally:
            checkpointer.close()

    def at_work(self, split: Split | None = None) -> AbstractContextManager[TrainingHold]:
        """Around what would disturb a measurement on this host; waits while there is one, but not when asked to end.
        On a GPU it continues beside one that leaves it a CPU, unless images are streamed through the host's memory.
        """
        beside = self.device.type == "cuda" and not (split is not None and split.streamed)

        def look() -> bool:
            self.report("waiting for a measurement")
            return self.ending.asked

        return working(look, sidestep=Sidestep() if beside else None)

    def outgrown(self) -> int:
        """Return the bytes of memory, the device's included, by which this process has grown too much since the first
        stage on its dataset; 0 if it has not."""
        held = psutil.Process().memory_info().rss
        if self.device.type == "cuda":
            held += torch.cuda.memory_allocated(self.device)
        if self._baseline is None:
            self._baseline = held
        growth: int = held - self._baseline
        return growth if growth > self.settings.growth else 0


class _Progress:
    """Says on stderr, now and then, how far a dataset is packed, and reports each image as progress.

    size: bytes of its download, 0 = there is none.
    """

    def __init__(self, label: str, report: Reporter, size: int) -> None:
        self._label, self._report, self._size = label, report, size
        self._next = time.monotonic() + _REPORT_SECONDS

    def __call__(self, done: int, total: int) -> None:
        if total:
            self._report("reading images", done=done, total=total, unit="images")
        else:
            fetching = done < self._size or not self._size  # beyond it, what was fetched is being unpacked
            in_all = self._size if fetching else 0
            self._report("downloading" if fetching else "unpacking", done=done, total=in_all, unit=BYTES)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _REPORT_SECONDS
            words = f"{done:,} of {total:,} images packed" if total else f"{done / 1e6:,.1f} MB added to the folder"
            print(f"{self._label}: {words}", file=sys.stderr, flush=True)


def open_context(device: str, emit: Callable[[Event], None]) -> TrainerContext:
    """Return the context of a new trainer; settings are read from the environment.

    Raises:
        UserError: settings or a store that cannot be used.
    """
    settings = load_settings()
    place = try_device(device)
    store = ArtifactStore.open(settings.artifacts_url, settings.home)
    tidy(settings.home / SPOOL)
    if settings.compiled:
        try_compiler(place, settings)
    cores = capped(torch.get_num_threads())
    if place.type == "cpu":
        cores = max(1, cores // (settings.per_device or 1))
    return TrainerContext(place, settings, store, emit, cores)


def say(line: str) -> None:
    """Write a line into the stage's log."""
    print(line, file=sys.stderr, flush=True)
