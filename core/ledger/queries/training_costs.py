"""What the training of each network of a sweep costs in theory, from what its stages and their results say."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import Connection

from prunesweep.core.ledger.db.schema import AnyRow, stages
from prunesweep.core.ledger.db.sweep_rows import of, stage_rows
from prunesweep.core.plan.regrowth import read_regrowth
from prunesweep.core.plan.training_cost import TrainingCost

Macs = Mapping[str, tuple[int, int]]
"""Digest of a round → multiply-adds an image that it left, and those of the dense network."""
NOT_KNOWN: Mapping[str, Any] = MappingProxyType({"train_dense_epochs": None, "train_flops_ratio": None})
"""The report's columns of a network that is not there yet."""


class _Recipe(msgspec.Struct, frozen=True):
    validation: float = 0.0


class _Spec(msgspec.Struct, frozen=True):
    """The fields of a stage that decide what its training costs."""

    kind: str
    epochs: int = 0
    sparsity: float = 0.0
    before: int = 0
    after: int = 0
    regrow: str = ""
    parent: str = ""
    rewind: str = ""
    counts: str = ""
    teacher: str = ""
    pruned: str = ""
    recipe: _Recipe = _Recipe()

    @property
    def parents(self) -> tuple[str, ...]:
        return tuple(one for one in (self.parent, self.rewind, self.counts, self.teacher, self.pruned) if one)


_SPECS = msgspec.json.Decoder(_Spec)


@dataclass(frozen=True)
class TrainingCosts:
    """The stages of a sweep that train, and what is known of the masks that they made."""

    specs: Mapping[str, _Spec]
    macs: Macs
    _lineages: dict[str, frozenset[str]] = field(default_factory=dict)

    def columns(self, digest: str, dense: str) -> dict[str, Any]:
        """Return the report's columns of a stage's network, by the digest of the dense one as well."""
        return {"train_dense_epochs": self.dense_epochs(digest), "train_flops_ratio": self.ratio(digest, dense)}

    def dense_epochs(self, digest: str) -> float | None:
        """Return how many epochs of the dense network cost as much as all trainings that the stage's network needed,
        each once: its own, and those of the networks that its weights, masks, layer counts and targets come from. An
        epoch shows as many images as one of this stage. None: not known (yet)."""
        found = []
        for one in self._lineage(digest):
            spent = self._own(one)
            if spent is None:
                return None
            found.append(spent * self._images(one) / self._images(digest))
        return math.fsum(found)  # whatever the order

    def ratio(self, digest: str, dense: str) -> float | None:
        """Return the cost of the stage's network as a multiple of that of the dense one; None: not known, or the dense
        network began with weights of which nobody knows what they cost."""
        if any(self.specs[one].kind == "import" for one in self._lineage(dense)):
            return None
        spent, usual = self.dense_epochs(digest), self.dense_epochs(dense)
        return spent * self._images(digest) / (usual * self._images(dense)) if spent is not None and usual else None

    def _lineage(self, digest: str) -> frozenset[str]:
        """Return the stage and all that it needs."""
        if digest not in self._lineages:
            found: set[str] = set()
            left = [digest]
            while left:
                if (one := left.pop()) not in found:
                    found.add(one)
                    left += self.specs[one].parents
            self._lineages[digest] = frozenset(found)
        return self._lineages[digest]

    def _own(self, digest: str) -> float | None:
        """Return what the stage's own training costs, in its epochs of the dense network."""
        spec = self.specs[digest]
        if spec.kind != "prune" or not spec.epochs or not spec.sparsity:
            return TrainingCost(spec.epochs, taught=bool(spec.teacher)).dense_epochs
        left, dense = self.macs.get(digest, (0, 0))
        if not dense:
            return None
        moves = read_regrowth(spec.regrow)
        by_gradient = moves is not None and moves.method == "rigl"
        share = moves.share(spec.epochs, spec.before, spec.after) if moves and by_gradient else 0.0
        return TrainingCost(spec.epochs, left / dense, share, bool(spec.teacher)).dense_epochs

    def _images(self, digest: str) -> float:
        """Return which part of the training images an epoch shows."""
        return 1.0 - self.specs[digest].recipe.validation


def training_costs(connection: Connection, sweep_id: int, macs: Macs) -> TrainingCosts:
    """Read the sweep's stages that train, done or not."""
    query = stage_rows(stages, "spec").where(stages.c.kind.in_(("import", "train", "prune")))
    found = {row.digest: _SPECS.decode(row.spec) for row in connection.execute(query, of(sweep_id))}
    return TrainingCosts(found, macs)


def macs_of(cells: Sequence[AnyRow], made: Mapping[str, Mapping[str, Any]], tested: Mapping[str, AnyRow]) -> Macs:
    """Return what a sweep's rounds say of their multiply-adds; where those of an older release do not, what the test of
    a cell's last one found.

    Args:
        cells: of the sweep.
        made: the summaries of its stages by digest.
        tested: its results by digest, with `macs` and `macs_dense`.
    """
    results = ((cell.rounds[-1], tested.get(cell.evaluate)) for cell in cells)
    found = {last: (result.macs, result.macs_dense) for last, result in results if result is not None}
    return found | {digest: (one["macs"], one["macs_dense"]) for digest, one in made.items() if "macs" in one}
