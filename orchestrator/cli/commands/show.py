"""`sweep show`: what a sweep was asked to do."""

from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.plan.grid_files import stored_grid
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import say, say_json
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.run.grid_toml import grid_toml


def show(sweep: str | None, toml: bool, json_: bool) -> None:
    """Show a sweep's grid; with --toml as a file that `--grid` takes."""
    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
    if json_:
        say_json({"id": found.id, "name": found.name, "version": found.version, "grid": found.grid})
        return
    text = grid_toml(stored_grid(found.grid)).rstrip()
    if not toml:
        say(f"{found.name}: number {found.id}, submitted by prunesweep {found.version}", "")
    say(text)
