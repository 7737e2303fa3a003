"""What SIGINT, SIGTERM and SIGHUP do to a command that has work to hand back: all three stop it in order."""

import signal

from prunesweep.core.terminals import silence, terminals

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_in_order() -> None:
    """Make each of the signals raise KeyboardInterrupt. One that was ignored from the start stays ignored: `nohup`
    means that the end of the terminal is nobody's business, and a shell's background jobs ignore Ctrl-C.

    When the terminal is gone, output that went there goes nowhere: writing it would fail in the middle of stopping.
    """
    watched = terminals()

    def interrupt(number: int, _frame: object) -> None:
        if number == signal.SIGHUP:
            silence(watched)
        raise KeyboardInterrupt

    for number in _STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
