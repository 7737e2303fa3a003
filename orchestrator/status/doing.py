"""What a trainer does now, in words: `reading images: 1,200 of 50,000`."""

from prunesweep.core.ledger.db.doing import BYTES, STEPS, Doing
from prunesweep.orchestrator.console import text

_TRAINING = "training"
_BEGINNING = "beginning"


def words(doing: Doing | None) -> str:
    """Return the phase and how far it is; "" for what says nothing: that there is a trainer, or training, whose steps
    are in the epochs."""
    if doing is None or doing.phase in (_TRAINING, _BEGINNING, ""):
        return ""
    amount = text.megabytes(doing.done, doing.total) if doing.unit == BYTES else _counted(doing)
    return f"{doing.phase}: {amount}" if amount else doing.phase


def epochs(epoch: int, of: int, doing: Doing | None) -> str:
    """Return how many epochs are trained, `1/3`; `1.4/3` in the middle of the second one."""
    if not of:
        return text.MISSING
    counted = doing is not None and doing.unit == STEPS and doing.total
    tenths = 10 * of * doing.done // doing.total - 10 * epoch if doing is not None and counted else 0
    # Not 2.0 before the second one has ended: its validation is still to come.
    return f"{epoch}.{min(tenths, 9)}/{of}" if tenths > 0 and epoch < of else f"{epoch}/{of}"


def _counted(doing: Doing) -> str:
    if doing.total:
        return f"{doing.done:,} of {doing.total:,}"
    return f"{doing.done:,}" if doing.done else ""
