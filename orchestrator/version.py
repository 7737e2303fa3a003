"""The version of this installation."""


def version() -> str:
    """Of the installed distribution; `0+source` when run from a bare checkout."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("prunesweep")
    except PackageNotFoundError:
        return "0+source"


def revision() -> str | None:
    """The git commit of this code, `-dirty` after it if files differ from it: of the checkout that it runs from, else
    what pip noted when it was installed from a repository; None when neither is known."""
    import json
    import subprocess
    from importlib.metadata import PackageNotFoundError, distribution
    from pathlib import Path

    root = Path(__file__).parents[1]
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
