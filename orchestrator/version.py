"""The version of this installation."""


def version() -> str:
    """Of the installed distribution; `0+source` when run from a bare checkout."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("prunesweep")
    except PackageNotFoundError:
        return "0+source"
