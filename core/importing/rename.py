"""Takes wrappers' prefixes off names, and translates third parties' names of layers into a network's own."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.importing.normalise import COUNTER
from prunesweep.core.importing.text import FIELD, listed
from prunesweep.core.importing.unwrap import Note

_WRAPPERS = ("module", "_orig_mod")
"""What DataParallel and torch.compile put into names, at any place."""
_DEEPEST = 6


@dataclass(frozen=True)
class Naming:
    """How a third party calls layers.

    Attributes:
        source: whose names.
        rename: a name there → the name in torchvision's style.
    """

    source: str
    rename: Callable[[str], str]


def _as_torchvision(name: str) -> str:
    name = re.sub(r"^linear\.", "fc.", name)
    return re.sub(r"(^|\.)shortcut\.([01])\.", r"\1downsample.\2.", name)


TABLES = (
    Naming("", lambda name: name),
    # ResNet with `linear` and `shortcut.0/1`; akamaster's with shortcuts of option B has the same names.
    Naming("kuangliu/pytorch-cifar and akamaster/pytorch_resnet_cifar10", _as_torchvision),
)
"""Tried in turn. chenyaofo/pytorch-cifar-models has torchvision's names, so that its ResNets need no table; so has
kuangliu's VGG-16."""


@dataclass(frozen=True)
class PrefixedNaming:
    """How a file's names are to be read.

    Attributes:
        prefix: in front of all of the network's names.
        table: whose names.
    """

    prefix: str
    table: Naming


def rename_all(path: Path, names: Iterable[str], expected: frozenset[str], note: Note) -> Mapping[str, str]:
    """Return the file's name → the network's name, of all tensors that belong to the network.

    Wrappers (`module.`, `_orig_mod.`) are taken out anywhere, then the one prefix and table with which most of the
    expected names are found. Names outside that prefix are ignored and said; names within it that the network
    doesn't have stay, for the caller to refuse.

    Raises:
        UserError: two tensors for one name, or two whole networks.
    """
    bare = _without_wrappers(path, names, expected, note)
    reading = _best(path, bare, expected, note)
    if reading.prefix:
        note(f"took the prefix {reading.prefix!r} off")
    if outside := [name for short, name in bare.items() if not short.startswith(reading.prefix)]:
        note(f"ignored {listed(outside)}: outside {reading.prefix!r}")
    inside = {name: short.removeprefix(reading.prefix) for short, name in bare.items() if name not in set(outside)}
    renamed = {name: reading.table.rename(short) for name, short in inside.items()}
    if changed := [f"{inside[name]} → {new}" for name, new in renamed.items() if inside[name] != new]:
        note(f"renamed from {reading.table.source}: {listed(changed)}")
    _check_distinct(path, renamed.items())
    return renamed


def _without_wrappers(path: Path, names: Iterable[str], expected: frozenset[str], note: Note) -> dict[str, str]:
    """Return name without wrappers → name in the file."""
    segments = {segment for name in expected for segment in name.split(".")}
    wrappers = [word for word in _WRAPPERS if word not in segments]
    pairs = [(name, ".".join(one for one in name.split(".") if one not in wrappers)) for name in names]
    used = [word for word in wrappers if any(word in name.split(".") for name, _ in pairs)]
    if used:
        note(f"took {' and '.join(f'{word}.' for word in used)} out of names")
    _check_distinct(path, pairs)
    return {short: name for name, short in pairs}


def _check_distinct(path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    seen: dict[str, str] = {}
    for name, short in pairs:
        if short in seen:
            raise UserError(FIELD, path, f"holds {short} twice, as {seen[short]} and as {name}; save one network alone")
        seen[short] = name


def _best(path: Path, names: Iterable[str], expected: frozenset[str], note: Note) -> PrefixedNaming:
    """Return the prefix and the table by which most of the expected names are found."""
    needed = frozenset(name for name in expected if not name.endswith(COUNTER))
    found = [
        (count, PrefixedNaming(prefix, table))
        for table in TABLES
        for prefix, count in _counts(names, needed, table.rename).items()
    ]
    most = max((count for count, _ in found), default=0)
    best = [reading for count, reading in found if count == most]
    if not best:
        return PrefixedNaming("", TABLES[0])
    whole = {reading.prefix for reading in best} if most == len(needed) else set()
    if len(whole) > 1:
        averaged = [prefix for prefix in whole if "ema" in re.split(r"[._]", prefix)]
        if len(averaged) != 1:
            raise UserError(FIELD, path, f"holds several networks ({listed(sorted(whole))}); save one of them alone")
        note(f"took the averaged weights (EMA) under {averaged[0]!r}")
        return next(reading for reading in best if reading.prefix == averaged[0])
    return min(best, key=lambda reading: len(reading.prefix))


def _counts(names: Iterable[str], needed: frozenset[str], rename: Callable[[str], str]) -> dict[str, int]:
    """Return prefix → how many of the needed names follow it."""
    counts: dict[str, int] = {}
    for name in names:
        parts = name.split(".")
        for cut in range(min(len(parts), _DEEPEST + 1)):
            if rename(".".join(parts[cut:])) in needed:
                prefix = "".join(f"{part}." for part in parts[:cut])
                counts[prefix] = counts.get(prefix, 0) + 1
    return counts
