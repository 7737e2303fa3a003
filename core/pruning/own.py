"""Scores of the user's own, run: the file that a stage names, from the folder that this worker was given."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from prunesweep.core.copies import copied
from prunesweep.core.errors import RETRY, StageError, WrongPlan
from prunesweep.core.plan.own_scores import ARGUMENTS, FUNCTION, OwnScore, source_of
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.scores import gradients
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.seeds import seed_of
from prunesweep.core.users_file import run_file

_CORRECT = "correct the file"


@dataclass(frozen=True)
class OwnScoreFunction:
    """A user's function as a score.

    It is called once for each prunable layer, with what it asks for by name. It returns a float tensor of the weight's
    shape; higher stays longer.

    Args that it may ask for:
        weight: the layer's weights, zeros where pruned.
        gradient: the mean of ∂L/∂w over some training batches.
        squares: the mean of its square over them.
        name: of the weight in the state_dict.
    """

    name: str
    function: Callable[..., Any]
    asks: tuple[str, ...]

    def __call__(self, subject: Subject, /) -> dict[str, Tensor]:
        means, squares = _means(subject) if {"gradient", "squares"} & set(self.asks) else ({}, {})
        scores = {}
        # A network of its own: whatever the function does to what it is given, nothing of it stays.
        weights = dict(prunable(copied(subject.model)))
        with torch.random.fork_rng(), torch.no_grad():
            # So that torch.rand gives the same in every process, and other numbers with another seed.
            torch.manual_seed(seed_of("own", self.name, subject.seed, subject.round))
            for name, weight in weights.items():
                given = {"weight": weight.detach(), "name": name}
                given |= {"gradient": means.get(name), "squares": squares.get(name)}
                scores[name] = self._of(name, {word: given[word] for word in self.asks}, weight)
        return scores

    def _of(self, name: str, given: dict[str, Any], weight: Tensor) -> Tensor:
        try:
            found = self.function(**given)
        except (Exception, SystemExit) as error:
            raise WrongPlan(f"own score {self.name!r} on {name}: {type(error).__name__}: {error}", _CORRECT) from error
        if not isinstance(found, Tensor) or not found.is_floating_point() or found.shape != weight.shape:
            shape = f"a tensor of {found.dtype}, {list(found.shape)}" if isinstance(found, Tensor) else type(found)
            wanted = f"a tensor of floats, {list(weight.shape)}"
            raise WrongPlan(f"own score {self.name!r} on {name}: gave {shape} instead of {wanted}", _CORRECT)
        if not bool(torch.isfinite(found).all()):
            raise WrongPlan(f"own score {self.name!r} on {name}: not all of its numbers are finite", _CORRECT)
        return found.detach().to(weight.device)


def load_own(score: OwnScore, folder: Path | None) -> OwnScoreFunction:
    """Return the score from the folder's file, if that is the very one that was submitted.

    Raises:
        StageError: no folder, no file, another file, or one that cannot be run.
    """
    try:
        source = source_of(score, folder)
    except ValueError as error:
        raise StageError(f"{error}; {RETRY}") from None
    try:
        function = getattr(run_file(score.file, source), FUNCTION)
        asks = tuple(inspect.signature(function).parameters)
    except (Exception, SystemExit) as error:
        raise WrongPlan(f"own score {score.name!r}: {type(error).__name__}: {error}", _CORRECT) from error
    if not set(asks) <= set(ARGUMENTS):
        raise WrongPlan(f"own score {score.name!r}: {FUNCTION}() may take {', '.join(ARGUMENTS)}", _CORRECT)
    return OwnScoreFunction(score.name, function, asks)


def _means(subject: Subject) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return means over the subject's batches of the loss's gradient and of its square."""
    sums: dict[str, Tensor] = {}
    squares: dict[str, Tensor] = {}
    count = 0
    for found in gradients(subject):
        count += 1
        for name, (_, gradient) in found.items():
            sums[name] = sums[name] + gradient if name in sums else gradient
            squares[name] = squares[name] + gradient.square() if name in squares else gradient.square()
    return {name: s / count for name, s in sums.items()}, {name: s / count for name, s in squares.items()}
