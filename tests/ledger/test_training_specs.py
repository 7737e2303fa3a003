"""What a sweep's trainings were made of and with."""

from prunesweep.core.ledger.queries.training_specs import trained
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.ledger.queue.workers import register
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS

AXES = {"sparsity": "0.75", "algorithm": "oneshot,iterative", "epochs": "2", "iterations": "2", "dense_epochs": "4"}


def test_specs_of_trainings_and_versions_of_those_who_ended_them(world) -> None:
    made = plan(read_axes(AXES, GRIDS["demo"]))
    sweep = add_sweep(world.engine, made, "one", "0")
    other = add_sweep(world.engine, plan(read_axes({**AXES, "seeds": "1"}, GRIDS["demo"])), "other", "0")
    world.digests = {digest: digest for digest in made.stages}
    found = trained(world.engine, sweep.id)
    ours = {digest: stage for digest, stage in made.stages.items() if stage.kind in ("train", "prune")}
    assert found.specs.keys() == ours.keys()
    assert {spec["recipe"]["name"] for spec in found.specs.values()} == {"digits-dense", "digits-finetune"}
    assert (found.versions, found.unknown_workers) == ((), 0), "none has ended"

    register(world.engine, "known", "host", 1, ["cpu"], "0.9")
    first, *rest = ours
    world.done(world.claim(first, worker="known"), "a" * 64)
    world.done(world.claim(rest[0], worker="gone"), "b" * 64)
    found = trained(world.engine, sweep.id)
    assert (found.versions, found.unknown_workers) == (("0.9",), 1)
    assert trained(world.engine, other.id).versions == ()
