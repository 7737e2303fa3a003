"""`python -m core.artifacts.convert`: the side of `sweep export` that needs torch.

One JSON line on stdin: {"artifacts_url", "home", "format": "torch" | "safetensors", "files": [{"sha256", "path"}, …]}.
JSON lines on stdout: {"event": "file", "path", "bytes"} for each file written; at the first failure
{"event": "error", "message"} (with "field", "value", "fix" where the user can put it right) and exit code 2.
"""

import json
import sys
from pathlib import Path
from typing import Any

from core.artifacts.checkpoint import unpack
from core.artifacts.export import write_weights
from core.artifacts.location import PERSON
from core.artifacts.store import ArtifactStore
from core.errors import StageError, UserError


def main() -> int:
    """Reads the request, writes the files, says so; the exit code."""
    request = json.loads(sys.stdin.readline())
    try:
        _convert(request)
    except UserError as error:
        _say(event="error", message=str(error), field=error.field, value=str(error.value), fix=error.fix)
    except (StageError, OSError) as error:
        _say(event="error", message=str(error))
    else:
        return 0
    return 2


def _convert(request: dict[str, Any]) -> None:
    store = ArtifactStore.open(request["artifacts_url"], Path(request["home"]), PERSON)
    for file in request["files"]:
        checkpoint = unpack(store.get(file["sha256"]))
        size = write_weights(checkpoint.weights, Path(file["path"]), request["format"])
        _say(event="file", path=file["path"], bytes=size)


def _say(**event: object) -> None:
    print(json.dumps(event), flush=True)


if __name__ == "__main__":
    sys.exit(main())
