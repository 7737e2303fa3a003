"""Networks that are not ours, looked at before anything is submitted: what of a grid they cannot do is said now."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.images.folders import FoundDataset
from prunesweep.core.jobs.programs import NETWORK
from prunesweep.core.jobs.requests import LookAtNetwork
from prunesweep.core.plan.algorithms import BY_INPUTS
from prunesweep.core.plan.allocations import CHANNELS, parse_allocation
from prunesweep.core.plan.channel_reach import ChannelGroups
from prunesweep.core.plan.datasets import SIDES
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.networks import FILE, NetworkRef, other_versions, read_network, source_of
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.shapes import Shapes
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.torch_client import ask


@dataclass(frozen=True)
class FoundNetwork:
    """What a network of another source can do on a dataset.

    Attributes:
        shapes: of the weights that pruning may touch, None = not known here.
        channels: those that can be taken out, None = not known here, or not asked for.
        notes: one line each.
    """

    shapes: Shapes | None = None
    channels: ChannelGroups | None = None
    notes: tuple[str, ...] = ()


def look_at(grid: Grid, dataset: FoundDataset, settings: Settings, folder: Path | None = None) -> FoundNetwork:
    """Return what the grid's network can do on that dataset, as a process with torch finds out; of our own networks
    everything is known without one. folder: of a file that was named with its path, None = SWEEP_NETWORKS.

    Raises:
        UserError: it cannot be made or trained.
    """
    network = read_network(grid.model)
    if network is None:
        return FoundNetwork()
    if reason := _unknown(network, settings, folder):
        return not_looked_at(network, reason)
    if dataset.ref.size:
        size = (dataset.ref.size,) * 2
    else:
        size = dataset.inspection.size if dataset.inspection else (SIDES[dataset.ref.name],) * 2
    allocations = {name: parse_allocation(grid.base(name).allocation).name for name in grid.algorithm}
    request = LookAtNetwork(
        model=grid.model,
        classes=dataset.ref.classes,
        image=(size[1], size[0]),
        engines=() if grid.bench_device == "none" else tuple(grid.bench_engines),
        latency="latency" in allocations.values(),
        precision=load_recipe(grid.recipe).dense.precision,
        folder=str(folder or ""),
        channels=",".join(name for name, allocation in allocations.items() if allocation in CHANNELS),
        inputs=",".join(name for name in grid.algorithm if grid.named(name).score in BY_INPUTS),
    )
    (found,) = ask(NETWORK, request)
    return FoundNetwork(found.shapes, found.channels, found.notes)


def not_looked_at(network: NetworkRef, reason: str) -> FoundNetwork:
    """Return that nothing is known of it, and why."""
    return FoundNetwork(notes=(f"{network.shown} was not looked at, the workers will: {reason}",))


def check_here(model: str, settings: Settings) -> None:
    """Refuse now what a worker on this machine would refuse later.

    Raises:
        UserError: another version of its library, or SWEEP_NETWORKS does not hold the very file.
    """
    network = read_network(model)
    if network is None:
        return
    if wrong := other_versions(network):
        raise UserError("model", network.name, wrong)
    if network.source == FILE:
        try:
            source_of(network, settings.networks)
        except ValueError as error:
            raise UserError("SWEEP_NETWORKS", settings.networks or "", str(error)) from None


def _unknown(network: NetworkRef, settings: Settings, folder: Path | None) -> str:
    """Return why nobody here can tell."""
    if importlib.util.find_spec("torch") is None:
        return "torch is not installed here"
    if wrong := other_versions(network):
        return wrong
    if network.source == FILE:
        try:
            source_of(network, folder or settings.networks)
        except ValueError as error:
            return str(error)
    return ""
