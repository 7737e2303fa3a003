"""The stages of a sweep that make its networks, read once for all that a report says of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, or_

from prunesweep.core.ledger.db.json_text import as_text, read_json
from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.db.sweep_rows import of, stage_rows
from prunesweep.core.ledger.queries.dense_trainings import chains

_KINDS = ("import", "train", "prune")
_CHUNK = 1_000
"""Rows read at once: the specs' texts, a kilobyte each, are not kept."""


class RecipeSpec(msgspec.Struct, frozen=True, gc=False):
    validation: float = 0.0


class NetworkSpec(msgspec.Struct, frozen=True):
    """The fields of a stage that decide what its training costs, and which stages it needs."""

    kind: str
    epochs: int = 0
    sparsity: float = 0.0
    before: int = 0
    after: int = 0
    regrow: str = ""
    parent: str = ""
    rewind: str = ""
    counts: str = ""
    teacher: str = ""
    pruned: str = ""
    recipe: RecipeSpec = RecipeSpec()


PARENTS = attrgetter("parent", "rewind", "counts", "teacher", "pruned")
"""The stages that one needs, "" = none."""


class NetworkFacts(msgspec.Struct, frozen=True, gc=False):
    """What a stage said of the network that it made; None = nothing."""

    nonzero: Any = None
    total: Any = None
    macs: Any = None
    macs_dense: Any = None
    zstd_bytes: Any = None
    top1_val: Any = None


class NetworkStage(NamedTuple):
    """One of them.

    Attributes:
        seconds: spent in epochs.
        ran: what carried it out, JSON.
    """

    artifact: str | None
    artifact_bytes: int | None
    seconds: float | None
    facts: NetworkFacts
    ran: str | None
    spec: NetworkSpec


_SPECS = msgspec.json.Decoder(NetworkSpec)
_FACTS = msgspec.json.Decoder(NetworkFacts | None)
_NOTHING = NetworkFacts()
_DONE = State.DONE.value
# JSON as text: of most stages nobody asks for all of it.
_QUERY = (
    stage_rows(stages, "kind", "state", "artifact", "artifact_bytes", "train_seconds", "spec")
    .add_columns(as_text(stages.c.summary), as_text(stages.c.ran))
    .where(or_(stages.c.kind.in_(_KINDS), stages.c.state != State.DONE))
)


@dataclass(frozen=True)
class NetworkStages:
    """The stages of a sweep that make a network, by digest.

    Attributes:
        dense: the stages of a dense network, first to last, by the last one's digest.
        undone: the states of all stages of the sweep, of any kind, that are not DONE.
    """

    stages: Mapping[str, NetworkStage]
    dense: Mapping[str, tuple[str, ...]]
    undone: Mapping[str, State]

    def spent(self, digests: Iterable[str]) -> float | None:
        """Return the seconds of all of them; None where one is not known."""
        spent = [self.stages[digest].seconds for digest in digests]
        return None if None in spent else float(sum(spent))  # type: ignore[arg-type]

    def ran_on(self, digests: Iterable[str]) -> tuple[str | None, ...]:
        """Return what carried out those that train, each text once; imports train nothing."""
        found = map(self.stages.__getitem__, digests)
        return tuple(dict.fromkeys([one.ran for one in found if one.spec.kind != "import"]))


def network_stages(connection: Connection, sweep_id: int) -> NetworkStages:
    """Read them, done or not, and the states of the sweep's other stages where those are not done."""
    found: dict[str, NetworkStage] = {}
    undone: dict[str, State] = {}
    texts: dict[str | None, str | None] = {}  # what carried stages out is the same of most: one text, not thousands
    for rows in connection.execute(_QUERY, of(sweep_id)).partitions(_CHUNK):
        for digest, kind, state, artifact, size, seconds, spec, summary, ran in rows:
            if state != _DONE:
                undone[digest] = State(state)
            if kind in _KINDS:
                facts = (read_json(summary, _FACTS) if summary else None) or _NOTHING
                of_training = _SPECS.decode(spec)
                found[digest] = NetworkStage(artifact, size, seconds, facts, texts.setdefault(ran, ran), of_training)
    parents = {digest: one.spec.parent for digest, one in found.items() if one.spec.kind != "prune"}
    return NetworkStages(found, chains(parents), undone)
