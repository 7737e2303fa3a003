"""How many examples a property is tried on: a few in `make test`, half of them in `make test-unit`, ten times as
many in `make test-thorough`."""

import os


def _is_set(name: str) -> bool:
    return os.environ.get(name, "") not in ("", "0")


THOROUGH = _is_set("TEST_THOROUGH")
_QUICK = _is_set("TEST_QUICK") and not THOROUGH


def examples(usual: int) -> int:
    """Return the number for `max_examples`."""
    if THOROUGH:
        return usual * 10
    return (usual + 1) // 2 if _QUICK else usual
