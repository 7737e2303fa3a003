"""Whether an expired lease means a lost worker, or only that the ledger was away."""


class ReapGuard:
    """Tells whether a lease that ran out says that its holder is lost, or only that the ledger was away.

    Times are seconds on a clock that runs while the machine sleeps, as the ledger's does. A gap between heartbeats
    so short that every lease outlived it is no trouble: a ledger that is locked now and then must not keep lost
    stages from being found.
    """

    def __init__(self, lease: float, heartbeat: float) -> None:
        self._lease, self._heartbeat = lease, heartbeat
        self._gap = max(lease / 2, 1.5 * heartbeat)
        """Between heartbeats, that every lease outlives."""
        self._last: float | None = None
        self._until = 0.0
        self._offset: tuple[float, float] | None = None

    def beat(self, now: float) -> None:
        """Note that a heartbeat has just been written."""
        if self._last is None:
            # We have only begun: how the ledger was before we cannot know; those who live beat within this time.
            self._until = now + 2 * self._heartbeat
        elif now - self._last > self._gap:
            self._until = now + self._lease
        self._last = now

    def clock(self, now: float, ledger: float, doubt: float) -> float:
        """Note that the ledger's clock showed `ledger` at some moment between now - doubt and now.

        A step forward makes the leases of all look as if they had run out, a step back as if they were too long; by
        the end of a lease whoever lives has prolonged its own.

        Returns: seconds by which the clock was stepped since the last call; 0 if it can't be distinguished from none,
        or is too little to matter.
        """
        low, high = ledger - now, ledger - now + doubt
        before, self._offset = self._offset, (low, high)
        if before is None:
            return 0.0
        step = max(0.0, low - before[1]) + min(0.0, high - before[0])
        if abs(step) <= self._lease / 6:
            return 0.0
        self._until = max(self._until, now + self._lease)
        return step

    def may_reap(self, now: float) -> bool:
        """Return True when every worker has had the time to renew its leases. Not while no heartbeat was written for
        long: whatever comes between a heartbeat and the reaper may have waited for the ledger."""
        return self._last is not None and now >= self._until and now - self._last <= self._gap
