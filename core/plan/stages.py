"""The stages: what can be done, as values. Equal values have equal digests and are done once.

A stage is self-contained: it names its parents by digest and carries everything that decides its outcome.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import Field, dataclass, field, fields, is_dataclass
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii
from math import isfinite
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, get_type_hints

import msgspec

from prunesweep.core.plan.datasets import OPTIONAL, DatasetRef
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.networks import label_of
from prunesweep.core.plan.recipes import Recipe

TOP5_CLASSES = 20
"""With fewer classes five guesses say little: with 20, a blind one is right in a quarter of the cases."""


@dataclass(frozen=True)
class Import:
    """Take given weights as the dense network. Artifact: the checkpoint that was stored when the sweep was submitted.

    Attributes:
        tensors: SHA-256 over all tensors (`prunesweep.core.importing.checkpoint.tensors_sha`).
        artifact: SHA-256 of the checkpoint file with them, of `size` bytes; it follows from the tensors. What file they
            came in is no part of it.
    """

    kind: ClassVar[str] = "import"
    code: ClassVar[int] = 1

    tensors: str
    artifact: str
    size: int
    model: ModelRef

    @property
    def parents(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Train:
    """Train a dense network from `seed`, or further. Artifact: its weights after the last epoch; where the schedule has
    epochs left (`after`), the optimizer's state too.

    Attributes:
        parent: digest of the Train stage whose weights and optimizer this continues with, "" = the initial weights; the
            two end on the bits that one stage would end on; or (with `before` 0) of the Import stage whose weights this
            fine-tunes, with a fresh optimizer.
        before, after: epochs of the learning rate's schedule that lie before and behind these; `before` of them the
            parents have trained.
    """

    kind: ClassVar[str] = "train"
    code: ClassVar[int] = 3

    dataset: DatasetRef
    model: ModelRef
    recipe: Recipe
    epochs: int
    seed: int
    parent: str = ""
    before: int = 0
    after: int = 0

    @property
    def first_epoch(self) -> int:
        """Of the lineage: a dense network's life and its schedule are one."""
        return self.before

    @property
    def parents(self) -> tuple[str, ...]:
        return (self.parent,) if self.parent else ()


@dataclass(frozen=True)
class PruneRound:
    """Prune the parent's weights to a cumulative `sparsity`, then recover. Artifact: weights and masks.

    Attributes:
        round: 1, 2, … within its chain; it selects the images and the dice that scores use.
        score: a name, or `own:NAME:SHA-256` (`prunesweep.core.plan.own_scores`).
        sparsity: fraction of zeros among prunable weights after this round.
        rewind: digest of the stage whose weights the kept ones take before recovery, "" = they stay as they are.
        first_epoch: epochs that the weights were trained before these, counted from the initial ones (see
            `prunesweep.core.plan.lineage`); it selects which images are seen, in which order and varied how, so that
            cells of one seed see the same at the same point of their training.
        before, after: epochs of the learning rate's schedule that lie before and behind these.
        layers: which layers may lose weights, with the sparsities of this round (`prunesweep.core.plan.layer_rules`),
            "" = all; `sparsity` is then of the layers that are not exempt.
        counts: digest of the stage whose masks say how many weights each layer keeps (allocation `counts-of`), "" = of
            none.
        teacher: digest of the dense network whose outputs are targets of the recovery, "" = labels only.
        pruned: digest of the same round without its recovery, whose weights and masks this one takes instead of pruning
            the parent's itself; for scores that change the weights that stay. "" = it prunes.
        regrow: how masks move during the recovery (`prunesweep.core.plan.regrowth`), "" = they stay.
    """

    kind: ClassVar[str] = "prune"
    code: ClassVar[int] = 3

    parent: str
    round: int
    score: str
    allocation: str
    sparsity: float
    epochs: int
    first_epoch: int
    recipe: Recipe
    dataset: DatasetRef
    model: ModelRef
    seed: int
    rewind: str = ""
    before: int = 0
    after: int = 0
    layers: str = ""
    counts: str = ""
    teacher: str = field(default="", metadata={OPTIONAL: True})
    pruned: str = field(default="", metadata={OPTIONAL: True})
    regrow: str = field(default="", metadata={OPTIONAL: True})

    @property
    def parents(self) -> tuple[str, ...]:
        needed = (self.parent, self.rewind, self.counts, self.teacher, self.pruned)
        return tuple(dict.fromkeys(one for one in needed if one))


