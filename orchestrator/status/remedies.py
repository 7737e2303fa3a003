"""What helps when a stage has failed, from the reason that it failed with."""

from collections.abc import Sequence
from enum import Enum

from prunesweep.core.errors import RENAME, REPAIR, RETRY
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.status import FailedStage


class Remedy(Enum):
    """A command to follow the reason with; {sweep} is the sweep's name."""

    RETRY = "fix the cause, then: sweep retry {sweep}"
    REPAIR = "sweep verify --repair {sweep}"
    RENAME = "it would fail again; change what the reason names, and submit it under another name (--name)"
    QUARANTINE = "the log shows how it ended; fix the cause, then: sweep retry {sweep}"


def remedy_of(stage: FailedStage) -> Remedy:
    """Return what helps this stage."""
    if stage.state is State.QUARANTINED:
        return Remedy.QUARANTINE
    if REPAIR in stage.reason:
        return Remedy.REPAIR
    if RENAME in stage.reason and RETRY not in stage.reason:
        return Remedy.RENAME
    return Remedy.RETRY


def advice(sweep: str, failed: Sequence[FailedStage]) -> list[str]:
    """Return a line for each kind of remedy, with the first stage that it is for."""
    first: dict[Remedy, FailedStage] = {}
    for stage in failed:
        first.setdefault(remedy_of(stage), stage)
    return [
        f"look: sweep logs {stage.digest[:12]} · {remedy.value.format(sweep=sweep)}" for remedy, stage in first.items()
    ]


def will_fail_again(failed: Sequence[FailedStage]) -> list[FailedStage]:
    """Return the stages that a retry alone does not help."""
    return [stage for stage in failed if remedy_of(stage) in (Remedy.REPAIR, Remedy.RENAME)]
