"""Shell completion: the script for a shell, and the values that an argument may take.

Values are looked up when Tab is pressed: nothing may be printed, nothing made, and whatever goes wrong means no values.
"""

from collections.abc import Callable, Iterable
from importlib import import_module

Complete = Callable[[str], list[str]]

SHELLS = ("bash", "zsh", "fish")
_SHOW, _INSTALL = "--show-completion", "--install-completion"
_VARIABLE = "_SWEEP_COMPLETE"
_MOST = 200


def setup(arguments: list[str]) -> int | None:
    """Do `--show-completion SHELL` and `--install-completion SHELL`; None for all else. Without a SHELL it is typer
    that looks for the one it was started from.

    Raises:
        UserError: no such shell.
    """
    if len(arguments) != 2 or arguments[0] not in (_SHOW, _INSTALL):
        return None
    from typer._completion_shared import get_completion_script, install  # what its own options call

    from prunesweep.core.plan.suggestions import one_of
    from prunesweep.orchestrator.console.output import say

    shell = one_of(arguments[1], arguments[0], SHELLS)
    if arguments[0] == _SHOW:
        say(get_completion_script(prog_name="sweep", complete_var=_VARIABLE, shell=shell))
    else:
        _, path = install(shell=shell, prog_name="sweep", complete_var=_VARIABLE)
        say(f"{shell} completion installed in {path}; it works in the next shell")
    return 0


def words(module: str, name: str, more: Iterable[str] = ()) -> Complete:
    """Complete to the words in that table or tuple of a module, which is imported only then."""

    def complete(incomplete: str) -> list[str]:
        return _starting(incomplete, [*getattr(import_module(module), name), *more])

    return complete


def one(*choices: str) -> Complete:
    """Complete to one of these."""
    return lambda incomplete: _starting(incomplete, choices)


def listed(each: Complete) -> Complete:
    """Complete the last of several words with commas between them; one that is there already is not offered again."""

    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        there = before.split(",") if comma else []
        return [f"{before}{comma}{word}" for word in each(last) if word not in there]

    return complete


def sweeps(incomplete: str) -> list[str]:
    """Return the names of the ledger's sweeps, the latest first."""
    return _of_ledger(incomplete, "SELECT name AS word FROM sweeps ORDER BY id DESC")


def stages(incomplete: str) -> list[str]:
    """Return digests, as `sweep status` shows them, of stages that have been started."""
    query = "SELECT substr(digest, 1, 12) AS word FROM stages WHERE started_at IS NOT NULL ORDER BY started_at DESC"
    return _of_ledger(incomplete, f"{query} LIMIT {_MOST}")


def _of_ledger(incomplete: str, query: str) -> list[str]:
    try:
        from sqlalchemy import text

        from prunesweep.core.ledger.db.transactions import reading
        from prunesweep.core.settings import load_settings
        from prunesweep.orchestrator.ledger_session import ledger

        with ledger(load_settings()) as engine, reading(engine) as connection:
            return _starting(incomplete, connection.execute(text(query)).scalars())
    except Exception:  # a shell that shows an error in the middle of a line helps nobody
        return []


def _starting(incomplete: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)][:_MOST]


ALGORITHMS = words("prunesweep.core.plan.algorithms", "ALGORITHMS")
DATASETS = words("prunesweep.core.plan.datasets", "BUILT_IN", ["imagefolder:", "parquet:"])
ENGINES = words("prunesweep.core.plan.engines", "ENGINES")
FORMATS = words("prunesweep.orchestrator.report.render", "FORMATS")
GRIDS = words("prunesweep.core.plan.grids", "GRIDS")
METRICS = words("prunesweep.orchestrator.compare.paired", "METRICS")
MODELS = words("prunesweep.core.plan.models", "MODELS", ["torchvision:", "timm:"])
