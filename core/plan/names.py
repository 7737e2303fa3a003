"""Names of sweeps, and the study's file names."""

import re

from core.errors import UserError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def parse_name(value: object, field: str = "name") -> str:
    """A sweep's name: 1–64 letters, digits, `.`, `_`, `-`, starting with a letter or digit.

    Raises:
        UserError: anything else.
    """
    if isinstance(value, str) and _NAME.fullmatch(value) and ".." not in value:
        return value
    raise UserError(field, value, "use 1-64 letters, digits, '.', '_' or '-', starting with a letter or digit")
