"""Whether hints reach this worker: hints lie on the queue, a slot is free to take one, and still none comes.

Whatever stops delivery to a consumer (a connection to a broker that nobody else reaches, a socket that is no longer
watched), a new connection cures it.
"""

LOOKS = 5
"""Looks without a hint after which delivery has stopped. A working consumer takes a hint within milliseconds."""


class Watchdog:
    """`heard` may be called by any thread, `deaf` by one.

    Looks are counted, not seconds: a machine that slept, or a process that was stopped, has heard nothing meanwhile,
    and delivery has not stopped because of that.
    """

    def __init__(self, between: float) -> None:
        """between: seconds from one look that counts to the next."""
        self._between = between
        self._looks = 0
        self._last = 0.0

    def heard(self) -> None:
        """A hint came, or there was none to come."""
        self._looks = 0

    def deaf(self, now: float) -> bool:
        """Return a look at `now`, in seconds: a hint lies there and could be taken. True each time that it is one too
        many."""
        if now - self._last < self._between:
            return False
        self._last = now
        self._looks += 1
        if self._looks <= LOOKS:
            return False
        self._looks = 0
        return True
