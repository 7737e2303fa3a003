"""The public Python API. Nothing heavy is imported before a name is used.

    sweep = prunesweep.run("demo")                     # submits, works on it here, waits
    table = prunesweep.frame(sweep)                    # a pandas.DataFrame, one row per cell
    prunesweep.charts(sweep)["accuracy"]               # the report's chart, shown by a notebook
    files = prunesweep.export(sweep, "models", format="packed")
    weights = prunesweep.load(table["artifact"][0])    # name -> numpy array
    network = prunesweep.load(files[0])                # callable, without torch; network.input: mean, std, class names
    module = prunesweep.build_model("resnet18", width=16, classes=10, weights=weights)  # a torch.nn.Module

    sweep = prunesweep.submit(grid="demo", name="first")  # where workers are running already
    prunesweep.wait(sweep)
    rows = prunesweep.results(sweep)

It reads the same environment as the `sweep` command. What the user can put right is a `prunesweep.UserError`, a stage
that failed is a `prunesweep.StageError`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prunesweep.api import charts, export, frame, results, run, submit, wait
    from prunesweep.core.errors import StageError, UncheckedFile, UserError
    from prunesweep.core.sparse.runtime.network import Input, Network
    from prunesweep.networks import build_model, compile, load
    from prunesweep.pictures import Chart

    __version__: str

__all__ = [
    "Chart",
    "Input",
    "Network",
    "StageError",
    "UncheckedFile",
    "UserError",
    "__version__",
    "build_model",
    "charts",
    "compile",
    "export",
    "frame",
    "load",
    "results",
    "run",
    "submit",
    "wait",
]

_MODULES = {
    "prunesweep.api": ("charts", "export", "frame", "results", "run", "submit", "wait"),
    "prunesweep.pictures": ("Chart",),
    "prunesweep.core.errors": ("StageError", "UncheckedFile", "UserError"),
    "prunesweep.core.sparse.runtime.network": ("Input", "Network"),
    "prunesweep.networks": ("build_model", "compile", "load"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `import prunesweep` costs next to nothing."""
    from importlib import import_module

    if name == "__version__":
        from prunesweep.core.version import version

        return version()
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'prunesweep' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
