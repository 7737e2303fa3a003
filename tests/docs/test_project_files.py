"""The files by which others join the project: valid by their schemas, and true."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from prunesweep.core.version import version

ROOT = Path(__file__).parents[2]
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
    assert named >= {"help", "demo", "test", "test-avx2", "lint", "docs", "chaos", "clean"}
