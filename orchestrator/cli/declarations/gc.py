"""`sweep gc`: takes out of the artifact store what no row of the ledger refers to."""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli.options import JsonOption, flag


def gc(
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="AGE", help="Keep objects newer than this: 30m, 24h, 2d, or 0.")
    ] = "24h",
    dry_run: Annotated[bool, flag("--dry-run", "Remove nothing; show what would be removed.", "-n")] = False,
    even_if_shared: Annotated[
        bool, flag("--even-if-shared", "Remove what only other ledgers, now gone, referred to.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Remove what no stage needs from the artifact store: old objects that no row of the ledger refers to."""
    from prunesweep.orchestrator.cli.commands import gc as command

    command.gc(older_than, dry_run, even_if_shared, json_)
