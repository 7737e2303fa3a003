"""Runs the notebook from top to bottom and keeps its outputs in it: `python notebooks/execute.py`.

What is only true of this run is left out: intermediate states of a line that was written over, times, addresses.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).with_name("pruning_sweep.ipynb")
_SHOWN = ("text/html", "text/markdown", "image/png", "text/plain")
"""Of what a cell gives, the first of these is what a reader sees."""


def main() -> None:
    """Run it in a folder and a home of its own, then write it back."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(SWEEP_HOME=f"{folder}/home", IPYTHONDIR=f"{folder}/ipython", CUDA_VISIBLE_DEVICES="")
        NotebookClient(book, timeout=3600, resources={"metadata": {"path": folder}}).execute()
    for cell in book.cells:
        cell.metadata = {name: value for name, value in cell.metadata.items() if name == "tags"}
        if cell.cell_type == "code":
            cell.outputs = [_kept(output) for output in _joined(cell.outputs) if not _empty(output)]
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(book, NOTEBOOK)


def _joined(outputs: list[Any]) -> list[Any]:
    """Return them with texts that follow each other as one, so that a line that was written over is seen to be one."""
    found: list[Any] = []
    for output in outputs:
        if found and output.output_type == "stream" == found[-1].output_type and output.name == found[-1].name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def _empty(output: Any) -> bool:
    return bool(output.output_type == "stream" and not output.text.strip())


def _kept(output: Any) -> Any:
    """Return an output as a reader sees it."""
    if output.output_type == "stream":
        output.text = "\n".join(line.rpartition("\r")[2].rstrip() for line in output.text.split("\n"))
    elif "data" in output:
        chosen = next(kind for kind in _SHOWN if kind in output.data)
        output.data = {chosen: output.data[chosen]}
        output.metadata = {}
    return output


if __name__ == "__main__":
    sys.exit(main())
