"""A network's sensitivity by layers: what was measured, what it decides, and what it suggests."""

from dataclasses import dataclass
from functools import cached_property

from prunesweep.core.holm import LEVEL, holm
from prunesweep.core.jobs.answers import PrunedLayer, UnprunedNetwork
from prunesweep.core.plan.layer_suggestion import LayerSuggestion, suggest
from prunesweep.core.plan.shapes import Shapes
from prunesweep.orchestrator.statistics.matched_pairs import MatchedPairs, standard_error


@dataclass(frozen=True)
class LayerDrop:
    """What pruning one layer to one sparsity costs.

    Attributes:
        p_adjusted: of the drop being chance, as one of all; None where nothing was pruned, the layer having fewer
            weights left anyway.
    """

    layer: PrunedLayer
    pairs: MatchedPairs
    p_adjusted: float | None

    @property
    def significant(self) -> bool:
        return self.p_adjusted is not None and self.p_adjusted <= LEVEL

    @property
    def total(self) -> int:
        """Weights of the layer."""
        size = 1
        for side in self.layer.shape:
            size *= side
        return size


@dataclass(frozen=True)
class Profile:
    """All layers of a network.

    Attributes:
        file, dataset, score: as they were given.
        found: the network before a layer of it is pruned.
        layers: each layer's sparsities in turn, rising.
        max_drop: what a layer may lose, a fraction.
    """

    file: str
    dataset: str
    score: str
    found: UnprunedNetwork
    layers: tuple[PrunedLayer, ...]
    max_drop: float

    @property
    def top1(self) -> float:
        return self.found.right / self.found.images

    @property
    def error(self) -> float:
        """Its standard error."""
        return standard_error(self.top1, self.found.images)

    @cached_property
    def drops(self) -> tuple[LayerDrop, ...]:
        """Every layer and sparsity, each judged as one of all (Holm)."""
        pairs = [MatchedPairs(self.found.images, each.lost, each.gained) for each in self.layers]
        changed = [each.kept < each.already for each in self.layers]
        adjusted = holm([pair.p if pruned else None for pair, pruned in zip(pairs, changed, strict=True)])
        return tuple(LayerDrop(*each) for each in zip(self.layers, pairs, adjusted, strict=True))

    @cached_property
    def by_layer(self) -> dict[str, tuple[LayerDrop, ...]]:
        """The drops of each layer, in the network's order."""
        found: dict[str, tuple[LayerDrop, ...]] = {}
        for drop in self.drops:
            found[drop.layer.layer] = (*found.get(drop.layer.layer, ()), drop)
        return found

    @property
    def sparsities(self) -> tuple[float, ...]:
        return tuple(dict.fromkeys(each.sparsity for each in self.layers))

    @property
    def sureness(self) -> float:
        """Half the width of the widest interval among the drops that may be lost, or among all where none may."""
        allowed = [drop for drop in self.drops if drop.pairs.drop <= self.max_drop]
        intervals = [drop.pairs.interval for drop in allowed or self.drops]
        return max((high - low) / 2 for low, high in intervals)

    @cached_property
    def tolerated(self) -> dict[str, float]:
        """Return each layer's highest sparsity up to which it never loses more than `max_drop` by itself, 0 = none.

        Source: Li et al. 2017, arXiv:1608.08710, section 3.2 (layers with flat curves are pruned more, sensitive ones
        not at all); Han et al. 2015, arXiv:1506.02626, section 3 (sparsities from each layer's sensitivity).
        """
        found = {}
        for name, drops in self.by_layer.items():
            found[name] = 0.0
            for drop in drops:
                if drop.pairs.drop > self.max_drop:
                    break
                found[name] = drop.layer.sparsity
        return found

    @cached_property
    def suggestion(self) -> LayerSuggestion | None:
        """Layer rules that prune every layer to what it tolerates."""
        shapes: Shapes = {name: drops[0].layer.shape for name, drops in self.by_layer.items()}
        return suggest(shapes, self.tolerated)
