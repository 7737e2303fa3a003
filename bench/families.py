"""Draws accuracy against measured speed-up, one line for each way of pruning, from files of finished sweeps:

    python bench/families.py rows.csv … [--int8 tested.json …] --output docs/pictures/families.svg

rows.csv   of `sweep report NAME --format csv`, with latencies; several seeds of a cell become one mark
tested     of `sweep evaluate DENSE PRUNED … --int8 N --json`, one file for each seed, with the same batch and threads

A mark is at the mean accuracy and the median latency of its seeds; bars are the standard deviation of the accuracies
and the range of the latencies. Prints the marks as a Markdown table. Needs the extra `report`.
"""

import argparse
import csv
import json
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt

FIGURE = "families.svg"
"""The figure in docs/results.md, in docs/pictures."""
_DENSE = "dense"


@dataclass(frozen=True)
class Reading:
    """One network: accuracy in %, latency in ms an image, and how many times faster than dense."""

    top1: float
    ms: float
    speedup: float


@dataclass(frozen=True)
class Mark:
    """The readings of a family at one sparsity (in %), over seeds."""

    family: str
    sparsity: float
    readings: tuple[Reading, ...]

    def row(self) -> dict[str, Any]:
        """Return the values that are drawn."""
        top1 = [one.top1 for one in self.readings]
        times = [one.speedup for one in self.readings]
        mean, spread = statistics.mean(top1), statistics.stdev(top1) if len(top1) > 1 else 0.0
        return {
            "family": self.family,
            "sparsity": self.sparsity,
            "n": len(top1),
            "top1": mean,
            "sd": spread,
            "low": mean - spread,
            "high": mean + spread,
            "ms": statistics.median(one.ms for one in self.readings),
            "speedup": statistics.median(times),
            "slowest": min(times),
            "fastest": max(times),
            "label": "" if self.family.startswith(_DENSE) else f"{self.sparsity:g} %",
        }


def readings(files: Sequence[Path]) -> Iterator[tuple[str, float, Reading]]:
    """Yield family, sparsity in % and reading of each measured network once: all algorithms share those of sparsity
    0."""
    seen: set[str] = set()
    for file in files:
        with file.open(newline="") as lines:
            for row in csv.DictReader(lines):
                if not row["top1"] or not row["latency_pruned_ms"] or row["digest"] in seen:
                    continue
                seen.add(row["digest"])
                batch, top1 = int(row["latency_batch"]), 100 * float(row["top1"])
                ms = float(row["latency_pruned_ms"]) / batch
                sparsity = 100 * float(row["sparsity"])
                family = row["algorithm"] if sparsity else _DENSE
                yield family, sparsity, Reading(top1, ms, float(row["latency_speedup"] or 1))


def quantised(files: Sequence[Path]) -> Iterator[tuple[str, float, Reading]]:
    """Yield the same for the int8 networks of `sweep evaluate`'s answers."""
    for file in files:
        for one in json.loads(file.read_text()):
            int8 = one["int8"]
            if int8 and int8["ms_per_image"] is not None:
                sparsity = round(100 * one["sparsity"])
                family = f"{_named(one['path'])}, int8" if sparsity else f"{_DENSE}, int8"
                yield family, sparsity, Reading(100 * int8["top1"], int8["ms_per_image"], int8["speedup"])


def _named(file: str) -> str:
    found = re.search(r"perc_([a-z0-9.-]*?[a-z])\d", Path(file).name)
    return found[1] if found else Path(file).stem


def marks(found: Iterator[tuple[str, float, Reading]]) -> list[Mark]:
    """Return what belongs together as one mark each, sorted."""
    groups: Mapping[tuple[str, float], list[Reading]] = defaultdict(list)
    for family, sparsity, reading in found:
        groups[family, sparsity].append(reading)
    return [Mark(family, sparsity, tuple(each)) for (family, sparsity), each in sorted(groups.items())]


def chart(rows: Sequence[Mapping[str, Any]]) -> alt.LayerChart | alt.FacetChart:
    """Return the figure; speed-ups are on a logarithmic axis."""
    base = alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]
    x = alt.X("speedup:Q", title="times faster than the fastest dense engine, measured")
    x = x.scale(type="log", nice=False, padding=24)
    y = alt.Y("top1:Q", title="test accuracy, top-1 %").scale(zero=False)
    colour = alt.Color("family:N", title=None).scale(scheme="tableau10")
    lines = base.mark_line(strokeWidth=1.5).encode(x=x, y=y, color=colour, order="sparsity:Q")
    points = base.mark_point(filled=True, size=60).encode(
        x=x, y=y, color=colour, shape=alt.Shape("family:N", legend=None)
    )
    spread = base.mark_rule().encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour)
    range_ = base.mark_rule().encode(x=alt.X("slowest:Q"), x2="fastest:Q", y=y, color=colour)
    labels = base.mark_text(dy=-9, dx=10, fontSize=9).encode(x=x, y=y, text="label:N", color=colour)
    figure: alt.LayerChart | alt.FacetChart = alt.layer(lines, spread, range_, points, labels)
    return figure.properties(width=640, height=400)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the marks as Markdown."""
    lines = [
        "| pruned by | sparsity | n | top-1, % | ms an image | speed-up |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        times = f"{row['speedup']:.2f}× ({row['slowest']:.2f} to {row['fastest']:.2f})"
        lines.append(
            f"| {row['family']} | {row['sparsity']:g} % | {row['n']} | {row['top1']:.2f} ± {row['sd']:.2f}"
            f" | {row['ms']:.3f} | {times} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the files, print the table, write the figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="+", type=Path, help="CSV files of sweep report")
    parser.add_argument("--int8", nargs="*", type=Path, default=[], help="JSON files of sweep evaluate --int8")
    parser.add_argument("--output", type=Path, required=True, help=".svg, .png or .pdf")
    given = parser.parse_args()
    rows = [mark.row() for mark in marks(iter([*readings(given.rows), *quantised(given.int8)]))]
    print(table(rows))
    chart(rows).save(given.output)


if __name__ == "__main__":
    main()
