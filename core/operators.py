"""Every operator that a network calls: what a base class of torch's shows, without loading torch's compiler."""

from torch.utils._python_dispatch import TorchDispatchMode


class OperatorMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """A context whose `__torch_dispatch__` gets every operator that is called in it. Never compiled, nor within what
    is: so it needs no mark that says so to the compiler, which would load that in every process."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False
