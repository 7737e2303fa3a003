"""The errors, and the one warning, that a person is meant to read.

Exception
├── UserError       bad input; the command line exits with 2
├── StageError      a stage that cannot succeed
│   └── WrongPlan   … by what was asked for
├── OSError
│   └── DownloadAway    a dataset cannot be downloaded now
└── UserWarning
    └── UncheckedFile   a file without a checksum was read
"""

import re


def printable(text: str) -> str:
    """Return `text` without what a terminal might take for a command: other characters than printable ones are
    replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


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
        # repr, so that a quote in the value cannot end it; what cannot be shown is replaced in every part.
        super().__init__(printable(f"{field} {printable(shown)!r}: {fix}" if shown else f"{field}: {fix}"))


class StageError(Exception):
    """A stage that cannot succeed however often it is tried (a wrong hash, a missing class, …).

    It fails at once, with this message as its reason; other stages continue. A message ends with one of the three
    phrases below, by which `status`, `retry` and `run` know what helps (`prunesweep.orchestrator.status.remedies`).
    """


RETRY = "then: sweep retry"
"""What is wrong is a machine's or a file's; once it is put right, the same stage succeeds."""
REPAIR = "then: sweep verify --repair"
"""What an earlier stage made is damaged or gone; that one must run again first."""
RENAME = "submit it under another name"
"""The stage does what it was asked for, and fails at it again; something else must be asked for."""


_OF_STAGES = re.compile(rf"(?:; to [^;]*)?[,;] (?:and )?(?:{RETRY}|{REPAIR}|{RENAME})")


def of_no_stage(message: str) -> str:
    """Return what a StageError says to somebody who ran a command on files: nothing was submitted that could be retried
    or named otherwise, and to run the command again is no news."""
    return _OF_STAGES.sub("", message)


class WrongPlan(StageError):
    """A stage that fails by what was asked for. change: what to ask for instead."""

    def __init__(self, reason: str, change: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}; {change}, and {RENAME}")


class UncheckedFile(UserWarning):
    """A file from before files had checksums was read: it may be damaged without anybody's notice."""


class DownloadAway(OSError):
    """A dataset cannot be downloaded now; trying again later may help, as nothing is wrong with the work."""
