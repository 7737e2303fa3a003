"""What a plan comes to, counted part by part: a plan of any size, without keeping its stages."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.dag import GridPlan, PlanPart
from prunesweep.core.plan.stages import KINDS, epochs_of


@dataclass(frozen=True)
class PlanSize:
    """How much a grid asks for.

    Attributes:
        kinds: kind of stage → (stages, epochs to train), in the order in which stages run; each shared stage once.
        epochs_without_sharing: what one script per cell would train: every cell with all that it builds on, its own
            dense network first.
        sparsities: of the cells, ascending.
    """

    cells: int
    kinds: Mapping[str, tuple[int, int]]
    epochs_without_sharing: int
    sparsities: tuple[float, ...]

    @property
    def stages(self) -> int:
        return sum(stages for stages, _ in self.kinds.values())

    @property
    def epochs(self) -> int:
        """Epochs to train, each shared stage once."""
        return sum(epochs for _, epochs in self.kinds.values())


class Counting:
    """Counts a plan while its parts pass through."""

    def __init__(self, plan: GridPlan) -> None:
        self._plan = plan
        self._kinds = dict.fromkeys(KINDS, (0, 0))
        self._settings: Counter[Cell] = Counter()

    def parts(self) -> Iterator[PlanPart]:
        """Yield the plan's parts; afterwards `size` is known."""
        for part in self._plan.parts():
            for stage in part.stages.values():
                stages, epochs = self._kinds[stage.kind]
                self._kinds[stage.kind] = (stages + 1, epochs + epochs_of(stage))
            self._settings.update(replace(planned.cell, seed=0) for planned in part.cells)
            yield part

    def size(self) -> PlanSize:
        """Return what the parts came to."""
        return PlanSize(
            cells=self._settings.total(),
            kinds={kind: counts for kind, counts in self._kinds.items() if counts[0]},
            epochs_without_sharing=sum(self._alone(cell) * times for cell, times in self._settings.items()),
            sparsities=tuple(sorted({cell.sparsity for cell in self._settings})),
        )

    def _alone(self, cell: Cell) -> int:
        """Return the epochs of a cell by itself, with all that it builds on; its seed changes none of them."""
        builder = self._plan.builder()
        builder.cell(cell)
        return sum(map(epochs_of, builder.stages.values()))


def size_of(plan: GridPlan) -> PlanSize:
    """Return what a plan comes to."""
    counting = Counting(plan)
    for _ in counting.parts():
        pass
    return counting.size()