@dataclass(frozen=True)
class Evaluate:
    """Read the test set once: accuracy of the parent's weights, and of `before` under the parent's masks. Top-5 too
    where there are `TOP5_CLASSES` classes or more.

    Attributes:
        before: digest of the stage that the parent's last round pruned (accuracy right after pruning, before recovery),
            or of what that pruning made, where it changed the weights that stay; "" for a dense parent.
        bn_reestimate: read it for `before` once more, with batch-norm statistics re-estimated from training images.
    """

    kind: ClassVar[str] = "evaluate"
    code: ClassVar[int] = 3

    parent: str
    before: str
    dataset: DatasetRef
    model: ModelRef
    bn_reestimate: bool = False

    @property
    def parents(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in (self.parent, self.before) if one))


@dataclass(frozen=True)
class Benchmark:
    """Time one forward pass of parent and dense, interleaved in one process; dense in the parent's own code, too.

    Attributes:
        engines: names of `prunesweep.core.plan.engines`; those that the worker lacks take no part.
        device: `cpu` or `cuda`.
        threads: ≥ 1.
        batch: images a pass, ≥ 1.
        repeat: which measurement of these facts it is: 0 the first, another number one of its own. So that what was
            chosen by the first one can be reported by one that took no part in the choice.
    """

    kind: ClassVar[str] = "benchmark"
    code: ClassVar[int] = 4

    parent: str
    dense: str
    engines: tuple[str, ...]
    device: str
    threads: int
    batch: int
    dataset: DatasetRef
    model: ModelRef
    repeat: int = field(default=0, metadata={OPTIONAL: True})

    @property
    def parents(self) -> tuple[str, ...]:
        return (self.parent, self.dense)


@dataclass(frozen=True)
class Sleep:
    """Do nothing for `seconds`; for benches and fault tests of everything around training."""

    kind: ClassVar[str] = "sleep"
    code: ClassVar[int] = 1

    label: str
    seconds: float
    after: tuple[str, ...] = ()

    @property
    def parents(self) -> tuple[str, ...]:
        return self.after


Stage = Import | Train | PruneRound | Evaluate | Benchmark | Sleep
KINDS: dict[str, type[Stage]] = {kind.kind: kind for kind in (Import, Train, PruneRound, Evaluate, Benchmark, Sleep)}
TRAINS = (Train, PruneRound)
"""Those that train."""

Texts = dict[tuple[Any, ...], tuple[tuple[Any, ...], list[str]]]
"""By the identities of what stages have in common, that itself (so that it stays) and the JSON around the rest. Not by
their values: equal ones may be written differently, as 1 and 1.0 are."""


def encode(stage: Stage, texts: Texts | None = None) -> str:
    """Return the canonical JSON of a stage: every field, sorted keys, no spaces; kind and code version included.

    Args:
        texts: of what was met before; whoever encodes many stages that differ in little passes the same dict.
    """
    return _json_of(stage, {} if texts is None else texts)


def digest_of(text: str) -> str:
    """Return SHA-256 of canonical JSON, as 64 hex digits: the stage's identity everywhere."""
    return sha256(text.encode()).hexdigest()


def digest(stage: Stage) -> str:
    """Return SHA-256 of the stage's canonical JSON."""
    return digest_of(encode(stage))


def decode(text: str) -> Stage:
    """Return the stage that `encode` wrote.

    Raises:
        ValueError: not a stage of this code version (another program's, or an older release's), or a field has a value
            of another type.
    """
    try:
        body = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"not a stage: {error}") from None
    if not isinstance(body, dict) or body.get("kind") not in KINDS:
        raise ValueError(f"not a stage: {text[:80]}")
    kind = KINDS[body.pop("kind")]
    if body.pop("code", None) != kind.code:
        raise ValueError(f"a {kind.kind} stage of another code version; this one runs {kind.code}")
    stage: Stage = _build(kind, body)
    return stage


def epochs_of(stage: Stage) -> int:
    """Return the epochs that the stage trains; 0 for those that don't train."""
    return stage.epochs if isinstance(stage, TRAINS) else 0


