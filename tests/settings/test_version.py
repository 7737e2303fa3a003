"""Which commit a version names: of a real checkout, dirty or not, and of none."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from prunesweep.core import version as versions

Git = Callable[..., str]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository with one commit, in which this code seems to lie."""

    def git(*words: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        return subprocess.run(
            ["git", "-C", tmp_path, *identity, *words], capture_output=True, text=True, check=True
        ).stdout.strip()

    (tmp_path / "prunesweep" / "core").mkdir(parents=True)
    (tmp_path / "prunesweep" / "core" / "version.py").write_text("")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    monkeypatch.setattr(versions, "__file__", str(tmp_path / "prunesweep" / "core" / "version.py"))
    monkeypatch.setattr(versions, "version", lambda: "0.1.0")
    return git


def test_a_checkout_names_its_commit_and_says_when_files_differ(checkout: Git, tmp_path: Path) -> None:
    commit = checkout("rev-parse", "HEAD")
    assert versions.full_version() == f"0.1.0+g{commit[:12]}"
    (tmp_path / "prunesweep" / "core" / "version.py").write_text("changed")
    assert versions.full_version() == f"0.1.0+g{commit[:12]}.dirty"
    assert versions.revision() == f"{commit}-dirty"


def test_it_fits_the_ledgers_column(checkout: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prunesweep" / "core" / "version.py").write_text("changed")
    monkeypatch.setattr(versions, "version", lambda: "10.10.10rc1")
    assert len(versions.full_version()) <= 32
    monkeypatch.setattr(versions, "version", lambda: "0+source")
    assert versions.full_version().count("+") == 1, "one local label only"


def test_without_git_or_a_commit_the_version_is_plain(
    checkout: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert versions.full_version() == "0.1.0"
    (tmp_path / ".git").rename(tmp_path / "no-git")
    monkeypatch.setattr("importlib.metadata.distribution", lambda _: SimpleNamespace(read_text=lambda _: None))
    assert versions.full_version() == "0.1.0"


def test_a_wheel_made_from_a_repository_knows_its_commit(
    checkout: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").rename(tmp_path / "no-git")
    noted = '{"url": "file:///x", "vcs_info": {"vcs": "git", "commit_id": "0123456789abcdef0123456789abcdef01234567"}}'
    monkeypatch.setattr("importlib.metadata.distribution", lambda _: SimpleNamespace(read_text=lambda _: noted))
    assert versions.full_version() == "0.1.0+g0123456789ab"
