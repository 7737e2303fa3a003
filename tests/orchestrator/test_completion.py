"""Tab: what the shells' own protocol gives, with a ledger and without one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.orchestrator.cli.app import main
from prunesweep.orchestrator.cli.completion import SHELLS, stages

_PROGRAM = "import sys; sys.argv = ['sweep']; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())"
_ROOT = Path(__file__).parents[2]


def protocol(line: str) -> dict[str, str]:
    """What bash says when Tab is pressed at the line's end."""
    words = line.split(" ")
    return {"_SWEEP_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}


def tab(line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs `sweep` as bash does when Tab is pressed at the line's end, in a process that says what it has loaded."""
    heavy = "[n for n in ('torch', 'numpy', 'celery') if n in sys.modules]"
    program = f"import atexit, sys; atexit.register(lambda: print({heavy}, file=sys.stderr)); {_PROGRAM}"
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | protocol(line) | {"PYTHONPATH": str(_ROOT)} | more,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sweep ver", ["verdict", "verify"]),
        ("sweep status li", ["little", "light"]),
        ("sweep sink tensorboard litt", ["little"]),
        ("sweep submit --grid f", ["full", "fair"]),
        ("sweep submit --algorithm oneshot,itera", ["oneshot,iterative", "oneshot,iterative-one-schedule"]),
        ("sweep submit --algorithm oneshot,onesh", []),
        ("sweep bench --engines sparse,onnxruntime-", ["sparse,onnxruntime-int8"]),
        ("sweep report --format p", ["parquet"]),
        ("sweep evaluate --model vgg", ["vgg16-bn"]),
        ("sweep evaluate --resize pad", ["pad", "pad-bicubic"]),
    ],
)
def test_values(
    sweep: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    expected: list[str],
) -> None:
    for name in ("light", "little"):
        sweep("submit", "--grid", "demo", "--sparsity", "50", "--name", name)
    for name, value in protocol(line).items():
        monkeypatch.setenv(name, value)
    capsys.readouterr()
    with pytest.raises(SystemExit, match="0"):
        main([])
    assert capsys.readouterr().out.split() == expected


def test_in_a_process_of_its_own(sweep: Callable[..., Any]) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--name", "little")
    ran = tab("sweep status li")
    assert (ran.returncode, ran.stdout.split(), ran.stderr) == (0, ["little"], "[]\n"), "nothing heavy is loaded"


def test_stages_that_have_been_started(sweep: Callable[..., Any], ledger: Engine) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50")
    assert stages("") == []
    digest = due(ledger, "cpu", 1, 0.0)[0]
    claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert stages(digest[:3]) == [digest[:12]]


@pytest.mark.parametrize(
    "setting",
    [
        {"SWEEP_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/none"},
        {"SWEEP_HOME": "/nowhere"},
        {"SWEEP_LEASE_SECONDS": "soon"},
    ],
    ids=str,
)
def test_without_a_ledger_it_is_silent_and_makes_none(home: Path, setting: dict[str, str]) -> None:
    ran = tab("sweep status ", **setting)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "", "[]\n")
    assert not home.exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_its_script(sweep: Callable[..., Any], shell: str) -> None:
    ran = sweep("--show-completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert f"complete_{shell}" in ran.out
    assert "_SWEEP_COMPLETE" in ran.out


def test_an_unknown_shell(sweep: Callable[..., Any]) -> None:
    ran = sweep("--show-completion", "fihs")
    assert (ran.code, 'did you mean "fish"?' in ran.complaint) == (2, True)


def test_it_is_installed_for_the_shell_that_is_named(
    sweep: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert sweep("--install-completion", "fish").code == 0
    assert "sweep" in (tmp_path / ".config/fish/completions/sweep.fish").read_text()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
def test_a_real_bash(sweep: Callable[..., Any], tmp_path: Path) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--name", "little")
    program = tmp_path / "bin" / "sweep"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom prunesweep.orchestrator.cli.entry import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    script = 'eval "$(sweep --show-completion bash)"; COMP_WORDS=(sweep status li); COMP_CWORD=2; '
    # The program that `complete` names is called as bash would, with the command as its first argument.
    script += "_sweep_completion sweep li status; complete -p sweep; echo ${COMPREPLY[@]}"
    ran = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.stdout.splitlines()[-2:] == ["complete -o default -F _sweep_completion sweep", "little"], ran.stderr
