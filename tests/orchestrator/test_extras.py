"""How to install what is missing, from where the user is."""

import json
import sys
from types import SimpleNamespace

import pytest

from prunesweep.core import extras


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """`installed(url)`: as if pip had installed the project from there, without a checkout."""

    def install(url="", **facts):
        note = json.dumps({"url": url, **facts}) if url else None
        monkeypatch.setattr(extras, "__file__", str(tmp_path / "site-packages" / "prunesweep" / "core" / "extras.py"))
        monkeypatch.setattr(extras, "distribution", lambda name: SimpleNamespace(read_text=lambda file: note))
        needs = [
            'altair>=6; extra == "report"',
            'jinja2>=3.1; extra == "report"',
            "msgspec",
            'torch; extra == "worker"',
        ]
        monkeypatch.setattr(extras, "requires", lambda name: needs)

    return install


def test_in_a_checkout_the_checkout_is_installed_again(monkeypatch, tmp_path):
    root = extras.Path(extras.__file__).resolve().parents[1]
    monkeypatch.chdir(root)
    assert extras.install("report").endswith("install -e '.[report]'")
    monkeypatch.chdir(tmp_path)
    assert extras.install("report").endswith(f"install -e '{root}[report]'")


def test_from_a_wheel_the_same_file_or_if_it_is_gone_the_packages(installed, tmp_path):
    wheel = tmp_path / "prunesweep-1-py3-none-any.whl"
    wheel.touch()
    installed(wheel.as_uri(), archive_info={})
    assert extras.install("report").endswith(f"install '{wheel}[report]'")
    wheel.unlink()
    assert extras.install("report").endswith("install 'altair>=6' 'jinja2>=3.1'")


def test_from_a_repository_or_an_index_by_name(installed):
    installed("https://example.org/prunesweep", vcs_info={"vcs": "git", "commit_id": "0" * 40})
    assert extras.install("report").endswith("install 'prunesweep[report] @ git+https://example.org/prunesweep'")
    installed()
    assert extras.install("report").endswith("install 'prunesweep[report]'")


def test_in_a_notebook_by_its_magic_command(installed, monkeypatch):
    installed()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=object))
    assert extras.install("report") == "%pip install 'prunesweep[report]'"
