"""What the programs that the command line asks have in common: one typed request in, JSON events out; no torch."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.jobs.requests import read_request

_PROGRESS_SECONDS = 0.5
Say = Callable[[dict[str, Any]], None]
_Request = TypeVar("_Request")
Answer = Callable[[_Request, Say], Iterator[dict[str, Any]]]


def serve(kind: type[_Request], answer: Answer[_Request]) -> int:
    """Read a request of that kind and write every event of the answer. Return the exit code: 2 after an `error` event,
    which has a `message`, and `field`, `value` and `fix` where the user can put it right."""
    # Libraries may print: stdout is for events alone.
    events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(event: dict[str, Any]) -> None:
        print(json.dumps(event), file=events, flush=True)

    return respond(sys.stdin.readline(), kind, answer, say)


def respond(line: str, kind: type[_Request], answer: Answer[_Request], say: Say) -> int:
    """As `serve`, for a request that was read already, to whoever listens."""
    try:
        for event in answer(read_request(line, kind), say):
            say(event)
    except UserError as error:
        fields = {"field": error.field, "value": str(error.value), "fix": error.fix}
        say({"event": "error", "message": str(error), **fields})
    except (StageError, OSError) as error:
        say({"event": "error", "message": str(error)})
    else:
        return 0
    return 2


def reporter(say: Say, what: str) -> Callable[[int, int], None]:
    """Return a progress callback that reports at most twice a second."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _PROGRESS_SECONDS:
            last = time.monotonic()
            say({"event": "progress", "path": what, "done": done, "total": total})

    return report
