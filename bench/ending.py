"""How a bench ends: with all that it started, whatever ends it."""

import atexit
import signal
from contextlib import suppress

_SECONDS = 30.0


def end_in_order() -> None:
    """From now on SIGTERM and SIGHUP raise SystemExit, as Ctrl-C raises KeyboardInterrupt: servers and workers end with
    the blocks that they are for. A process that is still there at the exit is told to end as well."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, leave)
    atexit.register(_end_children)


def _end_children() -> None:
    try:
        import psutil
    except ImportError:  # nothing was installed yet, so nothing was started
        return
    children = psutil.Process().children(recursive=True)
    for child in children:
        with suppress(psutil.Error):
            child.terminate()
    psutil.wait_procs(children, timeout=_SECONDS)
