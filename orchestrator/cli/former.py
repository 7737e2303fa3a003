"""Options by their former names: still taken, no longer shown."""

from collections.abc import Sequence

_ROUNDS = {"--iterations": "--rounds"}
FORMER: dict[str, dict[str, str]] = {
    "run": _ROUNDS,
    "submit": _ROUNDS,
    "find": _ROUNDS,
    "extend": _ROUNDS,
    "costs": {"--rounds": "--passes", "--out": "--output"},
}
"""Command → former option → what it is called now."""


def renamed(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the options of today. What follows `--` is left alone."""
    names = FORMER.get(arguments[0], {}) if arguments else {}
    out = list(arguments)
    end = out.index("--") if "--" in out else len(out)
    for place, argument in enumerate(out[:end]):
        option, equals, value = argument.partition("=")
        if option in names:
            out[place] = names[option] + equals + value
    return out
