"""The one place that runs code which is not the program's: a file of the user's own, whose hash was checked before."""

import sys
from types import ModuleType


def run_file(name: str, source: bytes) -> ModuleType:
    """Return the module that a file's bytes make; raises whatever the file raises.

    Args:
        name: the file's.
        source: the bytes that were hashed, so that no other and no cached ones run.
    """
    module = ModuleType(f"prunesweep_file_{name.removesuffix('.py').replace('-', '_')}")
    # Dataclasses and the like look their own module up.
    sys.modules[module.__name__] = module
    exec(compile(source, name, "exec"), module.__dict__)  # noqa: S102 - SWEEP_SCORES or SWEEP_NETWORKS asks for it
    return module
