"""Private names of other packages that we use, and the versions with which they were checked.

A newer version may change them without a word: raise `constraints.txt` first, then look here.
"""

import inspect
from importlib import import_module
from importlib.metadata import version

import pytest

PRIVATE = [
    # Completion for a shell that is named: typer's own options can only ask which shell they were started from.
    ("typer", ("0.29.2",), "typer._completion_shared", "install", ("shell", "prog_name", "complete_var")),
    ("typer", ("0.29.2",), "typer._completion_shared", "get_completion_script", ("prog_name", "complete_var", "shell")),
    # No validator for text (orchestrator/cli/lazy.py); without these, commands are slower and work the same.
    ("typer", ("0.29.2",), "typer.core", "TyperArgument.get_runtime_param", ("self",)),
    ("typer", ("0.29.2",), "typer.core", "TyperOption.get_runtime_param", ("self",)),
]


@pytest.mark.parametrize(("package", "versions", "module", "name", "parameters"), PRIVATE)
def test_it_is_there_in_a_version_that_was_checked(
    package: str, versions: tuple[str, ...], module: str, name: str, parameters: tuple[str, ...]
) -> None:
    assert version(package) in versions
    found = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    assert set(parameters) <= set(inspect.signature(found).parameters)  # type: ignore[arg-type]
