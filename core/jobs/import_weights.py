"""`python -m prunesweep.core.jobs.import_weights`: the side of `--weights` that needs torch.

Request and answers: `prunesweep.core.jobs.programs.IMPORT_WEIGHTS`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from prunesweep.core.images.said import SaidSize
from prunesweep.core.importing.checkpoint import pack_imported
from prunesweep.core.importing.hub import download
from prunesweep.core.importing.network import import_network
from prunesweep.core.importing.read import FileContent, read_file
from prunesweep.core.jobs.answers import Imported, JobProgress, Note
from prunesweep.core.jobs.programs import IMPORT_WEIGHTS
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import ImportWeights
from prunesweep.core.plan.weights import is_published
from prunesweep.core.pruning.masks import count_nonzero


def convert(request: ImportWeights, say: Say) -> Iterator[Imported | Note]:
    """Read the weights, check them against the network, write them as a checkpoint; yield what was found.

    Raises:
        UserError: weights that cannot be read or fit another network.
        StageError: a network that this program doesn't know.
    """
    text, ref = request.weights, request.model

    def report(done: int, total: int) -> None:
        say(JobProgress(text, done, total))

    published = download(text, report) if is_published(text) else None
    content = read_file(Path(text)) if published is None else FileContent(dict(published.weights))
    network, read = import_network(Path(text), content, ref, new_head=request.head == "new")
    for line in read.notes:
        yield Note(line)
    nonzero, total = count_nonzero(network)
    if nonzero < total:
        masked = "masked ones stay so" if read.masks else "without a mask, so that recovery may fill them"
        yield Note(f"{total - nonzero:,} of {total:,} prunable weights are zero, {masked}")
    packed = pack_imported(network, read.masks, ref)
    Path(request.into).write_bytes(packed.data)
    kept = sum(int(mask.sum()) for mask in read.masks.values()) if read.masks else total
    size = SaidSize() if published is None else published.size
    mean, std = (None, None) if published is None else (published.mean, published.std)
    yield Imported(
        tensors=packed.tensors,
        artifact=packed.artifact,
        size=len(packed.data),
        kept=kept,
        total=total,
        mean=tuple(mean) if mean else None,
        std=tuple(std) if std else None,
        side=size.side,
        resize=size.resize,
        unlike=size.unlike,
    )


if __name__ == "__main__":
    sys.exit(serve(IMPORT_WEIGHTS, convert))
