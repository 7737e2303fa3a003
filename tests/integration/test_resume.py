"""Whatever ends a training in its middle, the next attempt goes on there, and ends on the same bytes."""

import signal

import pytest
import torch

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.ledger.db.schema import snapshots
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.logs import stage_log
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import PruneRound, Train, digest, encode
from prunesweep.worker.protocol import Request
from prunesweep.worker.trainer.context import TrainerContext
from prunesweep.worker.trainer.stages import run_stage
from tests.integration.conftest import HELD, PATIENCE
from tests.support.digits import put_digits

DENSE, FINETUNE = load_recipe("digits").dense, load_recipe("digits").finetune
DIGITS = parse_dataset("digits")
MODEL = ModelRef("resnet18", 2, 10)
EPOCHS = 2
"""Some 40 steps, the round as many as half of them: two attempts of eight, and more."""
TRAIN = Train(DIGITS, MODEL, DENSE, EPOCHS, 0)
PRUNE = PruneRound(digest(TRAIN), 1, "magnitude", "global", 0.9, 1, 1, FINETUNE, DIGITS, MODEL, 0)


def saved(site, stage):
    with site.engine.connect() as connection:
        return connection.execute(snapshots.select().where(snapshots.c.digest == digest(stage))).one_or_none()


def held(site, stage, attempt):
    """The saved state of this attempt, once its training waits and saves no other."""

    def waits():
        found, file = saved(site, stage), site.home / "held"
        place = f"({found.epoch}, {found.step})" if found is not None and found.attempt == attempt else ""
        return place and file.exists() and file.read_text() == place

    site.until(waits, "a training that waits")
    return saved(site, stage)


def undisturbed(settings, *stages):
    """The artifacts of a chain of stages that this process runs, each from its beginning to its end."""
    threads = torch.get_num_threads()
    put_digits(settings.home)
    context = TrainerContext(torch.device("cpu"), settings, ArtifactStore.open("", settings.home), [].append, cores=1)
    made = {}
    for stage in stages:
        inputs = {parent: made[parent] for parent in stage.parents}
        made[digest(stage)] = run_stage(context, Request(digest(stage), 1, encode(stage), inputs, "")).artifact
    torch.set_num_threads(threads)
    return list(made.values())


@pytest.mark.slow
def test_a_training_that_is_killed_stopped_and_damaged_ends_on_the_same_bytes(make_site, settings):
    site = make_site(trains=True, SWEEP_SNAPSHOT_SECONDS="0.02", PYTHONPATH=HELD, TEST_HOLD_AFTER="8")
    hold, store = site.home / "hold", site.home / "artifacts" / "sha256"
    hold.touch()
    worker = site.start()
    site.submit("trained", [TRAIN], hint=False)

    held(site, TRAIN, 1)
    site.trainer(worker).kill()
    held(site, TRAIN, 2)
    site.trainer(worker).send_signal(signal.SIGTERM)
    held(site, TRAIN, 3)
    hold.unlink()
    site.wait(TRAIN, State.DONE)

    hold.touch()
    site.submit("pruned", [TRAIN, PRUNE], hint=False)
    before = held(site, PRUNE, 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    after = saved(site, PRUNE)
    assert (after.epoch, after.step) > (before.epoch, before.step), "asked to stop, it saves what it has"
    worker = site.start()
    left = held(site, PRUNE, 2)
    assert (left.epoch, left.step) > (after.epoch, after.step)
    (store / left.artifact[:2] / left.artifact).write_bytes(b"torn")
    site.trainer(worker).kill()
    held(site, PRUNE, 3)
    hold.unlink()
    site.wait(PRUNE, State.DONE)

    trained, pruned = (stage_log(site.engine, digest(stage)).attempts for stage in (TRAIN, PRUNE))
    assert [attempt.outcome for attempt in trained] == ["CRASHED", "INTERRUPTED", "DONE"]
    assert [attempt.outcome for attempt in pruned] == ["RELEASED", "CRASHED", "DONE"]
    resumed = [["resumed after epoch" in attempt.log for attempt in attempts] for attempts in (trained, pruned)]
    assert resumed == [[False, True, True], [False, True, False]]
    assert "begins again" in pruned[-1].log, "a damaged state costs the time but not the stage"
    made = [site.stage(stage).artifact for stage in (TRAIN, PRUNE)]
    assert made == undisturbed(settings, TRAIN, PRUNE)
    # Many were saved. What was on its way when its process ended is left to `sweep gc`.
    site.until(lambda: len({file.name for file in store.rglob("*") if file.is_file()} - set(made)) <= 4, "tidy")
