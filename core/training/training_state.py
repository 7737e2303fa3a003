"""Where a training stands, as a value: enough to continue bit for bit, on another host as well."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class TrainingState:
    """The state between two steps. No random numbers: order and augmentation follow from seed and the lineage's epoch.

    Attributes:
        epoch: whole epochs done.
        step: batches done of the next one.
        seen: images in these batches.
        tensors (on the CPU): `model/<state_dict key>`, `optimizer/<parameter name>/<slot>` (momentum and the like), and
            `loss`, summed over `seen`.
    """

    epoch: int
    step: int
    seen: int
    tensors: Mapping[str, Tensor]
