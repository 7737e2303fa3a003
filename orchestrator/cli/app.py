"""The `sweep` command: registers the commands and turns every error into one line and an exit code.

Light on purpose: a command is imported when it is used, so that `sweep --help` costs little more than typer.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from prunesweep.core.errors import StageError, UserError
from prunesweep.core.misspelt import misspelt_once
from prunesweep.core.settings import load_settings, mask
from prunesweep.core.version import version
from prunesweep.orchestrator.cli import completion, elsewhere, help_page, hints
from prunesweep.orchestrator.cli.former import renamed
from prunesweep.orchestrator.cli.lazy import LazyGroup
from prunesweep.orchestrator.cli.options import flag
from prunesweep.orchestrator.console.output import note, say
from prunesweep.orchestrator.console.text import one_line

INTERRUPTED = 130
_USAGE_LENGTH = 300

app = typer.Typer(
    name="sweep",
    cls=LazyGroup,
    help="Runs pruning sweeps: a grid goes in, a table of accuracy, sparsity and latency comes out.",
    epilog="Start here: sweep run --grid demo\n\nExit codes: 0 done, 1 something failed, 2 bad input, 130 interrupted",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": help_page.WIDEST},
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        say(f"prunesweep {version()}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    _: Annotated[
        bool, flag("--version", "Show the version and exit.", short="-V", callback=_version, is_eager=True)
    ] = False,
) -> None:
    if context.invoked_subcommand != "doctor":  # which has a line for them
        for line in misspelt_once(os.environ):
            note(f"note: {line}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sweep`; the exit code: 0 done, 1 something failed, 2 bad input, 130 interrupted; see docs/commands.md."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _check_arguments(given)
        done = completion.setup(given)
        if done is not None:
            return done
        code = app(args=renamed(given) or ["--help"], prog_name="sweep", standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        return _refuse(str(error) + hints.for_error(error))
    except typer.TyperException as error:
        page = _page(error)
        if page:
            say(page)
        return 0 if page else _refuse(_usage(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_stdout()
        return 1
    except StageError as error:
        note(f"sweep: {one_line(str(error))}")
        return 1
    except Exception as error:
        return _known(error)
    return code if isinstance(code, int) else 0


def _check_arguments(given: Sequence[str]) -> None:
    """Raise UserError for what no system call takes; a shell cannot pass it, a program can."""
    for argument in given:
        if "\0" in argument:
            raise UserError("argument", argument, "holds a NUL character")


def _refuse(message: str) -> int:
    note(f"sweep: {one_line(message)}")
    return 2


def _page(error: typer.TyperException) -> str:
    """Return the help that a group prints when it is called without a command; "" = something is wrong."""
    context = getattr(error, "ctx", None)
    message = error.format_message()
    return message if context is not None and message == context.get_help() else ""


def _usage(error: typer.TyperException) -> str:
    """Return `no such option: --sparsty (…); see: sweep submit --help`."""
    message = one_line(error.format_message(), _USAGE_LENGTH).rstrip(".")
    hint = hints.for_usage(error, message)
    message = message if hint else elsewhere.for_option(error) or message
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "sweep"
    return f"{message[:1].lower()}{message[1:]}{hint}; see: {path} --help"


def _known(error: Exception) -> int:
    """Return one line for what the world does to a running command (disk full, database gone); bugs keep their
    traceback."""
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(error, database.DBAPIError):
        note(f"sweep: {_of_database(error, isinstance(error, database.OperationalError))}")
        return 1
    if isinstance(error, OSError):
        note(f"sweep: {one_line(str(error))}")
        return 1
    raise error


def _of_database(error: Any, lost: bool) -> str:
    """Return where the ledger is and what it said; if its server has gone away, what became of the work, and what to
    do as well.

    Args:
        error: SQLAlchemy's, with notes on what is written.
        lost: it may be that.
    """
    from prunesweep.core.ledger.db.transactions import UNKNOWN  # a ledger is open: it is loaded

    settings = load_settings()
    where, said = mask(settings.database_url) or "ledger", one_line(str(error.orig), 300)
    # No code: not the server's words, but the driver's on losing it. 57P…: it shuts down, or starts.
    code = getattr(error.orig, "sqlstate", "") or "57P"
    if not (lost and settings.database_url.startswith("postgresql") and code.startswith("57P")):
        return f"{where}: {said}"
    where, up = f"SWEEP_DATABASE_URL '{where}'", "see that the server is up"
    if settings.served_here:
        where, up = f"SWEEP_HOME '{settings.home}'", "start it again (sweep serve)"
    notes = getattr(error, "__notes__", [])
    kept = "; ".join(notes) or "sweeps stay as they are"
    again = ", then run this command again, which is safe" if not notes or UNKNOWN in notes else ""
    return f"{where}: the ledger has gone away ({said}); {kept}; {up}{again}"


def _drop_stdout() -> None:
    """Nobody reads stdout any more: let the interpreter's last flush go nowhere instead of complaining."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
