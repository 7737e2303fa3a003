"""A sensitivity profile as lines of text."""

from prunesweep.core.holm import LEVEL
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.sensitivity.profile import LayerDrop, Profile

MARK = "*"
"""Behind a drop that is more than chance."""


def lines(profile: Profile, width: int) -> list[str]:
    """Return the table of layers × sparsities, how to read it, and the suggestion."""
    heads, rows = table(profile)
    columns = [text.Column(heads[0], left=True, keep=16), *(text.Column(head) for head in heads[1:])]
    return [*text.table(columns, rows, width), "", *notes(profile), "", *suggestion(profile)]


def table(profile: Profile) -> tuple[list[str], list[list[str]]]:
    """Return the titles of the columns, and a row for each layer."""
    heads = ["layer", "weights", *(f"{100 * sparsity:g} %" for sparsity in profile.sparsities), "tolerates"]
    rows = [
        [name, text.count(drops[0].total), *map(_cell, drops), _tolerated(profile.tolerated[name])]
        for name, drops in profile.by_layer.items()
    ]
    return heads, rows


def notes(profile: Profile) -> list[str]:
    """Return what was measured, and how sure it is."""
    found, most = profile.found, _points(profile.max_drop)
    percent = f"{LEVEL:.0%}".replace("%", " %")
    return [
        f"drop of top-1 in points right after pruning that layer alone by {profile.score}, all others as in the file;"
        " nothing trained",
        f"{profile.file}: top-1 {text.percent(profile.top1)} ± {text.percent(profile.error)} (standard error) on"
        f" {found.images:,} validation images of {profile.dataset}, held out from the training images; the test set was"
        " not read",
        f"{MARK} more than chance, as one of all drops (exact McNemar test on the same images, Holm, {percent});"
        f" drops up to {most} are known to ± {_points(profile.sureness)} (95 %)",
        f"tolerates: the highest sparsity up to which the layer never loses more than {most}",
        *_too_few(profile),
    ]


def _too_few(profile: Profile) -> list[str]:
    """Return what to do where the images cannot tell what may be lost from nothing."""
    found = profile.found
    if profile.sureness <= profile.max_drop:
        return []
    more = f"all {found.held_out:,} that are held out: --images 0" if found.images < found.held_out else ""
    what = f"look at {more}" if more else "no more are held out, so read the suggestion as a beginning"
    return [f"{found.images:,} images cannot tell a drop of {_points(profile.max_drop)} from none; {what}"]


def suggestion(profile: Profile) -> list[str]:
    """Return the rules to paste into a grid file, or why there are none."""
    most = _points(profile.max_drop)
    if profile.suggestion is None:
        lowest = f"{100 * min(profile.sparsities):g} %"
        if any(profile.tolerated.values()):
            return ["no suggestion: no rules that a grid takes come to these sparsities"]
        why = f"every layer loses more than {most} at {lowest}"
        return [f"no suggestion: {why}; look lower (--sparsity), or allow more (--max-drop)"]
    return [
        f"# Each layer as sparse as it tolerates by itself (at most {most} lost); those that tolerate nothing exempt.",
        *profile.suggestion.toml().splitlines(),
    ]


def _cell(drop: LayerDrop) -> str:
    if drop.p_adjusted is None:
        return text.MISSING
    return text.points(drop.pairs.drop) + (MARK if drop.significant else " ")


def _tolerated(sparsity: float) -> str:
    return f"{100 * sparsity:g} %" if sparsity else "nothing"


def _points(fraction: float) -> str:
    """Return `1 point`, `0.25 points`."""
    shown = f"{100 * fraction:.3g}"
    return f"{shown} point" if shown == "1" else f"{shown} points"
