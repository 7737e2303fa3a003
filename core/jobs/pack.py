"""`python -m prunesweep.core.jobs.pack`: packs a dataset on this machine ahead of the worker that will read it.

One JSON line on stdin: {"dataset": {fields of DatasetRef}, "places": [where its folder may lie, …], "data": folder}.
JSON lines on stdout: {"event": "progress", "path": what is packed, "done", "total"} meanwhile; {"event": "packed"};
at a failure {"event": "error", "message"} and exit code 2.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prunesweep.core.jobs.protocol import Say, reporter, serve
from prunesweep.core.jobs.requests import Pack
from prunesweep.core.training.datasets import load_dataset


def pack(request: Pack, say: Say) -> Iterator[dict[str, Any]]:
    """Yield one event when the packed file is there.

    Raises:
        StageError: none of the folders holds these images, or the disk has no room for them.
    """
    progress = reporter(say, request.dataset.label)
    load_dataset(request.dataset, Path(request.data), "train", progress, request.places)
    yield {"event": "packed"}


if __name__ == "__main__":
    sys.exit(serve(Pack, pack))
