"""The report as a LaTeX table for a paper: one row per setting and sparsity, mean ± standard deviation over seeds."""

from collections.abc import Callable, Sequence

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.summary import Group, dense_spread, groups
from prunesweep.orchestrator.report.validity import sign

_LONG = 45
"""Rows that still fit on one page."""
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "\n": " ",
        "×": r"$\times$",
    }
)
_HEADS = (
    r"algorithm & epochs & rounds & sparsity, \% & seeds & top-1, \% & drop, points"
    r" & \multicolumn{2}{c}{compression (all)} & FLOPs ratio & train FLOPs & speed-up & zeros alone & code \\"
)
_NONE = "--"


def escaped(text: str) -> str:
    """Return `text` with every character that LaTeX would obey made one that it prints."""
    return text.translate(_ESCAPES)


def latex(rows: Sequence[ReportRow]) -> str:
    """Return a `booktabs` table; a `longtable` where it is too long for a page."""
    body = [_line(group) for group in groups(rows)]
    long = len(body) > _LONG
    name = escaped(rows[0].sweep) if rows else "empty"
    label = "tab:" + "".join(c if c.isascii() and c.isalnum() else "-" for c in (rows[0].sweep if rows else "empty"))
    caption = rf"\caption{{{_caption(rows, name)}}}\label{{{label}}}"
    needs = r"\usepackage{booktabs,longtable}" if long else r"\usepackage{booktabs}"
    columns = "{lrrrrrrrrrrrrl}"
    if long:
        head = [rf"\begin{{longtable}}{columns}", caption + r" \\", r"\toprule", _HEADS, r"\midrule", r"\endfirsthead"]
        head += [r"\toprule", _HEADS, r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot"]
        return "\n".join([f"% {needs}", *head, *body, r"\end{longtable}"]) + "\n"
    head = [r"\begin{table}", r"\centering", caption, rf"\begin{{tabular}}{columns}", r"\toprule", _HEADS, r"\midrule"]
    tail = [r"\bottomrule", r"\end{tabular}", r"\end{table}"]
    return "\n".join([f"% {needs}", *head, *body, *tail]) + "\n"


def _caption(rows: Sequence[ReportRow], name: str) -> str:
    if not rows:
        return f"Sweep {name}: no cells."
    dense = dense_spread(rows)
    reached = "" if dense is None else rf" Dense: {_spread(dense.mean, dense.sd, 100)}\,\% top-1."
    done = sum(row.top1 is not None for row in rows)
    known = "" if done == len(rows) else f" {done} of {len(rows)} cells are evaluated."
    wide = f"width {rows[0].width}, " if rows[0].width else ""
    where = escaped(f"{rows[0].model}, {wide}{rows[0].dataset}")
    if rows[0].layer_rules:
        known += escaped(f" Layer rules: {rows[0].layer_rules.replace(',', ', ')}.")
    return (
        rf"Sweep {name}: {where}.{reached} Mean $\pm$ standard deviation over seeds; compression: of the prunable"
        rf" weights (of all parameters); train FLOPs: of all trainings needed, over the dense network's, in theory;"
        rf" speed-up: measured, over the fastest dense engine.{known}"
    )


def _line(group: Group) -> str:
    name, epochs, rounds = group.setting
    finished = sum(row.top1 is not None for row in group.rows)
    cells = [
        escaped(name),
        str(epochs),
        str(rounds),
        f"{100 * group.sparsity:g}",
        str(finished),
        _of(group, lambda row: row.top1, 100),
        _of(group, lambda row: row.drop, 100),
        _of(group, lambda row: row.compression, 1, 1),
        _of(group, lambda row: row.compression_all, 1, 1),
        _of(group, lambda row: row.flop_speedup, 1, 1),
        _of(group, lambda row: row.train_flops_ratio, 1),
        _speed(group),
        _of(group, lambda row: row.latency_zeros_speedup, 1),
        escaped(", ".join(sorted({row.latency_code for row in group.rows if row.latency_code})) or _NONE),
    ]
    return " & ".join(cells) + r" \\"


def _of(group: Group, value: Callable[[ReportRow], float | None], scale: float, digits: int = 2) -> str:
    found = group.of(value)
    return _NONE if found is None else _spread(found.mean, found.sd, scale, digits)


def _spread(mean: float, sd: float | None, scale: float, digits: int = 2) -> str:
    tail = "" if sd is None else rf" \pm {scale * sd:.{digits}f}"
    return f"${scale * mean:.{digits}f}{tail}$"


def _speed(group: Group) -> str:
    """Return `none` where no cell is seen to be faster or slower, as one of the sweep's."""
    measured = [row for row in group.rows if row.latency_speedup_low is not None]
    if measured and not any(map(sign, measured)):
        return "none"
    return _of(group, lambda row: row.latency_speedup, 1)
