"""`python -m prunesweep.core.jobs.import_weights`: the side of `--weights` that needs torch.

One JSON line on stdin: {"weights": a file's path or a published name, "model": {fields of ModelRef}, "into": file that
the checkpoint is written to}. JSON lines on stdout: {"event": "note", "text"} for what was unwrapped, renamed, cast or
ignored; then {"event": "imported", "tensors", "artifact", "size", "kept", "total", "mean", "std"} (see
`prunesweep.core.plan.weights`; mean, std: as published, or null); at the first failure {"event": "error", "message"}
(with "field", "value", "fix" where the user can put it right) and exit code 2.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prunesweep.core.importing.checkpoint import pack_imported
from prunesweep.core.importing.hub import Published, download
from prunesweep.core.importing.network import import_network
from prunesweep.core.importing.read import Content, read_file
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import ImportWeights
from prunesweep.core.plan.weights import is_published
from prunesweep.core.pruning.masks import count_nonzero


def convert(request: ImportWeights, say: Say) -> Iterator[dict[str, Any]]:
    """Read the weights, check them against the network, write them as a checkpoint; yield what was found.

    Raises:
        UserError: weights that cannot be read or fit another network.
        StageError: a network that this program doesn't know.
    """
    del say
    text, ref = request.weights, request.model
    published = download(text) if is_published(text) else None
    content = read_file(Path(text)) if published is None else Content(dict(published.weights))
    network, read = import_network(Path(text), content, ref, new_head=request.head == "new")
    for line in read.notes:
        yield {"event": "note", "text": line}
    nonzero, total = count_nonzero(network)
    if nonzero < total:
        masked = "masked ones stay so" if read.masks else "without a mask, so that recovery may fill them"
        yield {"event": "note", "text": f"{total - nonzero:,} of {total:,} prunable weights are zero, {masked}"}
    packed = pack_imported(network, read.masks, ref)
    Path(request.into).write_bytes(packed.data)
    kept = sum(int(mask.sum()) for mask in read.masks.values()) if read.masks else total
    facts = {"tensors": packed.tensors, "artifact": packed.artifact, "size": len(packed.data)}
    yield {"event": "imported", **facts, "kept": kept, "total": total, **_normalisation(published)}


def _normalisation(published: Published | None) -> dict[str, list[float] | None]:
    found = (None, None) if published is None else (published.mean, published.std)
    return {name: list(value) if value else None for name, value in zip(("mean", "std"), found, strict=True)}


if __name__ == "__main__":
    sys.exit(serve(ImportWeights, convert))
