"""What reaches the layers of a network, over a few images: the second moments of each layer's inputs.

Seen where torch multiplies, not where modules are called: attention and networks such as torchvision's Swin hand their
weights to functions, and no network has to be traced.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from prunesweep.core.copies import copied
from prunesweep.core.errors import StageError, WrongPlan
from prunesweep.core.operators import OperatorMode, products_shown
from prunesweep.core.passes import Passes
from prunesweep.core.pruning.columns import MatrixForm, of_convolution, of_product
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.positions import PRODUCTS
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.seeds import dice


@dataclass(frozen=True)
class LayerInputs:
    """Sums over all images and output positions of what a layer's weights multiply; see `columns` for X.

    Attributes:
        form: how the layer's weight becomes a matrix.
        sums: Σ x² of each column, [G, C], or X Xᵀ, [G, C, C]; at least float32.
    """

    form: MatrixForm
    sums: Tensor


Sum = Callable[[Tensor], Tensor]
"""From columns Xᵀ [G, N, C] to a sum over N."""


def squares(columns: Tensor) -> Tensor:
    """Return Σ x² of each column, [G, C]."""
    return columns.square().sum(dim=1)


def moments(columns: Tensor) -> Tensor:
    """Return X Xᵀ, [G, C, C]."""
    return columns.transpose(1, 2) @ columns


class Activations:
    """A network of its own whose layers can be asked what reaches them, and be given other weights on the way.

    Batch-norm uses its running statistics, dropout does nothing: inputs are those of inference.
    """

    def __init__(self, subject: Subject) -> None:
        """subject: is read, never changed.

        Raises:
            StageError: it has no batches.
        """
        self._subject = subject
        self.model = copied(subject.model).float()
        self._passes = Passes(self.model, min(subject.image[1:])).eval()
        self.weights: dict[str, nn.Parameter | Tensor] = dict(prunable(self.model))
        self._uses: dict[str, int] = {}

    def order(self) -> tuple[str, ...]:
        """Return the weights in the order in which the network first uses them, without those that no image meets."""
        return tuple(self.collect(None))

    def collect(self, add: Sum | None, names: Collection[str] | None = None) -> dict[str, LayerInputs]:
        """Return the sums of these layers, all by default, in the order in which the network first uses them; without
        those that no image meets. Passes end where the last of the layers has got its inputs.

        add: None = nothing is summed, which is quick.

        Raises:
            StageError: there are no images; inputs that are not finite; or a layer that is called, but multiplies
                with something else than its weight.
        """
        wanted = self.weights if names is None else {name: self.weights[name] for name in names}
        found: dict[str, LayerInputs] = {}
        seen = 0
        called: set[str] = set()
        hooks = [_owner(self.model, name).register_forward_pre_hook(_note(called, name)) for name in wanted]
        try:
            for number, (images, _) in enumerate(self._subject.batches()):
                seen += 1
                self._pass(images, number, _Observer(wanted, self._uses if names is not None else {}, add, found))
        finally:
            for hook in hooks:
                hook.remove()
        if not seen:
            raise StageError("a score by activations needs training images")
        _check(found, called)
        return found

    def _pass(self, images: Tensor, number: int, observer: "_Observer") -> None:
        facts = ("activations", self._subject.seed, self._subject.round, number)
        try:
            with torch.no_grad(), dice(*facts, device=images.device), products_shown(), observer:
                self._passes(images)
        except _Enough:
            return
        for name, count in observer.counts.items():
            self._uses[name] = max(count, self._uses.get(name, 0))

    @torch.no_grad()
    def replace(self, name: str, weight: Tensor) -> None:
        """Give a layer other weights, for all passes from now on."""
        self.weights[name].copy_(weight)


def by_inputs(subject: Subject, add: Sum, score: Callable[[Tensor, Tensor], Tensor]) -> dict[str, Tensor]:
    """Return a score of every prunable weight; 0 for a weight that no image meets.

    Args:
        score: from a weight's matrix [G, R, C] and its inputs' sums, as `add` makes them, to numbers of that shape.
    """
    activations = Activations(subject)
    found = activations.collect(add)
    scores = {}
    for name, weight in activations.weights.items():
        inputs = found.pop(name, None)  # sums may be large
        if inputs is None:
            scores[name] = torch.zeros_like(weight)
        else:
            matrix = score(inputs.form.matrix(weight.detach()), inputs.sums)
            scores[name] = inputs.form.weight(matrix, weight.shape)
    return scores


class _Enough(Exception):
    """All layers that were asked for have got their inputs."""


class _Observer(OperatorMode):  # type: ignore[no-untyped-call]
    """Adds up what each weight multiplies, recognised by its storage: views, transposes and parts of it share that."""

    def __init__(
        self, weights: Mapping[str, Tensor], uses: Mapping[str, int], add: Sum | None, found: dict[str, LayerInputs]
    ) -> None:
        """uses: how often each weight is used in a pass, {} = not known."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._names = {weight.untyped_storage()._cdata: name for name, weight in weights.items()}
        self._weights, self._add, self._found = weights, add, found
        self.counts = dict.fromkeys(weights, 0)
        self._left = sum(uses.get(name, 0) for name in weights)

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        del types
        operator = func.overloadpacket.__name__
        if operator == "convolution" and (name := self._name(args[1])):
            form, pieces = of_convolution(args)
            for columns in pieces if self._add is not None else (args[0],):
                self._take(name, form, columns)
            self._used(name)
        elif operator in PRODUCTS:
            self._product(*(args[place] for place in PRODUCTS[operator]))
        return func(*args, **(kwargs or {}))

    def _product(self, left: Tensor, right: Tensor) -> None:
        for ours, first in ((right, False), (left, True)):
            if name := self._name(ours):
                columns = of_product(left, right, self._weights[name], first=first)
                if columns is not None:
                    self._take(name, MatrixForm(), columns)
                    self._used(name)
                return

    def _name(self, tensor: Tensor) -> str | None:
        return self._names.get(tensor.untyped_storage()._cdata)

    def _take(self, name: str, form: MatrixForm, columns: Tensor) -> None:
        if self._add is None:
            self._found[name] = LayerInputs(form, columns.new_empty(0))
            return
        total = self._add(columns if columns.dtype == torch.float64 else columns.float())
        if name in self._found:
            total += self._found[name].sums
        self._found[name] = LayerInputs(form, total)

    def _used(self, name: str) -> None:
        self.counts[name] += 1
        self._left -= 1
        if self._left == 0:
            raise _Enough


def _note(called: set[str], name: str) -> Callable[[nn.Module, Any], None]:
    def note(module: nn.Module, inputs: Any) -> None:
        del module, inputs
        called.add(name)

    return note


def _owner(model: nn.Module, name: str) -> nn.Module:
    return model.get_submodule(name.rpartition(".")[0])


def _check(found: Mapping[str, LayerInputs], called: Collection[str]) -> None:
    change = "choose a score that looks at weights or gradients"
    for name, inputs in found.items():
        if not bool(torch.isfinite(inputs.sums).all()):
            raise WrongPlan(f"the inputs of {name!r} are not all finite numbers", change)
    for name in called:
        if name not in found:
            raise WrongPlan(f"{name!r} multiplies its inputs by something computed from its weights", change)
