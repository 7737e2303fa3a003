"""A store that is full, away or refuses: nothing is trained again for its sake, and nothing is counted."""

import json
import os
import resource
import time
from dataclasses import replace

import pytest
import torch

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Train, digest, encode
from prunesweep.worker.protocol import Epoch, Progress, Request
from prunesweep.worker.trainer import artifact_store, waiting
from prunesweep.worker.trainer.stages import run_stage
from tests.support.few_images import FewImages

TRAIN = Train(parse_dataset("digits"), ModelRef("resnet18", 1, 10), load_recipe("digits").dense, 1, 0)


class Bench:
    """A context whose events may change the world. at: phase, or "trouble" → what then happens, once."""

    def __init__(self, settings):
        self.settings, self.events, self.at = settings, [], {}
        self.store = ArtifactStore.open("", settings.home)
        self.folder = settings.home / "artifacts" / "sha256"

    def run(self, **at):
        self.events, self.at = [], at
        self.context = FewImages(torch.device("cpu"), self.settings, self.store, self.hear, cores=1)
        return run_stage(self.context, Request(digest(TRAIN), 1, encode(TRAIN), {}, ""))

    def hear(self, event):
        self.events.append(event)
        if isinstance(event, Progress):
            self.at.pop("trouble" if event.trouble else event.phase, lambda: None)()

    def refuse(self):
        """The store takes nothing any more."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self.folder.exists():
            self.folder.rename(self.folder.with_suffix(".away"))
        self.folder.write_text("in the way")

    def accept(self):
        self.folder.unlink()

    @property
    def epochs(self):
        return sum(isinstance(event, Epoch) for event in self.events)

    @property
    def troubles(self):
        return [event.trouble for event in self.events if isinstance(event, Progress) and event.trouble]


@pytest.fixture
def bench(settings, monkeypatch):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(waiting, "_FIRST_PAUSE", 0.02)
    monkeypatch.setattr(waiting, "_LOOK_SECONDS", 0.01)
    yield Bench(replace(settings, snapshot=1e9))
    torch.set_num_threads(threads)


@pytest.fixture
def small_files():
    """`limit(bytes)`: no file may become larger, as on a disk that is full, or under a quota; `limit()` lifts that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size=before[0]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    limit()


def test_room_is_looked_for_before_the_training(bench, small_files):
    bench.run()  # packs the images
    small_files(16_384)
    done = bench.run(trouble=small_files)
    first = next(at for at, event in enumerate(bench.events) if isinstance(event, Progress) and event.trouble)
    assert not any(isinstance(event, Epoch) or event.phase == "training" for event in bench.events[:first])
    assert bench.epochs == 1
    assert "no room for" in bench.troubles[0] and "File too large" in bench.troubles[0]
    assert bench.store.exists(done.artifact)


def test_a_disk_that_fills_up_meanwhile_is_waited_for_with_the_network_in_memory(bench, small_files, capfd):
    usual = bench.run()
    bench.store.delete(usual.artifact)
    done = bench.run(packing=lambda: small_files(16_384), trouble=small_files)
    assert bench.epochs == 1
    assert done.artifact == usual.artifact
    assert bench.store.exists(done.artifact)
    assert "only in memory" in capfd.readouterr().err, "the spool lies on the same disk"
    assert not list((bench.settings.home / "spool").iterdir())


def test_what_was_made_outlasts_a_trainer_that_has_to_go(bench, monkeypatch):
    class Gone(BaseException):
        pass

    def die():
        raise Gone

    monkeypatch.setattr(waiting, "die_of_term", die)

    def end():
        bench.refuse()
        bench.context.ending.asked = True

    with pytest.raises(Gone):
        bench.run(packing=end)
    (kept,) = (bench.settings.home / "spool").iterdir()
    assert kept.stat().st_mode & 0o077 == 0 or kept.parent.stat().st_mode & 0o077 == 0
    monkeypatch.undo()
    bench.accept()
    done = bench.run()
    assert bench.epochs == 0, "nothing is trained again"
    assert (done.train_seconds > 0, done.summary["total"] > 0, bench.store.exists(done.artifact)) == (True,) * 3
    assert not list(kept.parent.iterdir())
    assert bench.run().artifact == done.artifact, "and training gives the same"


def test_a_spool_that_is_damaged_costs_time_only(bench):
    spool = bench.settings.home / "spool"
    spool.mkdir(parents=True)
    for nonsense in (b"", b"\x00" * 100, b"{}\n", json.dumps({"sha256": "ab"}).encode() + b"\nbytes", b"[1]\n"):
        (spool / f"{digest(TRAIN)}.made").write_bytes(nonsense)
        bench.run()
        assert bench.epochs == 1


def test_old_files_leave_the_spool(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).write_bytes(b"x")
    month = time.time() - 30 * 86_400
    os.utime(tmp_path / "old", (month, month))
    artifact_store.tidy(tmp_path)
    artifact_store.tidy(tmp_path / "none")
    assert [file.name for file in tmp_path.iterdir()] == ["new"]
