"""What one pruning round trains: for how long, along which part of a learning rate's schedule, and which epochs of its
weights' life these are.

The lineage of a network is the training that its weights went through since they were initial: the epochs of the dense
network, then those of every round. Order, flips, shifts and cut-outs of images follow from the seed and the epoch of
the lineage alone, so cells of one seed see the same images in the same way at the same point of their training, in
however many rounds that is spent. By recovery:

- `finetune`, `lr-rewind`: the weights stay, so the count continues where the round before (or the dense network)
  ended. A learning rate that is set back sets nothing else back.
- `weight-rewind`, `ticket`: the weights are again those of epoch k of the dense network, and so is the count: they see
  what the dense network saw from there on. Masks aren't weights; what other rounds trained is no part of this life.
- `fresh-ticket`: as `ticket`; the last round's new initial weights have no life yet, and see what the dense network
  saw from its beginning.
- `retrain`: as `finetune`; where the initial weights are pruned they have no life yet, and the count starts at 0, so
  that they see first what the dense network saw, then what a fine-tuned one sees.
- `none`: trains nothing.
"""

from dataclasses import dataclass

EACH, ONCE = ANNEALS = ("each", "once")
"""The learning rate falls to 0 in each round, or once over all rounds of a chain."""


@dataclass(frozen=True)
class RoundSchedule:
    """One round's training.

    Attributes:
        epochs: at least 0.
        first_epoch: of the lineage.
        before, after: epochs of the learning rate's schedule before and behind these.
        rewind: epochs after which the dense network's weights are taken, None = they stay.
        fresh: they are initial weights of another seed.
    """

    epochs: int
    first_epoch: int
    before: int = 0
    after: int = 0
    rewind: int | None = None
    fresh: bool = False


@dataclass(frozen=True)
class RoundChain:
    """What is common to the rounds of one cell.

    Attributes:
        recovery, anneal, rewind: as in `prunesweep.core.plan.algorithms`.
        dense_epochs: ≥ 1.
        epochs: of the cell, ≥ 0.
        rounds: ≥ 1.
    """

    recovery: str
    anneal: str
    rewind: int
    dense_epochs: int
    epochs: int
    rounds: int

    def course(self, round: int, lived: int) -> RoundSchedule:
        """Return what round `round` (1, 2, …) trains, its parent's weights having been trained for `lived` epochs."""
        match self.recovery:
            case "finetune":
                return self._annealed(self.epochs, self.epochs * self.rounds, round, lived)
            case "none":
                return RoundSchedule(0, lived)
            case "retrain":
                each = self.dense_epochs + self.epochs
                return self._annealed(each, each * self.rounds, round, lived)
            case "lr-rewind":
                return self._annealed(self.epochs, self.dense_epochs, round, lived)
            case "weight-rewind":
                return self._from(self.dense_epochs - self.epochs)
            case "fresh-ticket" if round == self.rounds:
                return RoundSchedule(self.dense_epochs, 0, rewind=0, fresh=True)
            case "ticket" | "fresh-ticket":
                return self._from(self.rewind)
            case _:
                raise ValueError(f"unknown recovery {self.recovery!r}")

    def _from(self, start: int) -> RoundSchedule:
        """Return the dense training from after its epoch `start`."""
        return RoundSchedule(self.dense_epochs - start, start, before=start, rewind=start)

    def _annealed(self, epochs: int, schedule: int, round: int, lived: int) -> RoundSchedule:
        """Return `epochs` of a schedule of `schedule` epochs: its end in each round, or over all rounds together."""
        if self.anneal == EACH:
            schedule = epochs if self.recovery != "lr-rewind" else schedule
            return RoundSchedule(epochs, lived, before=schedule - epochs)
        after = epochs * (self.rounds - round)
        return RoundSchedule(epochs, lived, before=schedule - epochs - after, after=after)
