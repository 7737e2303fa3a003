"""The one message between orchestrator and worker: `run_stage(digest)`."""

import re

TASK = "sweep.run_stage"
QUEUE = "sweep"

_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(value: object) -> bool:
    """Return True for 64 lower-case hex digits: all that a hint may carry."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None
