"""A workbench for tests that are not about what is learned."""

from dataclasses import replace

from prunesweep.core.plan.datasets import DatasetRef
from prunesweep.core.training.datasets import Split
from prunesweep.worker.trainer.context import TrainerContext


class FewImages(TrainerContext):
    """Sees only the first `count` images of a split."""

    count = 40

    def split(self, ref: DatasetRef, name: str) -> Split:
        whole = super().split(ref, name)
        return replace(whole, images=whole.images[: self.count], labels=whole.labels[: self.count])
