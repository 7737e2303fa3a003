"""`sweep list`: every sweep in the ledger."""

from prunesweep.orchestrator.cli.options import JsonOption


def list_(json_: JsonOption = False) -> None:
    """List the sweeps, the latest first."""
    from prunesweep.orchestrator.cli.commands import listing as command

    command.list_(json_)
