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


@dataclass
class Workbench:
    """emit: sends an event to the slot."""

    device: torch.device
    settings: Settings
    store: ArtifactStore
    emit: Callable[[Event], None]
    _dataset: DatasetRef | None = None
    _splits: dict[str, Split] = field(default_factory=dict)

    def ready(self) -> Ready:
        """The trainer's first event."""
        return Ready(str(self.device), processor_name(self.device), torch.__version__)

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
    if settings.threads:
        torch.set_num_threads(settings.threads)
    place = torch.device(device)
    if place.type == "cuda":
        torch.cuda.set_device(place)
        torch.zeros(1, device=place)  # makes the context now, while nobody waits
    return Workbench(place, settings, ArtifactStore.open(settings.artifacts_url, settings.home), emit)
