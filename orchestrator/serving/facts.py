"""What a machine that joins must know of the host: written by `sweep serve`, read over SSH."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from prunesweep.core.io import whole_file

FILE = "facts.json"
_MARK = "prunesweep serve"


@dataclass(frozen=True)
class HostFacts:
    """Where a serving host listens. `key_id`, `key_secret`: of its store; never shown, never in an argument.

    Attributes:
        version: of prunesweep on the host.
        schema: revision of its ledger.
        ledger, broker, store: paths of unix sockets on the host.
    """

    version: str
    schema: str
    ledger: str
    broker: str
    store: str
    key_id: str
    key_secret: str


def serve_folder(home: Path) -> Path:
    """Return the private folder of what serving needs."""
    return home / "serve"


def write(folder: Path, facts: HostFacts) -> Path:
    """Write the file, for the owner only; return it."""
    file = folder / FILE
    with whole_file(file, private=True) as out:
        out.write(json.dumps({"about": _MARK, **asdict(facts)}).encode() + b"\n")
    return file


def parse(text: str) -> HostFacts | None:
    """Return the facts in what a host printed (a login script may have said more), None if there are none."""
    for line in text.splitlines():
        try:
            fields = json.loads(line)
            if fields.pop("about", "") == _MARK and all(isinstance(value, str) for value in fields.values()):
                return HostFacts(**fields)
        except (ValueError, TypeError, AttributeError):
            continue
    return None
