"""`sweep run`: submit, a local worker, live progress, the report."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import typer

from prunesweep.core.extras import install, missing
from prunesweep.core.io import write_whole
from prunesweep.core.ledger.queries.report import ReportRow, report_rows
from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.private import make_private
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import note, say, width
from prunesweep.orchestrator.report.markdown import markdown
from prunesweep.orchestrator.report.table import table_lines
from prunesweep.orchestrator.run.detached import start
from prunesweep.orchestrator.run.local_run import LocalRun, checked_per_device, local_run, submit_here
from prunesweep.orchestrator.run.local_worker import WorkerEnded
from prunesweep.orchestrator.run.request import GridRequest
from prunesweep.orchestrator.status.total_failure import nothing_made, without_results


def run(asked: GridRequest, devices: str | None, per_device: str | None, detach: bool) -> None:
    """Run a grid here and now: submit it, work on it, show progress, print the report."""
    if detach:
        _detach(asked, devices, per_device)
        return

    with local_run(asked, devices, per_device) as here:
        note(f"starting a worker (log: {here.worker.log}) …")
        try:
            code = here.follow()
            _finish(here)
        except KeyboardInterrupt:
            note("", "stopping: what is running is handed back …", f"resume: {resume(asked, here.submitted.name)}")
            raise
        except WorkerEnded as error:
            note(f"sweep: {error}")
            code = 1
    raise typer.Exit(code)


def _detach(asked: GridRequest, devices: str | None, per_device: str | None) -> None:
    """Submit here, so that whatever is refused is refused before the eyes of the user; the rest in the background."""
    settings = load_settings()
    checked_per_device(per_device, settings)
    name = submit_here(asked, settings, devices).submitted.name
    words = _resume_words(asked, name)
    words += [] if devices is None else ["--devices", devices]
    words += [] if per_device is None else ["--per-device", per_device]
    note("starting a worker in the background …")
    started = start(words, name, settings)
    say(f"{name} runs in the background (process {started.pid}, log: {started.log})")
    say(f"follow: sweep attach {name}", f"stop:   kill {started.pid}", f"resume: {shlex.join(['sweep', *words])}")


def _finish(here: LocalRun) -> None:
    """Report to the terminal and to files: Markdown, and a page where the packages that draw it are installed. A sweep
    without any result has no report: it ends with what went wrong."""
    name = here.submitted.name
    rows = report_rows(here.engine, here.submitted.id)
    if nothing_made(rows):
        say("", *without_results(sweep_status(here.engine, here.submitted.id), width()))
        return
    say("", *table_lines(rows, width()))
    file = here.settings.home / "reports" / f"{name}.md"
    make_private(file.parent)
    write_whole(file, markdown(rows))
    page = _page(here, rows, file.with_suffix(".html"))
    say("", f"report: {file}", page, f"more:   sweep report {name} --format csv -o {name}.csv")


def _page(here: LocalRun, rows: Sequence[ReportRow], file: Path) -> str:
    """Write the page, or say how to get one. Every number is in the ledger already: a page that cannot be drawn is
    no reason for the run to fail."""
    name = here.submitted.name
    later = f"page:   sweep report {name} -o {name}.html"
    if missing("altair", "vl_convert", "jinja2"):
        return f"{later}   (first: {install('report')})"
    from prunesweep.orchestrator.report.html.build import page_of

    try:
        write_whole(file, page_of(here.engine, find_sweep(here.engine, name), rows))
    except Exception as error:  # whatever the packages that draw raise
        note(f"the page was not written ({type(error).__name__}: {error})")
        return later
    return f"page:   {file}"


def resume(asked: GridRequest, name: str) -> str:
    """Return the command that continues an interrupted run: the same grid under the same name."""
    return shlex.join(["sweep", *_resume_words(asked, name)])


def _resume_words(asked: GridRequest, name: str) -> list[str]:
    words = ["run"]
    if asked.grid is not None:
        words += ["--grid", asked.grid]
    for axis, value in asked.axes.items():
        words += [f"--{axis.replace('_', '-')}", str(value)]
    if asked.throughput is not None:
        words.append("--throughput" if asked.throughput else "--by-rows")
    return [*words, "--name", name]
