"""`python -m prunesweep.worker.trainer`: reads requests on stdin, writes events to what was stdout; the rest goes to
stderr."""

import argparse
import io
import os
import queue
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.loading import loading
from prunesweep.worker.orphans import die_with_parent
from prunesweep.worker.protocol import Done, Event, Failed, Owner, Request, read_request, write_event

if TYPE_CHECKING:
    from prunesweep.worker.trainer.context import TrainerContext


def main() -> int:
    """Serve stages until stdin ends. A trainer that was surprised by an error ends, so that the next is fresh."""
    parser = argparse.ArgumentParser(prog="prunesweep.worker.trainer")
    parser.add_argument("--device", required=True)
    parser.add_argument("--parent", type=int, required=True)
    options = parser.parse_args()
    die_with_parent(options.parent)
    events = _Events()
    requests = _read_requests()
    sys.stdout = sys.stderr = _StageLog()

    try:
        # What stages need is loaded now: a start may take minutes, the first sign of a stage may not.
        with loading():
            import_module("prunesweep.worker.trainer.stages")
            from prunesweep.worker.trainer.context import open_context

        context = open_context(options.device, events.send)
    except Exception as error:
        # The slot shows the last line of this log.
        traceback.print_exc()
        print(f"cannot start: {_one_line(error)}", file=sys.stderr)
        return 1
    context.ending.install()
    events.send(context.ready())
    while True:
        request = requests.get()
        context.report.begin()
        event = serve_stage(context, request)
        grown = context.outgrown()
        if grown:
            print(f"grown by {grown / 2**20:.0f} MiB since its first stage: a fresh trainer follows", file=sys.stderr)
            event = replace(event, spent=True)
        sys.stderr.flush()
        events.send(event)
        if event.spent:
            return 1
        context.ending.release()


def serve_stage(context: "TrainerContext", request: Request) -> Done | Failed:
    """Return how the stage ended. A process that was surprised by an error is spent: the next one shall be fresh."""
    from prunesweep.worker.trainer.errors import owner_of
    from prunesweep.worker.trainer.stages import run_stage

    try:
        return run_stage(context, request)
    except Exception as error:
        owner = owner_of(error)
        if owner is not Owner.WORK:
            traceback.print_exc()
        # After an error of the device nothing in this process can be trusted: CUDA's context is lost for good.
        return Failed(_one_line(error), owner.value, spent=owner in (Owner.MACHINE, Owner.MEMORY, Owner.UNKNOWN))


def _one_line(error: BaseException) -> str:
    """Return the error's first line, with its type unless it is one of ours."""
    text = str(error).strip().partition("\n")[0][:1500]
    return text if text and isinstance(error, StageError | UserError) else f"{type(error).__name__}: {text}"


class _StageLog(io.TextIOBase):
    """What this process prints, into the stage's log. A full disk must not fail the stage."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        with suppress(OSError):
            os.write(2, text.encode(errors="replace"))
        return len(text)

    def fileno(self) -> int:
        return 2

    def writable(self) -> bool:
        return True


class _Events:
    """The pipe to the slot. From here on file descriptor 1 is stderr, so that no library can write into the pipe."""

    def __init__(self) -> None:
        self._pipe = os.fdopen(os.dup(1), "wb")
        self._lock = threading.Lock()
        os.dup2(2, 1)

    def send(self, event: Event) -> None:
        """Write one whole line, whichever thread does."""
        with self._lock:
            self._pipe.write(write_event(event))
            self._pipe.flush()


def _read_requests() -> "queue.SimpleQueue[Request]":
    """Read ahead in a thread, so that the end of stdin (the worker is gone) is seen in the middle of a stage."""
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin.buffer:
            requests.put(read_request(line))
        os._exit(0)

    threading.Thread(target=read, name="requests", daemon=True).start()
    return requests


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Not sys.exit: the thread that reads stdin holds its lock, on which the interpreter's own end would abort.
    os._exit(code)
