"""Cells summed up over seeds: settings, means with their standard deviations, and what no other point beats."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from prunesweep.core.ledger.queries.report import ReportRow

Setting = tuple[str, int, int]
"""Algorithm, epochs a round, rounds."""


@dataclass(frozen=True)
class Spread:
    """A mean over `n` values; sd: their sample standard deviation (n - 1 below), None for a single one."""

    mean: float
    sd: float | None
    n: int


@dataclass(frozen=True)
class Group:
    """The cells that differ in their seed only. label: the setting, as short as the sweep allows."""

    setting: Setting
    label: str
    sparsity: float
    rows: tuple[ReportRow, ...]

    def of(self, value: Callable[[ReportRow], float | None]) -> Spread | None:
        """Return mean and deviation of a column over the cells that know it; None when none does."""
        return spread(value(row) for row in self.rows)

    def knows(self, value: Callable[[ReportRow], float | None]) -> bool:
        """Return whether any of the cells knows a column."""
        return any(value(row) is not None for row in self.rows)


def spread(values: Iterable[float | None]) -> Spread | None:
    """Return mean and sample standard deviation of the values that are known; None when there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Spread(fmean(known), stdev(known) if len(known) > 1 else None, len(known))


def setting(row: ReportRow) -> Setting:
    return (row.algorithm, row.epochs, row.iterations)


def labels(rows: Iterable[ReportRow]) -> dict[Setting, str]:
    """Return a name for every setting, in the order of the grid: its algorithm, and epochs × rounds where that has
    several."""
    settings = list(dict.fromkeys(setting(row) for row in rows))
    names = [name for name, _, _ in settings]
    return {each: each[0] if names.count(each[0]) == 1 else f"{each[0]} {each[1]}×{each[2]}" for each in settings}


def groups(rows: Sequence[ReportRow], named: Mapping[Setting, str] | None = None) -> list[Group]:
    """Return the cells by setting and sparsity, settings in the order of the grid, sparsities ascending.

    named: the settings' names, where those of other sweeps count as well.
    """
    named = named or labels(rows)
    found: dict[tuple[Setting, float], list[ReportRow]] = {}
    for row in rows:
        found.setdefault((setting(row), row.sparsity), []).append(row)
    place = {each: index for index, each in enumerate(named)}
    ordered = sorted(found.items(), key=lambda item: (place[item[0][0]], item[0][1]))
    return [Group(key, named[key], sparsity, tuple(members)) for (key, sparsity), members in ordered]


def dense_spread(rows: Iterable[ReportRow]) -> Spread | None:
    """Test accuracy of the dense networks, each once: one for each seed, or a single one that was imported."""
    known = [row for row in rows if row.top1_dense is not None]
    return spread({row.dense_digest or row.seed: row.top1_dense for row in known}.values())


def shares_dense(rows: Sequence[ReportRow]) -> bool:
    """Return whether several seeds begin with one dense network: imported weights, not trained further."""
    imported = all(row.weights for row in rows) and len({row.dense_digest for row in rows}) == 1
    return imported and len({row.seed for row in rows}) > 1
