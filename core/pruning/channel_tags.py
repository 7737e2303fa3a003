"""What is known of the tensors of one pass: which of their axes hold channels, and which channels are tied."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from torch.utils._pytree import tree_leaves

from prunesweep.core.pruning.ties import Axis, Places, Ties

CHANNELS = 1
"""The axis of maps' channels, [B, C, H, W]."""
_CONVOLUTION_AXES = 2


@dataclass(frozen=True)
class Tag:
    """What a tensor's axes hold.

    Attributes:
        axes: axis → the places of its channels; other axes hold none (images, pixels, tokens).
        source: the parameter that this is, "" = something computed.
        order: the source's own axis for each axis.
    """

    axes: Mapping[int, Places] = field(default_factory=dict)
    source: str = ""
    order: tuple[int, ...] = ()


NO_TAG = Tag()


class ChannelTags:
    """Tags of tensors, and the channels that were tied so far.

    Attributes:
        ties: of the places so far.
        read, made: weights' axes that products read along, and that made channels.
    """

    def __init__(self, tensors: Mapping[str, Tensor], weights: frozenset[str]) -> None:
        """tensors: parameters and buffers as they take part; weights: names of the prunable ones."""
        self.ties = Ties()
        self.read: set[Axis] = set()
        self.made: set[Axis] = set()
        self._tags: dict[int, Tag] = {}
        self._alive: list[Tensor] = []  # so that no other tensor gets the identity of one that has tags
        for name, tensor in tensors.items():
            axes = range(min(_CONVOLUTION_AXES, tensor.dim())) if name in weights else range(tensor.dim())
            sized = [axis for axis in axes if tensor.shape[axis] > 1 or name in weights]
            found = {axis: self.ties.places(name, axis, tensor.shape[axis]) for axis in sized}
            self.tag(tensor, Tag(found, name, tuple(range(tensor.dim()))))

    def tag_of(self, value: object) -> Tag:
        """Return what is known of a tensor."""
        return self._tags.get(id(value), NO_TAG)

    def tag(self, tensor: Tensor, tag: Tag) -> None:
        """Say what a tensor's axes hold."""
        self._tags[id(tensor)] = tag
        self._alive.append(tensor)

    def fix(self, value: object, axes: Sequence[int] | None = None) -> None:
        """Say that a tensor's channels have to stay, those of some axes or of all."""
        for axis, places in self.tag_of(value).axes.items():
            if axes is None or axis in axes:
                self.ties.fix(places)

    def tie_to(self, places: Places, others: Places | None) -> None:
        """Tie to channels, or fix where it is not known which ones these are."""
        if others is None or len(others) != len(places):
            self.ties.fix(places)
            if others is not None:
                self.ties.fix(others)
        else:
            self.ties.tie(places, others)

    def unknown(self, args: Sequence[Any], given: Mapping[str, Any], result: Any) -> None:
        """Fix all channels that an operator reads."""
        for one in tree_leaves((args, given)):
            self.fix(one)
        for one in tensors_of(result):
            self.tag(one, NO_TAG)


Operator = Callable[[ChannelTags, Sequence[Any], Mapping[str, Any], Any], None]
"""From the tags, an operator's arguments, those by name, and its result, to more tags."""


def tensors_of(result: Any) -> list[Tensor]:
    """Return the tensors in whatever an operator takes or gives."""
    return [one for one in tree_leaves(result) if isinstance(one, Tensor)]
