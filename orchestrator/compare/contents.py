"""What a sweep's cells were made of, by content: recipe, own algorithm, cost profile, layer rules and code of stages.

A name or a path says little: a file may have changed between two sweeps, or lie elsewhere. What stood in it is read
from the stages, which hold it in full; the names are those of the sweep's grid, and are only shown.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.core.plan.algorithms import ALGORITHMS, Algorithm
from prunesweep.core.plan.allocations import COUNTS_OF, parse_allocation
from prunesweep.core.plan.controls import MARK
from prunesweep.core.plan.families import algorithms_of
from prunesweep.core.plan.layer_rules import encode_rules, parse_rules, resolved
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.own_scores import read_own
from prunesweep.core.plan.recipes import Recipe, load_recipe, recipe_names
from prunesweep.core.plan.shapes import prunable_shapes

Specs = Mapping[str, Mapping[str, Any]]
"""Digest → the fields of each stage of a sweep that trains."""
_PLAIN = asdict(ALGORITHMS["oneshot"])
"""The parts that an own composition has where it names no other; only what differs from them is shown."""
_SHOWN = 12


@dataclass(frozen=True)
class NamedContent:
    """Something by what it is.

    Attributes:
        sha: of its content, which alone decides equality.
        name: what it is shown as.
    """

    sha: str
    name: str = field(compare=False)

    def __str__(self) -> str:
        return self.name


def recipe_of(sweep: SweepRow, specs: Specs) -> NamedContent:
    """Return the sweep's recipe: the values of its two parts, whatever its name, path and version.

    A part that no stage of the sweep uses is unknown, unless the other one is that of a recipe of ours.
    """
    used = {str(spec["recipe"]["name"]).rpartition("-")[2]: _values(spec["recipe"]) for spec in specs.values()}
    name = Path(str(sweep.grid.get("recipe", ""))).stem
    for known in recipe_names():
        parts = {part: _values(asdict(recipe)) for part, recipe in vars(load_recipe(known)).items()}
        if used.items() <= parts.items():
            return NamedContent(_sha(parts), known)
    sha = _sha(used)
    return NamedContent(sha, f"{name} {sha[:_SHOWN]}")


def code_of(specs: Specs) -> str:
    """Return the code versions of the stages that train: `prune 3, train 3`."""
    return ", ".join(sorted({f"{spec['kind']} {spec['code']}" for spec in specs.values()}))


def rules_of(row: ReportRow, classes: int) -> NamedContent:
    """Return the row's layer rules by the layers that they are about: `first` and `conv1.weight` may be one."""
    network = ModelRef(row.model, row.width, classes)
    shapes = prunable_shapes(network)
    written = row.layer_rules or ""
    try:
        meant = encode_rules(resolved(parse_rules(written), shapes, row.model)) if written and shapes else written
    except UserError:  # of another release
        meant = written
    return NamedContent(meant, written)


def composition_of(row: ReportRow, sweep: SweepRow, specs: Specs) -> NamedContent:
    """Return what the row's algorithm stands for that its name does not say: the parts of a grid's own one, and the
    costs of `latency`. Empty for most."""
    known = algorithms_of(sweep.grid)
    parts = _parts(row.algorithm.rpartition(MARK)[2], known)  # of a control the algorithm whose layer counts it has
    costs = _costs(specs.get(row.digest, {}), specs)
    if not parts and not costs:
        return NamedContent("", "")
    profile = Path(str(sweep.grid.get("costs", "avx512"))).stem
    differs = {part: value for part, value in parts.items() if value != _PLAIN.get(part)}
    shown = [*map(_shown, _flat(differs)), *([f"costs {profile} {_sha(costs)[:_SHOWN]}"] if costs else [])]
    return NamedContent(_sha([parts, costs]), ", ".join(shown))


def _parts(name: str, known: Mapping[str, Algorithm]) -> dict[str, Any]:
    """Return an own algorithm's composition without any name of the user's; {} for one of ours, and its equal."""
    made = known.get(name)
    if made is None or any(replace(made, name=ours.name) == ours for ours in ALGORITHMS.values()):
        return {}
    parts = asdict(replace(made, name=""))
    if score := read_own(made.score):
        parts["score"] = f"own score {score.sha}"
    if method := parse_allocation(made.allocation).of:  # which is no control itself
        parts["allocation"] = {COUNTS_OF: _parts(method, known) or method}
    return parts


def _costs(spec: Mapping[str, Any], specs: Specs) -> str:
    """Return the costs that the stage allocates by, or that the one does whose counts it takes; "" = none."""
    source = specs.get(spec.get("counts", ""), spec)
    return str(source.get("allocation", "")).partition(" ")[2]


def _flat(parts: Mapping[str, Any]) -> Iterable[object]:
    for value in parts.values():
        yield from _flat(value) if isinstance(value, dict) else filter(None, (value,))


def _shown(value: object) -> str:
    text = str(value)
    return text[: len("own score ") + _SHOWN] if text.startswith("own score ") else text


def _values(recipe: Mapping[str, Any]) -> dict[str, Any]:
    plain = {one.name: one.default for one in fields(Recipe) if one.default is not MISSING}
    named = {key: value for key, value in recipe.items() if key not in ("name", "version")}
    return {key: value for key, value in named.items() if key not in plain or value != plain[key]}


def _sha(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
