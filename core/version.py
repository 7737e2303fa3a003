"""The version of this installation, and which commit of the source it is."""

_WIDTH = 12
"""Hex digits of a commit in a version: 48 bits, and room for the rest in the 32 characters of a ledger's column."""


def version() -> str:
    """Return the version of the installed distribution; `0+source` when run from a bare checkout."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("prunesweep")
    except PackageNotFoundError:
        return "0+source"


def full_version() -> str:
    """Return the version with its commit, as a local version label (PEP 440): `0.1.0+g0285ec4f1a2b`, with `.dirty`
    when files differ from that commit; the plain version where no commit is known. Asks git, so not for a command's
    fast path."""
    known, found = version(), revision()
    if found is None:
        return known
    commit, dirty = found.removesuffix("-dirty"), found.endswith("-dirty")
    joint = "." if "+" in known else "+"
    return f"{known}{joint}g{commit[:_WIDTH]}{'.dirty' if dirty else ''}"


def revision() -> str | None:
    """Return the git commit of this code, `-dirty` after it if files differ from it: of the checkout that it runs
    from, else what pip noted when it was installed from a repository; None when neither is known."""
    import json
    import subprocess
    from importlib.metadata import PackageNotFoundError, distribution
    from pathlib import Path

    root = Path(__file__).parents[2]
    if (root / ".git").exists():
        asked = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
        try:
            ran = subprocess.run(asked, capture_output=True, text=True, timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return ran.stdout.strip() or None
    try:
        noted = json.loads(distribution("prunesweep").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    found = noted.get("vcs_info", {}).get("commit_id")
    return str(found) if found else None
