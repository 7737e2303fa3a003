"""States saved in the middle of a training: when, with which consequences, and when the store is away."""

import threading
from dataclasses import replace

import pytest
import torch

from prunesweep.core.artifacts.saved_state import SavedState, pack_state, unpack_state
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import PruneRound, Train, digest, encode
from prunesweep.core.training.loop import train
from prunesweep.core.training.training_state import TrainingState
from prunesweep.worker.protocol import Epoch, Progress, Request, Saved
from prunesweep.worker.trainer import waiting
from prunesweep.worker.trainer.stages import run_stage
from tests.support.few_images import FewImages

DIGITS, MODEL = parse_dataset("digits"), ModelRef("resnet18", 1, 10)
DENSE, RECOVERY = (
    replace(recipe, batch=16) for recipe in (load_recipe("digits").dense, load_recipe("digits").finetune)
)
TRAIN = Train(DIGITS, MODEL, DENSE, 2, 0)
PRUNE = PruneRound(digest(TRAIN), 1, "magnitude", "global", 0.5, 2, 2, RECOVERY, DIGITS, MODEL, 0)


@pytest.fixture
def bench(settings):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    said = []
    store = ArtifactStore.open("", settings.home)
    yield FewImages(torch.device("cpu"), replace(settings, snapshot=0.0), store, said.append, cores=1), said
    torch.set_num_threads(threads)


def run(context, stage, inputs, snapshot=""):
    return run_stage(context, Request(digest(stage), 1, encode(stage), inputs, snapshot))


@pytest.mark.parametrize("allocation", ["global", "channels"])
def test_every_state_that_is_saved_leads_to_the_same_end_without_the_parent(bench, allocation):
    context, said = bench
    stage = replace(PRUNE, allocation=allocation)
    dense = run(context, TRAIN, {})
    said.clear()
    whole = run(context, stage, {digest(TRAIN): dense.artifact})
    states = [event for event in said if isinstance(event, Saved)]
    assert len(states) > 2
    assert [(s.epoch, s.step) for s in states] == sorted({(s.epoch, s.step) for s in states})
    for state in (states[0], states[-1]):
        resumed = run(context, stage, {}, state.artifact)
        assert resumed.artifact == whole.artifact
        assert resumed.train_seconds > 0


def test_a_state_of_another_stage_is_not_used(bench, capfd):
    context, said = bench
    whole = run(context, TRAIN, {})
    state = next(event for event in said if isinstance(event, Saved))
    other = replace(TRAIN, seed=1)
    assert run(context, other, {}, state.artifact).artifact != whole.artifact
    assert "begins again" in capfd.readouterr().err


def test_a_store_that_is_away_costs_the_saved_states_only(bench, capfd, monkeypatch):
    context, said = bench
    usual = run(context, TRAIN, {})
    said.clear()
    folder = context.settings.home / "artifacts"

    def hear(event):
        said.append(event)
        if isinstance(event, Progress) and event.trouble:
            folder.unlink()
            folder.with_name("elsewhere").rename(folder)
        elif isinstance(event, Progress) and event.phase == "training" and not folder.with_name("elsewhere").exists():
            folder.rename(folder.with_name("elsewhere"))
            folder.write_text("a file where the folder was")

    monkeypatch.setattr(waiting, "_FIRST_PAUSE", 0.01)
    again = FewImages(context.device, context.settings, context.store, hear, cores=1)
    assert run(again, TRAIN, {}).artifact == usual.artifact
    assert [event.epoch for event in said if isinstance(event, Epoch)] == [1, 2]
    assert not any(isinstance(event, Saved) for event in said)
    said_aloud = capfd.readouterr().err
    assert "state not saved, will be tried again" in said_aloud
    assert "waiting for it" in said_aloud and "the store works again" in said_aloud


def test_packing_keeps_every_bit():
    tensors = {"model/w": torch.randn(3, 5), "momentum/w": -torch.zeros(3, 5), "loss": torch.tensor(1.5)}
    mask = torch.rand(3, 5) < 0.5
    data = pack_state("ab" * 32, SavedState(TrainingState(3, 7, 99, tensors), {"w": mask}, 12.5))
    found = unpack_state(data, "ab" * 32)
    assert (found.snapshot.epoch, found.snapshot.step, found.snapshot.seen, found.seconds) == (3, 7, 99, 12.5)
    for name, tensor in tensors.items():
        assert torch.equal(found.snapshot.tensors[name], tensor)
        assert torch.equal(torch.signbit(found.snapshot.tensors[name]), torch.signbit(tensor))
    assert torch.equal(found.masks["w"], mask)
    for wrong in (data[:-1], b"", b"\0" * 100):
        with pytest.raises(StageError, match="not a saved state"):
            unpack_state(wrong, "ab" * 32)
    with pytest.raises(StageError, match="of stage abab"):
        unpack_state(data, "cd" * 32)


def test_the_thread_that_saves_gets_copies_that_nobody_changes(bench, monkeypatch):
    """On a GPU that thread must not touch the device, which may be recording a step: all it gets lies on the host, and
    is neither the model's nor the training's own."""
    context, _ = bench
    dense = run(context, TRAIN, {})
    seen, live = [], set()

    def watched(stage, state):
        tensors = {**state.snapshot.tensors, **{f"mask/{name}": mask for name, mask in state.masks.items()}}
        assert all(tensor.device.type == "cpu" for tensor in tensors.values())
        seen.append((threading.current_thread().name, tensors, {name: t.clone() for name, t in tensors.items()}))
        return pack_state(stage, state)

    def remember(model, masks, *arguments, **named):
        live.update(tensor.data_ptr() for tensor in [*model.state_dict().values(), *masks.values()])
        return train(model, masks, *arguments, **named)

    monkeypatch.setattr("prunesweep.worker.trainer.context.pack_state", watched)
    monkeypatch.setattr("prunesweep.worker.trainer.training.train", remember)
    run(context, PRUNE, {digest(TRAIN): dense.artifact})
    assert len(seen) > 2 and {name for name, *_ in seen} == {"checkpointer"}
    for _, tensors, before in seen:
        assert any(name.startswith("mask/") for name in tensors)
        assert all(tensors[name].data_ptr() not in live for name in tensors)
        assert all(torch.equal(tensors[name], before[name]) for name in tensors)
