"""A sweep's graph, folded so that a thousand cells stay readable: a lane for each setting and sparsity, in it a chain
of stages for each seed; dense trainings, which all share, in a lane of their own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.cell_paths import CellPath, StageStates
from prunesweep.core.ledger.queries.cell_states import cell_states
from prunesweep.core.plan.cells import cell_name
from prunesweep.orchestrator.dashboard.stage_names import steps
from prunesweep.orchestrator.dashboard.state_icons import ICONS, StateIcon, paths
from prunesweep.orchestrator.report.summary import Spread, spread

PER_PAGE = 50
"""Lanes of one page."""
_MAP_COLUMNS = 10

SHOWN = {
    "all": frozenset(State),
    "running": frozenset({State.RUNNING}),
    "failed": frozenset({State.FAILED, State.QUARANTINED}),
    "unfinished": frozenset(State) - {State.DONE},
}
"""What one may look at: lanes with a stage in one of these states."""


@dataclass(frozen=True)
class StageIcon:
    """One stage.

    Attributes:
        kind: `train`, `prune`, `evaluate` or `benchmark`, shown by its shape.
        what: in words, which no other stage on the page has.
    """

    digest: str
    kind: str
    what: str
    icon: StateIcon


@dataclass(frozen=True)
class SeedChain:
    """The stages of one seed, in order."""

    seed: int
    squares: tuple[StageIcon, ...]


@dataclass(frozen=True)
class SettingRow:
    """The cells that differ in their seed only.

    Attributes:
        number: from 1.
        states: of its cells.
        top1: over those evaluated.
    """

    number: int
    name: str
    sparsity: str
    rounds: str
    chains: tuple[SeedChain, ...]
    states: tuple[State, ...]
    top1: Spread | None


@dataclass(frozen=True)
class RowPage:
    """A page of lanes as a small picture. columns, rows: its size in marks."""

    page: int
    first: int
    last: int
    words: str
    rows: int
    drawn: list[tuple[StateIcon, str]]


@dataclass(frozen=True)
class GridView:
    """What is shown of a sweep's graph.

    Attributes:
        lanes: those of the page.
        chosen: how many there are with the filter.
        blocks: all pages, empty if there is only one.
    """

    dense: tuple[SeedChain, ...]
    lanes: tuple[SettingRow, ...]
    chosen: int
    total: int
    page: int
    show: str
    blocks: tuple[RowPage, ...]
    cells: int
    cells_done: int
    cells_running: int


_Key = tuple[str, int, int, float]
TRAINED = "dense network"


def root_of(grid: Mapping[str, Any]) -> str:
    """Return what makes a sweep's dense networks: a training, given weights, or a training of these."""
    if not grid.get("weights"):
        return TRAINED
    return "training of imported weights" if grid.get("dense_epochs") else "imported weights"


def graph(
    cells: Sequence[CellPath], now: StageStates, page: int = 1, show: str = "all", root: str = TRAINED
) -> GridView:
    """Return the page (from 1; the nearest there is) of the lanes with a stage in the states that `show` names.

    root: what the stage that makes the dense network is called (`root_of`).
    """
    members: dict[_Key, list[CellPath]] = {}
    for path in cells:
        cell = path.cell
        members.setdefault((cell.algorithm, cell.epochs, cell.iterations, cell.sparsity), []).append(path)
    found = cell_states((path.stages for path in cells), now.states)
    states = dict(zip((path.number for path in cells), found, strict=True))
    numbered = list(enumerate(members.items(), 1))
    wanted = SHOWN[show]
    chosen = [each for each in numbered if show == "all" or _any(each[1][1], now, wanted)]
    pages = max(1, -(-len(chosen) // PER_PAGE))
    page = min(max(page, 1), pages)
    shown = chosen[(page - 1) * PER_PAGE : page * PER_PAGE]
    return GridView(
        dense=_dense(cells, now, root),
        lanes=tuple(_lane(number, key, group, now, states) for number, (key, group) in shown),
        chosen=len(chosen),
        total=len(members),
        page=page,
        show=show,
        blocks=tuple(_block(place, chosen, states) for place in range(1, pages + 1)) if pages > 1 else (),
        cells=len(cells),
        cells_done=sum(state is State.DONE for state in states.values()),
        cells_running=sum(state is State.RUNNING for state in states.values()),
    )


def _any(group: Sequence[CellPath], now: StageStates, wanted: frozenset[State]) -> bool:
    return any(now.states[digest] in wanted for path in group for digest in path.digests)


def _dense(cells: Sequence[CellPath], now: StageStates, root: str) -> tuple[SeedChain, ...]:
    chains: dict[str, SeedChain] = {}
    for path in cells:
        if path.train not in chains:
            seed = path.cell.seed
            name = f"{root} · seed {seed}"
            both = [("train", path.train, name)]
            if path.reads_test:
                both.append(("evaluate", path.dense_evaluate, f"{name} · evaluation"))
            chains[path.train] = SeedChain(seed, tuple(_square(*each, now) for each in both))
    return tuple(sorted(chains.values(), key=lambda chain: chain.seed))


def _lane(number: int, key: _Key, group: Sequence[CellPath], now: StageStates, states: dict[int, State]) -> SettingRow:
    algorithm, epochs, iterations, sparsity = key
    return SettingRow(
        number=number,
        name=algorithm,
        sparsity=f"{100 * sparsity:g} %",
        rounds=f"{epochs} × {iterations}",
        chains=tuple(_chain(path, now) for path in group),
        states=tuple(states[path.number] for path in group),
        top1=spread(now.top1.get(path.evaluate) for path in group),
    )


def _chain(path: CellPath, now: StageStates) -> SeedChain:
    name = cell_name(path.cell)
    squares = (_square(kind, digest, f"{name} · {step}", now) for kind, digest, step in steps(path))
    return SeedChain(path.cell.seed, tuple(squares))


def _square(kind: str, digest: str, what: str, now: StageStates) -> StageIcon:
    icon = ICONS[now.states[digest]]
    return StageIcon(digest, kind, f"{what}: {icon.word}", icon)


def _block(page: int, chosen: Sequence[tuple[int, tuple[_Key, list[CellPath]]]], states: dict[int, State]) -> RowPage:
    lanes = chosen[(page - 1) * PER_PAGE : page * PER_PAGE]
    found = [states[path.number] for _, (_, group) in lanes for path in group]
    counts = Counter(found)
    words = ", ".join(f"{counts[state]} {icon.word}" for state, icon in ICONS.items() if counts[state])
    rows = -(-len(found) // _MAP_COLUMNS)
    return RowPage(page, lanes[0][0], lanes[-1][0], words, rows, paths(found, _MAP_COLUMNS))
