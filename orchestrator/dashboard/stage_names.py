"""What a stage is for, in words that no other stage of its sweep has: algorithm, sparsity, schedule, seed, step."""

from collections.abc import Iterable, Sequence

from prunesweep.core.ledger.queries.cell_paths import CellPath
from prunesweep.core.plan.cells import cell_name


def steps(path: CellPath) -> list[tuple[str, str, str]]:
    """Return the cell's own stages in order: kind (`prune`, `evaluate`, `benchmark`), digest, step in words."""
    total = len(path.rounds)
    found = [
        ("prune", digest, "pruning" if total == 1 else f"round {place} of {total}")
        for place, digest in enumerate(path.rounds, 1)
    ]
    if path.reads_test:
        found.append(("evaluate", path.evaluate, "evaluation"))
    if path.benchmark:
        found.append(("benchmark", path.benchmark, "latency"))
    return found


def stage_names(cells: Sequence[CellPath]) -> dict[str, str]:
    """Return the name of every stage, by digest; of a stage that several cells need, by the first of them."""
    found: dict[str, str] = {}
    for path in cells:
        for _, digest, step in steps(path):
            found.setdefault(digest, f"{cell_name(path.cell)} · {step}")
    seeds: dict[str, dict[int, None]] = {}
    of: dict[str, str] = {}
    for path in cells:
        chain = (*path.before, path.train)
        for place, digest in enumerate(chain, 1):
            of[digest] = f" · part {place} of {len(chain)}" if len(chain) > 1 else ""
        if path.reads_test:
            of[path.dense_evaluate] = " · evaluation"
        for digest in dict.fromkeys((*chain, path.dense_evaluate)):
            seeds.setdefault(digest, {})[path.cell.seed] = None
    return found | {digest: f"dense network · {_seeds(seeds[digest])}{step}" for digest, step in of.items()}


def _seeds(seeds: Iterable[int]) -> str:
    known = sorted(seeds)
    return f"seed {known[0]}" if len(known) == 1 else f"{len(known)} seeds"
