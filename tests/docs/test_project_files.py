"""The files by which others join the project: valid by their schemas, and true."""

import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import typer
import yaml

from prunesweep.core.version import version
from prunesweep.orchestrator.cli.app import app
from tests.docs.commandline import parse

ROOT = Path(__file__).parents[2]
_FOR_DEVELOPERS = {"coverage", "constraints", "locked", "migration", "hooks", "dist"}
_SCHEMAS = {
    "github-workflows": sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    "github-issue-forms": sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")),
    "citation-file-format": [ROOT / "CITATION.cff"],
}


@pytest.mark.parametrize("schema", _SCHEMAS)
def test_a_file_is_valid(schema: str) -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    command = [checker, "--builtin-schema", schema, *_SCHEMAS[schema]]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_the_citation_names_this_version() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == version().partition("+")[0]


def test_what_the_workflows_and_hooks_call_is_there() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))
    text = "\n".join(path.read_text() for path in (*_SCHEMAS["github-workflows"], ROOT / "SECURITY.md"))
    assert set(re.findall(r"\bmake ([a-z0-9-]+)", text)) <= targets
    assert all(
        (ROOT / path).exists() for path in re.findall(r"\bbash (\S+)|`(tests/\w+)/`", text) for path in path if path
    )
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert {hook["entry"].split()[0].partition("bin/")[2] for hook in hooks} == {"ruff", "mypy", "lint-imports"}


def test_make_help_names_every_target_that_a_person_calls() -> None:
    shown = subprocess.run(["make", "help"], capture_output=True, text=True, cwd=ROOT).stdout
    named = set(re.findall(r"^make ([a-z0-9-]+): \S", shown, re.M))
    assert named >= {"help", "demo", "test", "test-avx2", "lint", "docs", "chaos", "clean", *_FOR_DEVELOPERS}


def test_constraints_pin_what_the_project_needs_and_nothing_of_cuda() -> None:
    pinned = {_normal(line.partition("==")[0]) for line in (ROOT / "constraints.txt").read_text().splitlines()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    assert {_normal(re.split(r"[\[<>=;~ ]", each)[0]) for each in wanted} <= pinned
    assert not {name for name in pinned if name.startswith(("nvidia", "cuda", "triton"))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_a_release_is_built_tested_and_published_without_a_secret() -> None:
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text()
    jobs = yaml.safe_load(text)["jobs"]
    assert [(name, job.get("needs")) for name, job in jobs.items()] == [
        ("build", None),
        ("test", "build"),
        ("publish", "test"),
    ]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in text
    shown = re.findall(r"bin/(sweep .+)$", text, re.M)
    assert len(shown) == 3
    for line in shown:
        if line != "sweep --version":
            parse(typer.main.get_command(app), line.split())