def device_of(stage: Stage) -> str:
    """Return the kind of device it must run on (`cpu`, `cuda`), or "" for any."""
    return "cuda" if isinstance(stage, Benchmark) and stage.device == "cuda" else ""


def workload_of(stage: Stage) -> str:
    """Return what one epoch's duration depends on besides the machine, e.g. `cifar10/resnet18/64/256`; "" if no
    epochs."""
    if isinstance(stage, TRAINS):
        return f"{stage.dataset.label}/{label_of(stage.model.name)}/{stage.model.width}/{stage.recipe.batch}"
    return ""


_OWN = frozenset({"parent", "before", "counts", "dense", "pruned", "rewind", "seed", "teacher"})
"""Members that nearly every stage has to itself."""
_KEPT = 5_000
"""Of what stages have in common: a grid has it again for each seed."""
_RECORDS = (DatasetRef, ModelRef, Recipe)


def _json_of(value: Any, texts: Texts) -> str:
    """Return what `json.dumps(sort_keys=True, separators=(",", ":"))` makes of its fields by name, without the optional
    ones that have their default; in a tenth of the time, and a grid of 10,000 cells has 44,350 stages."""
    layout = _layout(value.__class__)
    common = layout.common(value)
    key = (layout.kind, *map(id, common))
    found = texts.get(key)
    if found is None:
        if len(texts) >= _KEPT:
            texts.clear()
        found = texts[key] = (common, list(_around(layout, value, texts)))
    text, *others = found[1]
    for (name, opening, optional, default), around in zip(layout.own, others, strict=True):
        own = getattr(value, name)
        if not (optional and own == default):
            text += opening + (encode_basestring_ascii(own) if type(own) is str else _member(own, texts))
        text += around
    return "{" + text[1:] + "}"


def _around(layout: "_Layout", value: Any, texts: Texts) -> Iterator[str]:
    """Yield the JSON before the first of the own members, between two of them, and after the last."""
    text = ""
    for one in layout.members:
        if one.name in _OWN:
            yield text
            text = ""
        elif not (one.optional and getattr(value, one.name) == one.default):
            text += one.opening + _member(getattr(value, one.name), texts)
    yield text


def _member(value: Any, texts: Texts) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring_ascii(value)
    if kind is int:
        return str(value)
    if kind in _RECORDS:
        return _json_of(value, texts)
    if kind is float and isfinite(value):
        return repr(value)
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class _Member(NamedTuple):
    """A member of a JSON object. opening: what stands before the value, the comma too."""

    name: str
    opening: str
    optional: bool
    default: Any


class _Layout(NamedTuple):
    """The JSON object of a stage or record of a kind.

    Attributes:
        members: in order.
        own: those of them that nearly every stage has to itself.
        common: returns the values of all others.
    """

    kind: type
    members: tuple[_Member, ...]
    own: tuple[_Member, ...]
    common: Callable[[Any], tuple[Any, ...]]


@lru_cache(maxsize=16)
def _layout(kind: type) -> _Layout:
    found = [_Member(one.name, f',"{one.name}":', _is_optional(one), one.default) for one in fields(kind)]
    if kind in KINDS.values():
        found += [_Member(name, f',"{name}":', False, None) for name in ("kind", "code")]
    members = tuple(sorted(found))
    common = attrgetter(*(one.name for one in members if one.name not in _OWN))
    return _Layout(kind, members, tuple(one for one in members if one.name in _OWN), common)


def _is_optional(one: "Field[Any]") -> bool:
    return bool(one.metadata.get(OPTIONAL))


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build(kind: Any, body: dict[str, Any]) -> Any:
    """Return the dataclass that a JSON object is, with every value of the type that its field has."""
    _check_names(kind, body)
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None


def _check_names(kind: Any, body: dict[str, Any]) -> None:
    """Raise ValueError unless the object, and each in it, has its dataclass's fields; optional ones may be absent."""
    names = {one.name for one in fields(kind)}
    needed = {one.name for one in fields(kind) if not _is_optional(one)}
    if not needed <= set(body) <= names:
        raise ValueError(f"{kind.__name__} has fields {sorted(names)}, got {sorted(body)}")
    for name, hint in _hints(kind).items():
        if is_dataclass(hint) and isinstance(body.get(name), dict):
            _check_names(hint, body[name])
