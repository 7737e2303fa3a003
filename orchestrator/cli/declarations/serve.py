"""`sweep serve`: this home for other machines, through SSH."""


def serve() -> None:
    """Serve this home to other machines through SSH, until Ctrl-C; no server, port or password to set up."""
    from prunesweep.orchestrator.cli.commands import serve as command

    command.serve()
