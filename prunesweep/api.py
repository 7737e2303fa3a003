"""Sweeps from Python: the same work as the `sweep` command, with the same options."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prunesweep.core.errors import StageError
from prunesweep.core.extras import need
from prunesweep.core.ledger.queries.order import in_order
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.encoding import encodable
from prunesweep.orchestrator.export.files import ExportOptions, plan_export
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.run import submission
from prunesweep.orchestrator.run.local_run import local_run
from prunesweep.orchestrator.run.local_worker import WorkerEnded
from prunesweep.orchestrator.run.request import GridRequest
from prunesweep.orchestrator.status.follow import OneLineView

if TYPE_CHECKING:
    import pandas

    from prunesweep.pictures import Chart


def run(
    grid: str | None = None,
    *,
    name: str | None = None,
    devices: str | None = None,
    per_device: int | str | None = None,
    throughput: bool | None = None,
    **axes: object,
) -> str:
    """Run a grid here and now, as `sweep run` does: submit it, work on it with a local worker, wait for its end.

    Shows one line of progress. Interrupted, it hands back what is running; the same call with the same `name` resumes.

    Args:
        grid: as for `submit`, and so are `name`, `throughput` and the axes.
        devices: `cpu`, `cuda:0,cuda:1` or `all`; None = SWEEP_DEVICES, else every GPU, or the CPU if there is none.
        per_device: trainers on each device; `auto` = as many as are measured to be worth it on a GPU.

    Returns:
        The sweep's name.

    Raises:
        UserError: a bad value, or a machine that cannot work; nothing has been written.
        StageError: stages failed, or the worker ended; what is done by then stays done.
    """
    trainers = None if per_device is None else str(per_device)
    with local_run(GridRequest(grid, axes, name, throughput), devices, trainers) as here:
        sweep = here.submitted.name
        try:
            failed = here.follow(OneLineView(lambda text: print(encodable(text, sys.stdout), end="", flush=True)))
        except WorkerEnded as error:
            raise StageError(str(error)) from None
    if failed:
        raise StageError(f"sweep {sweep} ended with failures; see: sweep status {sweep}")
    return sweep


def submit(grid: str | None = None, *, name: str | None = None, throughput: bool | None = None, **axes: object) -> str:
    """Submit a grid, as `sweep submit` does; what is done already is not run again.

    Args:
        grid: `full`, `classic`, `fair`, `demo` or a TOML file.
        name: the sweep's; default the grid's, numbered.
        throughput: train before evaluating and measuring (True), or finish row after row (False); None = as the sweep
            has it, row after row for a new one.
        axes: values that replace the grid's, e.g. `sparsity=[0.5, 0.9]`, `seeds=[0, 1]`,
            `dataset="imagefolder:/data"`.

    Returns:
        The sweep's name.

    Raises:
        UserError: a bad value; nothing has been written.
    """
    settings = load_settings()
    request = submission.plan_request(GridRequest(grid, axes, name, throughput), settings)
    with submission.written(settings, request) as (engine, submitted):
        hints = in_order(engine, submitted.ready)
    submission.send_hints(settings, hints)
    return submitted.name


def wait(sweep: str | int | None = None, *, timeout: float | None = None, every: float = 1.0) -> Mapping[str, int]:
    """Wait until a sweep has ended; workers must be running, or it never will.

    Args:
        sweep: name or number; None = the latest.
        timeout: seconds; None = for ever.
        every: seconds between two looks.

    Returns:
        Stages by state, e.g. `{"DONE": 72, "FAILED": 0, …}`.

    Raises:
        UserError: no such sweep.
        TimeoutError: it has not ended in time; it continues.
    """
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


def results(sweep: str | int | None = None) -> Sequence[dict[str, Any]]:
    """Return one dict per cell with the columns of `sweep report --format csv`; None = not known (yet).

    Args:
        sweep: name or number; None = the latest.

    Raises:
        UserError: no such sweep.
    """
    with ledger(load_settings()) as engine:
        return [asdict(row) for row in report_rows(engine, find_sweep(engine, sweep).id)]


def frame(sweep: str | int | None = None) -> "pandas.DataFrame":
    """Return `results` as a `pandas.DataFrame`, one row per cell.

    Raises:
        UserError: no such sweep, or pandas is not installed.
    """
    need("notebook", "frame")
    import pandas

    return pandas.DataFrame(results(sweep))


def charts(sweep: str | int | None = None) -> "Mapping[str, Chart]":
    """Return the report's charts by name, of `accuracy`, `speed`, `size`, `learning` and `layers` those that the sweep
    has numbers for. A notebook shows them; `save` writes them.

    Args:
        sweep: name or number; None = the latest.

    Raises:
        UserError: no such sweep, or the packages that draw are not installed.
    """
    need("report", "charts", modules=("altair", "vl_convert"))
    from prunesweep.pictures import charts_of

    return charts_of(sweep)


def export(
    sweep: str | int | None,
    folder: "str | os.PathLike[str]",
    *,
    format: str = "torch",
    values: str = "fp32",
    names: str = "study",
    force: bool = False,
    cards: bool = True,
    calibration: int = 500,
    compact: bool = False,
) -> list[Path]:
    """Write the finished cells' networks, and the dense one, as `sweep export` does; its options have the same names.

    Args:
        sweep: name or number; None = the latest.

    Returns:
        The files, without their cards.

    Raises:
        UserError: a bad value, a file that is there already, or a package that is missing.
        StageError: an artifact that is damaged or gone.
    """
    options = ExportOptions(format, values, names, force, cards=cards, calibration=calibration, compact=compact)
    planned = plan_export(load_settings(), sweep, Path(folder), options)
    return [Path(event["path"]) for event in planned.write()]
