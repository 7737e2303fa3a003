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
    images, most = profile.found.images, 100 * profile.max_drop
    percent = f"{LEVEL:.0%}".replace("%", " %")
    found = [
        f"drop of top-1 in points right after pruning that layer alone by {profile.score}, all others as in the file;"
        " nothing trained",
        f"{profile.file}: top-1 {text.percent(profile.top1)} ± {text.percent(profile.error)} (standard error) on"
        f" {images:,} validation images of {profile.dataset}, held out from the training images; the test set was not"
        " read",
        f"{MARK} more than chance, as one of all drops (exact McNemar test on the same images, Holm, {percent});"
        f" 95 % intervals are at most ± {100 * profile.widest:.2f} points wide",
        f"tolerates: the highest sparsity up to which the layer never loses more than {most:g} points",
    ]
    if profile.widest > profile.max_drop:
        found.append(f"so few images cannot tell {most:g} points from none in every layer; look at more (--images)")
    return found


def suggestion(profile: Profile) -> list[str]:
    """Return the rules to paste into a grid file, or why there are none."""
    most = f"{100 * profile.max_drop:g} points"
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
