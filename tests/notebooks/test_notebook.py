"""The notebook: as committed it holds the outputs of a run, and run from top to bottom on a small grid it does what it
says."""

import base64
import json
import platform
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import prunesweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import epochs_of
from tests.support.digits import put_digits

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "pruning_sweep.ipynb"
PLACE = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|usr|content|mnt|var|opt)/")
SMALL = """
grid = "demo"
axes = dict(sparsity=0.5, epochs=0, iterations=2, width=2, dense_epochs=1, bench_engines="torch")
folder = "models"
"""


def _cells(kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == kind]


def _said(cell: Mapping[str, Any]) -> str:
    """Return what a committed cell printed or showed, as text."""
    shown = [part for out in cell["outputs"] for part in (out.get("text", ""), *out.get("data", {}).values())]
    return "".join("".join(part) for part in shown)


def test_its_outputs_are_those_of_a_run_of_it() -> None:
    """`python notebooks/execute.py` writes them."""
    cells = {cell["id"]: cell for cell in _cells("code")}
    assert [cell["execution_count"] for cell in cells.values()] == list(range(1, len(cells) + 1))
    chosen: dict[str, Any] = {}
    exec("".join(cells["choose"]["source"]), chosen)
    grid = plan(read_axes(chosen["axes"], GRIDS[chosen["grid"]]))
    epochs = sum(map(epochs_of, grid.stages.values()))
    assert f"{len(grid.stages)} of {len(grid.stages)} stages · {epochs} of {epochs} epochs" in _said(cells["run"])
    assert _said(cells["table"]).count("<tr>") == len(grid.cells)
    assert sum("image/png" in out.get("data", {}) for out in cells["plot"]["outputs"]) == 5
    assert _said(cells["keep"]).startswith("# resnet18_prune_")


def test_its_outputs_are_small_and_tell_nothing_of_where_it_ran() -> None:
    assert NOTEBOOK.stat().st_size <= 1_000_000
    assert set(json.loads(NOTEBOOK.read_text())["metadata"]) == {"kernelspec", "language_info"}
    for cell in _cells("code"):
        assert set(cell["metadata"]) <= {"tags"}, cell["id"]
        for out in cell["outputs"]:
            assert out["output_type"] != "error" and out.get("name") != "stderr", cell["id"]
            picture = "".join(out.get("data", {}).get("image/png", ""))
            assert len(base64.b64decode(picture)) <= 200_000, cell["id"]
            words = "" if picture else _said({"outputs": [out]})
            assert not re.search(r"(?<![\w.:/])/(?:home|root|tmp|work|usr|content|mnt|var|opt)/", words), cell["id"]
            assert not re.search(rf"\b{re.escape(platform.node() or 'none')}\b", words), cell["id"]


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
    for module in ("ipykernel", "altair", "vl_convert"):
        pytest.importorskip(module)
    settings = {"SWEEP_HOME": tmp_path / "home", "SWEEP_THREADS": 1, "CUDA_VISIBLE_DEVICES": ""}
    settings |= {f"JUPYTER_{name}_DIR": tmp_path / "jupyter" for name in ("RUNTIME", "CONFIG")}
    settings |= {"IPYTHONDIR": tmp_path / "ipython"}
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    put_digits(tmp_path / "home")
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
    assert shown["plot"]["image/png"]
    assert shown["table"]["text/html"].count("<tr>") == 2, "two cells, and the head is another kind of row"
    assert shown["keep"]["text/markdown"].startswith("# resnet18_prune_50perc_iterative0_2")
    assert (tmp_path / "models.zip").stat().st_size > 10_000
    assert len(list((tmp_path / "models").glob("*.pt"))) == len(list((tmp_path / "models").glob("*.md"))) == 3
    assert [row["state"] for row in prunesweep.results()] == ["DONE", "DONE"]
