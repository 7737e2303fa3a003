"""`python .ci/with_pip_sources.py COMMAND…`: runs uv where pip would look: indexes, folders, certificate, constraints.

uv reads none of pip's configuration. It is handed on in the environment, because an index's address may hold a
password, and a command line can be read by anybody on the machine.
"""

import ast
import os
import subprocess
import sys

_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "constraint": "UV_CONSTRAINT",
    "cert": "SSL_CERT_FILE",
}
_SECTIONS = ("global", "install", ":env:")
"""Of pip's configuration, the strongest last."""


def sources(listed: str) -> dict[str, str]:
    """Return uv's variables for what `pip config list` printed: lines of `section.name='value'`."""
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if name in _NAMES and section in _SECTIONS:
            found[name] = max(found.get(name, (-1, "")), (_SECTIONS.index(section), str(ast.literal_eval(value))))
    separators = {"find-links": ","}
    values = {_NAMES[name]: separators.get(name, " ").join(value.split()) for name, (_, value) in found.items()}
    # As pip does: the newest version that any of them has.
    return {**values, "UV_INDEX_STRATEGY": "unsafe-best-match"}


def main() -> int:
    """Run the command; return its exit code."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    return subprocess.run(sys.argv[1:], env={**sources(listed), **os.environ}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
