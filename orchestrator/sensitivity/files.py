"""A sensitivity profile as a file: numbers, a page, a picture, or rules for a grid."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.io import check_file
from prunesweep.orchestrator.console.output import json_text
from prunesweep.orchestrator.sensitivity.profile import LayerDrop, Profile
from prunesweep.orchestrator.sensitivity.table import MARK, lines, notes, suggestion, table

_PICTURES = ("svg", "png", "pdf")
_PLAIN = ("csv", "json", "txt", "toml")
_MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"html": ("altair", "vl_convert", "jinja2"), **dict.fromkeys(_PICTURES, ("altair", "vl_convert"))}
)
"""What a file needs of the extra `report`."""


def check_output(output: Path) -> str:
    """Return the format that the file's ending means.

    Raises:
        UserError: none, a package is missing, or it cannot be written.
    """
    ending = output.suffix.lstrip(".").lower()
    known = (*_PLAIN, *_MODULES)
    if ending not in known:
        names = ", ".join(f".{each}" for each in known)
        raise UserError("output", output, f"ends in none of {names}; change the name")
    if ending in _MODULES:
        need("report", "output", output, _MODULES[ending])
    check_file(output)
    return ending


def content(profile: Profile, ending: str) -> str | bytes:
    """Return the file's content. ending: as `check_output` returned it.

    Raises:
        UserError: rules were asked for, and there are none to suggest.
    """
    if ending in _PICTURES or ending == "html":
        return _drawn(profile, ending)
    if ending == "csv":
        return _csv(profile)
    if ending == "json":
        return json_text(as_json(profile), indent=2) + "\n"
    if ending == "toml" and profile.suggestion is None:
        raise UserError("output", f".{ending}", suggestion(profile)[0])
    return "\n".join(suggestion(profile) if ending == "toml" else lines(profile, 120)) + "\n"


def as_json(profile: Profile) -> dict[str, Any]:
    """Return everything that was measured, and the suggestion."""
    found = profile.suggestion
    return {
        "file": profile.file,
        "dataset": profile.dataset,
        "score": profile.score,
        "images": profile.found.images,
        "top1": profile.top1,
        "top1_standard_error": profile.error,
        "nonzero": profile.found.nonzero,
        "total": profile.found.total,
        "processor": profile.found.processor,
        "max_drop": profile.max_drop,
        "layers": [_row(drop) for drop in profile.drops],
        "tolerated": profile.tolerated,
        "suggestion": None if found is None else found.toml(),
    }


def _row(drop: LayerDrop) -> dict[str, Any]:
    low, high = drop.pairs.interval
    return {
        "layer": drop.layer.layer,
        "shape": list(drop.layer.shape),
        "weights": drop.total,
        "sparsity": drop.layer.sparsity,
        "kept": drop.layer.kept,
        "drop": drop.pairs.drop,
        "drop_low": low,
        "drop_high": high,
        "lost": drop.layer.lost,
        "gained": drop.layer.gained,
        "images": drop.pairs.images,
        "p_adjusted": drop.p_adjusted,
    }


def _csv(profile: Profile) -> str:
    rows = [{**_row(drop), "shape": "x".join(map(str, drop.layer.shape))} for drop in profile.drops]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _drawn(profile: Profile, ending: str) -> str | bytes:
    from prunesweep.orchestrator.report.figures.draw import picture
    from prunesweep.orchestrator.report.figures.sensitivity import sensitivity
    from prunesweep.orchestrator.report.html.build import chart_page

    figure = sensitivity([_tile(drop) for drop in profile.drops], ". ".join(notes(profile)))
    if ending != "html":
        return picture(figure, ending)
    heads, rows = table(profile)
    shown = {"lines": notes(profile), "heads": heads, "rows": rows, "suggestion": "\n".join(suggestion(profile))}
    return chart_page("sensitivity.html", f"Sensitivity of {profile.file}", [figure], **shown)


def _tile(drop: LayerDrop) -> dict[str, Any]:
    low, high = (round(100 * edge, 3) for edge in drop.pairs.interval)
    return {
        "l": drop.layer.layer.removesuffix(".weight"),
        "x": f"{100 * drop.layer.sparsity:g} %",
        "v": round(100 * drop.pairs.drop, 3),
        "low": low,
        "high": high,
        "m": MARK if drop.significant else "",
    }
