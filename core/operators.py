"""Every operator that a network calls: what a base class of torch's shows, without loading torch's compiler."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class OperatorMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """A context whose `__torch_dispatch__` gets every operator that is called in it. Never compiled, nor within what
    is: so it needs no mark that says so to the compiler, which would load that in every process."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False


@contextmanager
def products_shown() -> Iterator[None]:
    """Have attention computed product by product: in evaluation torch does a whole layer in one operator, in which none
    can be seen."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
