"""The stages: what can be done, as values. Equal values have equal digests and are done once.

A stage is self-contained: it names its parents by digest and carries everything that decides its outcome.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar

import msgspec

from prunesweep.core.plan.canonical_json import Texts, from_body, to_json
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


def encode(stage: Stage, texts: Texts | None = None) -> str:
    """Return the canonical JSON of a stage: every field, sorted keys, no spaces; kind and code version included.

    Args:
        texts: of what was met before; whoever encodes many stages that differ in little passes the same dict.
    """
    return to_json(stage, {} if texts is None else texts)


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
    stage: Stage = from_body(kind, body)
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
