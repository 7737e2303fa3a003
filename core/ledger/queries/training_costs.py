"""What the training of each network of a sweep costs in theory, from what its stages and their results say."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from prunesweep.core.ledger.db.schema import AnyRow
from prunesweep.core.ledger.queries.grid_cells import GridCell
from prunesweep.core.ledger.queries.network_stages import PARENTS, NetworkFacts, NetworkSpec
from prunesweep.core.plan.regrowth import read_regrowth
from prunesweep.core.plan.training_cost import TrainingCost

Macs = Mapping[str, tuple[int, int]]
"""Digest of a round → multiply-adds an image that it left, and those of the dense network."""
NOT_KNOWN: Mapping[str, Any] = MappingProxyType({"train_dense_epochs": None, "train_flops_ratio": None})
"""The report's columns of a network that is not there yet."""


@dataclass(frozen=True)
class TrainingCosts:
    """The stages of a sweep that train, and what is known of the masks that they made."""

    specs: Mapping[str, NetworkSpec]
    macs: Macs
    _own: dict[str, float | None] = field(default_factory=dict)
    _dense: dict[str, float | None] = field(default_factory=dict)
    """What was worked out before, of stages that many networks need: `_seen`, and `_usual`."""

    def columns(self, digest: str, dense: str) -> dict[str, Any]:
        """Return the report's columns of a stage's network, by the digest of the dense one as well.

        `train_dense_epochs`: see `dense_epochs`. `train_flops_ratio`: the cost as a multiple of that of the dense
        network; None: not known, or the dense network began with weights of which nobody knows what they cost.
        """
        spent, usual = self.dense_epochs(digest), self._usual(dense)
        ratio = spent * self._images(digest) / (usual * self._images(dense)) if spent is not None and usual else None
        return {"train_dense_epochs": spent, "train_flops_ratio": ratio}

    def dense_epochs(self, digest: str) -> float | None:
        """Return how many epochs of the dense network cost as much as all trainings that the stage's network needed,
        each once: its own, and those of the networks that its weights, masks, layer counts and targets come from. An
        epoch shows as many images as one of this stage. None: not known (yet)."""
        images = self._images(digest)
        seen = [self._seen(one) for one in self._lineage(digest)]
        return None if None in seen else math.fsum([one / images for one in seen if one is not None])

    def _usual(self, dense: str) -> float | None:
        """Return `dense_epochs` of a dense network, None also where it began with given weights."""
        if dense not in self._dense:
            imported = any(self.specs[one].kind == "import" for one in self._lineage(dense))
            self._dense[dense] = None if imported else self.dense_epochs(dense)
        return self._dense[dense]

    def _lineage(self, digest: str) -> set[str]:
        """Return the stage and all that it needs."""
        found: set[str] = set()
        left = [digest]
        while left:
            if (one := left.pop()) not in found:
                found.add(one)
                left += filter(None, PARENTS(self.specs[one]))
        return found

    def _seen(self, digest: str) -> float | None:
        """Return how often the stage's own training saw all training images, in passes of the dense network."""
        if digest not in self._own:
            spent = self._cost(digest, self.specs[digest])
            self._own[digest] = None if spent is None else spent * self._images(digest)
        return self._own[digest]

    def _cost(self, digest: str, spec: NetworkSpec) -> float | None:
        """Return what the stage's own training costs, in its epochs of the dense network."""
        if spec.kind != "prune" or not spec.epochs or not spec.sparsity:
            return TrainingCost(spec.epochs, taught=bool(spec.teacher)).dense_epochs
        left, dense = self.macs.get(digest, (0, 0))
        if not dense:
            return None
        moves = read_regrowth(spec.regrow) if spec.regrow else None
        by_gradient = moves is not None and moves.method == "rigl"
        share = moves.share(spec.epochs, spec.before, spec.after) if moves and by_gradient else 0.0
        return TrainingCost(spec.epochs, left / dense, share, bool(spec.teacher)).dense_epochs

    def _images(self, digest: str) -> float:
        """Return which part of the training images an epoch shows."""
        return 1.0 - self.specs[digest].recipe.validation


def macs_of(cells: Sequence[GridCell], made: Mapping[str, NetworkFacts], tested: Mapping[str, AnyRow]) -> Macs:
    """Return what a sweep's rounds say of their multiply-adds; where those of an older release do not, what the test of
    a cell's last one found.

    Args:
        cells: of the sweep.
        made: what its stages said of their networks, by digest.
        tested: its results by digest, with `macs` and `macs_dense`.
    """
    results = ((cell.rounds[-1], tested.get(cell.evaluate)) for cell in cells)
    found = {last: (result.macs, result.macs_dense) for last, result in results if result is not None}
    return found | {digest: (one.macs, one.macs_dense) for digest, one in made.items() if one.macs is not None}
