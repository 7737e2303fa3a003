"""A recorded step that is played for one training after the other.

Recording takes as long as some steps, and the kernels of each convolution are tried before. A graph knows addresses
only. So where the next training is of the same kind, all that its step reads and writes is moved to where the recorded
one has it, with its own values: weights, masks, momentum, draws, rates. Nothing is left of the training before.
"""

import weakref
from collections.abc import Callable, Hashable, Mapping, Sequence

import torch
from torch import Tensor

from prunesweep.core.training.recording import Recording, StepMemory


class KeptStep:
    """The last recording of a process, and the memory that it plays on.

    Args:
        make: makes what records and plays; None = steps cannot be recorded there.
    """

    def __init__(self, make: Callable[[torch.device], Recording | None]) -> None:
        self._make = make
        self._kind: Hashable = None
        self._device: torch.device | None = None
        self._recording: Recording | None = None
        self._memory: Mapping[str, Tensor] = {}
        self._split: Sequence[Callable[[], Tensor | None]] = ()
        self._free = False

    def begin(self, network: Hashable | None) -> Callable[[torch.device], "_Lent | None"]:
        """Return what `train` takes as `graph`. network: two trainings with equal ones run the same code, and read no
        tensors but parameters, buffers and images; None = this one is like no other.

        What an earlier training left is used only if it was given back.
        """

        def make(device: torch.device) -> _Lent | None:
            self._device = device
            recording = self._make(device)
            return None if recording is None else _Lent(self, network, recording)

        return make

    def give_back(self) -> None:
        """Take back the step of a training that is over, whose model nobody reads any more: the next one may write over
        that."""
        self._free = self._recording is not None

    def drop(self) -> None:
        """Forget the recording, so that the device gets its memory back."""
        self._recording, self._memory, self._free = None, {}, False

    def take_over(self, network: Hashable | None, memory: StepMemory) -> Recording | None:
        """Return the recording that plays on this memory from now on; None if there is none for it."""
        kind = (network, memory.kind, self._device)
        same = len(self._split) == len(memory.split) and all(
            was() is now for was, now in zip(self._split, memory.split, strict=True)
        )
        if not (self._free and same and network is not None and kind == self._kind):
            self.drop()  # before the next recording takes memory of its own
            self._kind, self._split = kind, [weakref.ref(tensor) for tensor in memory.split]
            return None
        self._free = False
        with torch.no_grad():
            for name, tensor in memory.tensors.items():
                place = self._memory[name]
                place.copy_(tensor)
                tensor.data = place
        return self._recording

    def keep(self, recording: Recording, memory: StepMemory) -> None:
        """Keep what was recorded on this memory."""
        self._recording = recording
        self._memory = {name: tensor.detach() for name, tensor in memory.tensors.items()}


class _Lent:
    """A recording for one training."""

    def __init__(self, kept: KeptStep, network: Hashable | None, fresh: Recording) -> None:
        self._kept, self._network, self._recording = kept, network, fresh
        self._memory: StepMemory | None = None

    def take_over(self, memory: StepMemory) -> bool:
        """True if there is nothing left to record: the memory lies now where an earlier step was recorded on."""
        earlier = self._kept.take_over(self._network, memory)
        self._memory = memory
        if earlier is not None:
            self._recording = earlier
        return earlier is not None

    def capture(self, work: Callable[[], None]) -> None:
        """Record `work`, for the trainings that follow too."""
        if self._memory is None or self._network is None:
            self._kept.drop()  # before this one takes memory of its own
        self._recording.capture(work)
        if self._memory is not None and self._network is not None:
            self._kept.keep(self._recording, self._memory)

    def replay(self) -> None:
        """Carry it out once more."""
        self._recording.replay()
