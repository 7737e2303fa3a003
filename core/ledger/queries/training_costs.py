"""What the training of each network of a sweep costs in theory, from what its stages and their results say."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from prunesweep.core.ledger.db.schema import AnyRow
from prunesweep.core.ledger.queries.grid_cells import GridCell
from prunesweep.core.ledger.queries.network_stages import PARENTS, NetworkSpec, NetworkStage
from prunesweep.core.plan.regrowth import read_regrowth
from prunesweep.core.plan.training_cost import TrainingCost

Macs = Mapping[str, tuple[int, int]]
"""Digest of a round → multiply-adds an image that it left, and those of the dense network."""


class NetworkCost(NamedTuple):
    """What the trainings of a network cost; the fields are the report's columns.

    Attributes:
        train_dense_epochs: see `TrainingCosts.dense_epochs`.
        train_flops_ratio: the cost as a multiple of that of the dense network; None: not known, or the dense network
            began with weights of which nobody knows what they cost.
    """

    train_dense_epochs: float | None
    train_flops_ratio: float | None


NOT_KNOWN = NetworkCost(None, None)
"""Of a network that is not there yet."""


@dataclass(frozen=True)
class TrainingCosts:
    """The stages of a sweep that train, and what is known of the masks that they made."""

    stages: Mapping[str, NetworkStage]
    macs: Macs
    _own: dict[str, float | None] = field(default_factory=dict)
    _dense: dict[str, float | None] = field(default_factory=dict)
    """What was worked out before, of stages that many networks need: `_seen`, and `_usual`."""

    def of(self, digest: str, dense: str) -> NetworkCost:
        """Return what a stage's network cost, by the digest of the dense one as well."""
        spent, usual = self.dense_epochs(digest), self._usual(dense)
        if spent is None or not usual:
            return NetworkCost(spent, None)
        return NetworkCost(spent, spent * self._images(digest) / (usual * self._images(dense)))

    def dense_epochs(self, digest: str) -> float | None:
        """Return how many epochs of the dense network cost as much as all trainings that the stage's network needed,
        each once: its own, and those of the networks that its weights, masks, layer counts and targets come from. An
        epoch shows as many images as one of this stage. None: not known (yet)."""
        images, spent = self._images(digest), []
        for one in self._lineage(digest):
            if (seen := self._seen(one)) is None:
                return None
            spent.append(seen / images)
        return math.fsum(spent)

    def _usual(self, dense: str) -> float | None:
        """Return `dense_epochs` of a dense network, None also where it began with given weights."""
        if dense not in self._dense:
            imported = any(self.stages[one].spec.kind == "import" for one in self._lineage(dense))
            self._dense[dense] = None if imported else self.dense_epochs(dense)
        return self._dense[dense]

    def _lineage(self, digest: str) -> set[str]:
        """Return the stage and all that it needs."""
        found: set[str] = set()
        left = [digest]
        while left:
            if (one := left.pop()) not in found:
                found.add(one)
                left += filter(None, PARENTS(self.stages[one].spec))
        return found

    def _seen(self, digest: str) -> float | None:
        """Return how often the stage's own training saw all training images, in passes of the dense network."""
        if digest not in self._own:
            spent = self._cost(digest, self.stages[digest].spec)
            self._own[digest] = None if spent is None else spent * self._images(digest)
        return self._own[digest]

    def _cost(self, digest: str, spec: NetworkSpec) -> float | None:
        """Return what the stage's own training costs, in its epochs of the dense network."""
        if spec.kind != "prune" or not spec.epochs or not spec.sparsity:
            return TrainingCost(spec.epochs, taught=bool(spec.teacher)).dense_epochs
        left, dense = self.macs.get(digest, (0, 0))
        if not dense:
            return None
        share = _dense_gradients(spec) if spec.regrow else 0.0
        return TrainingCost(spec.epochs, left / dense, share, bool(spec.teacher)).dense_epochs

    def _images(self, digest: str) -> float:
        """Return which part of the training images an epoch shows."""
        return 1.0 - self.stages[digest].spec.recipe.validation


def _dense_gradients(spec: NetworkSpec) -> float:
    """Return which part of the steps needs the gradient of all weights, where masks move."""
    moves = read_regrowth(spec.regrow)
    by_gradient = moves is not None and moves.method == "rigl"
    return moves.share(spec.epochs, spec.before, spec.after) if moves and by_gradient else 0.0


def macs_of(cells: Sequence[GridCell], made: Mapping[str, NetworkStage], tested: Mapping[str, AnyRow]) -> Macs:
    """Return what a sweep's rounds say of their multiply-adds; where those of an older release do not, what the test of
    a cell's last one found.

    Args:
        cells: of the sweep.
        made: its stages that make networks, by digest.
        tested: its results by digest, with `macs` and `macs_dense`.
    """
    said = ((digest, one.facts) for digest, one in made.items())
    found = {digest: (facts.macs, facts.macs_dense) for digest, facts in said if facts.macs is not None}
    for cell in cells:
        result = tested.get(cell.evaluate)
        if result is not None and cell.rounds[-1] not in found:
            found[cell.rounds[-1]] = (result.macs, result.macs_dense)
    return found
