"""What an engine is to the stopwatch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import nn

from prunesweep.core.extras import install, missing
from prunesweep.core.plan.engines import ENGINES

Pass = Callable[[], object]
"""Runs one batch; gives the logits, [B, classes], as a tensor or an array. They may lie in the pass's own memory: valid
until it runs again or is gone."""
Maker = Callable[[], Pass]
"""Makes a fresh copy of a prepared network, in memory of its own."""


@runtime_checkable
class AdaptiveEngine(Protocol):
    """A maker whose passes run whichever of several codes is fastest for the network, the same in all of them."""

    def __call__(self) -> Pass: ...

    def code(self) -> str:
        """Return what runs a pass: `own`, or the name of the library that took over."""

    def same(self, model: nn.Module) -> "Maker":
        """Return what makes passes of another network over the same images in the code that was chosen."""


Prepare = Callable[[nn.Module, torch.Tensor, int], Maker]


@dataclass(frozen=True)
class EngineAdapter:
    """How an engine is checked for, prepared and run.

    Attributes:
        missing: why it cannot be used with this device here, or None.
        version: of the package behind it.
        prepare: (network, images [B, 3, H, W] fp32 on their device, CPU threads) → what makes passes over just these
            images.

    `prepare` leaves the network as it is, and raises `UnsupportedNetwork` for one that the engine cannot run.
    """

    name: str
    missing: Callable[[torch.device], str | None]
    version: Callable[[], str]
    prepare: Prepare

    @property
    def dtype(self) -> str:
        return ENGINES[self.name].dtype

    @property
    def dense(self) -> bool:
        """True when zeros are multiplied like any other number."""
        return ENGINES[self.name].dense


class UnsupportedNetwork(Exception):
    """The engine cannot run this network; the text says why."""


def absent(package: str, extra: str) -> str | None:
    """Return why a package cannot be used, or None; it isn't loaded. extra: the one that brings it."""
    return f"not installed: {install(extra)}" if missing(package) else None
