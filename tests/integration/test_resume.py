"""Whatever ends a training in its middle, the next attempt goes on there, and ends on the same bytes."""

import random
import signal
import time

from prunesweep.core.ledger.db.schema import snapshots
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.logs import stage_log
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import PruneRound, Train, digest
from tests.integration.conftest import PATIENCE

DENSE, FINETUNE = load_recipe("digits").dense, load_recipe("digits").finetune
DIGITS = parse_dataset("digits")
MODEL = ModelRef("resnet18", 4, 10)


def chain(seed):
    """A dense network and one round, some seconds each."""
    train = Train(DIGITS, MODEL, DENSE, 12, seed)
    pruned = PruneRound(digest(train), 1, "magnitude", "global", 0.9, 12, 12, FINETUNE, DIGITS, MODEL, seed)
    return [train, pruned]


def saved(site, stage):
    with site.engine.connect() as connection:
        return connection.execute(snapshots.select().where(snapshots.c.digest == digest(stage))).one_or_none()


def goes_on(site, stage):
    """True when the last attempt said that it began where an earlier one had stopped."""
    return "resumed after epoch" in stage_log(site.engine, digest(stage)).attempts[-1].log


def artifacts(site, stages):
    for stage in stages:
        site.wait(stage, State.DONE)
    return [site.stage(stage).artifact for stage in stages]


def test_a_training_that_is_killed_stopped_and_handed_over_ends_on_the_same_bytes(make_site, shared):
    stages = chain(seed=0)
    site = make_site(SWEEP_SNAPSHOT_SECONDS="0.1")
    worker = site.start()
    site.submit("disturbed", stages, hint=False)
    rng = random.Random(7)

    def after_a_while(stage):
        """Until the stage's latest attempt has saved something, and then some batches more."""
        site.wait(stage, State.RUNNING)
        site.until(
            lambda: (place := saved(site, stage)) is not None and place.attempt == site.stage(stage).attempt,
            "a saved state of this attempt",
        )
        time.sleep(rng.uniform(0, 0.2))

    after_a_while(stages[0])
    site.trainer(worker).kill()
    site.until(lambda: site.stage(stages[0]).attempt == 2, "a second attempt")
    after_a_while(stages[0])
    site.trainer(worker).send_signal(signal.SIGTERM)
    site.wait(stages[0], State.DONE)
    assert goes_on(site, stages[0])

    after_a_while(stages[1])
    before = saved(site, stages[1])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    after = saved(site, stages[1])
    assert (after.epoch, after.step) > (before.epoch, before.step), "asked to stop, it saves what it has"
    site.start()
    made = artifacts(site, stages)
    assert goes_on(site, stages[1])
    assert [attempt.outcome for attempt in stage_log(site.engine, digest(stages[0])).attempts] == [
        "CRASHED", "INTERRUPTED", "DONE",
    ]  # fmt: skip
    shared.submit("undisturbed", stages, hint=False)
    assert artifacts(shared, stages) == made
    left = {path.name for path in (site.home / "artifacts" / "sha256").rglob("*") if path.is_file()} - set(made)
    # Dozens were saved. What was on its way when its process ended is left to `sweep gc`.
    site.until(lambda: sum((site.home / "artifacts/sha256" / name[:2] / name).exists() for name in left) <= 4, "tidy")


def test_a_saved_state_that_is_damaged_costs_the_time_but_not_the_stage(make_site, shared):
    stages = chain(seed=1)[:1]
    site = make_site(SWEEP_SNAPSHOT_SECONDS="0.1", SWEEP_HEARTBEAT_SECONDS="2")
    worker = site.start()
    site.submit("damaged", stages, hint=False)
    site.until(lambda: saved(site, stages[0]), "a saved state")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    name = saved(site, stages[0]).artifact
    (site.home / "artifacts" / "sha256" / name[:2] / name).write_bytes(b"torn")
    site.start()
    made = artifacts(site, stages)
    assert not goes_on(site, stages[0])
    assert "begins again" in stage_log(site.engine, digest(stages[0])).attempts[-1].log
    shared.submit("whole", stages, hint=False)
    assert artifacts(shared, stages) == made
