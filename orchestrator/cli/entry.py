"""What the `sweep` script calls, before anything is imported."""

import os
import sys

from prunesweep.core.loading import search_rarely


def main() -> int:
    """Run `sweep`; the exit code."""
    search_rarely()
    open_what_is_closed()
    from prunesweep.orchestrator.cli.app import main as run
    from prunesweep.orchestrator.console.encoding import show_what_can_be_shown

    show_what_can_be_shown()

    return run()


def open_what_is_closed() -> None:
    """Let stdin, stdout and stderr lead nowhere where the caller closed them (`sweep list >&-`): the next file that is
    opened, a ledger say, would take their number and get what is printed."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
