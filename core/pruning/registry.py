"""Prunes: a score ranks the weights, an allocation decides which of them stay."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import torch
from torch import Tensor

from prunesweep.core.copies import copied
from prunesweep.core.errors import StageError
from prunesweep.core.plan.allocations import CHANNELS, COUNTS_OF, AllocationSpec, read_choice
from prunesweep.core.plan.own_scores import read_own
from prunesweep.core.plan.patterns import read_pattern
from prunesweep.core.pruning import obc, reconstruction
from prunesweep.core.pruning.allocation import allocation_named, over_all
from prunesweep.core.pruning.channel_groups import couple
from prunesweep.core.pruning.context import AllocationContext
from prunesweep.core.pruning.corrections import Pruned
from prunesweep.core.pruning.masks import Masks, apply_masks, check_masks, prunable
from prunesweep.core.pruning.norms import CHANNEL_SCORES
from prunesweep.core.pruning.own import load_own
from prunesweep.core.pruning.positions import by_tiles, positions
from prunesweep.core.pruning.scores import SCORES, Score
from prunesweep.core.pruning.shares import KeepTarget, choose, counts_in, on_the_way, target_of
from prunesweep.core.pruning.subject import Subject

STEPS: Mapping[str, int] = MappingProxyType({"synflow": 100})
"""Scores that are to be taken again many times on the way to one sparsity: SynFlow is free of layer collapse only so
(Tanaka et al. 2020, arXiv:2006.05467, algorithm 1). A pattern has no sparsity on the way, and empties no layer."""
CORRECTIONS: Mapping[str, Callable[[Subject, Masks, str], Pruned]] = MappingProxyType(
    {"sparsegpt": reconstruction.correct, "obc": obc.correct}
)
"""Scores that bring new values for the weights that stay: from the masks that an allocation chose by the score."""
_SIZES = "magnitude"
"""The score whose numbers are sizes of weights."""


def prune(
    subject: Subject,
    score: str,
    allocation: str,
    sparsity: float,
    own_scores: Path | None = None,
    layers: str = "",
    counts: Masks | None = None,
) -> dict[str, Tensor]:
    """Return new masks for all prunable weights of the subject, subsets of those that it has; see `prune_and_correct`,
    which this leaves out the new values of."""
    return prune_and_correct(subject, score, allocation, sparsity, own_scores, layers, counts).masks


def prune_and_correct(
    subject: Subject,
    score: str,
    allocation: str,
    sparsity: float,
    own_scores: Path | None = None,
    layers: str = "",
    counts: Masks | None = None,
) -> Pruned:
    """Return new masks for all prunable weights of the subject, subsets of those that it has, and new values of the
    weights that stay, where the score brings them.

    Args:
        allocation: as a stage writes it (`prunesweep.core.plan.allocations`).
        sparsity: fraction of zeros among the prunable weights of the layers that are not exempt after this round, in
            [0, 1].
        own_scores: folder of the scores that are not ours.
        layers: rules as a stage writes them (`prunesweep.core.plan.layer_rules`), "" = none.
        counts: masks whose layer counts are taken, for the allocation `counts-of`.

    Raises:
        StageError: unknown score or allocation (a plan of another release), masks that don't fit, weights that
            are not finite, a user's score that is not the submitted one or fails, rules that fit no layer or cannot
            reach the sparsity.
    """
    choice = _choice(score, allocation)
    marks = CHANNEL_SCORES[score](subject.model) if score in CHANNEL_SCORES else None
    rank = _alike if marks is not None else score_named(score, own_scores)
    weights: dict[str, Tensor] = dict(prunable(subject.model))
    check_masks(weights, subject.masks)
    if subject.masks and set(subject.masks) != set(weights):
        raise StageError(f"masks are missing for {sorted(set(weights) - set(subject.masks))[:3]}")
    target = _target(choice, weights, sparsity, layers, counts)
    spread = (
        over_all if choice.name == COUNTS_OF else allocation_named(choice.name)
    )  # of counts, no layer is left to spread
    masks = dict(subject.masks)
    steps = 1 if read_pattern(choice.name) else STEPS.get(score, 1)
    where = cache(lambda: positions(subject.model, subject.image))
    coupling = cache(lambda: couple(subject.model, subject.image))
    tiled, sizes = by_tiles(subject.model), score == _SIZES
    context = AllocationContext(where, choice.amount, choice.costs, 1 / steps, tiled, coupling, sizes, marks)
    for step in range(1, steps + 1):
        model = subject.model
        if step > 1:
            model = copied(model)
            apply_masks(model, masks)
        now = replace(subject, model=model, masks=masks)
        masks = choose(rank(now), masks, on_the_way(target, weights, subject.masks, step, steps), spread, context)
    correct = CORRECTIONS.get(score)
    return Pruned(masks) if correct is None else correct(subject, masks, choice.name)


def _target(
    choice: AllocationSpec, weights: dict[str, Tensor], sparsity: float, layers: str, counts: Masks | None
) -> KeepTarget:
    if choice.name != COUNTS_OF:
        return target_of(weights, layers, sparsity, spread=read_pattern(choice.name) is None)
    if counts is None:
        raise StageError(f"{COUNTS_OF} needs the stage whose layer counts to take")
    return counts_in(counts, weights)


def score_named(score: str, folder: Path | None) -> Score:
    """Return the score that a stage names. folder: of the scores that are not ours.

    Raises:
        StageError: a user's score that is not the submitted one, or fails.
    """
    own = read_own(score)
    return SCORES[score] if own is None else load_own(own, folder)


def _alike(subject: Subject) -> dict[str, Tensor]:
    """Return the same number for every weight: channels are ranked by something else."""
    return {name: torch.ones_like(weight.detach()) for name, weight in prunable(subject.model)}


def _choice(score: str, allocation: str) -> AllocationSpec:
    try:
        choice = read_choice(allocation)
    except ValueError:
        choice = None
    scored = score in SCORES or read_own(score) is not None
    if choice is None or not (scored or (score in CHANNEL_SCORES and choice.name in CHANNELS)):
        raise StageError(f"unknown score {score!r} or allocation {allocation!r}")
    return choice
