"""How many examples a property is tried on: a few in `make test`, ten times as many in `make test-thorough`."""

import os

THOROUGH = os.environ.get("TEST_THOROUGH", "") not in ("", "0")


def examples(usual: int) -> int:
    """Return the number for `max_examples`."""
    return usual * 10 if THOROUGH else usual
