"""The two errors that a person is meant to read."""


class UserError(Exception):
    """Bad input or a missing piece that the user can put right.

    The command line prints the message as one line and exits with 2; nothing has been written.
    """

    def __init__(self, field: str, value: object, fix: str) -> None:
        self.field = field
        self.value = value
        self.fix = fix
        shown = str(value)
        if len(shown) > 200:
            shown = shown[:197] + "..."
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
        super().__init__(f"{field} {shown!r}: {fix}" if shown else f"{field}: {fix}")


class StageError(Exception):
    """A stage that cannot succeed however often it is tried (a wrong hash, a missing class, …).

    It fails at once, with this message as its reason; other stages go on.
    """
