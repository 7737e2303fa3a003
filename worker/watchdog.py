"""Notices when the queue is not empty and a slot is free, but no hint is delivered.

Whatever stops delivery to a consumer (a connection to a broker that nobody else reaches, a socket that is no longer
watched), a new connection cures it.
"""

LOOKS = 5
"""Looks without a hint after which delivery has stopped. A working consumer takes a hint within milliseconds."""


class Watchdog:
    """`delivered` may be called by any thread, `stalled` by one.

    Looks are counted, not seconds: a machine that slept, or a process that was stopped, received nothing meanwhile,
    and delivery has not stopped because of that.
    """

    def __init__(self, between: float) -> None:
        """between: seconds from one look that counts to the next."""
        self._between = between
        self._looks = 0
        self._last = 0.0

    def delivered(self) -> None:
        """Note that a hint came, or that there was none to come."""
        self._looks = 0

    def stalled(self, now: float) -> bool:
        """Note a look at `now`, in seconds, at a hint on the queue that could be taken; return True each time that
        it is one look too many."""
        if now - self._last < self._between:
            return False
        self._last = now
        self._looks += 1
        if self._looks <= LOOKS:
            return False
        self._looks = 0
        return True
