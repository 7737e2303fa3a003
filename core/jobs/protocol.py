"""What the programs that the command line asks have in common: one typed request in, typed answers out; no torch."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from prunesweep.core.errors import StageError, UserError, of_no_stage
from prunesweep.core.jobs.answers import Answer, JobFailed, JobProgress, encode
from prunesweep.core.jobs.programs import Program
from prunesweep.core.jobs.requests import read_request
from prunesweep.core.loading import end_loading
from prunesweep.core.progress import CountDone

_PROGRESS_SECONDS = 0.5
Say = Callable[[Answer], None]
Send = Callable[[dict[str, Any]], None]
_Request = TypeVar("_Request")
Handler = Callable[[_Request, Say], Iterator[Answer]]


def serve(program: Program[_Request, Any], handler: Handler[_Request]) -> int:
    """Read a request to the program and write every answer. Return the exit code: 2 after a `JobFailed`."""
    end_loading()
    # Libraries may print: stdout is for answers alone.
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def send(body: dict[str, Any]) -> None:
        try:
            print(json.dumps(body), file=lines, flush=True)
        except BrokenPipeError:  # the process that asked was killed: nobody reads answers
            os.dup2(os.open(os.devnull, os.O_WRONLY), lines.fileno())
            raise SystemExit(2) from None

    return respond(sys.stdin.readline(), program, handler, send)


def respond(line: str, program: Program[_Request, Any], handler: Handler[_Request], send: Send) -> int:
    """Answer a request that was read already: `send` gets each answer as JSON has it. Return as `serve`."""

    def say(answer: Answer) -> None:
        send(encode(answer))

    try:
        for answer in handler(read_request(line, program.request), say):
            say(answer)
    except UserError as error:
        say(JobFailed(str(error), error.field, str(error.value), error.fix))
    except (StageError, OSError) as error:
        say(JobFailed(of_no_stage(str(error))))
    else:
        return 0
    return 2


def reporter(say: Say, what: str) -> CountDone:
    """Return a progress callback that reports at most twice a second."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _PROGRESS_SECONDS:
            last = time.monotonic()
            say(JobProgress(what, done, total))

    return report
