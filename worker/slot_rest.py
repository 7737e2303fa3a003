"""When a slot takes no work because its machine failed: it rests, and after several stages in a row it withdraws."""

from collections.abc import Callable

MOST_IN_A_ROW = 3
"""Errors of the machine in a row, over at least two stages, after which a slot takes no more work. Two, because one
stage that breaks every device that it meets would otherwise take every slot out of work."""
_LONGEST_REST = 300.0


class SlotRest:
    """Of one slot. Called by the thread that runs its stages; the rest may be read by any."""

    def __init__(self, first: float, now: Callable[[], float]) -> None:
        """first: seconds of the first rest; each further one in a row is twice as long, up to five minutes."""
        self._first, self._now = first, now
        self._in_a_row = 0
        self._stages: set[str] = set()
        self._until = 0.0
        self.withdrawn = ""

    def failed(self, stage: str, reason: str, *, may_withdraw: bool = True) -> None:
        """Note that the machine failed under this stage. may_withdraw: False if that may be the stage's own doing."""
        self._in_a_row += 1
        self._stages.add(stage)
        self._until = self._now() + min(_LONGEST_REST, self._first * 2.0 ** min(self._in_a_row - 1, 30))
        if may_withdraw and self._in_a_row >= MOST_IN_A_ROW and len(self._stages) > 1:
            self.withdrawn = f"withdrawn after {self._in_a_row} errors of its machine in a row: {reason}"

    def worked(self) -> None:
        """Note that a stage ended on this slot, and not by the machine's fault."""
        self._in_a_row, self._until = 0, 0.0
        self._stages.clear()

    @property
    def over(self) -> bool:
        """True when the slot may take work."""
        return not self.withdrawn and self._now() >= self._until
