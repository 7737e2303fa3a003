"""What quantising files to int8 costs and brings, beside what their zeros bring in fp32."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prunesweep.core.holm import LEVEL, holm
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.statistics.matched_pairs import MatchedPairs

_MARK = "*"
"""Behind a loss of accuracy that is more than chance."""


def int8_lines(results: Sequence[Mapping[str, Any]], width: int) -> list[str]:
    """Return a table of the files in int8 and in fp32, and how to read it. results: `FileResult`s, each with int8."""
    titles = ("top-1 %", "in int8", "lost", "dense ms", "engine ms", "int8 ms", "int8 speed-up")
    columns = [text.Column("file", left=True, keep=16), *(text.Column(title) for title in titles)]
    columns.append(text.Column("fastest here", left=True))
    pairs = [MatchedPairs(each["images"], each["int8"]["lost"], each["int8"]["gained"]) for each in results]
    chances = holm([pair.p for pair in pairs])
    speeds = holm([each["int8"]["p"] for each in results])
    rows = [_row(*each) for each in zip(results, pairs, chances, speeds, strict=True)]
    first = results[0]["int8"]
    return [
        *text.table(columns, rows, width),
        "",
        f"int8: weights symmetric per channel (zeros stay zeros), activations by their range over"
        f" {first['calibration']:,} training images; {first['version']}",
        f"lost: points of top-1 by quantising that file; {_MARK} more than chance on these images (exact McNemar test,"
        f" Holm, {LEVEL:.0%})",
        "dense: the first file in the fastest dense fp32 engine; engine: this file in fp32 in the engine that skips"
        " zeros; int8 multiplies zeros",
        "int8 speed-up: against dense, in the same run. fastest here: by 99 % intervals, several where these overlap",
    ]


def _row(
    result: Mapping[str, Any], pairs: MatchedPairs, chance: float | None, adjusted: float | None
) -> tuple[str, ...]:
    int8 = result["int8"]
    mark = _MARK if chance is not None and chance <= LEVEL else " "
    return (
        Path(result["path"]).name,
        text.percent(result["top1"]),
        text.percent(int8["top1"]),
        text.points(pairs.drop) + mark,
        text.number(result["ms_per_image_dense"], 3),
        text.number(result["ms_per_image"], 3),
        text.number(int8["ms_per_image"], 3),
        text.speedup(int8["speedup"], int8["speedup_low"], int8["speedup_high"], adjusted),
        _fastest(result),
    )


def _fastest(result: Mapping[str, Any]) -> str:
    """Return the form that is fastest on this machine, or all whose intervals reach into its own."""
    found = {"dense": (1.0, 1.0, 1.0)}
    for name, one in (("engine", result), ("int8", result["int8"])):
        if one["speedup"] is not None:
            found[name] = (one["speedup"], one["speedup_low"], one["speedup_high"])
    best = max(found.values())
    return " or ".join(name for name, (_, _, high) in found.items() if high >= best[1])
