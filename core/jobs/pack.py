"""`python -m prunesweep.core.jobs.pack`: packs a dataset on this machine ahead of the worker that will read it.

Request and answers: `prunesweep.core.jobs.programs.PACK`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from prunesweep.core.jobs.answers import DatasetPacked
from prunesweep.core.jobs.programs import PACK
from prunesweep.core.jobs.protocol import Say, reporter, serve
from prunesweep.core.jobs.requests import Pack
from prunesweep.core.training.datasets import load_dataset


def pack(request: Pack, say: Say) -> Iterator[DatasetPacked]:
    """Yield one answer when the packed file is there.

    Raises:
        StageError: none of the folders holds these images, or the disk has no room for them.
    """
    progress = reporter(say, request.dataset.label)
    load_dataset(request.dataset, Path(request.data), "train", progress, request.places)
    yield DatasetPacked(request.dataset.label)


if __name__ == "__main__":
    sys.exit(serve(PACK, pack))
