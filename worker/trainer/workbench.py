"""What a trainer keeps warm between stages: its device, the store, and the dataset that it used last."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from core.artifacts.checkpoint import Checkpoint, unpack
from core.artifacts.store import ArtifactStore
from core.errors import StageError
from core.measure.machine import processor_name
from core.plan.datasets import DatasetRef
from core.settings import Settings, load_settings
from core.training.datasets import Split, load_dataset
from worker.protocol import Event, Ready

_REPORT_SECONDS = 5.0

_WORK_PER_THREAD = 250_000_000
"""Multiply-adds of a forward pass that keep one more CPU thread busy. With less, threads mostly wait for each other
after every layer: a small network gains nothing, and stands still when the machine has other work (measured with
width 16 on 3×16×16 images, batch 64, two cores and a busy neighbour: 32 images/s with two threads, 2,300 with one)."""


@dataclass
class Workbench:
    """emit: sends an event to the slot."""

    device: torch.device
    settings: Settings
    store: ArtifactStore
    emit: Callable[[Event], None]
    cores: int
    _dataset: DatasetRef | None = None
    _splits: dict[str, Split] = field(default_factory=dict)

    def ready(self) -> Ready:
        """The trainer's first event."""
        return Ready(str(self.device), processor_name(self.device), torch.__version__)

    def use_threads(self, work: int) -> None:
        """Sets the CPU threads for forward passes of `work` multiply-adds each; SWEEP_THREADS, if given, decides.

        They follow from the work and the machine alone, so that a stage that is run again gets the same bits.
        """
        torch.set_num_threads(self.settings.threads or max(1, min(self.cores, work // _WORK_PER_THREAD)))

    def split(self, ref: DatasetRef, name: str) -> Split:
        """`train` or `test`, resident on the device; one dataset at a time is kept."""
        if ref != self._dataset:
            self._splits.clear()
            self._dataset = ref
        if name not in self._splits:
            loaded = load_dataset(ref, self.settings.data, name, _Progress(ref.label))
            self._splits[name] = loaded.to(self.device)
        return self._splits[name]

    def checkpoint(self, inputs: dict[str, str], parent: str) -> Checkpoint:
        """The artifact of a parent stage, verified.

        Raises:
            StageError: the parent made none, or it is damaged or gone.
        """
        sha = inputs.get(parent, "")
        if not sha:
            raise StageError(f"stage {parent[:12]} left no artifact")
        return unpack(self.store.get(sha))


class _Progress:
    """Says on stderr, now and then, how far a dataset is packed."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._next = time.monotonic() + _REPORT_SECONDS

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _REPORT_SECONDS
            print(f"{self._label}: {done:,} of {total:,} images packed", file=sys.stderr, flush=True)


def open_workbench(device: str, emit: Callable[[Event], None]) -> Workbench:
    """The workbench of a new trainer; settings are read from the environment.

    Raises:
        UserError: settings or a store that cannot be used.
    """
    settings = load_settings()
    place = torch.device(device)
    if place.type == "cuda":
        torch.cuda.set_device(place)
        torch.zeros(1, device=place)  # makes the context now, while nobody waits
    store = ArtifactStore.open(settings.artifacts_url, settings.home)
    return Workbench(place, settings, store, emit, torch.get_num_threads())
