"""The digits, packed once for each test process: a trainer that packs them itself spends two seconds of CPU on it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from prunesweep.core.private import make_private


@cache
def _packed() -> dict[str, bytes]:
    """Return the files of a data folder whose digits are packed, by name."""
    from prunesweep.core.plan.datasets import parse_dataset
    from prunesweep.core.training.datasets import load_dataset

    with TemporaryDirectory() as folder:
        load_dataset(parse_dataset("digits"), Path(folder), "train")
        files = Path(folder).rglob("*.safetensors")
        return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def put_digits(home: Path) -> None:
    """Put the packed digits where the trainers of this home look for them first.

    Args:
        home: SWEEP_HOME; made if it isn't there.
    """
    for name, content in _packed().items():
        file = home / "data" / name
        make_private(file.parent)
        file.write_bytes(content)
