"""`sweep run`: submit, a local worker, live progress, the report."""

import shlex
import signal
from typing import TYPE_CHECKING

import typer

from orchestrator.options import DevicesOption, GridRequest, PerDeviceOption, takes_grid

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.ledger.submit import Submitted
    from core.settings import Settings
    from orchestrator.localworker import LocalWorker


@takes_grid
def run(asked: GridRequest, devices: DevicesOption = None, per_device: PerDeviceOption = None) -> None:
    """Run a grid here and now: submit it, work on it, show progress, print the report."""
    from core.preflight import check_machine
    from core.settings import load_settings
    from orchestrator import submission
    from orchestrator.ledgers import ledger
    from orchestrator.localworker import LocalWorker, WorkerEnded
    from orchestrator.output import note
    from orchestrator.torchside import need_torch

    settings = load_settings()
    request = submission.plan_request(asked)
    need_torch("run")
    # Whatever can be refused is refused here: before anything is written or started.
    chosen = check_machine(settings, devices)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with ledger(settings) as engine:
        submitted = submission.write(engine, request)
        worker = LocalWorker(settings, chosen, per_device or settings.per_device)
        note(f"starting a worker (log: {worker.log}) …")
        try:
            code = _work(settings, engine, submitted, worker)
        except KeyboardInterrupt:
            note("", "stopping: what is running is handed back …", f"resume: {resume(asked, submitted.name)}")
            raise
        except WorkerEnded as error:
            note(f"sweep: {error}")
            code = 1
        finally:
            worker.stop()
    raise typer.Exit(code)


def _work(settings: "Settings", engine: "Engine", submitted: "Submitted", worker: "LocalWorker") -> int:
    from orchestrator import submission
    from orchestrator.follow import follow

    worker.wait_ready()
    submission.send_hints(settings, submitted.ready)
    code = follow(engine, submitted.id, settings.lease, check=worker.check)
    worker.terminate()
    _finish(settings, engine, submitted)
    return code


def _finish(settings: "Settings", engine: "Engine", submitted: "Submitted") -> None:
    """Report to the terminal and to a file."""
    from core.ledger.report import report_rows
    from orchestrator import reports
    from orchestrator.output import say, width, write_atomically

    rows = report_rows(engine, submitted.id)
    say("", *reports.table_lines(rows, width()))
    file = settings.home / "reports" / f"{submitted.name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, reports.markdown(rows))
    say("", f"report: {file}", f"more:   sweep report {submitted.name} --format csv -o {submitted.name}.csv")


def resume(asked: GridRequest, name: str) -> str:
    """The command that goes on with an interrupted run: the same grid under the same name."""
    words = ["sweep", "run"]
    if asked.grid is not None:
        words += ["--grid", asked.grid]
    for axis, value in asked.axes.items():
        words += [f"--{axis.replace('_', '-')}", str(value)]
    return shlex.join([*words, "--name", name])


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
