"""Every command of `sweep`: where it is declared, and its line in `sweep --help`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One command.

    Attributes:
        declared: module of `cli/declarations` and, after a colon, its function or the `typer.Typer` of its
            sub-commands.
        help: how the declaration's own help begins, which a test compares.
        panel: the heading in `sweep --help`.
    """

    declared: str
    help: str
    panel: str = ""


_PANELS = {
    "Run": {
        "run": Entry("run:run", "Run a grid here and now: submit it, work on it, show progress, print the report."),
        "submit": Entry("submit:submit", "Submit a grid; what is already done or wanted by another sweep is not run."),
        "find": Entry("find:find", "Find the smallest or fastest network within a given drop of accuracy."),
        "extend": Entry("extend:extend", "Add seeds, sparsities, algorithms, epochs or rounds to a sweep."),
        "worker": Entry("worker:worker", "Work on whatever is submitted, until Ctrl-C; one slot per device."),
        "serve": Entry("serve:serve", "Serve this home to other machines through SSH, until Ctrl-C."),
        "cancel": Entry("control:cancel", "Stop a sweep; stages that another sweep wants too continue."),
        "retry": Entry("control:retry", "Give failed, quarantined and cancelled stages of a sweep a new start."),
    },
    "Look": {
        "attach": Entry("attach:attach", "Follow a sweep to its end, then print its report."),
        "status": Entry("status:status", "Show stages by state, what is running where, and what failed and why."),
        "report": Entry("report:report", "Show accuracy, sparsity, size and latency of every cell."),
        "dashboard": Entry("dashboard:dashboard", "Serve a live page: sweeps, stages, workers, curves, failures."),
        "compare": Entry("compare:compare", "Compare two sweeps, or two kinds of cells."),
        "verdict": Entry("compare:verdict", "Compare pruning in rounds with one-shot pruning of as many epochs."),
        "audit": Entry("audit:audit", "Score a sweep against the checklist of Blalock et al. 2020."),
        "list": Entry("listing:list_", "List the sweeps, the latest first."),
        "show": Entry("show:show", "Show a sweep's grid; with --toml as a file that `--grid` takes."),
        "logs": Entry("logs:logs", "Show a stage's attempts and what its trainer printed."),
        "sink": Entry("sink:app", "Copy a sweep's curves and results to MLflow or TensorBoard."),
    },
    "Files": {
        "export": Entry("export:export", "Write the finished cells' networks, and the dense one."),
        "evaluate": Entry(
            "evaluate:evaluate", "Test checkpoint files: accuracy, drop against the first, sparsity, time."
        ),
        "sensitivity": Entry("sensitivity:sensitivity", "Prune each layer by itself and show what it costs."),
        "bench": Entry("bench:bench", "Is it really faster? Times checkpoint files in every engine."),
        "verify": Entry("verify:verify", "Read every artifact again."),
        "gc": Entry("gc:gc", "Remove what no stage needs from the artifact store."),
        "rm": Entry("rm:rm", "Remove sweeps that are over."),
    },
    "Set up and check": {
        "doctor": Entry("doctor:doctor", "Check ledger, broker, artifact store, devices and dataset."),
        "deploy": Entry("deploy:app", "Write files that start all servers and workers of a deployment."),
        "costs": Entry("costs:costs", "Measure what a weight costs the sparse engine on this machine."),
        "db": Entry("db:app", "Check and upgrade the ledger's tables."),
    },
}
COMMANDS: Mapping[str, Entry] = {
    name: Entry(entry.declared, entry.help, panel)
    for panel, entries in _PANELS.items()
    for name, entry in entries.items()
}
