"""`python -m worker.trainer`: reads requests on stdin, writes events to what was stdout; the rest goes to stderr."""

import argparse
import os
import queue
import sys
import threading
import traceback
from typing import TYPE_CHECKING, BinaryIO

from core.errors import StageError, UserError
from worker.orphans import die_with_parent
from worker.protocol import Done, Event, Failed, Request, read_request, write_event

if TYPE_CHECKING:
    from worker.trainer.workbench import Workbench


def main() -> int:
    """Serves stages until stdin ends. A trainer that was surprised by an error ends, so that the next is fresh."""
    parser = argparse.ArgumentParser(prog="worker.trainer")
    parser.add_argument("--device", required=True)
    parser.add_argument("--parent", type=int, required=True)
    options = parser.parse_args()
    die_with_parent(options.parent)
    events = _take_stdout()
    requests = _read_requests()

    try:
        from worker.trainer.workbench import open_workbench

        bench = open_workbench(options.device, lambda event: _send(events, event))
    except Exception as error:
        # The slot shows the last line of this log.
        traceback.print_exc()
        print(f"cannot start: {_one_line(error)}", file=sys.stderr)
        return 1
    _send(events, bench.ready())
    while True:
        event, surprised = _serve(bench, requests.get())
        sys.stderr.flush()
        _send(events, event)
        if surprised:
            return 1


def _serve(bench: "Workbench", request: Request) -> tuple[Done | Failed, bool]:
    """How the stage ended, and whether this process should be trusted with another one no more."""
    from worker.trainer.stages import run_stage

    try:
        return run_stage(bench, request), False
    except (StageError, UserError) as error:
        return Failed(_one_line(error), retry=False), False
    except (OSError, MemoryError) as error:
        traceback.print_exc()
        return Failed(_one_line(error), retry=True), isinstance(error, MemoryError)
    except Exception as error:
        traceback.print_exc()
        # torch.OutOfMemoryError; not imported here for its name alone.
        return Failed(_one_line(error), retry="OutOfMemory" in type(error).__name__), True


def _one_line(error: BaseException) -> str:
    """The error's first line, with its type unless it is one of ours."""
    text = str(error).strip().partition("\n")[0][:500]
    return text if text and isinstance(error, StageError | UserError) else f"{type(error).__name__}: {text}"


def _take_stdout() -> BinaryIO:
    """The pipe to the slot; from here on file descriptor 1 is stderr, so that no library can write into the pipe."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _read_requests() -> "queue.SimpleQueue[Request]":
    """Reads ahead in a thread, so that the end of stdin (the worker is gone) is seen in the middle of a stage."""
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin.buffer:
            requests.put(read_request(line))
        os._exit(0)

    threading.Thread(target=read, name="requests", daemon=True).start()
    return requests


def _send(pipe: BinaryIO, event: Event) -> None:
    pipe.write(write_event(event))
    pipe.flush()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Not sys.exit: the thread that reads stdin holds its lock, on which the interpreter's own end would abort.
    os._exit(code)
