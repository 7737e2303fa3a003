"""Names of sweeps, and the study's file names."""

import re
from decimal import Decimal

from prunesweep.core.errors import UserError
from prunesweep.core.plan.cells import Cell

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VALUES = frozenset({"na", "nan", "n.a.", "null", "none", "nil", "true", "false", "t", "f", "yes", "no"})
_HEXADECIMAL = re.compile(r"0[xX][0-9A-Fa-f]+")


def parse_name(value: object, field: str = "name") -> str:
    """Return a sweep's name: 1–64 letters, digits, `.`, `_`, `-`, starting with a letter or digit.

    Raises:
        UserError: anything else.
    """
    if isinstance(value, str) and value.isdecimal():
        raise UserError(field, value, "could be taken for a sweep's number; add a letter")
    if isinstance(value, str) and _reads_as_a_value(value):
        raise UserError(
            field, value, f"reads as a number, a truth value or a gap in a CSV file; add a word, e.g. run-{value}"
        )
    if isinstance(value, str) and _NAME.fullmatch(value) and ".." not in value:
        return value
    raise UserError(field, value, "use 1-64 letters, digits, '.', '_' or '-', starting with a letter or digit")


def _reads_as_a_value(text: str) -> bool:
    """Return True for what pandas, R and spreadsheets would not keep as text in a column of names."""
    if text.lower() in _VALUES:
        return True
    try:
        float(text.lower().replace("d", "e"))
    except ValueError:
        return _HEXADECIMAL.fullmatch(text) is not None
    return True


def parse_file_stem(value: str) -> str:
    """Return a file's name without its ending, made of words that came from a ledger: it must stay in its folder.

    Raises:
        UserError: anything but letters, digits, `.`, `_` and `-`.
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}", value):
        return value
    raise UserError("names", value, "cannot be a file's name; the ledger was written by another program")


def study_name(model: str, cell: Cell | None, seed: int | None = None) -> str:
    """Return the study's name for a checkpoint, without an ending; None is the dense network.

    `resnet18`, `resnet18_prune_90perc_oneshot3` (3 epochs), `resnet18_prune_90perc_iterative3_5` (3 epochs a round,
    5 rounds). With a seed it ends in `_seed1`, as where several would have one name.
    """
    ending = "" if seed is None else f"_seed{seed}"
    if cell is None:
        return model + ending
    percent = f"{Decimal(repr(cell.sparsity)) * 100:f}"
    if "." in percent:
        percent = percent.rstrip("0").rstrip(".")
    # One round of an algorithm with rounds is named as if it had none: the plan shares it with `oneshot` as well.
    rounds = f"_{cell.iterations}" if cell.iterations > 1 else ""
    return f"{model}_prune_{percent}perc_{cell.algorithm.replace(':', 'of')}{cell.epochs}{rounds}{ending}"
