"""The public Python API: run, or submit and wait; results, frame, export, load.

    sweep = prunesweep.run("demo")                     # submits, works on it here, waits
    table = prunesweep.frame(sweep)                    # a pandas.DataFrame, one row per cell
    files = prunesweep.export(sweep, "models", format="onnx")
    weights = prunesweep.load(table["artifact"][0])
    network = prunesweep.load("model.packed")

    sweep = prunesweep.submit(grid="demo", name="first")  # where workers are running already
    prunesweep.wait(sweep)
    rows = prunesweep.results(sweep)

It reads the same environment as the `sweep` command. What the user can put right is a `core.errors.UserError`.
"""

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    import numpy
    import pandas

__all__ = ["export", "frame", "load", "results", "run", "submit", "wait"]


def run(
    grid: str | None = None,
    *,
    name: str | None = None,
    devices: str | None = None,
    per_device: int | None = None,
    **axes: object,
) -> str:
    """Runs a grid here and now, as `sweep run` does: submits it, works on it with a local worker, and waits, with one
    line of progress. Interrupted, it hands back what is running; the same call with the same `name` goes on there.

    devices: `cpu`, `cuda:0,cuda:1` or `all`; None = SWEEP_DEVICES, else every GPU, or the CPU if there is none ·
    per_device: trainers on each · the rest as for `submit`.

    Returns: the sweep's name.

    Raises:
        UserError: a bad value, or a machine that cannot work; nothing has been written.
        StageError: stages failed, or the worker ended; what is done by then stays done.
    """
    from core.errors import StageError
    from orchestrator.follow import OneLine
    from orchestrator.localrun import local_run
    from orchestrator.localworker import WorkerEnded
    from orchestrator.options import GridRequest

    with local_run(GridRequest(grid, axes, name), devices, per_device) as here:
        sweep = here.submitted.name
        try:
            failed = here.follow(OneLine(lambda text: print(text, end="", flush=True)))
        except WorkerEnded as error:
            raise StageError(str(error)) from None
    if failed:
        raise StageError(f"sweep {sweep} ended with failures; see: sweep status {sweep}")
    return sweep


def submit(grid: str | None = None, *, name: str | None = None, **axes: object) -> str:
    """Submits a grid, as `sweep submit` does; what is done already is not run again.

    grid: `full`, `classic`, `demo` or a TOML file · name: the sweep's; default the grid's, numbered · axes: values
    that replace the grid's, e.g. `sparsity=[0.5, 0.9]`, `seeds=[0, 1]`, `dataset="imagefolder:/data"`.

    Returns: the sweep's name.

    Raises:
        UserError: a bad value; nothing has been written.
    """
    from core.settings import load_settings
    from orchestrator import submission
    from orchestrator.ledgers import ledger
    from orchestrator.options import GridRequest

    settings = load_settings()
    request = submission.plan_request(GridRequest(grid, axes, name), settings)
    with ledger(settings, create=True) as engine:
        submitted = submission.write(engine, request)
    submission.send_hints(settings, submitted.ready)
    return submitted.name


def wait(sweep: str | None = None, *, timeout: float | None = None, every: float = 1.0) -> Mapping[str, int]:
    """Returns when the sweep has ended; workers must be running, or it never will.

    sweep: name or number, None = the latest · timeout, every: seconds.

    Returns: stages by state, e.g. `{"DONE": 72, "FAILED": 0, …}`.

    Raises:
        UserError: no such sweep.
        TimeoutError: it has not ended in time; it goes on.
    """
    from core.ledger.status import sweep_status
    from core.ledger.sweeps import find_sweep
    from core.settings import load_settings
    from orchestrator.ledgers import ledger

    deadline = None if timeout is None else time.monotonic() + timeout
    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        while True:
            status = sweep_status(engine, found.id)
            if status.ended:
                return {state.value: count for state, count in status.counts.items()}
            if deadline is not None and time.monotonic() + every > deadline:
                raise TimeoutError(f"sweep {found.name} has not ended within {timeout:g} s")
            time.sleep(every)


def results(sweep: str | None = None) -> Sequence[dict[str, Any]]:
    """One dict per cell with the columns of `sweep report --format csv`; None = not known (yet).

    sweep: name or number, None = the latest.

    Raises:
        UserError: no such sweep.
    """
    from dataclasses import asdict

    from core.ledger.report import report_rows
    from core.ledger.sweeps import find_sweep
    from core.settings import load_settings
    from orchestrator.ledgers import ledger

    with ledger(load_settings()) as engine:
        return [asdict(row) for row in report_rows(engine, find_sweep(engine, sweep).id)]


def frame(sweep: str | None = None) -> "pandas.DataFrame":
    """`results` as a `pandas.DataFrame`, one row per cell.

    Raises:
        UserError: no such sweep, or pandas is not installed.
    """
    from core.errors import UserError

    try:
        import pandas
    except ImportError:
        raise UserError("pandas", "", "is not installed: pip install 'prunesweep[notebook]'") from None
    return pandas.DataFrame(results(sweep))


def export(
    sweep: str | None,
    folder: "str | os.PathLike[str]",
    *,
    format: str = "torch",
    values: str = "fp32",
    names: str = "study",
    force: bool = False,
    cards: bool = True,
) -> list[Path]:
    """Writes the finished cells' networks, and the dense one, as `sweep export` does; its options have the same names.

    sweep: name or number, None = the latest.

    Returns: the files, without their cards.

    Raises:
        UserError: a bad value, a file that is there already, or a package that is missing.
        StageError: an artifact that is damaged or gone.
    """
    from core.settings import load_settings
    from orchestrator.exports import Wish, plan_export

    planned = plan_export(load_settings(), sweep, Path(folder), Wish(format, values, names, force, cards))
    return [Path(event["path"]) for event in planned.write()]


def load(source: "str | os.PathLike[str]", *, threads: int | None = None) -> Any:
    """What an artifact or a packed file holds. Needs no torch.

    source: the SHA-256 in the `artifact` column of the results, or a file that `sweep export --format packed` wrote ·
    threads: CPU threads of a packed network, at most the CPUs that this process may use; None = one.

    Returns: of an artifact its weights, a dict: `state_dict` name → array, float32 with the zeros in it. Of a packed
    file its network, a callable: normalised images, float32 [B, 3, H, W] → float32 [B, classes]. How to normalise
    them is in the file: `core.sparse.packed.read_packed(path)[1]["input"]`.

    Warns:
        UncheckedFile: a packed file of an earlier release, which has no checksum.

    Raises:
        StageError: no such artifact, or its bytes have another hash.
        UserError: no such file, it is damaged, or this machine cannot run it.
    """
    if isinstance(source, str) and re.fullmatch("[0-9a-f]{64}", source):
        return _weights(source)
    from core.errors import UserError
    from core.sparse.packed import read_packed

    graph, _ = read_packed(Path(source))
    from core.sparse.engine import Engine  # type: ignore[import-untyped,import-not-found,unused-ignore]

    try:
        return Engine(graph) if threads is None else Engine(graph, threads=threads)
    except ValueError as error:
        raise UserError("file", source, str(error)) from None


def _weights(artifact: str) -> "dict[str, numpy.ndarray]":
    from core.artifacts.location import PERSON
    from core.artifacts.store import ArtifactStore
    from core.artifacts.weights import read_weights
    from core.settings import load_settings

    settings = load_settings()
    return read_weights(ArtifactStore.open(settings.artifacts_url, settings.home, PERSON).get(artifact))
