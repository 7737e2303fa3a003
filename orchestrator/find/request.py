"""What the user asked to be found, read and checked before anything is looked up."""

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.io import check_folder
from prunesweep.core.plan import engines
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.cells import Cell
from prunesweep.core.plan.grid_files import load_grid
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.names import parse_name
from prunesweep.core.plan.points import as_table
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.suggestions import one_of
from prunesweep.orchestrator.find.space import OBJECTIVES, SPARSITIES, SearchSpace, search_space
from prunesweep.orchestrator.run.request import GridRequest

ALGORITHMS = "oneshot,iterative,erk,lamp,flops"
_DEFAULTS = {"algorithm": ALGORITHMS, "epochs": "1,3", "rounds": "3", "seeds": "0,1,2"}
"""Axes where neither a grid nor an option gives them."""
_BUDGET = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?")
_LONGEST = 56
"""Letters of a name, so that the sweeps beside it have room for theirs."""
EXPORTED = (".pt", ".packed", ".md")


@dataclass(frozen=True)
class FindRequest:
    """What is to be found.

    Attributes:
        asked: the grid as typed.
        grid: as it reads; its sparsities are not those that are searched.
        name: of the sweep with the trials.
        budget: seconds until the search ends, None = no limit.
        export: folder for the network, None = it is not exported.
    """

    asked: GridRequest
    grid: Grid
    space: SearchSpace
    name: str
    budget: float | None
    export: Path | None

    def of(self, points: tuple[Cell, ...]) -> GridRequest:
        """Return the request for a sweep of these trials: they are not tested, and not timed."""
        axes = {axis: value for axis, value in self.asked.axes.items() if axis not in _FROM_POINTS}
        chosen = {"points": [as_table(point) for point in points], "evaluate": "false", **_UNTIMED}
        return GridRequest(self.asked.grid or "full", axes | chosen, self.name, self.asked.throughput)


_UNTIMED = {
    "bench_device": "none",
    "bench_threads": 1,
    "bench_batch": 1,
    "bench_engines": ",".join(engines.DEFAULT),
    "bench_repeat": 0,
}
"""Trials are the same whatever latency is asked for."""
_FROM_POINTS = ("sparsity", "algorithm", "epochs", "rounds", "iterations", "seeds")


def read_request(
    asked: GridRequest, *, max_drop: str, objective: str, budget: str | None, export: Path | None
) -> FindRequest:
    """Read what was typed; touch nothing but the files that it names.

    Raises:
        UserError: any bad value; names the option.
    """
    axes = ({} if asked.grid else dict(_DEFAULTS)) | dict(asked.axes)
    grid = read_axes(axes, load_grid(asked.grid or "full"))
    one_of(objective, "for", OBJECTIVES)
    _check_grid(grid, objective)
    sparsities = grid.sparsity if "sparsity" in asked.axes else SPARSITIES
    space = search_space(grid, sparsities, parse_drop(max_drop), objective)
    name = _name(asked.name, grid)
    if export is not None:
        check_export(export, name)
    return FindRequest(replace(asked, axes=axes), grid, space, name, parse_budget(budget), export)


def parse_drop(value: str) -> float:
    """Return percentage points as a fraction in [0, 1].

    Raises:
        UserError: not a number from 0 to 100.
    """
    try:
        number = Decimal(value.strip()) if value.isascii() and "_" not in value and len(value) <= 32 else Decimal(-1)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number <= 100:
        raise UserError("max_drop", value, "give percentage points from 0 to 100, e.g. 0.5")
    return float(number / 100)


def parse_budget(value: str | None) -> float | None:
    """Return the seconds of `40m`, `1h30m` or `90s`; None stays None.

    Raises:
        UserError: no such time, or none at all.
    """
    if value is None:
        return None
    found = _BUDGET.fullmatch(value.strip())
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    total = 3600 * hours + 60 * minutes + seconds
    if not total:
        raise UserError("budget", value, "give a time above 0 such as 90s, 40m or 1h30m")
    return float(total)


def _check_grid(grid: Grid, objective: str) -> None:
    """Raise UserError for what a search cannot do."""
    if grid.points or not grid.evaluate:
        raise UserError("grid", "points", "is a search's own; give a grid with axes")
    if grid.fair or grid.controls:
        fix = "a search tries only what it may recommend; leave the controls out"
        raise UserError("controls", "true" if grid.controls else "fair", fix)
    if objective == "latency" and grid.bench_device == "none":
        raise UserError("bench_device", "none", "the fastest network must be measured; give cpu or cuda")
    if not load_recipe(grid.recipe).finetune.validation:
        fix = "holds out no validation images (validation = 0), and they decide; choose a recipe that does"
        raise UserError("recipe", grid.recipe, fix)


def check_export(folder: Path, name: str) -> None:
    """Raise UserError for a folder that cannot be written to, or that holds what another search or another command
    wrote: an export replaces files of the same names."""
    check_folder(folder, "export")
    others = sorted(file.name for file in folder.iterdir() if not _is_ours(file, name)) if folder.exists() else []
    if others:
        raise UserError("export", folder, f"holds {others[0]}, which no search {name} has written; give a new folder")


def drop_former(folder: Path, name: str, written: Collection[Path]) -> None:
    """Remove what the search exported before and does not recommend any more, so that the folder holds the present
    recommendation; files of others stay. written: those of now, their cards among them."""
    former = [file for file in folder.iterdir() if file.absolute() not in written and _is_ours(file, name)]
    for file in sorted(former, key=lambda file: file.suffix == ".md"):  # a card goes last: it says whose the file is
        file.unlink(missing_ok=True)


def _is_ours(file: Path, name: str) -> bool:
    """Return whether a network of this search was written there, as the card beside it says."""
    card = file.with_suffix(".md")
    if file.suffix not in EXPORTED or not file.is_file() or not card.is_file():
        return False
    ours = re.compile(rf"^\| sweep \| {re.escape(name)}-best(-\d+)?, ", re.MULTILINE)
    return ours.search(card.read_text(encoding="utf-8", errors="replace")) is not None


def _name(given: str | None, grid: Grid) -> str:
    """Return the sweep's name; one that follows from the grid where none is given, so that the same command continues
    what it began."""
    if given is None:
        kept = {field: value for field, value in asdict(grid).items() if field not in _SEARCHED}
        return f"find-{sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:8]}"
    name = parse_name(given)
    if len(name) > _LONGEST:
        raise UserError("name", given, f"is longer than {_LONGEST} letters, and sweeps beside it need longer names")
    return name


_SEARCHED = ("sparsity", "algorithm", "epochs", "iterations", "seeds", *_UNTIMED)
"""What may differ between two searches with the same trials."""
