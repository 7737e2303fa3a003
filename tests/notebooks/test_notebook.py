"""The notebook: as committed it holds no outputs, and run from top to bottom on a small grid it does what it says."""

import importlib.util
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import prunesweep

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "pruning_sweep.ipynb"
SMALL = """
grid = "demo"
axes = dict(sparsity=0.5, epochs=0, iterations=2, width=2, dense_epochs=1, bench_engines="torch")
folder = "models"
"""


def _cells(kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == kind]


def test_it_is_committed_without_outputs() -> None:
    for cell in _cells("code"):
        assert (cell["outputs"], cell["execution_count"]) == ([], None), cell["id"]
        assert set(cell["metadata"]) <= {"tags"}, cell["id"]
    assert set(json.loads(NOTEBOOK.read_text())["metadata"]) == {"kernelspec", "language_info"}


def test_every_step_is_explained() -> None:
    kinds = [cell["cell_type"] for cell in json.loads(NOTEBOOK.read_text())["cells"]]
    assert kinds[0] == "markdown"
    assert all(before == "markdown" for before, kind in pairwise(kinds) if kind == "code")


def test_it_installs_the_wheel_or_the_checkout_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cell,) = (cell for cell in _cells("code") if cell["id"] == "install")
    code, _, line = "".join(cell["source"]).rpartition("\n")
    assert line == '    %pip install --quiet "{source}"'
    monkeypatch.setattr("importlib.metadata.distributions", lambda name: iter(()))

    def chosen(folder: Path) -> str:
        monkeypatch.chdir(folder)
        names: dict[str, Any] = {}
        exec(code, names)
        return str(names["source"])

    with pytest.raises(FileNotFoundError, match=r"upload prunesweep-….whl to "):
        chosen(tmp_path)
    repository = tmp_path / "prunesweep"
    (repository / "prunesweep").mkdir(parents=True)
    (repository / "prunesweep" / "api.py").touch()
    (repository / "notebooks").mkdir()
    assert chosen(tmp_path) == chosen(repository / "notebooks") == f"{repository}[worker,notebook]"
    wheel = tmp_path / "uploads" / "prunesweep-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.touch()
    assert chosen(wheel.parent) == f"{wheel}[worker,notebook]"


@pytest.mark.slow
def test_it_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    settings = {"SWEEP_HOME": tmp_path / "home", "SWEEP_THREADS": 1, "CUDA_VISIBLE_DEVICES": ""}
    settings |= {f"JUPYTER_{name}_DIR": tmp_path / "jupyter" for name in ("RUNTIME", "CONFIG")}
    settings |= {"IPYTHONDIR": tmp_path / "ipython"}
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    book = nbformat.read(NOTEBOOK, as_version=4)
    (parameters,) = (cell for cell in book.cells if "parameters" in cell.metadata.get("tags", ()))
    parameters.source = SMALL
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()

    said = {cell.id: "".join(out.get("text", "") for out in cell.get("outputs", ())) for cell in book.cells}
    assert said["install"] == "", "it is there already"
    assert "stages · 1 of 1 epoch · done" in said["run"]
    assert said["download"].startswith("in ")
    shown = {
        cell.id: cell.outputs[-1].data for cell in book.cells if cell.get("outputs") and "data" in cell.outputs[-1]
    }
    if importlib.util.find_spec("altair"):
        assert "hconcat" in str(shown["plot"]), "two charts side by side"
    else:
        assert said["plot"].startswith("no plots without Altair")
    assert shown["table"]["text/html"].count("<tr>") == 2, "two cells, and the head is another kind of row"
    assert shown["keep"]["text/markdown"].startswith("# resnet18_prune_50perc_iterative0_2")
    assert (tmp_path / "models.zip").stat().st_size > 10_000
    assert len(list((tmp_path / "models").glob("*.pt"))) == len(list((tmp_path / "models").glob("*.md"))) == 3
    assert [row["state"] for row in prunesweep.results()] == ["DONE", "DONE"]
