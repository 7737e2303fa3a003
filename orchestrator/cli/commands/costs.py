"""`sweep costs`: measures what a weight costs on this machine, for the algorithm `latency`."""

from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.io import check_file, write_whole
from prunesweep.core.jobs.answers import CostMachine
from prunesweep.core.jobs.programs import COSTS
from prunesweep.core.jobs.requests import Costs
from prunesweep.core.plan.axes import parse_count
from prunesweep.core.plan.costs import BATCHES, CostProfile, make_costs
from prunesweep.orchestrator.console.output import note, say, say_json
from prunesweep.orchestrator.torch_client import ask


def costs(output: Path, passes: str, json_: bool) -> None:
    """Measure what a weight costs the sparse engine on this machine, by its layer's output positions."""
    if output.suffix.lower() != ".toml":
        raise UserError("output", output, "give a file that ends in .toml")
    count = parse_count(passes, "passes", 3, 10_000)
    check_file(output)
    need("worker", "costs", modules=("numpy",))
    text = _measured(count, json_)
    write_whole(output, text)
    note(f"written: {output}; use it with --costs {output}")


def _measured(passes: int, json_: bool) -> str:
    """Return the profile as TOML; its points are printed as they come."""
    points: dict[int, list[tuple[int, float]]] = {batch: [] for batch in BATCHES}
    dense: dict[int, list[tuple[int, float]]] = {batch: [] for batch in BATCHES}
    processor = date = ""
    for event in ask(COSTS, Costs(passes)):
        if isinstance(event, CostMachine):
            processor, date = event.processor, event.date
            continue
        points[event.batch].append((event.positions, event.ns))
        full = ""
        if event.dense_ns is not None:
            dense[event.batch].append((event.positions, event.dense_ns))
            full = f"; done dense {event.dense_ns:.3g}"
        if not json_:
            place = f"batch {event.batch:2}, {event.positions:4} output positions"
            say(f"{place}: {event.ns:.3g} ns a weight{full}")
    if json_:
        say_json({"processor": processor, "date": date, "batches": points, "dense": dense})
    return CostProfile(processor, date, {batch: make_costs(points[batch], dense[batch]) for batch in BATCHES}).toml()
