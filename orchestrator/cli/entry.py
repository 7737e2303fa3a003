"""What the `sweep` script calls, before anything is imported."""

import gc

_RARELY = (100_000, 20, 100)
"""Objects and collections between two collections. A short command mostly imports, which makes many objects and no
garbage: collecting at Python's usual 700 takes a tenth of its time."""


def main() -> int:
    """Run `sweep`; the exit code."""
    gc.set_threshold(*_RARELY)
    from prunesweep.orchestrator.cli.app import main as run

    return run()
